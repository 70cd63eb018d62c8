#!/bin/sh
# SPDX-License-Identifier: MIT
# gcc -fanalyzer over src, optimized as it is released; tests/lint/known has the findings that are wrong.
set -eu
: "${srcdir:?run by make lint}" "${builddir:?run by make lint}"
export LC_ALL=C
echo 'int i;' | gcc -fanalyzer -x c -fsyntax-only - 2>/dev/null ||
	{ echo 'SKIP: gcc with -fanalyzer is not installed'; exit 77; }
out=$builddir/tests/lint/analyzer
rm -rf "$out"
mkdir -p "$out"
cd "$srcdir"
# shellcheck disable=SC2016 # the inner shell expands it
find src -name '*.c' -print | sort | out=$out xargs -n 1 -P "$(getconf _NPROCESSORS_ONLN)" sh -c '
	gcc -std=gnu11 -O2 -fanalyzer -fdiagnostics-path-format=none \
		-fno-diagnostics-show-caret -D_GNU_SOURCE -Isrc -I"$builddir" -I"$builddir/src" \
		-include "$builddir/config.h" -c -o /dev/null "$1" 2>"$out/$(echo "$1" | tr / _)"' sh
# FILE: In function "NAME": and FILE:LINE:COLUMN: warning: TEXT [-Wanalyzer-CHECK]
cat "$out"/* | sed -nE "
	s/^[^ ]*: In function '([^']*)':\$/\\1/
	t keep
	s/^([^ :]*):([0-9]+):[0-9]+: warning: (.*) \\[-W([^]]*)\\]\$/\\4 \\1 FUNCTION \\2 \\3/
	t print
	b
	: keep
	h
	b
	: print
	G
	s/FUNCTION (.*)\n(.*)/\\2 \\1/
	p" | sort -u >"$out/findings"
exec sh tests/lint/known.sh gcc "$out/findings"
