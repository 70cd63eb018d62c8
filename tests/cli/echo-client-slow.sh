#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client: connections that take long, or never come about
. "${srcdir:?run by make check}/tests/lib.sh"
need python3

# full NAME MODE - tests/data/full.py: $ready is its address, $pid its id
full() {
	: >"$tmp/$1.out"
	python3 "$srcdir/tests/data/full.py" "$2" >"$tmp/$1.out" 2>"$tmp/$1.err" </dev/null &
	pid=$!
	pids="$pids $pid"
	wait_ready "$1"
}

# Nobody ever connects: each mode says so in the end, with nothing counted as sent
full never never
timed_out='netipc echo-client: connect: *timed out'
for mode in '--load -n 2 -c 10' '--load -n 2 -T 2 -d 500ms' '--churn -c 2' '--bulk -d 500ms' \
	--check --flags; do
	# shellcheck disable=SC2086
	t "never: $mode" 3 '*' "$timed_out*" echo-client $mode -t 1 "$ready"
done
for mode in '--ping -c 2 -i 20ms' '--ping --connect -c 2 -i 20ms'; do
	# shellcheck disable=SC2086
	t "never: $mode" 1 "$ready: probe 1: lost
$ready: probe 2: lost
$ready: 2 sent, 0 returned, 2 lost" '' echo-client $mode -t 1 "$ready"
done
printf 'x\n' >"$tmp/in"
input=$tmp/in
t 'never: a pipe' 3 '' "netipc echo-client: connect $ready: *timed out" \
	echo-client -t 1 "$ready"

# The server has time late
full late late
t 'late: --load' 0 '*' '' echo-client --load -n 3 -c 30 -t 60 "$ready"
ok 'late: --load: all came back' grep -q ': 30 messages returned, ' "$tmp/out"
done_testing
