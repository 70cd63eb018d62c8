#!/bin/sh
# SPDX-License-Identifier: MIT
# codespell knows every word that we misspell.
set -eu
: "${srcdir:?run by make lint}"
command -v codespell >/dev/null || { echo 'SKIP: codespell is not installed'; exit 77; }
cd "$srcdir"
set -- src tests man ci packaging bootstrap.sh configure.ac Makefile.am
for file in README.md HACKING.md NEWS docs completions; do
	[ ! -e "$file" ] || set -- "$@" "$file"
done
exec codespell --ignore-words=tests/lint/words --skip='./tests/data,tests/data' "$@"
