#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the documents say is so: options, paths, targets, examples. Each example
# of a Dockerfile or an inittab is tried as far as that goes without an image.

TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
INITBOX=${INITBOX:-$TOP/initbox}
load helper
TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)

# What a make around us would hand down.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES O T V
export LC_ALL=C

setup() {
	cd "$TOP" || return
}

# documents: all that is written for people, without blanks in the names.
documents() {
	printf '%s\n' ./*.md configs/*.md docs/*.md docs/man/*.[58] \
		examples/docker/* examples/entrypoints/* examples/inittab/* \
		examples/services/README.md examples/services/*/inittab
}

# same WHAT ONE OTHER: sorted lists of words are equal, or show how they differ.
same() {
	local only

	only=$(comm -3 <(tr ' ' '\n' <<<"$2" | sort -u) \
		<(tr ' ' '\n' <<<"$3" | sort -u))
	[ -z "$only" ] || {
		printf '%s: only in the first, or (indented) in the second:\n%s\n' \
			"$1" "$only"
		return 1
	}
}

# ---- manual pages ----------------------------------------------------------

# page_of NAME: the applet's page.
page_of() {
	case $1 in
	tini | docker-init | podman-init | catatonit | pause)
		echo docs/man/reaper.8
		;;
	dumb-init) echo docs/man/sigproxy.8 ;;
	*) echo "docs/man/$1.8" ;;
	esac
}

# page_options NAME: the options that its page explains, in its section OPTIONS
# or in the subsection of an alias.
page_options() {
	awk -v name="$1" '
		/^\.S[hs] / {
			heading = substr($0, 5)
			gsub(/,/, "", heading)
			inside = /^\.Sh/ ? heading == "OPTIONS" && !alias : \
				alias ? (" " heading " ") ~ (" " name " ") : inside
		}
		BEGIN {
			alias = name ~ /^(tini|docker-init|podman-init|catatonit|pause|dumb-init)$/
		}
		inside && /^\.It Fl / {
			for (i = 3; i <= NF; i++)
				if ($(i - 1) == "Fl")
					print "-" $i
		}' "$(page_of "$1")"
}

# help_options NAME: those of --help: in the synopsis and in indented lines.
help_options() {
	"$INITBOX" "$1" --help 2>&1 | sed -n -e 1p -e '/^ /p' |
		grep -oE -e "(^|[[ ,;(])--?[A-Za-z][a-z-]*" | sed 's/^[[ ,;(]//'
}

