#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The commands that README, docs and manual pages print are run, as printed.

load helper

INITBOX=${INITBOX:-$top/initbox}

# commands LANGUAGE FILE...: the lines of the fences, without the remarks
commands() {
	local language=$1

	shift
	awk -v start="\`\`\`$language" '
		/^```/ { inside = !inside && $0 == start; next }
		inside { sub(/  +#.*/, ""); print }' "$@"
}

@test "commands: README's make lines do what they say" {
	# reaper alone is built in a fraction of the time
	setup_tree
	rm -r applets/init applets/sigproxy.c applets/zombiecheck
	mkdir "$BATS_TEST_TMPDIR/tmp"
	ran=0
	while read -r line; do
		line=${line//\/tmp\//$BATS_TEST_TMPDIR/tmp/}
		case $line in
		'make menuconfig') continue ;; # testsuite/build/kconfig.bats
		'make dist') continue ;; # testsuite/build/dist.bats
		esac
		run bash -c "$line" </dev/null
		[ "$status" -eq 0 ] || show_output "$line"
		ran=$((ran + 1))
	done < <(commands sh README.md | grep '^make')
	[ "$ran" -ge 5 ]
	[ "$(./initbox --list)" = reaper ]
	"$BATS_TEST_TMPDIR/tmp/out/initbox" tini --version
	[ -x rootfs/sbin/reaper ]
	[ -e rootfs/usr/share/man/man8/reaper.8 ]
}

# typed FILE...: the lines of manual pages that begin with "$ "
typed() {
	sed -n 's/^\$ //p' "$@"
}

@test "commands: each one that is printed is one that a test runs" {
	cd "$top"
	while read -r line; do
		case $line in
		# testsuite/quickstart.bats
		'sh scripts/quickstart.sh' | 'sh scripts/check.sh') ;;
		make | 'make '*) ;; # above
		# testsuite/containers/images.bats runs each
		'docker run '* | 'docker exec '* | 'docker cp '*) ;;
		# testsuite/containers/docker.bats
		'dockerd --init-path '* | 'ln -s initbox '*/docker-init) ;;
		# below
		'zombiecheck --watch=30s --prometheus '*) ;;
		'reaper --expect 143 sleep 1000') ;;
		*rootfs*) ;;
		'') ;;
		*)
			echo "nobody runs: $line"
			false
			;;
		esac
	done < <(commands sh ./*.md configs/*.md docs/*.md examples/*/README.md
		typed docs/man/*)
}

@test "commands: README's and the page's zombiecheck lines for Prometheus write what promtool accepts" {
	cd "$top"
	while read -r line; do
		echo "$line"
		read -ra words <<<"${line//\/var\/lib\/node_exporter/$BATS_TEST_TMPDIR}"
		"$INITBOX" "${words[@]/=30s/=1s}" --count 1
		promtool check metrics <"$BATS_TEST_TMPDIR"/*.prom
		rm "$BATS_TEST_TMPDIR"/*.prom
	done < <(commands sh README.md | grep '^zombiecheck '
		typed docs/man/zombiecheck.8 | grep '^zombiecheck ')
}

@test "commands: the pages' lines for a folder that becomes an image, and for a script" {
	cd "$BATS_TEST_TMPDIR"
	cp "$INITBOX" initbox
	typed "$top/docs/man/initbox.8" >lines
	[ "$(wc -l <lines)" -ge 3 ]
	sh -e lines
	rootfs/sbin/reaper true
	[ -L rootfs/sbin/reaper ]

	read -ra words < <(typed "$top/docs/man/reaper.8" | grep '^reaper ')
	[ "${words[*]}" = "reaper --expect 143 sleep 1000" ]
	rootfs/sbin/"${words[0]}" "${words[@]:1}" 3>&- &
	until [ -n "$(cat "/proc/$!/task/$!/children")" ]; do :; done
	kill -TERM $!
	wait $!
}
