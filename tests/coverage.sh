#!/bin/sh
# SPDX-License-Identifier: MIT
# coverage.sh SRCDIR - what the tests reached of the program in this build tree
set -eu
if command -v gcovr >/dev/null; then
	exec gcovr --root "$1" --filter "$(cd "$1" && pwd)/src/" --print-summary .
fi
find . -name '*.gcda' -path '*/src/*' -exec gcov -n -o . {} + 2>/dev/null | awk '
	/^File / { ours = /\/src\/[a-z]+\/|src\/main/ }
	/^Lines executed:/ && ours {
		split($0, part, /[:% ]+/)
		lines += part[5]
		reached += part[3] * part[5] / 100
		ours = 0
	}
	END {
		if (!lines) { print "no coverage data"; exit 1 }
		printf "lines: %.1f%% (%d out of %d)\n", 100 * reached / lines, reached, lines
	}'