@test "docs: mandoc finds nothing to warn of in the manual pages" {
	for page in docs/man/*.[58]; do
		run mandoc -T lint -W warning "$page"
		echo "$output"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}

@test "docs: every applet has a page, with its name at the top" {
	for name in $("$INITBOX" --list) initbox; do
		page=$(page_of "$name")
		echo "$name: $page"
		grep -q "^\.Nm $name\( ,\)\{0,1\}$" "$page"
	done
}

@test "docs: the pages have exactly the options of --help" {
	for name in $("$INITBOX" --list); do
		[ -n "$(page_options "$name")" ]
		same "$name: page, help" "$(page_options "$name")" \
			"$(help_options "$name")"
	done
}

@test "docs: the page of the door has exactly the options of its help and -h, -V" {
	help=$("$INITBOX" | sed '/^Applets/,$d' |
		grep -oE -e '(^|[[ ])--?[A-Za-z][a-z-]*' | sed 's/^[[ ]//')
	same "initbox: page, help" "$(page_options initbox)" \
		"$help -h --help -V --version"
}

@test "docs: the binary knows every option that a page explains" {
	# some of them write to the file that they are given
	INITBOX=$(realpath "$INITBOX")
	mkdir "$BATS_TEST_TMPDIR/here"
	for name in $("$INITBOX" --list); do
		for option in $(page_options "$name"); do
			# an option without a value meets --version next, another
			# takes it as its value; neither is unknown
			run env -C "$BATS_TEST_TMPDIR/here" "$INITBOX" "$name" \
				"$option" --version
			echo "$name $option: $output"
			[[ $output != *"unknown option"* ]]
		done
	done
}

@test "docs: every variable of a page is one of its options, and works" {
	for name in init reaper sigproxy zombiecheck; do
		variables=$(sed -n '/^\.Sh ENVIRONMENT/,/^\.Sh EXIT/p' \
			"docs/man/$name.8" | sed '/three of the aliases/,$d' |
			grep -oE 'INITBOX_[A-Z_]+')
		[ -n "$variables" ]
		for variable in $variables; do
			option=--$(tr 'A-Z_' 'a-z-' <<<"${variable#INITBOX_}")
			echo "$name: $variable $option"
			page_options "$name" | grep -qx -e "$option"
			# read, and taken out of the environment
			case $name,$variable in
			zombiecheck,*) ;;
			*,INITBOX_PAUSE) ;;
			*)
				case $variable in
				*SCOPE) value=all ;;
				*MAP | *REWRITE) value=HUP:USR1 ;;
				*SIGNAL | *DEATH) value=TERM ;;
				*EXPECT) value=3 ;;
				*CONTROL) value=none ;;
				*GRACE | *AFTER | *WAIT | *TIMEOUT) value=5s ;;
				*) value=0 ;;
				esac
				run env "$variable=$value" "$INITBOX" "$name" -- \
					sh -c 'env | grep INITBOX_ || :'
				echo "$output"
				[ "$status" -eq 0 ]
				[ -z "$output" ]
				;;
			esac
		done
	done
}

@test "docs: the page of inittab has exactly the options and actions of the code" {
	options=$(sed -n '/^static const struct entry_word words/,/^};/p' \
		applets/init/entry.c | grep -oE '"[a-z-]+"' | tr -d '"' | sort -u)
	for option in $options; do
		case $option in *'|'*) continue ;; esac
		echo "$option"
		grep -qE "^\.It Li (.*Li )?$option(=|\$| )" docs/man/inittab.5
	done
	actions=$(sed -n '/^#define ACTIONS(X)/,/^$/p' applets/init/inittab.c |
		grep -oE '"[a-z]+"' | tr -d '"')
	[ "$(wc -w <<<"$actions")" -gt 15 ]
	for action in $actions; do
		echo "$action"
		grep -qE "^\.(It )?Li (.* )?$action( |$)" docs/man/inittab.5
	done
}

# ---- what is named exists --------------------------------------------------

# headings FILE: each as the part of a link behind the "#".
headings() {
	sed -n 's/^##* //p' "$1" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-'
}

@test "docs: relative links resolve, also to headings" {
	for file in ./*.md configs/*.md docs/*.md; do
		while read -r link; do
			echo "$file: $link"
			path=$(dirname "$file")/${link%%#*}
			[ -n "${link%%#*}" ] || path=$file
			[ -e "$path" ]
			case $link in
			*'#'*) headings "$path" | grep -qx -e "${link#*#}" ;;
			esac
		done < <(grep -oE '\]\([^)]+\)' "$file" |
			sed -e 's/^](//' -e 's/)$//' | grep -v '^[a-z]*:')
	done
}

@test "docs: the files and folders that are named exist" {
	folders='applets|libbb-lite|scripts|testsuite|configs|examples|docs'
	for file in $(documents); do
		while read -r path; do
			echo "$file: $path"
			compgen -G "$path" >/dev/null
		done < <(grep -oE "(^|[^A-Za-z0-9_/.-])($folders)/[A-Za-z0-9_./*-]*" \
			"$file" | sed -e 's/^[^a-z]//' -e 's/\.$//')
	done
}

@test "docs: the make targets that are named exist" {
	make help >"$BATS_TEST_TMPDIR/help"
	for file in ./*.md configs/*.md docs/*.md; do
		while read -r target; do
			echo "$file: make $target"
			case $target in
			all | help) grep -q "^${target}[ :]" Makefile ;;
			NAME_defconfig) ;;
			*_defconfig) [ -f "configs/${target%_defconfig}.config" ] ;;
			*) grep -qwF -e "$target" "$BATS_TEST_TMPDIR/help" ;;
			esac
		done < <(grep -oE '(^|`)make( [A-Za-z_-]+| [A-Z]+=[^ `]*)*' "$file" |
			tr ' ' '\n' | grep -v -e '=' -e '^`\{0,1\}make$')
	done
}

@test "docs: README names every applet of the build" {
	for name in $("$INITBOX" --list); do
		echo "$name"
		grep -q "\`$name\`.*docs/man/" README.md
	done
}

@test "docs: README's two commands are there and are near its top" {
	for script in quickstart check; do
		sed 20q README.md | grep -q "^sh scripts/$script.sh"
		sh -n "scripts/$script.sh"
	done
}

@test "docs: README's size of the default build is that of this one, by a fiftieth" {
	[ "$("$INITBOX" --list | wc -l)" -ge 9 ] || skip "not a default build"
	[ "$(uname -m)" = x86_64 ] || skip "README's are those of x86_64"
	size=$(wc -c <"$INITBOX")
	[ "$size" -lt 200000 ] || skip "not a musl build"
	said=$(sed -n 's/^| default: .*| \([0-9,]*\) |$/\1/p' README.md | tr -d ,)
	echo "is $size, README says $said"
	[ "$size" -ge $((said * 49 / 50)) ] && [ "$size" -le $((said * 51 / 50)) ]
}

# between NAME FILE: the lines of the table between these two marks
between() {
	sed -n "/^<!-- $1: begin/,/^<!-- $1: end/p" "$2" | grep '^[|]'
}

@test "docs: README's table of others has whole rows, each backed in performance.md" {
	between bench README.md >"$BATS_TEST_TMPDIR/table"
	cat "$BATS_TEST_TMPDIR/table"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/table")" -le 16 ]
	[ "$(awk -F '|' '{ print NF }' "$BATS_TEST_TMPDIR/table" | sort -u)" = 10 ]
	same "rows of README, of performance.md" \
		"$(sed 1,2d "$BATS_TEST_TMPDIR/table" | cut -d '|' -f 2 | tr ' ' _)" \
		"$(sed -n '/^## What backs/,/^In the/p' docs/performance.md |
			grep '^[|]' | sed 1,2d | cut -d '|' -f 2 | tr ' ' _)"
	# what is no figure comes from the cases and is not written by hand
	between peers docs/performance.md >"$BATS_TEST_TMPDIR/peers.md"
	awk -f scripts/bench-readme.awk "$BATS_TEST_TMPDIR/peers.md" >"$BATS_TEST_TMPDIR/made"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/made")" -ge 9 ]
	run grep -vxFf "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/made"
	echo "$output"
	[ "$status" -eq 1 ]
}

@test "docs: CHANGELOG's first version is the program's" {
	version=$(sed -n 's/^## \([0-9.]*\).*/\1/p' CHANGELOG.md | sed 1q)
	[ "$("$INITBOX" --version)" = "initbox (initbox $version)" ]
}

