#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# long
# A Dockerfile whose first stage builds initbox, below a real podman.

load engines
load cases

setup_file() {
	engine_start podman
}

teardown_file() {
	engine_stop
}

teardown() {
	stop_started
	remove_containers
}

# The base of the first stage: this machine's packages, mounted; so what would be
# installed there is there. Alpine's are not to be had like that: that its tools
# and compiler are enough is tested in testsuite/build/thorough.bats.
@test "podman: Dockerfile.build's first stage builds it, the second has it alone" {
	[ -L /lib ] && [ -e /etc/debian_version ] ||
		skip "needs Debian's packages, with /lib in /usr"
	local root=$BATS_TEST_TMPDIR/base context=$BATS_TEST_TMPDIR/context

	mkdir -p "$root"/{dev,etc,proc,run,sys,tmp,usr,var} "$context"
	for name in bin sbin lib lib64; do
		[ ! -L "/$name" ] || ln -s "usr/$name" "$root/$name"
	done
	cp -a /etc/alternatives /etc/ld.so.* /etc/debian_version "$root/etc"
	tar -c -C "$root" . | engine import - debian:stable-slim >/dev/null
	tar -C "$TOP" --exclude=./.git --exclude=./build --exclude=./initbox \
		--exclude=./.config -cf - . | tar -C "$context" -xf -
	# what the example runs, and no more
	printf 'CONFIG_%s=y\n' STATIC INIT REAPER PAUSE >"$context/.config"
	engine build --isolation chroot --network host --pull-never \
		-v /usr:/usr:ro -t built -f "$TOP/examples/docker/Dockerfile.build" \
		"$context"
	up built
	ended_after_stop
	[ "$status" -eq 0 ]
	[ "$(engine export "$ID" | tar -t | grep -c -e '^usr/' -e '^src/')" = 0 ]
}

ended_after_stop() {
	wait_until engine exec "$ID" /sbin/init --version
	down
}
