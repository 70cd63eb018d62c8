#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client and a server of several addresses, some of which refuse or are silent (RFC
# 8305), in a namespace; and what is set on the sockets that are tried
. "${srcdir:?run by make check}/tests/lib.sh"
need ip unshare
export tmp NETIPC NETIPC_EXEC

mkdir "$tmp/etc"
cat >"$tmp/etc/hosts" <<'END'
2001:db8:1::9	mute
192.0.2.1	mute
192.0.2.2	refuses
192.0.2.1	refuses
2001:db8:1::9	silent
198.51.100.1	silent
192.0.2.2	closed
192.0.2.3	closed
END
printf 'hosts: files\n' >"$tmp/etc/nsswitch.conf"
cat >"$tmp/net" <<'END'
set -e
for last in 1 2 3 9; do
	ip addr add 192.0.2.$last/32 dev lo
done
END
{
	mute_network
	# shellcheck disable=SC2016 # that script's own
	echo 'exec "$@"'
} >>"$tmp/net"
in_world "$tmp/etc" sh "$tmp/net" true 2>"$tmp/why" ||
	skip "no namespace with addresses: $(head -n 1 "$tmp/why")"

# with_server ARG... - the client, "hello" its input, and a server at 192.0.2.1:7007; $status,
# $tmp/out, $tmp/err, and what the server tells in $tmp/server
cat >"$tmp/pair" <<'END'
sandbox=$1
shift
: >"$tmp/server" # the ready line of the one before
$NETIPC_EXEC "$NETIPC" echo-server $sandbox 192.0.2.1:7007 >"$tmp/server" 2>&1 &
left=200
until grep -q '^ready' "$tmp/server" || [ $left -eq 0 ]; do
	left=$((left - 1))
	sleep 0.05
done
echo hello | $NETIPC_EXEC "$NETIPC" echo-client "$@"
status=$?
kill $!
wait $! 2>/dev/null
exit $status
END
with_server() {
	if emulated; then sandbox='--no-sandbox'; else sandbox=; fi
	# shellcheck disable=SC2086 # one word or none
	in_world "$tmp/etc" sh "$tmp/net" \
		sh "$tmp/pair" "$sandbox" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

with_server -v mute 7007
same 'a silent address: status' 0 $status
same 'a silent address' hello "$(cat "$tmp/out")"
ok 'a silent address: told' grep -q \
	'^netipc echo-client: connect \[2001:db8:1::9\]:7007: another address was faster$' "$tmp/err"
with_server -v refuses 7007
same 'one refuses: status' 0 $status
same 'one refuses' hello "$(cat "$tmp/out")"
ok 'one refuses: told' grep -q '^netipc echo-client: connect 192.0.2.2:7007: Connection refused$' \
	"$tmp/err"
with_server -v closed 7007
same 'all refuse: status' 3 $status
same 'all refuse: each is told' 'netipc echo-client: connect 192.0.2.2:7007: Connection refused
netipc echo-client: connect 192.0.2.3:7007: Connection refused' "$(sort "$tmp/err")"
with_server -t 0.4 silent 7007
same 'all are silent: status' 3 $status
ok 'all are silent' grep -q '^netipc echo-client: connect 198.51.100.1:7007: .*timed out$' "$tmp/err"

# The sockets that only try an address are from the address that was asked for, too.
for mode in '' '--ping -c 1' '--load -c 1' '--churn -c 1' '--check -t 20'; do
	# shellcheck disable=SC2086 # options and their values
	with_server $mode --bind 192.0.2.9 refuses 7007
	same "--bind $mode: status" 0 $status
	ok "--bind $mode" grep -q '^connected from 192.0.2.9:' "$tmp/server"
	same "--bind $mode: nothing else" 0 "$(grep '^connected' "$tmp/server" | grep -vc 192.0.2.9:)"
	# shellcheck disable=SC2086
	[ "$mode" = '--check -t 20' ] || with_server $mode --bind 192.0.2.9:7100 refuses 7007
	same "--bind $mode, a port: status" 0 $status
	ok "--bind $mode, a port" grep -q '^connected from 192.0.2.9:' "$tmp/server"
done
with_server --ping -c 1 --bind 203.0.113.1 refuses 7007
same '--bind --ping: not ours: status' 3 $status
ok '--bind --ping: not ours' grep -q 'bind 203.0.113.1:0: ' "$tmp/err"
done_testing
