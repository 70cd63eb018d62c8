#!/bin/sh
# SPDX-License-Identifier: MIT
# The C sources are as clang-format 14 writes them: other versions differ in details.
set -eu
: "${srcdir:?run by make lint}"
for clang_format in clang-format-14 clang-format none; do
	case $($clang_format --version 2>/dev/null) in
	*' 14.'*) break ;;
	esac
done
[ "$clang_format" != none ] || { echo 'SKIP: clang-format 14 is not installed'; exit 77; }
cd "$srcdir"
find src tests -name '*.[ch]' -exec "$clang_format" --dry-run --Werror {} +