@test "docs: no registry is named, and no path of a machine of ours" {
	mapfile -t files < <(documents)
	run grep -nE -e '[a-z0-9-]+\.(io|com|org|net|dev)(/|:|$|[^a-z])' \
		-e 'https?://' "${files[@]}"
	echo "$output"
	[ "$status" -eq 1 ]
	run grep -nE -e '/(work|home|root)/' -e "$TOP/" "${files[@]}"
	echo "$output"
	[ "$status" -eq 1 ]
}

@test "docs: the pages for users are linked from README and from each other" {
	pages=(signals exit-status troubleshooting)
	for page in "${pages[@]}"; do
		echo "$page"
		grep -qF "(docs/$page.md)" README.md
		for other in "${pages[@]}" scopes; do
			[ "$other" = "$page" ] ||
				grep -qE "\]\($page\.md[)#]" "docs/$other.md"
		done
	done
}

# ---- what programs say and end with ----------------------------------------

@test "docs: every exit status that the page shows a way to see is that one" {
	cd "$BATS_TEST_TMPDIR"
	mkdir bin
	for name in $("$INITBOX" --list) initbox; do
		ln -s "$(realpath "$INITBOX")" "bin/$name"
	done
	printf '#!/no/such\n' >x
	chmod +x x
	unset "${!INITBOX_@}"
	seen=0
	# "`COMMAND` is STATUS", perhaps several in a line; no command has a `
	while read -r line; do
		command=${line#\`} command=${command%%\`*}
		status=0
		PATH=$PWD/bin:$PATH timeout -k 1 "$WAIT_LIMIT" sh -c "$command" >out 2>&1 </dev/null ||
			status=$?
		echo "$line; it is $status: $(cat out)"
		[ "$status" -eq "${line##* }" ]
		seen=$((seen + 1))
	done < <(grep -oE '`[^`]+` is [0-9]+' "$TOP/docs/exit-status.md")
	[ "$seen" -gt 35 ]
	# each name of the build is in there
	for name in bin/*; do
		grep -qE "\`${name#bin/}[ \`].* is [0-9]" \
			"$TOP/docs/exit-status.md"
	done
}

# quoted_texts: what the examples of troubleshooting.md show of zombiecheck's
# own words: findings, causes and advice, without the numbers and names that
# are put in.
quoted_texts() {
	awk '/^```/ { fence = !fence; inside = fence && $0 == "```"; next }
		!inside { next }
		/^  (SIG[A-Z]+|reaping|pids) / {
			print $2
			print substr($0, 21)
		}
		/^verdict: / { print $2; sub(/^verdict: [^ ]+ */, ""); print }
		/^ *[0-9]+  [A-Z]  / { print $(NF - 1) }
		/^[0-9]+ .*: / { sub(/.*: /, ""); print }
		/^  fix: / { sub(/^  fix: /, ""); print }
		/^pids: / { sub(/:/, ""); print }' docs/troubleshooting.md |
		sed -E -e 's/bug in [^;]*/\n/' -e 's/\([a-z]+\)/\n/g' \
			-e 's/[0-9.]+ (orphans?|zombies?|forks? refused)/\n\1\n/g' \
			-e 's/, peak/\npeak/' -e 's/[0-9.]+[%)]*/\n/g' |
		sed -e 's/^[ ;,]*//' -e 's/[ ;,]*$//' |
		grep -E '[A-Za-z?]' | sort -u
}

