#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy's scope shell (sigproxy(8)) as its users see it, with entrypoints
# written for five shells: workers of a master, and wrappers in between.

load ../helper
load reaper_helper
load shell_helper

# --- workers -----------------------------------------------------------------

@test "shell: a master's workers are never told, whoever dies around them" {
	for shell in $FEW_SHELLS; do
		for body in '$A master -o 15:wait=go -k "$A worker -o 10:exit=0"; :' \
			'$A master -o 15:wait=go -k "$A worker -o 10:exit=0" & wait' \
			'exec $A master -o 15:wait=go -k "$A worker -o 10:exit=0"' \
			'$A master -o 15:wait=go -k "sh -c \"\$A worker -o 10:exit=0; :\""; :' \
			'$A master -o 15:wait=go -k "$A worker -s -o 10:exit=0" | cat; :'; do
			TURN="$shell: $body"
			use $shell
			script entry <<<"$body"
			begin pid1 "$PROXY" ./entry
			logged "master ready"
			logged "worker ready"
			worker=$(outer worker)
			first_child "$R" && shell_pid=$CHILD
			kill -TERM "$R"
			logged "master sig 15"
			[[ $body == exec* ]] || shell_has_died
			send "$worker" 10
			logged "worker end"
			touch go
			finish
			told 1 master
			told 0 worker
		done
	done
	no_faults
}

@test "shell: a worker that its master left behind is told then" {
	for shell in $FEW_SHELLS; do
		for mode in pid1 sub; do
			TURN="$shell $mode"
			use $shell
			script entry <<<'$A master -k "$A worker -s -o 15:wait=go"; :'
			begin $mode "$PROXY" ./entry
			logged "master ready"
			logged "worker ready"
			kill -TERM "$R"
			logged "worker sig 15"
			touch go
			finish
			told 1 master
			told 1 worker
			same "$TURN" "$(before 'master end' 'worker sig' && echo yes)" yes
		done
	done
	no_faults
}

# A worker that gets the TERM itself drops its work; one whose master closes the
# pipe finishes it. As celery's and gunicorn's do.
@test "shell: a prefork server's requests are finished, not aborted" {
	cat >server.py <<-'END'
		import os, signal, sys, time

		def say(text):
		    os.write(log, (text + "\n").encode())

		log = os.open(os.environ["LOG"], os.O_WRONLY | os.O_APPEND)
		readable, writable = os.pipe()
		workers = []
		for number in range(2):
		    pid = os.fork()
		    if pid == 0:
		        def abort(*_):
		            say("worker%d aborted" % number)
		            os._exit(1)
		        signal.signal(signal.SIGTERM, abort)
		        os.close(writable)
		        say("worker%d busy" % number)
		        os.read(readable, 1)
		        while not os.path.exists("go"):
		            time.sleep(0.02)
		        say("worker%d finished" % number)
		        os._exit(0)
		    workers.append(pid)

		def stop(*_):
		    say("master told")
		    os.close(writable)
		    for pid in workers:
		        os.waitpid(pid, 0)
		    say("master end")
		    sys.exit(0)

		signal.signal(signal.SIGTERM, stop)
		say("master ready")
		while True:
		    time.sleep(0.05) # pause() may miss a signal just before it
	END
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			python3 server.py
			:
		END
		begin pid1 "$PROXY" ./entry
		for line in "master ready" "worker0 busy" "worker1 busy"; do
			logged "$line"
		done
		first_child "$R" && shell_pid=$CHILD
		kill -TERM "$R"
		logged "master told"
		shell_has_died
		touch go
		finish
		same "$TURN" "$(count 'worker. finished'):$(count 'worker. aborted'):$(count 'master told')" 2:0:1
	done
	no_faults
}

# nginx writes down who sent it what.
@test "shell: nginx's master gets the signal once, its workers none from us" {
	need_root "in a user namespace nginx is root, but must not set its groups"
	nginx=$(type -P nginx || echo /usr/sbin/nginx)
	export nginx
	[ -x "$nginx" ] || {
		echo "nginx is not installed"
		return 1
	}
	mkdir -p web
	chmod 777 web "$BATS_TEST_TMPDIR"
	cat >nginx.conf <<-END
		daemon off;
		worker_processes 2;
		pid $PWD/web/pid;
		error_log $PWD/web/errors notice;
		events {}
		http {
			access_log off;
			client_body_temp_path $PWD/web/a;
			proxy_temp_path $PWD/web/b;
			fastcgi_temp_path $PWD/web/c;
			uwsgi_temp_path $PWD/web/d;
			scgi_temp_path $PWD/web/e;
			server { listen unix:$PWD/web/socket; }
		}
	END
	sed -i '1i user root;' nginx.conf
	for case in TERM:15 QUIT:3; do
		TURN=${case%:*}
		rm -rf web/*
		use bash
		script entry <<-'END'
			$nginx -c "$PWD/nginx.conf"
			:
		END
		begin pid1 "$PROXY" --stop-signal QUIT ./entry
		wait_until has_workers 2
		kill -"$TURN" "$R"
		finish
		cat web/errors
		same "$TURN, to the master" \
			"$(grep -c "signal ${case#*:} (SIG$TURN) received from 1\b" web/errors)" 1
		# "PID#THREAD: signal": of one process only
		same "$TURN, processes" "$(sed -n "s/.* \([0-9]*\)#[0-9]*: signal ${case#*:} .*received from 1\b.*/\1/p" \
			web/errors | sort -u | wc -l)" 1
		same "$TURN, its end" "$(grep -c ' exit$' web/errors)" 3
	done
	no_faults
}

