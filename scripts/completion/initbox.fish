# SPDX-License-Identifier: MIT
# Completion of initbox and all its names in fish, made by "make completion".

# __initbox_valued NAME: the options whose value is the next word
function __initbox_valued
	switch $argv[1]
@VALUED@
	end
end

# __initbox_words NAME: what was typed after its options
function __initbox_words
	set -l valued (__initbox_valued $argv[1])
	set -l words (commandline -opc)
	set -e words[1]
	while set -q words[1]
		switch $words[1]
			case --
				set -e words[1]
				break
			case '-?*'
				contains -- $words[1] $valued; and set -e words[1]
			case '*'
				break
		end
		set -e words[1]
	end
	set -q words[1]; and printf '%s\n' $words
end

# __initbox_at NAME [WORD]: still among its options, or WORD came after them
function __initbox_at
	set -l words (__initbox_words $argv[1])
	test "$argv[2]" = "$words[1]"
end

function __initbox_dashes
	contains -- -- (commandline -opc)
end

# __initbox_first NAME: its first word is next, and is no command or folder
function __initbox_first
	__initbox_at $argv[1]; and not __initbox_dashes
	and not contains -- --install (commandline -opc)
end

# __initbox_command NAME: complete the command that it runs
function __initbox_command
	set -l words (__initbox_words $argv[1]) (commandline -ct)
	string match -q -- '-*' $words[1]; or __fish_complete_subcommand --commandline $words
end

# FROM:TO has two of them
function __initbox_signals
	set -l from (commandline -ct | string replace -r '^--[a-z-]+=' '' | string match -r '^.*:')
	for signal in @SIGNALS@
		echo "$from$signal"
	end
end

@TABLE@
complete -c initbox -n 'contains -- --install (commandline -opc)' -x -a '(__fish_complete_directories)'
complete -c initbox -n 'not __initbox_at initbox' -x -a '(__initbox_command initbox)'
