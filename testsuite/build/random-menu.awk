# SPDX-License-Identifier: MIT
#
# Write a menu text of what scripts/kconfig.awk reads: SEED in the environment
# chooses one, the same in every awk.  What comes later depends on what comes
# earlier, and select goes forward, so that there are no circles.

function roll(n) {
	x = x * 16807 % 2147483647
	return int(x / 97) % n
}

# An expression over earlier symbols.
function expression(depth,    k, s) {
	k = roll(depth > 2 ? 2 : 7)
	if (!bools || k == 0)
		return roll(6) ? "y" : "n"
	s = "B" (1 + roll(bools))
	if (k < 4)
		return (roll(3) ? "" : "!") s
	if (k == 4 && numbers)
		return "N" (1 + roll(numbers)) (roll(2) ? " = " : " != ") roll(9) + 1
	if (k == 5)
		return "(" expression(depth + 1) " || " expression(depth + 1) ")"
	return expression(depth + 1) " && " expression(depth + 1)
}

function condition(one_in) { return roll(one_in) ? "" : " if " expression(0) }

function line(text) { print text }

function depends() {
	if (!roll(3))
		line("\tdepends on " expression(0))
}

function boolean(    s, i) {
	s = bools + 1
	line("config B" s)
	if (roll(5))
		line("\tbool \"b " s "\"" condition(4))
	else
		line("\tbool")
	for (i = roll(3); i; i--)
		line("\tdefault " expression(0) condition(2))
	depends()
	plain[++plains] = bools = s
}

function number(    n, low) {
	n = numbers + 1
	line("config N" n)
	line("\tint" (roll(4) ? " \"n " n "\"" condition(4) : ""))
	if (!roll(2)) {
		low = roll(6)
		line("\trange " low " " low + roll(8) condition(2))
	}
	if (roll(4))
		line("\tdefault " (numbers && !roll(4) ? "N" 1 + roll(numbers) : \
			roll(12)) condition(3))
	line("\tdefault " roll(12))
	depends()
	numbers = n
}

function text(    n) {
	n = ++texts
	line("config T" n)
	line("\tstring" (roll(4) ? " \"t " n "\"" condition(4) : ""))
	line("\tdefault \"some " roll(9) "\"" condition(2))
	depends()
}

# Members may be named by others once the choice has ended.
function choice(    i, k, first) {
	line("choice")
	line(roll(2) ? "\tprompt \"choice\"" condition(4) : "\tbool \"choice\"")
	first = bools + 1
	k = 1 + roll(4)
	for (i = roll(3); i; i--)
		line("\tdefault B" first + roll(k) condition(2))
	depends()
	for (i = 0; i < k; i++) {
		line("config B" first + i)
		line("\tbool \"member " i "\"" condition(5))
		depends()
		if (!roll(6))
			line("comment \"beside\"")
	}
	line("endchoice")
	bools += k
}

# A second place for symbols that are in no choice.
function selects(    i, from, to) {
	for (i = roll(4); i && plains > 1; i--) {
		from = 1 + roll(plains - 1)
		to = from + 1 + roll(plains - from)
		line("config B" plain[from])
		line("\tselect B" plain[to] (roll(2) ? " if !B" 1 + roll(plain[from]) \
			: ""))
	}
}

function block(depth,    i, k) {
	for (i = 2 + roll(4); i && bools < goal; i--) {
		k = roll(12)
		if (k < 4)
			boolean()
		else if (k < 6)
			number()
		else if (k == 6)
			text()
		else if (k < 9)
			choice()
		else if (depth > 2)
			line("comment \"deep\"")
		else if (k == 9) {
			line("if " expression(0))
			block(depth + 1)
			line("endif")
		} else {
			line("menu \"menu\"")
			depends()
			block(depth + 1)
			line("endmenu")
		}
	}
}

BEGIN {
	x = ENVIRON["SEED"] * 7919 + 12345
	roll(2)
	roll(2)
	goal = 8 + roll(20)
	line("mainmenu \"random\"")
	while (bools < goal)
		block(0)
	selects()
}
