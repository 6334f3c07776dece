# SPDX-License-Identifier: MIT
#
#: initbox - one small binary, many names, for PID 1 in containers
#:
#:   make                    build ./initbox (a default .config if there is none)
#:   make install            initbox, links, man pages, completion; DESTDIR=
#:   make clean, distclean   remove what was built; .config too
#:
#: Configuration
#:   make defconfig          the default; NAME_defconfig: configs/NAME.config
#:   make allnoconfig        nothing; allyesconfig: everything; randconfig: dice
#:   make oldconfig          ask for what .config lacks; olddefconfig: do not ask
#:   make menuconfig         menus, nconfig too; savedefconfig: .config in short
#:
#: Looking after it
#:   make check, sanitize    run the tests; watched by ASan; T=NAME: one file
#:   make torture, fuzz      load and chaos; hostile input; for minutes
#:   make check-configs      build many configurations; SEEDS=100: more of them
#:   make lint, analyze      style and likely bugs; dist: what is released
#:   make size               bytes per applet and file; size-diff: against HEAD
#:   make peers, bench       beside tini, ...: cases; figures (B=start; bench-docs)
#:   make completion         for bash, zsh, fish; compile_commands.json for editors
#:
#: On the command line
#:   O=DIR  build there      V=1  show the commands      CFLAGS=, LDFLAGS=, CC=
#:   CROSS_COMPILE=PREFIX-   AWK="busybox awk"           PREFIX=/usr (for share)
#
# A build is two steps: bring .config and what is generated from the tags up to
# date ("sync"); then scripts/build.mk compiles with those in view.  All that is
# made lies in $(O): initbox, .config and build/.

ifneq ($(CURDIR)/,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
$(error run make in the top folder of the source: make -C DIR O=$(CURDIR))
endif

# From the command line only: an O, T or B of the environment is not meant for us.
O := .
V :=
T :=
B :=
AWK ?= awk
export AWK

ifneq ($(words [$(O)]),1)
$(error O=$(O): the name of a folder without blanks is needed)
endif

Q := $(if $(V),,@)
build_mk := $(MAKE) --no-print-directory -f scripts/build.mk

.PHONY: all install completion size size-diff compile_commands.json
all install completion compile_commands.json: sync
	+$(Q)$(build_mk) $@

size size-diff: all
	+$(Q)MAKE="$(MAKE)" sh scripts/size.sh $@ $(O)

.PHONY: peers bench bench-docs dist
dist:
	+$(Q)MAKE="$(MAKE)" sh scripts/dist.sh $(O)

peers: all
	$(Q)INITBOX=$(O)/initbox bash testsuite/peers/peers.sh $(O)/build

bench: all
	$(Q)INITBOX=$(O)/initbox bash scripts/bench.sh $(O)/build $(B)

bench-docs:
	$(Q)sh scripts/bench-docs.sh $(O)/build

# One step after the other here; scripts/build.mk does its work in parallel.
.NOTPARALLEL:
.SUFFIXES:

configs := defconfig alldefconfig allnoconfig allyesconfig randconfig \
	oldconfig olddefconfig savedefconfig menuconfig nconfig

.PHONY: tags sync $(configs)
tags:
	$(Q)sh scripts/tags.sh $(O)/build

sync $(configs): tags
	$(Q)sh scripts/kconfig.sh $@ $(O)

%_defconfig: tags
	$(Q)sh scripts/kconfig.sh $@ $(O)

.PHONY: check check-configs lint torture
check:
	$(Q)sh testsuite/run.sh $(T)

torture: all
	$(Q)INITBOX=$(O)/initbox bash testsuite/torture/torture.sh $(T)

check-configs: tags
	+$(Q)$(MAKE) --no-print-directory -k -f scripts/check-configs.mk \
		$(if $(filter -j%,$(MAKEFLAGS)),,-j2)

lint: sync
	$(Q)sh scripts/lint.sh $(O)

# What takes minutes, see CONTRIBUTING.md.
TARGET :=
MINUTES := 2
.PHONY: analyze fuzz sanitize
analyze: sync
	$(Q)bash scripts/analyze.sh $(O)

fuzz:
	$(Q)MINUTES=$(MINUTES) sh scripts/fuzz.sh run $(TARGET)

sanitize:
	$(Q)sh scripts/sanitize.sh $(T)

.PHONY: clean distclean help
clean:
	$(Q)rm -rf $(O)/build $(O)/initbox $(O)/compile_commands.json

distclean: clean
	$(Q)rm -f $(O)/.config $(O)/.config.old

help:
	@sed -n 's/^#: \{0,1\}//p' Makefile
