#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What building, the demonstration and the tests need from the system, in one
# list; installs what is missing.
#
# usage: sh scripts/packages.sh GROUP...        groups: build demo test bench more
#
# Installs with apt-get or apk, as root or by a sudo that does not ask; else
# names the command to run.  Status 1 if something is missing in the end that
# the list calls needed.
set -eu
export LC_ALL=C
# A user's PATH leaves out where daemons and their tools are.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# group; need, or want for what some tests skip or the build can replace;
# a command or file, one of which proves that it is there; Debian's package;
# Alpine's ("-": it has none, or needs none); what for.
list() {
	sed -e 's/ *#.*//' -e '/^$/d' <<'END'
build need cc                      gcc               gcc         # compiler, strip
build need make                    make              make
build need musl-gcc,/usr/include/stdio.h musl-tools  musl-dev    # a C library
build want musl-gcc                musl-tools        -           # 60 KB static, not 800

demo  need unshare                 util-linux        util-linux  # PID namespaces

test  need bats                    bats              bats        # runs the tests
test  need bash                    bash              bash        # what they are written in
test  want /usr/lib/ccache         ccache            ccache      # the build's tests, in half the time
test  want /usr/include/stdio.h    libc6-dev         musl-dev    # builds without musl
test  want ps                      procps            procps      # to compare with /proc
test  want setpriv                 util-linux        setpriv     # other users, fewer rights
test  want git                     git               git         # lint's list of files
test  want shellcheck              shellcheck        shellcheck  # make lint
test  want clang-format            clang-format      clang-extra-tools
test  want clang-tidy              clang-tidy        clang-extra-tools
test  want clang                   clang             clang       # a second compiler
test  want /var/lib/dpkg/info/libclang-rt-dev.list libclang-rt-dev compiler-rt # libFuzzer
test  want mandoc                  mandoc            mandoc      # man pages against the help
test  want gawk                    gawk              gawk        # the generator in every awk
test  want mawk                    mawk              mawk
test  want original-awk            original-awk      onetrue-awk
test  want kconfig-conf            kconfig-frontends -           # .config must equal its own
test  want strace                  strace            strace      # injects failing system calls
test  want qemu-system-x86_64        qemu-system-x86   qemu-system-x86_64 # a machine
test  want /boot/vmlinuz,/var/lib/dpkg/info/linux-image-amd64.list linux-image-amd64 linux-virt
test  want cpio                    cpio              cpio        # its initramfs
test  want valgrind                valgrind          valgrind    # the parsers' memory
test  want python3                 python3           python3     # terminals, JSON
test  want jq                      jq                jq          # JSON
test  want mksh                    mksh              mksh        # shells whose scripts sigproxy looks through
test  want zsh                     zsh               zsh
test  want fish                    fish              fish        # completion
test  want /usr/share/bash-completion/bash_completion bash-completion bash-completion
test  want sudo                    sudo              sudo        # wrappers in between
test  want nginx                   nginx-light       nginx       # masters whose workers are left alone
test  want /usr/lib/postgresql     postgresql        postgresql
test  want /usr/sbin/php-fpm8.4,/usr/sbin/php-fpm8.3,/usr/sbin/php-fpm8.2 php-fpm php-fpm # examples/services
test  want redis-server            redis-server      redis
test  want cron                    cron              cronie
test  want /usr/sbin/sshd          openssh-server    openssh
test  want ssh-keygen              openssh-client    openssh-client
test  want busybox.static,/var/lib/dpkg/info/busybox-static.list busybox-static busybox-static # containers' files
test  want runc                    runc              runc        # real containers
test  want podman                  podman            podman
test  want dockerd                 docker.io         docker
test  want promtool                prometheus        prometheus  # zombiecheck's metrics and alerts
test  want prometheus-node-exporter prometheus-node-exporter prometheus-node-exporter
test  want /usr/lib/python3/dist-packages/jsonschema python3-jsonschema py3-jsonschema
test  want /usr/lib/python3/dist-packages/yaml python3-yaml py3-yaml # the examples' YAML
test  want s6-svscan               s6                s6          # PID 1s to look at
test  want nodejs,node             nodejs            nodejs
test  want perl                    perl              perl
test  want tini                    tini              tini        # peers, to test the tests
test  want dumb-init               dumb-init         dumb-init
test  want catatonit               catatonit         catatonit
bench want busybox                 busybox-static    busybox     # more peers, for make bench
bench want runsvdir                runit             runit
bench want supervisord             supervisor        supervisor

more  want qemu-mips                 qemu-user         -           # other machines' binaries
more  want mips-linux-gnu-gcc        gcc-mips-linux-gnu -          # ... and their compilers
more  want /usr/mips-linux-gnu/include/stdio.h libc6-dev-mips-cross -
more  want docker-compose          docker-compose    docker-cli-compose # init: true
more  want dpkg-buildpackage       dpkg-dev          -           # Debian's package
more  want dh                      debhelper         -
more  want afl-fuzz                afl++             -           # scripts/fuzz.sh afl
more  want cppcheck                cppcheck          cppcheck    # make analyze
more  want aarch64-linux-gnu-gcc     gcc-aarch64-linux-gnu -
more  want /usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross -
more  want arm-linux-gnueabihf-gcc   gcc-arm-linux-gnueabihf -
more  want /usr/arm-linux-gnueabihf/include/stdio.h libc6-dev-armhf-cross -
more  want riscv64-linux-gnu-gcc     gcc-riscv64-linux-gnu -
more  want /usr/riscv64-linux-gnu/include/stdio.h libc6-dev-riscv64-cross -
more  want lintian                 lintian           -           # what is wrong with it
END
}

