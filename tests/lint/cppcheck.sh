#!/bin/sh
# SPDX-License-Identifier: MIT
# cppcheck: warnings, performance, portability.
set -eu
: "${srcdir:?run by make lint}" "${builddir:?run by make lint}"
command -v cppcheck >/dev/null || { echo 'SKIP: cppcheck is not installed'; exit 77; }
cd "$srcdir"
exec cppcheck --quiet --enable=warning,performance,portability --inline-suppr \
	--error-exitcode=1 -j 2 -Isrc -I"$builddir/src" --include="$builddir/config.h" \
	--suppress=missingIncludeSystem --suppress=unknownMacro:tests/unit/* src tests
