# SPDX-License-Identifier: MIT
#
# Part of kconfig.awk: the words and expressions in a line of the menu text.

# ---- words of a line ----------------------------------------------------

# Split text into tok[1..toks]; quoted[i] tells "y" from y.
function split_line(text,    c, i, mark, word) {
	toks = at = 0
	while (text != "") {
		c = substr(text, 1, 1)
		if (c == " " || c == "\t") {
			text = substr(text, 2)
			continue
		}
		if (c == "#")
			break
		if (c == "\"" || c == "'") {
			mark = c
			word = ""
			for (i = 2; (c = substr(text, i, 1)) != mark; i++) {
				if (c == "")
					bad("missing closing quote")
				if (c == "$")
					bad("$ in a text is not supported")
				if (c == "\\")
					c = substr(text, ++i, 1)
				word = word c
			}
			quoted[++toks] = 1
			tok[toks] = word
			text = substr(text, i + 1)
			continue
		}
		if (match(text, /^[A-Za-z0-9_.\/-]+/) ||
		    match(text, /^(&&|\|\||!=|[!=()])/)) {
			quoted[++toks] = 0
			tok[toks] = substr(text, 1, RLENGTH)
			text = substr(text, RLENGTH + 1)
			continue
		}
		bad("unexpected character: " c)
	}
	tok[toks + 1] = ""
	quoted[toks + 1] = 0
}

function is(word) { return tok[at + 1] == word && !quoted[at + 1] && at < toks }

function accept(word) { return is(word) ? ++at : 0 }

function text_arg(name) {
	if (at >= toks || !quoted[at + 1])
		bad(name " needs a text in quotes")
	return tok[++at]
}

function symbol_arg(name) {
	if (at >= toks || quoted[at + 1] || tok[at + 1] !~ /^[A-Za-z0-9_]+$/)
		bad(name " needs the name of a symbol")
	return tok[++at]
}

function end_of_line() {
	if (at < toks)
		bad("unexpected: " tok[at + 1])
}

# ---- expressions --------------------------------------------------------

function node(o, a, b) {
	op[++nodes] = o
	l[nodes] = a
	r[nodes] = b
	return nodes
}

# Of two conditions that may be empty, which means true.
function both(a, b) { return a && b ? node("&&", a, b) : a + b }

function any(a, b) { return a && b ? node("||", a, b) : 0 }

function operand() {
	if (at >= toks || (!quoted[at + 1] && tok[at + 1] !~ /^[A-Za-z0-9_.\/-]/))
		bad("an expression is expected" (at < toks ? \
			", not: " tok[at + 1] : ""))
	at++
	if (!quoted[at] && tok[at] == "m")
		bad("there are no modules here, only y and n")
	return node(quoted[at] ? "quoted" : "word", tok[at])
}

function unary(    e, o) {
	if (accept("!")) {
		e = unary()
		return node("!", e)
	}
	if (accept("(")) {
		e = either()
		if (!accept(")"))
			bad("missing )")
		return e
	}
	e = operand()
	if (is("=") || is("!=")) {
		o = tok[++at]
		e = node(o, e, operand())
		compared(l[e])
		compared(r[e])
	}
	return e
}

# kconfig-conf compares 010 and 0x8 as numbers; we compare texts, so refuse.
function compared(e) {
	if (l[e] ~ /^-?0[0-9xX]/)
		bad("write numbers without a leading 0: " l[e])
}

function conjunction(    e) {
	e = unary()
	while (accept("&&"))
		e = node("&&", e, unary())
	return e
}

function either(    e) {
	e = conjunction()
	while (accept("||"))
		e = node("||", e, conjunction())
	return e
}

function if_arg() { return accept("if") ? either() : 0 }