@test "docs: what troubleshooting.md quotes of zombiecheck is what that can say" {
	"$INITBOX" --list | grep -qx zombiecheck || skip "not in this build"
	quoted_texts >"$BATS_TEST_TMPDIR/texts"
	cat "$BATS_TEST_TMPDIR/texts"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/texts")" -gt 20 ]
	while read -r text; do
		echo "$text"
		grep -qaF -e "$text" "$INITBOX"
	done <"$BATS_TEST_TMPDIR/texts"
}

# ---- examples --------------------------------------------------------------

# dockerfile_lines FILE: the instructions of a Dockerfile, or those in the
# examples of a document.
dockerfile_lines() {
	case $1 in
	*.md) awk '/^```/ { inside = $0 == "```Dockerfile"; next } inside' "$1" ;;
	*.8) awk '/^\.Bd/ { inside = 1; next } /^\.Ed/ { inside = 0 }
		inside && /^[A-Z]+ /' "$1" ;;
	*) grep -E '^[A-Z]+ ' "$1" ;;
	esac
}

# try_words WORD...: what an image does with these, on this machine, with a
# command that does nothing in place of the image's own.
try_words() {
	local name=${1##*/} options=()

	echo "tried: $*"
	shift
	case $name in
	initbox)
		mkdir "$BATS_TEST_TMPDIR/root" && cp "$INITBOX" "$BATS_TEST_TMPDIR/root" &&
			"$BATS_TEST_TMPDIR/root/initbox" "$@" "$BATS_TEST_TMPDIR/root" &&
			rm -r "$BATS_TEST_TMPDIR/root"
		return
		;;
	zombiecheck)
		"$INITBOX" zombiecheck "$@" || [ $? -eq 1 ]
		return
		;;
	pause)
		"$INITBOX" pause "$@" --help
		return
		;;
	esac
	if [ "$name,${1-}" = init,status ]; then
		run "$INITBOX" init --control /nosuch "$@"
		[[ $output == *"is not reachable"* ]]
		return
	fi
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		[ "$1" != /etc/inittab ] || set -- "$inittab" "${@:2}"
		options+=("$1")
		shift
	done
	case $name,${options[*]},${1-} in
	*,--) "$INITBOX" "$name" "${options[@]}" -- true ;;
	init,,) "$INITBOX" init --check -f "$inittab" ;;
	init,--check,) "$INITBOX" init --check -f "$inittab" ;;
	init,*) "$INITBOX" init --check "${options[@]}" ;;
	*) false ;;
	esac
}

