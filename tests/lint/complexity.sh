#!/bin/sh
# SPDX-License-Identifier: MIT
# No function of a complexity over 20 or of over 80 lines, no file of over 600 lines (tables
# in .def files excepted), at most 12 modules in a folder of src/: x.c and x_part.c are one.
# base/ has room for 14, for what db and dns share can be nowhere else.
set -eu
: "${srcdir:?run by make check}"
command -v pmccabe >/dev/null || { echo 'SKIP: pmccabe is not installed'; exit 77; }
cd "$srcdir"
bad=0
# It complains of what it takes for C++ in tests; what it gives up on must not pass.
functions=$(find src tests -name '*.[ch]' -exec pmccabe {} + 2>/dev/null) ||
	{ echo "pmccabe failed"; bad=1; }
found=$(echo "$functions" | awk '
	$1 > 20 { print $6 " " $7 ": complexity " $1 ", at most 20" }
	$5 > 80 { print $6 " " $7 ": " $5 " lines, at most 80" }
	NF { n++ }
	END { if (!n) print "pmccabe found no function" }')
[ -z "$found" ] || { echo "$found"; bad=1; }
found=$(find src tests -name '*.[ch]' -exec awk '
	FNR == 1 { made = 0 }
	/^\/\* Made from / { made = 1 }
	FNR == 601 && !made { print FILENAME ": over 600 lines" }' {} +)
[ -z "$found" ] || { echo "$found"; bad=1; }
for folder in src/*/; do
	modules=$(find "$folder" -name '*.[ch]' -exec grep -L '^/\* Made from ' {} + | sed 's/\.[ch]$//; s/_[^/]*$//' | sort -u | wc -l)
	most=12
	case $folder in
	src/base/) most=14 ;;
	src/cmd/) most=16 ;;
	esac
	[ "$modules" -le "$most" ] || { echo "$folder: $modules modules, at most $most"; bad=1; }
done
exit $bad
