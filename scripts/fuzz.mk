# SPDX-License-Identifier: MIT
#
# Build the fuzz targets of testsuite/fuzz; started by scripts/fuzz.sh.
#   KIND=libfuzzer   clang, libFuzzer, AddressSanitizer and UBSan
#   KIND=afl         the same for AFL++, by a main of ours
#   KIND=replay      the same main by gcc: replays the files that are named
#   KIND=memory      that by clang's MemorySanitizer: bytes nobody wrote

OUT := build/fuzz
KIND := libfuzzer
OPT := -O1
harness := fuzz main system text
targets := $(filter-out $(harness),\
	$(patsubst testsuite/fuzz/%.c,%,$(wildcard testsuite/fuzz/*.c)))
TARGETS := $(targets)

sanitize := -fsanitize=address,undefined -fno-sanitize-recover=all
ifeq ($(KIND),libfuzzer)
CC := clang
compile := $(sanitize) -fsanitize=fuzzer-no-link
link := $(sanitize) -fsanitize=fuzzer
main := fuzz system text
else
CC := $(if $(filter afl,$(KIND)),afl-clang-fast,gcc)
ifeq ($(KIND),memory)
CC := clang
sanitize := -fsanitize=memory -fno-sanitize-recover=all
endif
compile := $(sanitize)
link := $(sanitize)
main := $(harness)
endif

compile += -std=c11 -D_GNU_SOURCE -g1 $(OPT) -fno-omit-frame-pointer -Wall \
	-Wextra -I$(OUT)/build/include -Ilibbb-lite -Iapplets/init \
	-Iapplets/zombiecheck -Itestsuite/fuzz

# What would leave the process ends in testsuite/fuzz/system.c.
calls := open openat readlinkat fstatat syscall getpid chdir prctl dup2 recv send
renames := $(foreach call,$(calls),-D$(call)=fuzz_$(call))

dir := $(OUT)/$(KIND)
# For all of them.
common := $(addprefix testsuite/fuzz/,$(main)) $(addprefix libbb-lite/,\
	clock errno_text format parse signal_names signals wstatus)

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.SECONDARY:
.PHONY: all list
all: $(TARGETS:%=$(dir)/fuzz-%)

list:
	@printf '%s\n' $(targets)

$(harness:%=$(dir)/testsuite/fuzz/%.o): renames :=

$(dir)/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(compile) $(renames) -MMD -MP -c -o $@ $<

product = $(shell sed -n 's/^ \* product: //p' testsuite/fuzz/$(1).c)
define target
$(dir)/fuzz-$(1): $$(patsubst %.c,$(dir)/%.o,testsuite/fuzz/$(1).c \
	$$(call product,$(1)) $$(common:%=%.c))
	@$$(CC) $$(link) -o $$@ $$^
endef
$(foreach name,$(targets),$(eval $(call target,$(name))))

-include $(shell [ ! -d $(dir) ] || find $(dir) -name '*.d')
