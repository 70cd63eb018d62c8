#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr agg, sort, count, set and compare when system calls fail and signals come
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

list=$tmp/list
printf '10.0.0.0/24\n10.0.1.0/24\n::1\n' >"$list"

# on CALLS INJECTION ARG... - netipc addr ARG..., the CALLS on the list fail
on() {
	_calls=$1 _injection=$2
	shift 2
	strace -f -o /dev/null -P "$list" -e "trace=$_calls" -e "inject=$_calls:$_injection" \
		"$NETIPC" addr "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
}

for verb in agg sort count; do
	on openat,open error=EACCES "$verb" "$list" 192.0.2.1
	same "$verb: open: status" 3 $status
	same "$verb: open: error" "netipc addr $verb: $list: Permission denied" "$(cat "$tmp/err")"
	rest=$([ "$verb" = count ] || netipc addr "$verb" 192.0.2.1)
	same "$verb: open: the rest is done, but a count would be wrong" "$rest" "$(cat "$tmp/out")"
	on read error=EIO "$verb" "$list"
	same "$verb: read: status" 3 $status
	ok "$verb: read: error" grep -qE "^netipc addr $verb: $list: (Input/output|I/O) error$" "$tmp/err"
	on read error=EINTR:when=1 "$verb" "$list"
	same "$verb: an interrupted read: status" 0 $status
	same "$verb: an interrupted read is repeated" "$(netipc addr "$verb" "$list")" \
		"$(cat "$tmp/out")"
done

for call in openat,open:EACCES read:EIO; do
	on "${call%:*}" "error=${call#*:}" set 10.0.0.0/8 - "$list"
	same "set: ${call%:*}: status" 3 $status
	same "set: ${call%:*}: no wrong result" '' "$(cat "$tmp/out")"
	ok "set: ${call%:*}: one complaint" test "$(wc -l <"$tmp/err")" -eq 1
	on "${call%:*}" "error=${call#*:}" compare 10.0.0.0/8 "$list"
	same "compare: ${call%:*}: status" 3 $status
	same "compare: ${call%:*}: no wrong result" '' "$(cat "$tmp/out")"
done
mkdir "$tmp/dir"
t "a directory is no list" 3 '' "netipc addr set: $tmp/dir: Is a directory" \
	addr set 10.0.0.0/8 - "$tmp/dir"

# full ARG... - netipc addr ARG... cannot write
full() {
	strace -f -o /dev/null -e inject=write,writev:error=EIO:when=1 "$NETIPC" addr "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	same "$1: write: status" 3 $status
	ok "$1: write: error" grep -qE "^netipc addr $1: write: (Input/output|I/O) error$" "$tmp/err"
}
full agg "$list"
full agg -j "$list"
full sort "$list"
full sort --csv "$list"
full count "$list"
full count -j "$list"
full set "$list" '&' 10.0.0.0/8
full compare "$list" ::1
full compare -l "$list" ::1
full agg --err=print "$tmp/dir/../list" 10.0.0.0 ::/0

# What is half read is no result: a signal ends the command without one.
for verb in agg sort count set; do
	mkfifo "$tmp/fifo.$verb"
	"$NETIPC" addr "$verb" -- - <"$tmp/fifo.$verb" >"$tmp/$verb.out" 2>"$tmp/$verb.err" &
	pid=$!
	pids="$pids $pid"
	exec 9>"$tmp/fifo.$verb"
	cat "$list" >&9
	# It waits for more once it has read what is there.
	poll grep -q "State:.*S" "/proc/$pid/status"
	stop "$pid"
	exec 9>&-
	same "$verb: a signal: status" 143 "$status"
	same "$verb: a signal: no half result" '' "$(cat "$tmp/$verb.out" "$tmp/$verb.err")"
done
done_testing
