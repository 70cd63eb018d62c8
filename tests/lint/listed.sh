#!/bin/sh
# SPDX-License-Identifier: MIT
# Every file of the tree is in Makefile.am, by its name or its folder's: a test that is not
# listed is never run, a file that is not listed is not in the tarball.
set -eu
: "${srcdir:?run by make check}"
cd "$srcdir"
missing=$(find src tests man ci completion docs packaging -type f \( -name '*.[ch]' -o -name '*.def' \
	-o -name '*.sh' -o -name '*.awk' -o -name '*.[17]' -o -name '*.py' -o -name '*.css' -o -name '*.yml' -o -name '*.md' -o ! -name '*.*' \) 2>/dev/null |
	while read -r file; do
		name=$file
		case $file in
		tests/*/fuzz_*.c | tests/*/check_*.c | tests/bench/*.c) name=${file%.c} ;;
		esac
		until grep -qE "(^|[[:blank:]])$name([[:blank:]]|\$)" Makefile.am; do
			case $name in
			*/*/*) name=${name%/*} ;;
			*)
				echo "$file is not in Makefile.am"
				break
				;;
			esac
		done
	done)
[ -z "$missing" ] || { echo "$missing"; exit 1; }
