#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-tidy, with the checks of .clang-tidy.  The analyzer, which it has in it, is left to
# scan.sh.
set -eu
: "${srcdir:?run by make lint}" "${builddir:?run by make lint}"
command -v clang-tidy >/dev/null || { echo 'SKIP: clang-tidy is not installed'; exit 77; }
cd "$srcdir"
# One file a run: clang-tidy 14 takes the state of a va_list from one file into the next.
# shellcheck disable=SC2016 # the inner shell expands it
find src tests -name '*.c' -print | sort | xargs -n 1 -P "$(getconf _NPROCESSORS_ONLN)" sh -c '
	out=$(clang-tidy --quiet "$1" -- -std=gnu11 -D_GNU_SOURCE -Isrc -Itests/unit \
		-I"$builddir" -I"$builddir/src" -include "$builddir/config.h" 2>&1) || {
		echo "$out"
		exit 1
	}' sh
