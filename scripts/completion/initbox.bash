# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of initbox and all its names in bash, made by "make completion".
# With the package bash-completion it completes the command that is run, too.

# NAME OPTION [KIND [CHOICE]...]; OPTION "." is the first word after the options,
# "--" what follows that. "-" is a value that cannot be completed.
_initbox_table='
@TABLE@
'

# _initbox_find NAME OPTION: sets kind and choices of that line
_initbox_find() {
	local name option

	while read -r name option kind choices; do
		[[ $name = "$1" && $option = "$2" ]] && return
	done <<<"$_initbox_table"
	return 1
}

# _initbox_takes NAME WORD: WORD is an option, or letters the last of which is
# one, and has its value in the next word
_initbox_takes() {
	local i

	if [[ $2 = --* ]]; then
		_initbox_find "$1" "$2" && [[ $kind ]]
		return
	fi
	for ((i = 1; i < ${#2}; i++)); do
		_initbox_find "$1" "-${2:i:1}" && [[ $kind ]] || continue
		((i + 1 == ${#2}))
		return
	done
	return 1
}

# _initbox_command N: complete the command that begins with word N
_initbox_command() {
	if declare -F _command_offset >/dev/null; then
		_command_offset "$1"
	elif (($1 == COMP_CWORD)); then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur" | sort -u)
	else
		kind=FILE
		_initbox_reply
	fi
}

# By $kind and $choices
_initbox_reply() {
	case $kind in
	FILE) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	DIR) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
	COMMAND) mapfile -t COMPREPLY < <(compgen -c -- "$cur" | sort -u) ;;
	SIG) mapfile -t COMPREPLY < <(compgen -W "@SIGNALS@" -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur") ;;
	esac
	[[ $kind != FILE && $kind != DIR ]] || compopt -o filenames 2>/dev/null
}

_initbox_options() {
	local line option

	while read -r line option kind; do
		[[ $line = "$1" && $option = -?* && $option != -- &&
			$option = "$cur"* ]] && COMPREPLY+=("$option")
	done <<<"$_initbox_table"
}

# "--name=value" and "FROM:TO" are three words each for readline.
_initbox() {
	local cur=${COMP_WORDS[COMP_CWORD]} name=${COMP_WORDS[0]##*/} i word kind choices

	COMPREPLY=()
	[[ $cur != [=:] ]] || cur=
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--)
			_initbox_find "$name" -- && _initbox_command $((i + 1))
			return
			;;
		=) ((i++)) ;;
		-?*)
			_initbox_takes "$name" "$word" || continue
			[[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))
			((i++))
			while [[ ${COMP_WORDS[i + 1]-} = : ]]; do ((i += 2)); done
			((i < COMP_CWORD)) && continue
			_initbox_reply
			return
			;;
		*)
			_initbox_find "$name" .
			[[ $kind != COMMAND ]] || _initbox_command "$i"
			[[ $kind = NAME && " $choices " = *" $word "* ]] || return
			name=$word
			;;
		esac
	done
	_initbox_find "$name" .
	if [[ $cur = -* || ! $kind ]]; then
		_initbox_options "$name"
	elif [[ $kind = COMMAND ]]; then
		_initbox_command "$i"
	else
		[[ " ${COMP_WORDS[*]} " != *" --install "* ]] || kind=DIR
		_initbox_reply
	fi
}

complete -F _initbox initbox @NAMES@
