#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh - make check; then what failed once more, one test at a time
#
#	tests/check.sh MAKE-ARG...      in the build folder
#
# A test that fails only beside others on a busy machine must not hide what a change broke, nor
# be hidden itself: the first run prints "ONCE: NAME" for it and its output, and the second
# says PASS or FAIL.  Of more than ten that fail no one is run again.
set -u
status=$(mktemp) || exit 99
trap 'rm -f "$status"' EXIT

# failed - the tests whose last result was a failure
failed() {
	find . -name 'ci-*' -prune -o -name '*.trs' -exec grep -lE '^:global-test-result: (FAIL|ERROR|XPASS)' {} + |
		sed 's,^\./,,; s,\.trs$,,' | sort
}

{
	make "$@" check
	echo $? >"$status"
} 2>&1 | awk '{ sub(/^(FAIL|ERROR|XPASS): /, "ONCE: "); print; fflush() }'
read -r result <"$status"
[ "$result" -ne 0 ] || exit 0
again=$(failed)
[ -n "$again" ] || exit "$result"
grep -v '^ok ' test-suite.log | sed 's,^,| ,'
if [ "$(echo "$again" | wc -l)" -gt 10 ]; then
	echo "$again" | sed 's/^/FAIL: /'
	exit "$result"
fi
make "$@" -j1 recheck
