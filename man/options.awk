# SPDX-License-Identifier: MIT
# options.awk - makes netipc-sockopt.7 from value.c, options.def and rules.def, in this order

# The fields of "MACRO(a, b, "c, d")" into F, without the quotes; returns how many.
function fields(text, f,    n, i, c, quoted) {
	sub(/^[A-Z]+\(/, "", text)
	sub(/\)$/, "", text)
	n = 1
	f[1] = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\"")
			quoted = !quoted
		else if (c == "," && !quoted)
			f[++n] = ""
		else if (quoted || c !~ /[ \t]/)
			f[n] = f[n] c
	}
	return n
}

function has(flags, word) {
	return ("|" flags "|") ~ ("\\|" word "\\|")
}

# A sentence of the words of a table.
function sentence(words) {
	if (words ~ /^[a-z]+[ ,;:.']/)
		words = toupper(substr(words, 1, 1)) substr(words, 2)
	return words "."
}

function effect(flags) {
	if (has(flags, "CLEARS"))
		return "Reading clears it."
	if (has(flags, "CONSUMES"))
		return "Reading consumes it."
	if (has(flags, "NEWFD"))
		return "Reading opens a descriptor."
	if (has(flags, "MODLOAD"))
		return "Reading may load a kernel module."
	if (has(flags, "MUTATES"))
		return "Reading acts on the socket."
	if (has(flags, "SECRET"))
		return "It holds a key."
	if (has(flags, "INPUT"))
		return "Reading needs input."
	return ""
}

function since(version) {
	if (version == "")
		return ""
	if (version !~ /^[0-9<]/)
		return "; " version
	sub(/^<=2\.2/, "2.2 or older", version)
	return "; Linux " version
}

function print_option(f,    uses, text) {
	uses = has(f[5], "R") ? has(f[5], "W") ? "get, set" : "get" : \
		has(f[5], "W") ? "set" : "no use"
	print ".It Dv " f[2] " Pq " f[3]
	print type[f[4]] "; " uses since(f[6])
	print ".br"
	print sentence(f[8])
	if (f[7] != "")
		print "Setting needs " f[7] "."
	if (has(f[5], "ONE_WAY") && has(f[5], "W"))
		print "It cannot be taken back, or destroys something."
	text = f[8] ~ /[Rr]ead(ing)? / ? "" : effect(f[5])
	if (text != "")
		print text
	if (sysctl[f[2]] != "")
		print "Sysctls: " sysctl[f[2]] "."
}

function print_head() {
	print ".\\\" SPDX-License-Identifier: MIT"
	print ".\\\" Made from options.def by options.awk."
	print ".Dd November 22, 2026"
	print ".Dt NETIPC-SOCKOPT 7"
	print ".Os"
	print ".Sh NAME"
	print ".Nm netipc-sockopt"
	print ".Nd the socket options of Linux"
	print ".Sh DESCRIPTION"
	print "These are the options that"
	print ".Xr netipc-sockopt 1"
	print "knows, a list for each level of"
	print ".Xr getsockopt 2"
	print "and"
	print ".Xr setsockopt 2 ."
	print "Behind the name stands the number that Linux gives it; those of"
	print ".Dv SOL_SOCKET"
	print "are other ones on alpha, mips, parisc and sparc."
	print "Below it stand the type, which is explained in the section VALUES of"
	print ".Xr netipc-sockopt 1 ,"
	print "what it can be used for, and the version of Linux that brought it."
}

function example(task, lines,    i, n, line) {
	if (examples++)
		print ".Pp"
	print task
	print ".Bd -literal"
	n = split(lines, line, "\n")
	for (i = 1; i <= n; i++)
		print line[i]
	print ".Ed"
}

function print_examples() {
	print ".Sh EXAMPLES"
	example("To find an option of this page on this system, by any part of its name:", \
		"$ netipc sockopt list -o option,level,number nodelay\n" \
		"OPTION        LEVEL        NUMBER\n" \
		"TCP_NODELAY   IPPROTO_TCP       1\n" \
		"SCTP_NODELAY  SOL_SCTP          3\n" \
		"TIPC_NODELAY  SOL_TIPC        138")
	example("To find its value on a fresh socket:", \
		"$ netipc sockopt TCP_NODELAY\n" \
		"LEVEL        OPTION       TYPE  VALUE  SETTABLE\n" \
		"IPPROTO_TCP  TCP_NODELAY  bool  off    yes")
	example("To find what the kernel makes of a value:", \
		"$ netipc sockopt try TCP_NODELAY=on\n" \
		"OPTION       ASKED  GOT  WHY\n" \
		"TCP_NODELAY  on     on   -")
	example("To find which kinds of sockets have it, and how long its value is there:", \
		"$ netipc sockopt probe options -k tcp,udp TCP_NODELAY SO_LINGER\n" \
		"OPTION       TCP  UDP\n" \
		"TCP_NODELAY  4    -\n" \
		"SO_LINGER    8    8")
}

FNR == 1 {
	files++
	entry = ""
}

# value.c: [VALUE_SEC] = NUMBER("seconds", ..., perhaps with the name on the next line
files == 1 && /^\t\[VALUE_[A-Z0-9_]+\] =/ {
	word = $0
	sub(/^\t\[VALUE_/, "", word)
	sub(/\].*/, "", word)
}
files == 1 && word != "" && /\("/ {
	name = $0
	sub(/^[^"]*\("/, "", name)
	sub(/".*/, "", name)
	type[word] = name
	word = ""
}

files > 1 && (entry != "" || /^(LEVEL|OPT|SYSCTL)\(/) {
	line = $0
	sub(/^[ \t]+/, " ", line)
	entry = entry line
	if (entry ~ /\)$/) {
		all[++n] = entry
		entry = ""
	}
}

END {
	for (i = 1; i <= n; i++) {
		if (all[i] !~ /^SYSCTL/)
			continue
		fields(all[i], f)
		sysctl[f[1]] = sysctl[f[1]] (sysctl[f[1]] == "" ? "" : ", ") f[2]
	}
	print_head()
	for (i = 1; i <= n; i++) {
		if (all[i] !~ /^LEVEL/)
			continue
		fields(all[i], f)
		level[++levels] = f[1]
		number[f[1]] = f[2]
		is_read[f[1]] = f[3] + 0
	}
	for (l = 1; l <= levels; l++) {
		if (!is_read[level[l]])
			continue
		print ".Sh " level[l]
		if (number[level[l]] ~ /^[0-9]+$/)
			print "Level " number[level[l]] "."
		print ".Bl -tag -width Ds"
		for (i = 1; i <= n; i++)
			if (all[i] ~ ("^OPT\\(" level[l] ","))  {
				fields(all[i], f)
				print_option(f)
			}
		print ".El"
	}
	print ".Sh OTHER LEVELS"
	print "Of these the name and number are known:"
	print ".Bl -tag -width Ds"
	for (l = 1; l <= levels; l++) {
		if (is_read[level[l]])
			continue
		print ".It Dv " level[l] " Pq " number[level[l]]
		between = ""
		for (i = 1; i <= n; i++)
			if (all[i] ~ ("^OPT\\(" level[l] ","))  {
				fields(all[i], f)
				if (between != "")
					print between
				printf "%s (%s)", f[2], f[3]
				between = ","
			}
		print "."
	}
	print ".El"
	print_examples()
	print ".Sh SEE ALSO"
	print ".Xr netipc-sockopt 1 ,"
	print ".Xr getsockopt 2 ,"
	print ".Xr capabilities 7 ,"
	print ".Xr ip 7 ,"
	print ".Xr ipv6 7 ,"
	print ".Xr netipc-tutorial 7 ,"
	print ".Xr netlink 7 ,"
	print ".Xr packet 7 ,"
	print ".Xr socket 7 ,"
	print ".Xr tcp 7 ,"
	print ".Xr udp 7 ,"
	print ".Xr vsock 7"
	print ".Sh CAVEATS"
	print "The versions are documentation: what a kernel really has is found out by"
	print ".Ic netipc sockopt probe options ."
}
