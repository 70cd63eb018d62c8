#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header compiles alone.  But for the two that are a text for several sets of instructions:
# what includes them defines first what they are made for.
set -eu
: "${srcdir:?run by make lint}" "${builddir:?run by make lint}"
cc=${CC:-cc}
command -v "$cc" >/dev/null || { echo "SKIP: there is no $cc"; exit 77; }
bad=0 n=0
for header in "$srcdir"/src/*/*.h; do
	case $header in
	*/net/find_block.h | */net/ipset_lines_impl.h) continue ;;
	esac
	"$cc" -std=gnu11 -Wall -Werror -fsyntax-only -include "$builddir/config.h" \
		-I"$srcdir/src" -I"$builddir/src" -x c "$header" || bad=1
	n=$((n + 1))
done
echo "$n headers"
[ "$n" -gt 0 ] || bad=1
exit $bad
