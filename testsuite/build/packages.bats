#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# long
# Debian's and Alpine's package: built, looked at, installed into a folder, run.

load helper

version=$(sed -n 's/^#define INITBOX_VERSION "\(.*\)"/\1/p' \
	"$top/libbb-lite/libbb.h")

# both packages are of one tree, which is built twice
setup_file() {
	copy_tree "$BATS_FILE_TMPDIR/initbox"
}

setup() {
	cd "$BATS_FILE_TMPDIR/initbox" || return
}

# has_layout DIR: what either package has; nothing that another one may have
has_layout() {
	local name

	(cd "$1" && find . ! -type d ! -path './usr/share/*' | sort) |
		diff - <({
			for name in initbox reaper sigproxy zombiecheck; do
				echo "./usr/bin/$name"
			done
			for name in $("$1/usr/bin/initbox" --list); do
				echo "./usr/lib/initbox/$name"
			done
		} | sort)
	for name in initbox reaper sigproxy zombiecheck; do
		[ -e "$1/usr/share/bash-completion/completions/$name" ]
		[ -e "$1/usr/share/fish/vendor_completions.d/$name.fish" ]
	done
	# relative links: right in a folder, and in an image
	[ "$("$1/usr/lib/initbox/reaper" --version)" = "reaper (initbox $version)" ]
	[ "$("$1/usr/lib/initbox/init" -- echo up)" = up ]
	"$1/usr/bin/sigproxy" true
}

@test "packages: Debian's is built, dpkg installs it, it runs, it is gone" {
	local root=$BATS_TEST_TMPDIR/root deb

	make distclean
	DEB_BUILD_OPTIONS="nocheck parallel=2" dpkg-buildpackage -b -uc -us -d \
		>"$BATS_TEST_TMPDIR/log" 2>&1 || {
		tail -n 30 "$BATS_TEST_TMPDIR/log"
		false
	}
	deb=$(echo "$BATS_FILE_TMPDIR"/initbox_"$version"_*.deb)
	# LINTIAN=1, before a release: it and what it needs take a minute to install
	if [ -n "${LINTIAN:-}" ]; then
		run lintian --fail-on error,warning --display-info \
			"$BATS_FILE_TMPDIR"/initbox_*.changes
		echo "$output"
		[ "$status" -eq 0 ]
		[ "$(grep -c '^[EWIX]: ' <<<"$output")" = 0 ]
	fi
	# no scripts that run at an installation, no other package
	[ "$(dpkg-deb -f "$deb" Depends)" = "" ]
	[ "$(dpkg-deb -I "$deb" | grep -c -e postinst -e prerm)" = 0 ]

	mkdir -p "$root"
	if [ "$(id -u)" = 0 ]; then
		mkdir -p "$root"/var/lib/dpkg/{info,updates}
		: >"$root/var/lib/dpkg/status"
		dpkg --root="$root" --force-not-root --force-bad-path -i "$deb"
		dpkg --root="$root" -s initbox | grep -qx 'Status: install ok installed'
		mv "$root/var" "$BATS_TEST_TMPDIR"
		# with nothing else in that root
		run chroot "$root" /usr/lib/initbox/init -- /usr/bin/initbox --list
		[ "$output" = "$("$root/usr/bin/initbox" --list)" ]
	else
		dpkg-deb -x "$deb" "$root"
	fi
	has_layout "$root"
	[ -e "$root/usr/share/zsh/vendor-completions/_initbox" ]
	[ -e "$root/usr/share/man/man8/initbox-init.8.gz" ]
	[ -e "$root/usr/share/doc/initbox/README.Debian" ]
	if [ "$(id -u)" = 0 ]; then
		mv "$BATS_TEST_TMPDIR/var" "$root"
		dpkg --root="$root" --force-bad-path --purge initbox
		[ ! -e "$root/usr/bin/initbox" ]
		[ ! -e "$root/usr/lib/initbox" ]
	fi
}

@test "packages: Alpine's is plain sh, and its functions make the package" {
	local file=packaging/alpine/APKBUILD root=$BATS_TEST_TMPDIR/root

	busybox sh -n "$file"
	# what abuild reads and sets
	run shellcheck -s dash -e SC2034,SC2154 "$file"
	echo "$output"
	[ "$status" -eq 0 ]
	# as abuild does: one shell, stop at the first failure
	run env pkgdir="$root" busybox sh -euc '
		. ./packaging/alpine/APKBUILD
		for word in "$pkgname" "$pkgver" "$pkgrel" "$pkgdesc" "$url" \
			"$arch" "$license" "$source"; do
			[ -n "$word" ] || exit 3
		done
		echo "source $source"
		build
		check
		package' </dev/null
	[ "$status" -eq 0 ] || show_output "APKBUILD"
	# that is what make dist calls it
	has "source initbox-$version.tar.gz"
	has_layout "$root"
	[ -e "$root/usr/share/zsh/site-functions/_initbox" ]
	# abuild splits -doc and the completions off by these folders
	[ -e "$root/usr/share/man/man5/initbox-inittab.5" ]
	cmp LICENSE "$root/usr/share/licenses/initbox/LICENSE"
}
