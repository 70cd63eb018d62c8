#!/bin/sh
# SPDX-License-Identifier: MIT
# src/net/registry.def is what registry.awk makes of IANA's files; the script reads what such
# files may have, and refuses what is none.
set -eu
: "${srcdir:?run by make check}"
cd "$srcdir"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0

# made DATE FILE... - what the script makes of the files, in $tmp/def
made() {
	_date=$1
	shift
	awk -v date="$_date" -f src/net/registry.awk "$@" >"$tmp/def" 2>"$tmp/err"
}

day=$(sed -n 's/^DATE("\(.*\)")$/\1/p' src/net/registry.def)
made "$day" tests/data/iana/*.csv || { cat "$tmp/err"; bad=1; }
diff -u src/net/registry.def "$tmp/def" || { echo 'registry.def: run make registry'; bad=1; }

heading='Address Block,Name,RFC,Allocation Date,Termination Date,Source,Destination,Forwardable,Globally Reachable,Reserved-by-Protocol'

# A quotation mark goes on in the next line, lines end as IANA's do, fields have footnotes.
printf '%s\r\n' "$heading" \
	'"1:2::/32 [3], 1::3/128","The ""new"" one","[RFC1]' '[RFC22], Section 3.1",2020-01-02,2021-03,True [1],False,N/A [2],,True' \
	>"$tmp/new.csv"
made 2020-01-01 "$tmp/new.csv" || { cat "$tmp/err"; bad=1; }
sed '1,/^DATE/d' "$tmp/def" >"$tmp/got"
cat >"$tmp/want" <<'EOT'

ENTRY(IANA, "1:2::/32", 6, 0x0001000200000000, 0x0000000000000000, 32,
	"The new one", "RFC 1, RFC 22 section 3.1",
	"2020-01-02", "2021-03", YES, NO, NA, BLANK, YES)
ENTRY(IANA, "1::3/128", 6, 0x0001000000000000, 0x0000000000000003, 128,
	"The new one", "RFC 1, RFC 22 section 3.1",
	"2020-01-02", "2021-03", YES, NO, NA, BLANK, YES)
EOT
diff -u "$tmp/want" "$tmp/got" || bad=1

# refused REASON DATE LINE... - these lines are no registry
refused() {
	_reason=$1 _date=$2
	shift 2
	printf '%s\n' "$@" >"$tmp/bad.csv"
	if made "$_date" "$tmp/bad.csv" || ! grep -q "$_reason" "$tmp/err"; then
		echo "not refused: $_reason"
		cat "$tmp/err"
		bad=1
	fi
}

row='1::/16,N,[RFC1],2020-01,N/A,True,True,True,True'
refused 'the date of the files is wanted' 2020 "$heading" "$row,True"
refused 'not the heading' 2020-01-01 'Name,RFC' "$row,True"
refused 'fewer than ten fields' 2020-01-01 "$heading" "$row"
refused '"Yes" is no flag' 2020-01-01 "$heading" "$row,Yes"
refused '"once" is no date' 2020-01-01 "$heading" '1::/16,N,[RFC1],once,N/A,True,True,True,True,True'
refused '"1::" is no prefix' 2020-01-01 "$heading" '1::,N,[RFC1],2020-01,N/A,True,True,True,True,True'
refused 'quotation mark is not closed' 2020-01-01 "$heading" "$row,True" '"1'
refused 'no entry' 2020-01-01 "$heading"
exit $bad
