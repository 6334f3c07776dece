# SPDX-License-Identifier: MIT
#
# Compile and link; started by the Makefile once $(O)/.config and all that is
# generated below $(O)/build are up to date.

O := .
V :=
Q := $(if $(V),,@)
# The steps are named unless make -s or V=1 was asked for.
say := $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),:,echo)
build := $(O)/build

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

include $(build)/gen/auto.conf
include Kbuild

# ---- compiler -----------------------------------------------------------
# Given, else the cross compiler, else one for musl, else what there is.
fallback :=
ifneq ($(filter default undefined,$(origin CC)),)
ifneq ($(CROSS_COMPILE),)
CC := $(CROSS_COMPILE)gcc
else ifneq ($(shell command -v musl-gcc),)
CC := musl-gcc
else
CC := cc
ifeq ($(findstring musl,$(shell cc -dumpmachine 2>/dev/null)),)
fallback := no musl-gcc: building against the system's libc, several times \
	larger; install musl-tools (Debian) or musl-gcc (Fedora)
endif
endif
endif
STRIP ?= $(CROSS_COMPILE)strip

# ---- flags --------------------------------------------------------------
# CFLAGS is the user's: optimisation.  The rest is what the code needs, and
# what keeps it small: no unwinding, no stack protector (we take no untrusted
# input into buffers on the stack of unknown length), and every function in a
# section of its own, so that the linker leaves out the unused.
ifeq ($(CONFIG_DEBUG),y)
CFLAGS ?= -Og -g
endif
takes = $(shell $(CC) -Werror $(1) -E -x c /dev/null >/dev/null 2>&1 && \
	echo '$(1)')
ifeq ($(origin CFLAGS),undefined)
# -Oz: gcc from 12 on, and clang; the others: gcc (docs/performance.md)
CFLAGS := $(or $(call takes,-Oz),-Os) \
	$(call takes,-fno-tree-forwprop -fno-caller-saves \
		-fno-tree-loop-im -fno-tree-fre -fno-tree-tail-merge \
		-fno-optimize-sibling-calls -fno-forward-propagate \
		-fno-if-conversion) \
	$(call takes,-malign-data=abi)
endif

warnings := -Wall -Wextra -Wshadow -Wundef -Wvla -Wcast-qual -Wpointer-arith \
	-Wwrite-strings -Wstrict-prototypes -Wold-style-definition \
	-Wnested-externs -Wformat-security -Wimplicit-fallthrough -Wnull-dereference \
	$(if $(filter y,$(CONFIG_WERROR)),-Werror)

# The same bytes from any folder: no path of this machine in the output.
prefix_map := -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(O)/build=build

compile_flags := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-D_TIME_BITS=64 -I$(build)/include -Ilibbb-lite \
	$(warnings) -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-stack-protector -fno-ident -fno-common \
	$(if $(filter y,$(CONFIG_STATIC)),-fno-pie) \
	$(CPPFLAGS) $(CFLAGS) $(CONFIG_EXTRA_CFLAGS)

comma := ,
script := $(build)/static.ld

# noseparate-code: code and read-only data share a page, which saves up to 8 KiB.
# common-page-size: else the linker pads the file by up to 4 KiB to save a page of
# tables that nobody may ever touch.
# libc first: its few variables share a page with the supervisor's, not two more
# behind our tables, which count as memory when idle.
# wrap: calls.c and strings.c stand in for what they name.
wrapped := $(shell sed -n 's/^[^ ].*__wrap_\([a-z][a-z0-9_]*\).*/-Wl,--wrap=\1/p' \
	libbb-lite/calls.c libbb-lite/strings.c)
# A clang that has nothing to do with -no-pie would warn; gcc ignores that -Wno.
link_flags := $(CFLAGS) $(CONFIG_EXTRA_CFLAGS) -Wl,--gc-sections \
	-Wl,-z,norelro -Wl,-z,noseparate-code \
	-Wl,-z,common-page-size=64 -Wl,--build-id=none \
	-Wno-unused-command-line-argument \
	$(if $(filter y,$(CONFIG_STATIC)),\
		-static -no-pie -Wl$(comma)-T$(comma)$(script) \
		$(wrapped),\
		-Wl$(comma)--hash-style=gnu) \
	$(LDFLAGS) -Wl,-u,__stack_chk_fail -lc

# ---- objects and product ------------------------------------------------
# Applets of one file and the core stand first, those of a folder behind them: a
# reaper reaches its command's exec through fewer pages, and its variables lie in
# the first 2 MiB, which one page of the kernel's tables covers.
in_folder = $(foreach o,$(1),$(if $(word 3,$(subst /, ,$(o))),$(o)))
objects := $(sort $(obj-y))
objects := $(addprefix $(build)/,$(filter-out $(call in_folder,$(objects)),\
	$(objects)) $(call in_folder,$(objects)))
# Before libc, which is not asked for what stands here.
in_libcs_place := $(build)/libbb-lite/calls.o
unstripped := $(build)/initbox_unstripped

.PHONY: all FORCE
all: $(O)/initbox

