#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# long
# Into an image, and around one that stays as it is: README's snippets and
# examples/docker, taken from where they are printed, built and run by a real
# docker. What they are built FROM is made of a static busybox, under the names
# debian and alpine: with /sbin as a link, or with an init of its own there.

load engines

setup_file() {
	[ -z "$(no_containers)" ] || return 0
	needs docker-compose
	engine_start docker
	[ -d "${ENGINE_DIR:-}" ] || return 0
	export DOCKER_BUILDKIT=0 # the other builder is a package of its own
	make_bases
	make_context "$ENGINE_DIR/context"
}

teardown_file() {
	engine_stop
}

teardown() {
	stop_started
	remove_containers
}

# What the snippets are about: a program, a script, a web server.
make_bases() {
	local root=$ENGINE_DIR/rootfs name

	# what is used of it: an image is a copy for each of its lines
	find "$root/bin" -type l ! -name sh ! -name sleep ! -name setsid ! -name cat \
		! -name env ! -name mkdir ! -name grep ! -name readlink -delete
	rm -r "$root/sbin"
	mkdir -p "$root"/usr/{sbin,local/bin}
	program "$root/usr/local/bin/app" <<<'exec slow app 0'
	program "$root/usr/local/bin/leave-cluster" <<<'echo left the cluster'
	program "$root/entrypoint.sh" <<-'END'
		app &
		wait
	END
	# stopped by QUIT, as the real one
	program "$root/bin/nginx" <<-'END'
		trap 'kill $!; echo nginx: cleaned; exit 0' QUIT
		while :; do sleep 1000 & wait $!; done
	END
	mkdir "$root/sbin"
	ln -s ../bin/busybox "$root/sbin/init"
	image alpine 'ENV PATH=/usr/local/bin:/bin:/sbin'
	rm -r "$root/sbin"
	ln -s usr/sbin "$root/sbin"
	image debian:stable-slim 'ENV PATH=/usr/local/bin:/bin:/sbin'
	cp "${INITBOX_BIN:-$INITBOX}" "$root/usr/sbin/initbox"
	for name in $("$INITBOX" --list); do
		ln -s initbox "$root/usr/sbin/$name"
	done
	image full
	# the image that others copy from
	cp "${INITBOX_BIN:-$INITBOX}" "$ENGINE_DIR/initbox"
	tar -c -C "$ENGINE_DIR" initbox | engine import - initbox:0.1.0 >/dev/null
}

# make_context DIR: what lies beside a Dockerfile. The archive is what make dist
# makes of this binary; how it does that is tested in testsuite/build.
make_context() {
	local name root=$ENGINE_DIR/archive

	mkdir -p "$1" "$root/sbin"
	cp "${INITBOX_BIN:-$INITBOX}" "$1/initbox"
	cp -r "$TOP/examples" "$1"
	snippets inittab "$ENGINE_DIR/inittab"
	cp "$ENGINE_DIR/inittab/1" "$1/inittab"
	cp "$1/initbox" "$root/sbin"
	for name in $("$INITBOX" --list); do
		ln -s initbox "$root/sbin/$name"
	done
	(cd "$root" && find sbin ! -type d | tar -czf \
		"$1/initbox-0.1.0-x86_64.tar.gz" --no-recursion -T -)
}

# docker_build NAME FILE [OPTION...]
docker_build() {
	local name=$1 file=$2

	shift 2
	echo "--- $name:"
	cat "$file"
	engine build -q --network none -t "$name" -f "$file" "$@" \
		"$ENGINE_DIR/context"
}

# stops_well IMAGE: it is up, and cleans up when it is told to stop.
stops_well() {
	up "$1"
	wait_until has_log '^app: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"app: cleaned"* ]]
}

