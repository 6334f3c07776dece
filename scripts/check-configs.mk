# SPDX-License-Identifier: MIT
#
# Build many configurations side by side, each in a folder of its own; started
# by "make check-configs", after the tags were collected.  CONFIGS="allno
# random-77" builds these only.

O := .
applets := $(shell cut -d'"' -f2 $(O)/build/include/applets.h)
CONFIGS := allno allyes $(addprefix only-,$(applets)) \
	$(addprefix random-,1 2 3 4 5 6 7 8 9 10)

.PHONY: all $(CONFIGS)
all: $(CONFIGS)

$(CONFIGS):
	+@MAKE="$(MAKE)" sh scripts/check-config.sh $@ $(O)