# Written only when the content changes, so a new compiler, flag or list of
# objects rebuilds what it must and nothing else does.
$(build)/flags: FORCE
	$(if $(fallback),@echo "initbox: $(fallback)" >&2)
	@{ $(CC) --version 2>/dev/null | sed 1q; \
		printf '%s\n' '$(subst ','\'',$(CC) $(compile_flags))'; } >$@.new; \
	cmp -s $@.new $@ && rm -f $@.new || mv $@.new $@

$(build)/link: FORCE
	@printf '%s\n' '$(subst ','\'',$(CC) $(link_flags) $(STRIP) $(objects))' \
		>$@.new; \
	cmp -s $@.new $@ && rm -f $@.new || mv $@.new $@

# Whose calls the linker turns to these does not see into them.
$(build)/libbb-lite/calls.o $(build)/libbb-lite/strings.o: \
	compile_flags += -fno-lto
# Or the compiler sees strlen in what is strlen.
$(build)/libbb-lite/strings.o: compile_flags += -fno-builtin \
	$(call takes,-fno-tree-loop-distribute-patterns)

$(build)/%.o: %.c $(build)/flags
	@$(say) "  CC      $*.o"
	@mkdir -p $(@D)
	$(Q)$(CC) $(compile_flags) $(prefix_map) -MMD -MP -MF $(@:.o=.d) \
		-c -o $@ $<

$(script): scripts/static.ld.S $(build)/flags
	$(Q)$(CC) -E -P -x assembler-with-cpp -o $@ $<

$(unstripped): $(objects) $(build)/link $(script)
	@$(say) "  LINK    initbox"
	$(Q)$(CC) $(in_libcs_place) $(link_flags) -Wl,-Map=$(build)/initbox.map \
		-o $@ $(filter-out $(in_libcs_place),$(objects))

$(O)/initbox: $(unstripped)
ifeq ($(CONFIG_DEBUG),y)
	$(Q)cp $< $@
else
	$(Q)$(STRIP) -s -R .comment -o $@ $<
endif

-include $(objects:.o=.d)

# For editors and clang tools.
.PHONY: compile_commands.json
compile_commands.json:
	$(Q)$(AWK) -f scripts/compile-commands.awk -- '$(CURDIR)' \
		$(patsubst $(build)/%.o,%.c,$(objects)) -- \
		$(CC) $(compile_flags) >$(O)/$@

# For shells. Not needed to build, so not kept up to date by it.
completion := $(build)/completion
.PHONY: completion
completion:
	$(Q)mkdir -p $(completion)
	$(Q)LC_ALL=C OUT=$(completion) $(AWK) -f scripts/completion.awk \
		$(build)/gen/auto.conf \
		$$(find applets libbb-lite -name '*.c' | LC_ALL=C sort)

# ---- install ------------------------------------------------------------
# The binary makes its own links; a file that is not ours is left alone.  Links
# to an initbox that is replaced are ours and move on to the new one.
DESTDIR ?=
PREFIX ?= /usr
share := $(DESTDIR)$(PREFIX)/share
man := $(share)/man/man
bash := $(share)/bash-completion/completions
zsh := $(share)/zsh/site-functions
fish := $(share)/fish/vendor_completions.d

.PHONY: install
install: all completion
ifneq ($(CONFIG_FEATURE_INSTALLER),y)
	@echo "install: needs FEATURE_INSTALLER, which .config leaves out;" \
		"make menuconfig puts it in" >&2; false
endif
	$(Q)mkdir -p $(DESTDIR)/sbin $(man)5 $(man)8 \
		$(bash) $(zsh) $(fish)
	$(Q)cp $(O)/initbox $(DESTDIR)/sbin/initbox.new
	$(Q)chmod 755 $(DESTDIR)/sbin/initbox.new
	$(Q)for name in $$($(O)/initbox --list); do \
		link=$(DESTDIR)/sbin/$$name; \
		if [ ! -L "$$link" ] && [ "$$link" -ef $(DESTDIR)/sbin/initbox ]; \
		then ln -f $(DESTDIR)/sbin/initbox.new "$$link" || exit; fi; \
	done
	$(Q)mv -f $(DESTDIR)/sbin/initbox.new $(DESTDIR)/sbin/initbox
	$(Q)$(DESTDIR)/sbin/initbox --install $(DESTDIR)/ || { \
		echo "install: to replace what is not ours, run" \
		"$(DESTDIR)/sbin/initbox --install --force $(DESTDIR)/" \
		"and then make install again" >&2; false; }
	$(Q)for page in docs/man/*.[58]; do \
		for name in $$(sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([a-z-]*\).*/\1/p' "$$page"); do \
			case " initbox "$$($(O)/initbox --list)" " in *[!-a-z]$${name%tab}[!-a-z]*) \
				cp "$$page" $(man)$${page##*.}/ || exit ;; \
			esac; \
		done; \
	done
	$(Q)cp $(completion)/initbox.bash $(bash)/initbox
	$(Q)cp $(completion)/_initbox $(zsh)/_initbox
	$(Q)cp $(completion)/initbox.fish $(fish)/initbox.fish
	$(Q)for name in $$($(O)/initbox --list); do \
		for link in $(bash)/$$name $(fish)/$$name.fish; do \
			[ -e "$$link" ] || ln -s "initbox$${link##*/$$name}" \
				"$$link" || exit; \
		done; \
	done