@test "docs: the inittabs of examples and documents have no error and no warning" {
	awk '/^```/ { inside = !inside && $0 == "```inittab"; next } inside' \
		README.md >"$BATS_TEST_TMPDIR/readme"
	for page in init.8 inittab.5; do
		awk '/^\.Bd/ { inside = 1 } /^\.Ed/ { inside = 0 }
			inside && /^(:name|#|::[a-z]*:.*\/app\/)/' \
			"docs/man/$page" >"$BATS_TEST_TMPDIR/$page"
	done
	awk '/^```/ { inside = !inside && $0 == "```inittab"; next } inside' \
		docs/porting.md >"$BATS_TEST_TMPDIR/porting"
	# their users come with packages that may not be here
	for file in examples/services/*/inittab; do
		sed 's/user=[a-z]*/user=0/' "$file" \
			>"$BATS_TEST_TMPDIR/services.$(basename "${file%/*}")"
	done
	for file in "$BATS_TEST_TMPDIR"/{readme,porting,init.8,inittab.5} \
		examples/inittab/* examples/quickstart/inittab \
		"$BATS_TEST_TMPDIR"/services.*; do
		grep -q ':respawn:' "$file"
		run "$INITBOX" init --check -f "$file"
		echo "$file: $output"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}

@test "docs: the commands of every Dockerfile are JSON and their options exist" {
	inittab=$TOP/examples/inittab/two-services
	tried=0
	for file in README.md docs/*.md docs/man/*.8 examples/docker/* \
		examples/services/*/Dockerfile; do
		while read -r line; do
			case $line in
			*'['*) ;;
			*) continue ;;
			esac
			jq -e 'length > 0 and all(type == "string")' \
				<<<"[${line#*[}" >/dev/null || {
				echo "$file: not JSON: $line"
				return 1
			}
			mapfile -t words < <(jq -r '.[]' <<<"[${line#*[}")
			case "$line,${words[0]}" in
			# what an image runs that is not ours
			CMD*,/usr/local/bin/app | CMD*,sh | CMD*,sleep | CMD*,/bin/pause) continue ;;
			esac
			echo "$file: $line"
			try_words "${words[@]}"
			tried=$((tried + 1))
		done < <(dockerfile_lines "$file")
	done
	[ "$tried" -gt 15 ]
}

@test "docs: what a Dockerfile copies is there, and what it runs was copied" {
	for file in examples/docker/* examples/services/*/Dockerfile; do
		while read -r _ from _; do
			echo "$file: COPY $from"
			case $from in
			initbox | --from=*) ;;
			*) [ -e "$from" ] ;;
			esac
		done < <(grep '^COPY ' "$file")
		grep -q "^#.*-f $file\( \|$\)" "$file"
		# our names in it: copied to there, or linked by --install
		for path in $(grep -oE '"/s?bin/[a-z]+"' "$file" | tr -d '"'); do
			echo "$file: $path"
			grep -qE "^COPY (--from=build /src/)?initbox $path$" "$file" ||
				grep -q -e '"--install"' -e '^ADD initbox-' "$file"
		done
	done
}

@test "docs: the example inittab runs, stops at once and cleans up" {
	ns_start "$INITBOX" init -f examples/inittab/two-services
	wait_until has_line "$OUT" 'web: up'
	wait_until has_line "$OUT" 'queue: up'
	kill -TERM "$NS_PID"
	finish
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]-preparing}" = preparing ]
	[[ $output == *leaving*": cleaned up"*": cleaned up" ]]
}
