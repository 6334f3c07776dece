# SPDX-License-Identifier: MIT
#
# Build many configurations side by side, each in a folder of its own; started
# by "make check-configs", after the tags were collected.  SEEDS=100: so many
# random ones; CONFIGS="allno random-77": these only.

O := .
applets := $(shell cut -d'"' -f2 $(O)/build/include/applets.h)
SEEDS ?= 10
CONFIGS := allno allyes $(addprefix only-,$(applets)) \
	$(addprefix random-,$(shell seq $(SEEDS)))

.PHONY: all $(CONFIGS)
all: $(CONFIGS)

$(CONFIGS):
	+@MAKE="$(MAKE)" sh scripts/check-config.sh $@ $(O)
