#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The images of examples/services, in real containers: each service comes up in
# order, one is killed and comes back while the others stay, the inittab is
# changed and read again, docker stop lets all clean up.
#
# An image here is what the example's Dockerfile makes of it, but for apt-get:
# the packages are this machine's, mounted read-only (/usr) or copied (/etc).

load engines

EXAMPLES=$TOP/examples/services
# Programs are mounted, all but those in /usr/local.
PACKAGES=()
for folder in bin sbin lib lib64 share; do
	[ ! -d "/usr/$folder" ] || PACKAGES+=(-v "/usr/$folder:/usr/$folder:ro")
done

setup_file() {
	[ -z "$(no_containers)$(no_debian)" ] || return 0
	needs jq nginx redis-server ssh sshd ssh-keygen cron
	compgen -G '/usr/sbin/php-fpm*' >/dev/null || needs php-fpm
	[ -d /usr/lib/postgresql ] || needs postgresql
	engine_start docker
	[ -d "${ENGINE_DIR:-}" ] || return 0
	rm -r "$ENGINE_DIR/rootfs"
	make_debian "$ENGINE_DIR/rootfs"
}

teardown_file() {
	engine_stop
}

setup() {
	local why

	why=$(no_containers)
	[ -n "$why" ] || why=$(no_debian)
	[ -z "$why" ] || skip "$why"
}

teardown() {
	stop_started
	remove_containers
}

# no_debian: why this machine's packages are not those of the Dockerfiles.
no_debian() {
	if [ ! -e /etc/debian_version ] || [ ! -L /lib ]; then
		echo "needs Debian's packages, with /lib in /usr"
	fi
}

# make_debian DIR: what the packages have outside of /usr, and nothing of what
# they or others did with it on this machine.
make_debian() {
	local root=$1 name

	mkdir -p "$root"/{dev,etc,opt,out,proc,root,run,sbin,srv,sys,tmp,usr/local/bin} \
		"$root"/var/{lib,log,spool,tmp}
	chmod 1777 "$root"/{tmp,var/tmp,out}
	chmod 700 "$root/root"
	mkdir "$root"/usr/{bin,sbin,lib,lib64,share}
	for name in bin lib lib64; do
		[ ! -L "/$name" ] || ln -s "usr/$name" "$root/$name"
	done
	ln -s /run "$root/var/run"
	(cd /etc && cp -a --parents passwd group nsswitch.conf pam.d security \
		ld.so.* alternatives php nginx postgresql-common redis ssh \
		login.defs default "$root/etc" 2>/dev/null) || :
	# no accounts of this machine but the packages' own, no keys
	sed -i '/^\(root\|daemon\|nobody\|www-data\|postgres\|redis\|sshd\):/!d' "$root/etc/passwd"
	grep '^[^:]*' -o "$root/etc/passwd" | sed 's/$/:*:19000:0:99999:7:::/' >"$root/etc/shadow"
	rm -f "$root"/etc/ssh/ssh_host_*
	mkdir "$root/etc/cron.d" "$root/var/log/nginx" "$root/var/lib/nginx"
	mkdir -p "$root/var/spool/cron/crontabs"
	install -d -o postgres -g postgres "$root/var/lib/postgresql"
	install -d -o redis -g redis "$root/var/lib/redis"
}

# build NAME: the image of the example's Dockerfile.
build() {
	local word from to words
	local top=$BATS_TEST_TMPDIR/top file=$EXAMPLES/$1/Dockerfile

	while read -r word from to; do
		case "$word $from" in
		'COPY initbox') install -D "${INITBOX_BIN:-$INITBOX}" "$top$to" ;;
		COPY*) install -D -m "$(stat -c %a "$TOP/$from")" "$TOP/$from" "$top$to" ;;
		'RUN ln')
			# -s FROM TO; the pattern in FROM is the shell's there, too
			read -r _ from to <<<"$to"
			mkdir -p "$top${to%/*}"
			compgen -G "$from" | sed '$!d' | xargs -I{} ln -s {} "$top$to"
			;;
		esac
	done <"$file"
	image "$1" "$(grep '^CMD ' "$file")"
	CHECK=$(sed -n 's/^HEALTHCHECK CMD //p' "$file")
}

