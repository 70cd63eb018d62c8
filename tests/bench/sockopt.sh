#!/bin/sh
# SPDX-License-Identifier: MIT
# sockopt.sh - what the verbs of netipc sockopt cost; called by make bench
#
# exec: the time of socket, connect and close of a client, alone and below sockopt exec, that
# connects to a server of another process.  ROUNDS (default 60) runs of CONNECTS (default 100)
# alternate; the fastest quarter of each counts, for what else runs on the machine can only add.
set -eu
: "${NETIPC:?run by make bench}" "${FORCED:?run by make bench}"
rounds=${ROUNDS:-60}
connects=${CONNECTS:-100}
tmp=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null; rm -rf "$tmp"' EXIT

"$NETIPC" echo-server 127.0.0.1:0 >"$tmp/server" 2>&1 &
server=$!
left=100
until grep -q '^ready ' "$tmp/server"; do
	left=$((left - 1))
	[ "$left" -gt 0 ] || exit 1
	sleep 0.05
done
port=$(sed -n 's/^ready .*://p' "$tmp/server" | head -n 1)

# client KIND COMMAND... - one run: "KIND NANOSECONDS"
client() {
	_kind=$1
	shift
	printf '%s %s\n' "$_kind" "$("$@" "$FORCED" "to:$port" "many:$connects")"
}

i=0
while [ "$i" -lt "$rounds" ]; do
	client plain env
	client 'exec' "$NETIPC" sockopt exec -q SO_KEEPALIVE=on TCP_USER_TIMEOUT=30s --
	client 'exec -S' "$NETIPC" sockopt exec -q -S SO_KEEPALIVE=on TCP_USER_TIMEOUT=30s --
	i=$((i + 1))
done >"$tmp/runs"
sed 's/\(.*\) /\1\t/' "$tmp/runs" | sort -t "$(printf '\t')" -k 1,1 -k 2,2n | awk -F '\t' '
	{ n[$1]++; time[$1, n[$1]] = $2 }
	function quarter(kind) { return time[kind, int((n[kind] + 3) / 4)] / 1000 }
	END {
		base = quarter("plain")
		print "us/connect  ratio"
		printf "%10.1f   1.00  plain\n", base
		split("exec,exec -S", kinds, ",")
		for (i = 1; i <= 2; i++) {
			ratio = quarter(kinds[i]) / base
			printf "%10.1f   %.2f  %s%s\n", quarter(kinds[i]), ratio, kinds[i],
				(ratio > 1.4 ? "  (over 1.4)" : "")
		}
	}'
