#!/bin/sh
# SPDX-License-Identifier: MIT
# known.sh TOOL FINDINGS - fails if an analyser found what tests/lint/known does not have, or if
# that has what is not found any more.  A finding: CHECK FILE FUNCTION LINE MESSAGE.
set -eu
awk -v tool="$1" '
FNR == NR {
	if ($1 == tool)
		known[$2 " " $3 " " $4] = 1
	next
}
{
	place = $1 " " $2 " " $3
	if (place in known) {
		found[place] = 1
	} else {
		bad = 1
		print $2 ":" $4 ": " $3 "(): " substr($0, length(place " " $4) + 2) " [" $1 "]"
	}
}
END {
	for (place in known)
		if (!(place in found)) {
			bad = 1
			print "tests/lint/known: not found any more: " tool " " place
		}
	exit bad
}' tests/lint/known "$2"