@test "images: each of README's snippets makes an image that runs and stops as it should" {
	snippets Dockerfile "$BATS_TEST_TMPDIR/snippets"
	built=0
	for file in "$BATS_TEST_TMPDIR"/snippets/*; do
		base=debian:stable-slim
		! grep -q -e --force "$file" || base=alpine
		own=('ENTRYPOINT ["/sbin/init", "--"]' 'CMD ["/usr/local/bin/app"]')
		if grep -qE '^(ENTRYPOINT|CMD) ' "$file"; then
			own=('CMD ["/usr/local/bin/app"]')
			! grep -q '^CMD ' "$file" || own=()
			! grep -q '/entrypoint.sh' "$file" || own=()
		elif grep -q '^HEALTHCHECK ' "$file"; then
			own=('CMD ["/usr/local/bin/app"]')
		else
			# lines of which each is enough
			cp "$file" "$file.all"
			while read -r line; do
				printf '%s\n' "FROM $base" "$line" "${own[@]}" >"$file"
				docker_build "snippet-${file##*/}" "$file"
				stops_well "snippet-${file##*/}"
				[ "$(engine run --rm --network none \
					"snippet-${file##*/}" readlink /sbin)" = usr/sbin ]
				built=$((built + 1))
			done < <(grep . "$file.all")
			rm "$file.all"
			continue
		fi
		{
			echo "FROM $base"
			cat "$file"
			printf '%s\n' "${own[@]}"
		} >"$file.whole"
		docker_build "snippet-${file##*/}" "$file.whole"
		stops_well "snippet-${file##*/}"
		built=$((built + 1))
	done
	[ "$built" -ge 8 ]
}

@test "images: examples/docker's Dockerfiles build as they are, run and stop" {
	for name in alpine debian scratch; do
		docker_build "$name-example" "$TOP/examples/docker/Dockerfile.$name"
		up "$name-example"
		case $name in
		alpine) wait_until has_log '^up' ;;
		debian) wait_until has_log '^web: up' ;;
		scratch) ;;
		esac
		down
		[ "$status" -eq 0 ]
		[ "$name" = scratch ] || [[ $output == *"cleaned up"* ]]
	done
	# the same by the archive of make dist
	docker_build add-example "$TOP/examples/docker/Dockerfile.add"
	try run_rm add-example reaper --version
	[[ $output == "reaper (initbox "* ]]
}

@test "images: every docker run, exec and cp that README, docs and man pages print is accepted" {
	local ran=0 web line

	up --name "$ENGINE_MARK-web" full init -- sleep 1000
	web=$ENGINE_MARK-web
	cd "$ENGINE_DIR/context"
	while read -r line; do
		line=${line#\$ }
		line=${line/ CONTAINER / $web } line=${line/ web / $web }
		line=${line/ web:/ $web:}
		case $line in
		*'docker run'*IMAGE)
			# our variables are read, and are not passed on
			line="${line/IMAGE/full} sh -c 'echo up; env'" ;;
		*IMAGE*) line=${line/IMAGE/full} ;;
		esac
		line=${line/docker run/run_rm} line=${line/#docker/engine}
		try eval "$line"
		echo "$status: $line"
		# zombiecheck says by its status what it found
		[ "$status" -eq 0 ] || [[ $line == *zombiecheck* && $status -lt 4 ]]
		[[ $line == *' cp '* || -n $output ]]
		[[ $output != *INITBOX_* ]]
		ran=$((ran + 1))
	done < <(cd "$TOP" && grep -hE '^(\$ )?docker (run|exec|cp) ' README.md \
		docs/*.md docs/man/*.8 | sed 's/ *#.*//')
	[ "$ran" -ge 10 ]
}

@test "images: docker-compose's init: true, as in README and the example, is our init" {
	snippets yaml "$BATS_TEST_TMPDIR/yaml"
	cd "$BATS_TEST_TMPDIR"
	# no networks here
	printf '%s\n' services: '  app: { image: "debian:stable-slim", command: app, network_mode: none }' \
		>here.yaml
	timeout 120 docker-compose -p "$ENGINE_MARK" -f yaml/1 \
		-f "$TOP/examples/compose/compose.yaml" -f here.yaml up -d 3>&-
	ID=$(engine ps -q)
	CONTAINERS=$ID
	[ -n "$ID" ]
	wait_until has_log '^app: ready'
	[ "$(engine exec "$ID" cat /proc/1/comm)" = docker-init ]
	[ "$(engine inspect -f '{{.HostConfig.Init}}' "$ID")" = true ]
	down
	[ "$status" -eq 0 ]
	[[ $output == *"app: cleaned"* ]]
}

@test "images: README's daemon.json gives every container our init" {
	snippets json "$BATS_TEST_TMPDIR/json"
	DAEMON_JSON=$(sed 's|/usr/lib/initbox/docker-init|@|' \
		"$BATS_TEST_TMPDIR/json/1")
	[[ $DAEMON_JSON == *@* ]]
	stop_docker
	start_docker
	up debian:stable-slim app
	wait_until has_log '^app: ready'
	[ "$(engine exec "$ID" cat /proc/1/comm)" = docker-init ]
	[[ $(engine exec "$ID" /sbin/docker-init --version) == *initbox* ]]
	down
	[ "$status" -eq 0 ]
	[[ $output == *"app: cleaned"* ]]
}
