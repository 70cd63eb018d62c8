#!/bin/sh
# SPDX-License-Identifier: MIT
# cppcheck: warnings, performance, portability.  internalAstError: cppcheck 2.10 does not
# understand a compound literal as an argument in a macro of libcheck.
set -eu
: "${srcdir:?run by make lint}" "${builddir:?run by make lint}"
command -v cppcheck >/dev/null || { echo 'SKIP: cppcheck is not installed'; exit 77; }
cd "$srcdir"
exec cppcheck --quiet --enable=warning,performance,portability --inline-suppr \
	--error-exitcode=1 -j 2 -Isrc -I"$builddir/src" --include="$builddir/config.h" \
	--suppress='internalAstError:tests/unit/*' --suppress=missingIncludeSystem --suppress='unknownMacro:tests/unit/*' src tests
