#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt show of a process that makes its sockets anew all the time: no value is told of a
# socket that does not have it.  RACE_LOOKS=2500 looks more than 100,000 times at a socket.
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'the emulator does not pass pidfd_getfd on'
need jq

holder one tcp churn
netipc sockopt show "$pid:3" >"$tmp/out" 2>"$tmp/err" || skip "live sockets: $(cat "$tmp/err")"
netipc sockopt show --watch 1ms --count "${RACE_LOOKS:-40}" --json --options SO_RCVLOWAT "$pid" \
	>"$tmp/json" 2>"$tmp/err"
same 'status' 0 $?
# Each has its inode as its value, or not yet: then it is as it was made.
jq -r 'select(.type == "dgram") | "\(.inode) \(.value)"' "$tmp/json" >"$tmp/dumps"
awk '$2 == $1 % 1000000 + 2 { fits++; next } $2 != 1 { print "wrong:", $0; wrong++ }
	END { print fits + 0, wrong + 0 }' "$tmp/dumps" >"$tmp/counts"
read -r fits wrong <<END
$(tail -n 1 "$tmp/counts")
END
echo "$(wc -l <"$tmp/dumps") dumps, $fits with their mark, $wrong wrong"
same 'no value is of another socket' 0 "$wrong"
sed '$d' "$tmp/counts" | head -n 5
same 'many had their mark' yes "$([ "$fits" -gt 100 ] && echo yes)"
# Sockets that came and went were really met.
same 'they were others each time' yes \
	"$([ "$(cut -d' ' -f1 "$tmp/dumps" | sort -u | wc -l)" -gt 100 ] && echo yes)"
done_testing
