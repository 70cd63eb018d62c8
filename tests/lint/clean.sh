#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source file names its licence in its first lines, and nothing is left for later.
set -eu
: "${srcdir:?run by make check}"
cd "$srcdir"
bad=0

sources() {
	find src tests man ci packaging bootstrap.sh \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' \
		-o -name '*.awk' -o -name '*.[17]' -o -name '*.py' -o -name '*.css' \) -print
}

[ -n "$(sources)" ] || { echo 'no sources'; bad=1; }
for file in $(sources); do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
		{ echo "$file: no SPDX line"; bad=1; }
	[ -z "$(tail -c 1 "$file")" ] || { echo "$file: no newline at the end"; bad=1; }
done
# The words are put together here so that this file does not have them.
later="TO""DO|FIX""ME|X""XX|HA""CK"
# shellcheck disable=SC2046 # none of the names has a space
if grep -nE "(^|[^A-Za-z0-9_])($later)([^A-Za-z0-9_]|\$)" $(sources); then
	echo 'left for later'
	bad=1
fi
# shellcheck disable=SC2046
if grep -nE '[[:blank:]]+$' $(sources); then
	echo 'blanks at the end of a line'
	bad=1
fi
exit $bad