# run_example NAME OPTIONS...: from its Dockerfile to all services ready: the
# Dockerfile's health check says so.
run_example() {
	local name=$1

	shift
	build "$name"
	up "${PACKAGES[@]}" "$@" "$name"
	HOST_PID=$(engine inspect -f '{{.State.Pid}}' "$ID")
	wait_until is_healthy || {
		look
		echo "$STATUS"
		logs
		return 1
	}
}

# is_healthy: for wait_until; what the image's HEALTHCHECK says.
is_healthy() {
	local words

	mapfile -t words < <(jq -r '.[]' <<<"$CHECK")
	engine exec "$ID" "${words[@]}" >/dev/null 2>&1
}

# look: what init says of all now, in $STATUS, asked from out here (a docker exec
# takes much longer). state NAME KEY and names are of the last look.
look() {
	STATUS=$("$INITBOX" init --control "/proc/$HOST_PID/root/run/init.sock" \
		status --json)
}

state() {
	jq -r --arg name "$1" --arg key "$2" \
		'.[] | select(.name == $name) | .[$key]' <<<"$STATUS"
}

names() {
	jq -r '[.[].name] | join(" ")' <<<"$STATUS"
}

# in_order PATTERN...: the log gets a line with each, and in this order. It comes
# by way of dockerd, later than what it tells of.
in_order() {
	wait_until is_in_order "$@" || {
		logs
		return 1
	}
}

is_in_order() {
	local pattern rest

	rest=$(logs)
	for pattern; do
		grep -q -e "$pattern" <<<"$rest" || return
		rest=$(sed "1,/$pattern/d" <<<$'\n'"$rest")
	done
}

# crash NAME OTHER...: SIGKILL for its main process; it is ready again, and the
# others are the same processes as before.
crash() {
	local name=$1 pid other before

	shift
	look
	before=$STATUS
	pid=$(state "$name" pid)
	engine exec "$ID" sh -c "kill -KILL $pid"
	wait_until has_come_back "$name" "$pid"
	stayed "$before" "$@"
}

has_come_back() {
	look
	are_ready && [ "$(state "$1" pid)" != "$2" ] &&
		[ "$(state "$1" restarts)" -gt 0 ]
}

are_ready() {
	jq -e 'all(.[]; .ready)' <<<"$STATUS" >/dev/null
}

# stayed BEFORE NAME...: they have the PIDs of that status still.
stayed() {
	local before=$1 name

	shift
	for name; do
		echo "stayed: $name"
		[ "$(pid_and_restarts "$name" "$before")" = \
			"$(pid_and_restarts "$name" "$STATUS")" ]
	done
}

pid_and_restarts() {
	jq -c --arg name "$1" '.[] | select(.name == $name) | [.pid, .restarts]' <<<"$2"
}

# reload SCRIPT NAMES OTHER...: sed changes the inittab, init reads it again and
# has these names then, all ready; the others are the same processes as before.
reload() {
	local script=$1 names=$2 before

	shift 2
	look
	before=$STATUS
	engine exec "$ID" sh -c 'sed -i "$1" /etc/inittab && /sbin/init reload' sh "$script"
	wait_until has_names "$names"
	stayed "$before" "$@"
}

has_names() {
	look
	are_ready && [ "$(names)" = "$1" ]
}