# ---- as root: sh scripts/packages.sh --install MANAGER PACKAGE... ---------

apt() {
	apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

apt_knows_all() {
	for package; do
		apt-cache policy "$package" | grep -q 'Candidate: [^(]' || return
	done
}

# A package may start its daemon (docker.io does); not for a test run, and in a
# chroot it fails.  This is how Debian lets one say no; an existing no stays.
policy=/usr/sbin/policy-rc.d
forbid_daemons() {
	[ ! -e "$policy" ] || return 0
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
}

install_by_apt() {
	export DEBIAN_FRONTEND=noninteractive
	forbid_daemons
	apt_knows_all "$@" || apt update || :
	apt --no-install-recommends install "$@" && return
	# Lists of last week name versions that the mirror no longer has.
	apt update && apt --no-install-recommends install "$@" && return
	# One that is not to be had here must not keep the others away.
	for package; do
		apt --no-install-recommends install "$package" || :
	done
}

install_by_apk() {
	apk add --no-cache "$@" && return
	for package; do
		apk add --no-cache "$package" || :
	done
}

if [ "${1-}" = --install ]; then
	manager=$2
	shift 2
	case $manager in
	apt-get) install_by_apt "$@" ;;
	apk) install_by_apk "$@" ;;
	esac
	exit
fi

# ---- as anybody ------------------------------------------------------------
is_there() {
	(
		IFS=,
		for proof in $1; do
			case $proof in
			/*) [ ! -e "$proof" ] || exit 0 ;;
			*) ! command -v "$proof" >/dev/null || exit 0 ;;
			esac
		done
		exit 1
	)
}

# missing need|want GROUP...: packages, each once, in the order of the list.
missing() {
	wanted=$1
	shift
	list | while read -r group level proof debian alpine; do
		case " $* " in *" $group "*) ;; *) continue ;; esac
		[ "$level" = "$wanted" ] || continue
		! is_there "$proof" || continue
		if [ "$manager" = apk ]; then debian=$alpine; fi
		[ "$debian" = - ] || echo "$debian"
	done | awk '!seen[$0]++' | tr '\n' ' '
}

# look GROUP...: sets need, want without those, and all.
look() {
	need=$(missing need "$@")
	want=
	for package in $(missing want "$@"); do
		case " $need" in
		*" $package "*) ;;
		*) want="$want$package " ;;
		esac
	done
	all=$need$want
}

manager=
for candidate in apt-get apk; do
	if command -v $candidate >/dev/null; then
		manager=$candidate
		break
	fi
done
case $manager in
apt-get)
	command_line="apt-get install --no-install-recommends"
	# A machine just made has no list of packages yet.
	[ -n "$(find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null)" ] ||
		command_line="apt-get update && $command_line"
	;;
apk) command_line="apk add" ;;
*) command_line= ;;
esac

look "$@"
[ -n "$all" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	if sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=no; fi
fi

if [ -n "$manager" ] && [ "$as_root" != no ]; then
	echo "installing with $manager: $all" | fold -s -w 78
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	trap 'exit 1' HUP INT TERM
	[ ! -t 1 ] || echo "it may take minutes; to watch it: tail -f $log"
	# shellcheck disable=SC2086 # words
	$as_root sh "$0" --install "$manager" $all >"$log" 2>&1 || :
	look "$@"
	[ -n "$all" ] || exit 0
	echo "not installed: $all; the end of what $manager said:"
	tail -n 12 "$log" | sed 's/^/  /'
fi

if [ -n "$need" ]; then
	echo "missing and needed: $need"
fi
if [ -n "$want" ]; then
	echo "missing, can do without: $want" | fold -s -w 78
fi
if [ "$as_root" = no ] && [ -n "$command_line" ]; then
	echo "as root, run:  $command_line $all"
elif [ -z "$command_line" ]; then
	echo "Neither apt-get nor apk is here: install these (Debian's names) yourself."
fi
[ -z "$need" ]