has_workers() {
	[ -e web/errors ] &&
		[ "$(grep -c 'start worker process [0-9]' web/errors)" -ge "$1" ]
}

@test "shell: a postgres session in a transaction is not aborted by the smart shutdown" {
	need_root "postgres must run as somebody else"
	for folder in /usr/lib/postgresql/*/bin; do
		[ ! -x "$folder/initdb" ] || export PG=$folder
	done
	[ -n "${PG:-}" ] || {
		echo "postgresql is not installed"
		return 1
	}
	id postgres
	open_up
	as=(setpriv --reuid postgres --regid postgres --clear-groups --)
	"${as[@]}" "$PG/initdb" -A trust -N -D "$PWD/data" >initdb.log 2>&1 || cat initdb.log
	psql="${as[*]} $PG/psql -h $PWD -U postgres -v ON_ERROR_STOP=1 -q"
	for start in "setpriv --reuid postgres --regid postgres --clear-groups --" \
		"su postgres -s /bin/sh -c" "runuser -u postgres --"; do
		TURN=$start
		use bash
		rm -f commands session postgres.log
		server="$PG/postgres -D $PWD/data -k $PWD -c listen_addresses="
		[[ $start != su* ]] || server="'$server'"
		script entry <<-END
			$start $server 2>"$PWD/postgres.log"
			:
		END
		begin pid1 "$PROXY" ./entry
		wait_until has_line postgres.log 'ready to accept connections'
		mkfifo commands
		$psql <commands >session 2>&1 3>&- &
		client=$!
		STARTED+=" $client"
		exec 8>commands
		echo 'create table if not exists t (n int); begin; insert into t values (1); select 1 as "in-it";' >&8
		wait_until has_line session in-it
		kill -TERM "$R"
		wait_until has_line postgres.log 'received smart shutdown request'
		echo 'insert into t values (2); commit; select count(*) > 1 as "committed" from t;' >&8
		wait_until has_line session committed
		exec 8>&-
		wait "$client" || same "$TURN" "psql failed: $(cat session)" 0
		finish
		same "$TURN" "$(grep -c 'received .* shutdown request' postgres.log)" 1
		same "$TURN" "$(grep -c 'terminating connection' postgres.log)" 0
		same "$TURN" "$(grep -c 'database system is shut down' postgres.log)" 1
	done
	no_faults
}

# --- wrappers in between -----------------------------------------------------

# Each line: a wrapper, with the program CMD. What relays a TERM would make it
# two; what kills when told would end the cleanup.
wrappers() {
	cat <<-'END'
		env X=1 CMD
		nice CMD
		timeout 300 CMD
		timeout --foreground 300 CMD
		timeout -k 1 300 sh -c "CMD; :"
		flock lock CMD
		flock lock -c "CMD; :"
		setpriv --no-new-privs CMD
		tini -- CMD
		tini -g -- CMD
		tini -s -- sh -c "CMD; :"
		dumb-init -- CMD
		dumb-init -c -- CMD
		dumb-init sh -c "trap : TERM; CMD; :"
		$REAPER -- CMD
		$REAPER -g sh -c "CMD; :"
		$REAPER -a CMD
		$PROXY CMD
		$PROXY sh -c "CMD; :"
		$PROXY -s group CMD
		$INIT -- CMD
		nice env timeout 300 flock lock tini -- CMD
	END
}

root_wrappers() {
	cat <<-'END'
		setpriv --reuid 65534 --regid 65534 --clear-groups CMD
		su nobody -s /bin/sh -c "CMD"
		su nobody -s /bin/sh -c "CMD; :"
		su nobody -s /bin/bash -c ./part
		su -s /bin/sh nobody -- ./part
		runuser -u nobody -- CMD
		runuser nobody -s /bin/sh -c "CMD; :"
		sudo -E CMD
		sudo -E -u nobody CMD
		sudo -E -u nobody sh -c "CMD; :"
		sudo -E -u nobody ./part
	END
}

# wrapped LINE: in a script and as the command itself: told once, cleaned up.
wrapped() {
	local line=${1//CMD/\$A app -o 15:run=./clean}

	for where in script command; do
		TURN="$where: $1"
		again
		script entry <<<"$line"$'\n:'
		if [ $where = script ]; then
			begin pid1 "$PROXY" ./entry
		else
			begin pid1 "$PROXY" sh -c "exec $line"
		fi
		logged "app ready" || {
			cat "$OUT"
			return 1
		}
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN, cleanup" "$(count 'app ran'):$(count 'app ran 0')" 1:1
	done
}

wrapper_setup() {
	INIT=$(applet init)
	export INIT
	touch lock
	printf '#!/bin/sh\nsleep 0.4\n' >clean
	printf '#!/bin/sh\n$A app -o 15:run=./clean\n:\n' >part
	chmod +x clean part
}

@test "shell: wrappers are looked through, and do not tell or kill the program below again" {
	wrapper_setup
	while read -r line; do
		wrapped "$line"
	done < <(wrappers)
	no_faults
}

@test "shell: su, runuser, sudo and setpriv are looked through, down to the script below" {
	need_root "to become somebody else"
	wrapper_setup
	open_up
	chmod 666 lock
	while read -r line; do
		wrapped "$line"
	done < <(root_wrappers)
	no_faults
}

@test "shell: a wrapper's own status comes through when it is the command" {
	wrapper_setup
	for case in "timeout 300:7" "env X=1:7" "nice:7" "tini --:7" "dumb-init --:7" "$REAPER:7"; do
		TURN=$case
		again
		begin pid1 "$PROXY" ${case%:*} "$A" app -o 15:exit=7
		logged "app ready"
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN" "$status" "${case##*:}"
	done
	no_faults
}
