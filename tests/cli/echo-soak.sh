#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server under everything at once, for NETIPC_SOAK seconds (5): as many descriptors and
# as much memory afterwards as after the first round
. "${srcdir:?run by make check}/tests/lib.sh"

# hammer ARG... - the client: see tests/hammer.c
hammer() {
	# shellcheck disable=SC2086
	$NETIPC_EXEC "${HAMMER:?run by make check}" "$@"
}
descriptors() {
	find "/proc/$pid/fd" -mindepth 1 | wc -l
}
memory() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"
}
settled() {
	[ "$(descriptors)" -le "$1" ]
}
# settles N - the kernel may have dropped a reset for want of memory, and asks again only at
# intervals that double: up to a minute
settles() {
	for _try in 1 2 3 4 5 6; do
		poll settled "$1" && return
	done
	ls -l "/proc/$pid/fd"
	return 1
}
[ -r "/proc/$$/status" ] || skip 'there is no /proc/PID/status'

# background COMMAND... - its status is looked at by collect
background() {
	"$@" >>"$tmp/said" 2>&1 </dev/null &
	_jobs="$_jobs $!"
}
# collect - all of them have ended well
collect() {
	for _job in $_jobs; do
		wait "$_job" || bad=$((bad + 1))
	done
	_jobs=
}
_jobs=
bad=0

# round - a bit of everything; what must end well is counted in $bad if it does not
round() {
	: >"$tmp/said"
	background hammer streams "$tcp" n=8 bytes=1000000 size=0
	background hammer streams "$tcp" n=4 bytes=2000000 late=100
	background netipc echo-client -q --ping -c 20 -i 1ms -t 20 "$tcp"
	background netipc echo-client --load -c 500 -n 4 -s 1-5000 --pipeline 4 "$tcp"
	background netipc echo-client --churn -c 50 -n 4 "$tcp"
	background netipc echo-client --load -u -c 200 -n 2 -t 20 "$udp"
	background netipc echo-client -q --ping -u -c 20 -i 1ms -t 20 "$udp"
	background hammer streams "unix:$tmp/s" n=4 bytes=100000 size=0
	# These are ended while they are at it: one that streams, ones that never read.
	hammer streams "$tcp" bytes=100000000000 >/dev/null 2>&1 &
	_streams=$!
	hammer streams "$tcp" n=5 deaf=5 hold=1 >"$tmp/deaf" 2>&1 &
	_deaf=$!
	hammer resets "$tcp" 20 || bad=$((bad + 1))
	collect
	poll grep -q bytes "$tmp/deaf" || bad=$((bad + 1))
	kill -KILL $_streams $_deaf
	wait $_streams $_deaf 2>/dev/null
	rounds=$((rounds + 1))
	if [ "$bad" -ne 0 ]; then
		cat "$tmp/said"
	fi
}

start server echo-server -q --tcp --udp -U "$tmp/s" 127.0.0.1:0
wait_ready server
poll grep -q '^ready unix' "$tmp/server.out"
tcp=$(sed -n 's/^ready \(.*\) tcp$/\1/p' "$tmp/server.out")
udp=$(sed -n 's/^ready \(.*\) udp$/\1/p' "$tmp/server.out")
fds=$(descriptors)
rounds=0
round
ok 'descriptors after the first round' settles "$fds"
before=$(memory)
end=$(($(date +%s) + ${NETIPC_SOAK:-5}))
while [ "$(date +%s)" -lt $end ] && [ $bad -eq 0 ]; do
	round
done
same "$rounds rounds: what failed" 0 $bad
ok 'as many descriptors as before' settles "$fds"
if emulated || grep -q '^#define HAVE_SANITIZERS' "${builddir:-.}/config.h"; then
	left_out 'memory' 'it is that of the emulator or of the sanitizer'
else
	more=$(($(memory) - before))
	ok "$before KiB, and now $more KiB more" [ $more -le 2048 ]
fi
stop $pid
same 'status' 143 $status
same 'nothing to complain of' '' "$(cat "$tmp/server.err")"
done_testing