@test "services: nginx and php-fpm: order, crash, reload, a last request finishes in a stop" {
	run_example web
	has_names 'mkdir php nginx'
	in_order 'ready to handle connections' 'start worker processes'
	get '' | grep 'served by PHP'

	crash nginx php
	crash php nginx
	get '' | grep 'served by PHP'

	reload '$a :name=spare,after=nginx:respawn:/bin/sleep 1000' \
		'mkdir php nginx spare' php nginx
	reload '/name=spare/d' 'mkdir php nginx' php nginx

	# the page takes 2 s, the stop comes in between
	get '?wait=2' >"$BATS_TEST_TMPDIR/page" &
	STARTED=$!
	wait_until has_log 'a visitor waits'
	down
	wait "$STARTED"
	[ "$status" -eq 0 ]
	grep 'served by PHP' "$BATS_TEST_TMPDIR/page"
	in_order 'gracefully shutting down' '\[notice\] 1*[0-9]*#.*: exit$' 'exiting, bye-bye!'
}

# get QUERY: the page, by a client in the container
get() {
	engine exec "$ID" php -r "echo file_get_contents('http:' . '//127.0.0.1/$1');"
}

@test "services: PostgreSQL, migration, application: order, crash, reload, all written in a stop" {
	run_example database
	has_names 'install initdb db migrate app'
	in_order 'ready to accept connections' 'app: first visit is number 1$'
	[ "$(state migrate state)" = ended ]

	crash db app

	reload '$a :name=spare,after=app:respawn:/bin/sleep 1000' \
		'install initdb db migrate app spare' db app
	reload '/name=spare/d' 'install initdb db migrate app' db app

	down
	[ "$status" -eq 0 ]
	in_order 'app: last visit is number [0-9]' 'received fast shutdown request' \
		'database system is shut down'
}

@test "services: cron and sshd: order, a login, crash, reload, who is logged in is told in a stop" {
	ssh-keygen -q -t ed25519 -N '' -f "$BATS_TEST_TMPDIR/key"
	install -d -m 700 "$BATS_TEST_TMPDIR/top/root/.ssh"
	install -m 600 "$BATS_TEST_TMPDIR/key" "$BATS_TEST_TMPDIR/top/root/.ssh/id_ed25519"
	install -m 600 "$BATS_TEST_TMPDIR/key.pub" \
		"$BATS_TEST_TMPDIR/top/root/.ssh/authorized_keys"
	run_example remote
	has_names 'mkdir keys sshd cron'
	in_order 'generating new host keys' 'Server listening'
	wait_until has_log 'job: cron is up'
	[ "$(login 'echo "logged in as $USER"')" = 'logged in as root' ]

	# one that stays
	login 'exec >/proc/1/fd/1 2>&1
		trap "echo login: told; exit" TERM
		echo login: up
		while :; do sleep 0.1; done' >/dev/null 2>&1 &
	STARTED=$!
	wait_until has_log 'login: up'
	crash cron sshd
	reload '/name=cron/d' 'mkdir keys sshd' sshd

	down
	wait "$STARTED" || :
	[ "$status" -eq 0 ]
	in_order 'Received signal 15; terminating'
	in_order 'login: told'
}

# login COMMAND: by ssh, from the container into itself
login() {
	engine exec "$ID" ssh -o StrictHostKeyChecking=no -o LogLevel=ERROR \
		root@127.0.0.1 "$1"
}

@test "services: redis and workers: order, crash, reload, jobs finish in a stop and redis saves" {
	run_example queue
	has_names 'redis worker-1 worker-2'
	in_order 'Ready to accept connections' 'worker [12]: waiting for jobs'

	crash redis worker-1 worker-2

	reload 's/worker-2/worker-3/; s/worker 2/worker 3/' \
		'redis worker-1 worker-3' redis worker-1
	in_order 'worker 2: bye'

	# both have a job when the stop comes
	engine exec "$ID" redis-cli RPUSH jobs 2 2
	wait_until has_log 'worker 1: job of 2 s'
	wait_until has_log 'worker 3: job of 2 s'
	down
	[ "$status" -eq 0 ]
	for worker in 1 3; do
		in_order "worker $worker: job done" "worker $worker: bye" \
			'DB saved on disk' 'Redis is now ready to exit, bye bye'
	done
}
