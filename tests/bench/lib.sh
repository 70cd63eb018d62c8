# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# lib.sh - sourced by the scripts of make bench: a folder of their own, what is left out, and the
# bars that a figure has to reach
#
# $bench has the programs that measure; $data is an empty folder, and goes at the end.

LC_ALL=C
export LC_ALL
bench=$(cd "${builddir:?run by make bench}" && pwd)/tests/bench
data=$(mktemp -d) || exit 3
: >"$data/bars"

# finish - at the end; a script with more to end has its own
finish() {
	rm -rf "$data"
}
trap finish EXIT
trap 'exit 3' HUP INT TERM

say() {
	echo "  $*"
}

# have TOOL - it is installed; else a line says that it is left out
have() {
	command -v "$1" >/dev/null && return
	say "left out: $1 is not installed"
	return 1
}

# judge REACHED TEXT - prints a bar and notes it
judge() {
	if [ "$1" -eq 1 ]; then
		say "ok     $2"
	else
		say "MISSED $2"
	fi | tee -a "$data/bars"
}

# tally - how many of the bars are reached
tally() {
	awk '{ reached += $1 == "ok" } END { printf "%d of %d bars are reached\n", reached, NR }' \
		"$data/bars"
}
