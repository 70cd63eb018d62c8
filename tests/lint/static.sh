#!/bin/sh
# SPDX-License-Identifier: MIT
# No function or table is global that only its own file uses: what no other object of the
# library refers to must be named in a test.
set -eu
: "${srcdir:?run by make lint}" "${builddir:?run by make lint}"
command -v nm >/dev/null || { echo 'SKIP: nm is not installed'; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
library=$builddir/.libs/libnetipc.a
[ -e "$library" ] || { echo "no $library"; exit 1; }
nm -g "$library" "$builddir/src/main.o" >"$tmp/all" 2>/dev/null
awk 'NF == 3 && $2 ~ /^[TDRB]$/ { print $3 }' "$tmp/all" | grep -vE '^(_|main$)' |
	sort -u >"$tmp/defined"
awk '$1 == "U" { print $2 }' "$tmp/all" | sort -u >"$tmp/used"
[ -s "$tmp/defined" ] || { echo 'SKIP: the objects are not those of the machine'; exit 77; }
find "$srcdir/tests" -name '*.[ch]' -exec cat {} + | tr -cs 'A-Za-z0-9_' '\n' | sort -u \
	>"$tmp/tested"
comm -23 "$tmp/defined" "$tmp/used" | comm -23 - "$tmp/tested" >"$tmp/lonely"
# Named by pasting, in probe_do.def.
grep -vE '^probe_(do|flag)_' "$tmp/lonely" && exit 1
exit 0
