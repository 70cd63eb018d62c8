# SPDX-License-Identifier: MIT
# registry.awk - makes registry.def from IANA's CSV files
#
#	awk -v date=2026-07-18 -f registry.awk iana-ipv4-special-registry.csv \
#		iana-ipv6-special-registry.csv >registry.def
#
# DATE is the day of the files.  A row becomes one entry for each of its prefixes; the marks
# of footnotes and the quotation marks of a name are left out, "[RFC791], Section 3.2"
# becomes "RFC 791 section 3.2".  A field between quotation marks may go over several lines.

function fail(what) {
	print FILENAME ":" FNR ": " what >"/dev/stderr"
	failed = 1
	exit 1
}

# The fields of the CSV record TEXT, in field[1...]; how many.
function split_csv(text,    n, at, c, quoted) {
	n = 1
	field[n] = ""
	for (at = 1; at <= length(text); at++) {
		c = substr(text, at, 1)
		if (c == "\"" && quoted && substr(text, at + 1, 1) == "\"") {
			field[n] = field[n] c
			at++
		} else if (c == "\"") {
			quoted = !quoted
		} else if (c == "," && !quoted) {
			field[++n] = ""
		} else {
			field[n] = field[n] c
		}
	}
	return n
}

function trim(text) {
	gsub(/ *\[[0-9]+\]/, "", text)
	gsub(/[ \t\r]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	return text
}

function flag(text) {
	text = trim(text)
	if (text == "True")
		return "YES"
	if (text == "False")
		return "NO"
	if (text == "N/A")
		return "NA"
	if (text == "")
		return "BLANK"
	fail("\"" text "\" is no flag")
}

function date_of(text) {
	text = trim(text)
	if (text == "N/A")
		return ""
	if (text !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9](-[0-9][0-9])?$/)
		fail("\"" text "\" is no date")
	return text
}

function reference(text,    out) {
	gsub(/[ \r]+/, " ", text)
	gsub(/\] *\[/, ", ", text)
	gsub(/\], Section/, " section", text)
	gsub(/[][]/, "", text)
	while (match(text, /RFC[0-9]/)) {
		out = out substr(text, 1, RSTART + 2) " "
		text = substr(text, RSTART + 3)
	}
	return out text
}

# "0x" and the 16 digits of one half of an IPv6 address, HALF 0 or 1
function half_v6(address, half,    n, i, part, tail, text, missing) {
	i = index(address, "::")
	text = i ? substr(address, 1, i - 1) : address
	n = split(text, part, ":")
	missing = 0
	if (i) {
		missing = 8 - n
		missing -= split(substr(address, i + 2), tail, ":")
	}
	for (i = 1; i <= 8 - n; i++)
		part[n + i] = i <= missing ? "0" : tail[i - missing]
	text = "0x"
	for (i = 4 * half + 1; i <= 4 * half + 4; i++)
		text = text substr("0000" part[i], length(part[i]) + 1)
	return text
}

function entry(prefix, rest,    at, address, length_, octet, number) {
	prefix = trim(prefix)
	at = index(prefix, "/")
	if (!at)
		fail("\"" prefix "\" is no prefix")
	address = substr(prefix, 1, at - 1)
	length_ = substr(prefix, at + 1)
	if (index(address, ":")) {
		number = "6, " half_v6(address, 0) ", " half_v6(address, 1)
	} else {
		if (split(address, octet, ".") != 4)
			fail("\"" address "\" is no address")
		number = sprintf("4, 0, 0x%02x%02x%02x%02x", octet[1], octet[2], octet[3], octet[4])
	}
	printf "ENTRY(IANA, \"%s\", %s, %s,\n\t%s)\n", prefix, number, length_, rest
	entries++
}

function record(text,    n, i, prefix, rest, name) {
	if (split_csv(text) < 10)
		fail("a row of fewer than ten fields")
	name = field[2]
	gsub(/"/, "", name)
	rest = "\"" trim(name) "\", \"" reference(field[3]) "\",\n\t\"" date_of(field[4]) "\", \"" \
		date_of(field[5]) "\""
	for (i = 6; i <= 10; i++)
		rest = rest ", " flag(field[i])
	n = split(field[1], prefix, ",")
	for (i = 1; i <= n; i++)
		entry(prefix[i], rest)
}

BEGIN {
	if (date !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/)
		fail("the date of the files is wanted: -v date=YYYY-MM-DD")
	print "/* SPDX-License-Identifier: MIT */"
	print "/*"
	print " * registry.def - IANA's registries of special-purpose addresses (RFC 6890)"
	print " *"
	print " * Made from IANA's files by registry.awk (make registry).  What the registries do not"
	print " * have is in registry_more.def."
	print " *"
	print " * DATE(day of the files)"
	print " * ENTRY(origin, prefix, family, high half, low half, length,"
	print " *\tname, references,"
	print " *\tallocated, terminated, source, destination, forwardable, globally reachable,"
	print " *\treserved by protocol)"
	print " */"
	print "/* clang-format off */"
	print ""
	print "DATE(\"" date "\")"
}

FNR == 1 {
	if ($0 !~ /^Address Block,Name,RFC,Allocation Date,Termination Date,Source,Destination,Forwardable,Globally Reachable,Reserved-by-Protocol/)
		fail("not the heading of a registry")
	print ""
	held = ""
	next
}

{
	held = held (held == "" ? "" : " ") $0
	quotes = held
	if (gsub(/"/, "", quotes) % 2)
		next
	if (held !~ /^[ \r]*$/)
		record(held)
	held = ""
}

END {
	if (failed)
		exit 1
	if (held != "")
		fail("a quotation mark is not closed")
	if (!entries)
		fail("no entry")
}
