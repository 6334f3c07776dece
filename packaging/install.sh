#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Install what a distribution's package has, after "make all completion".  It
# takes no name that another package may have, above all not /sbin/init:
#
#   usr/bin        initbox, and as links reaper, sigproxy, zombiecheck
#   usr/lib/initbox   a link for every name: for dockerd --init-path, for images,
#                     and for who wants it to be /sbin/init
#   usr/share      manual pages (init and inittab as initbox-init, initbox-inittab)
#                  and completion of the names in usr/bin
#
# usage: sh packaging/install.sh DESTDIR      (from the top of the tree)
#
# ZSH=vendor-completions: the folder for zsh, else site-functions.
set -eu
umask 022

root=$1
share=$root/usr/share
completion=build/completion
bash=$share/bash-completion/completions
zsh=$share/zsh/${ZSH:-site-functions}
fish=$share/fish/vendor_completions.d
mkdir -p "$root/usr/bin" "$root/usr/lib/initbox" \
	"$share/man/man5" "$share/man/man8" "$bash" "$zsh" "$fish"

# put MODE FILE TO
put() {
	cp "$2" "$3"
	chmod "$1" "$3"
}

put 755 initbox "$root/usr/bin/initbox"
for name in $(./initbox --list); do
	ln -sf ../../bin/initbox "$root/usr/lib/initbox/$name"
done

put 644 "$completion/initbox.bash" "$bash/initbox"
put 644 "$completion/_initbox" "$zsh/_initbox"
put 644 "$completion/initbox.fish" "$fish/initbox.fish"
put 644 docs/man/initbox.8 "$share/man/man8/initbox.8"
for name in reaper sigproxy zombiecheck; do
	[ -L "$root/usr/lib/initbox/$name" ] || continue
	ln -sf initbox "$root/usr/bin/$name"
	ln -sf initbox "$bash/$name"
	ln -sf initbox.fish "$fish/$name.fish"
	put 644 "docs/man/$name.8" "$share/man/man8/$name.8"
done
if [ -L "$root/usr/lib/initbox/init" ]; then
	put 644 docs/man/init.8 "$share/man/man8/initbox-init.8"
	put 644 docs/man/inittab.5 "$share/man/man5/initbox-inittab.5"
fi
