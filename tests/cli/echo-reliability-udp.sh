#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server -u and datagrams with forged sources, in a namespace of its own: each port is
# free there, and /proc/net/snmp counts what the servers send
# shellcheck disable=SC2154 # $inside
. "${srcdir:?run by make check}/tests/lib.sh"
if [ -z "${inside-}" ]; then
	need ip
	in_netns env inside=1 sh "$0"
	exit
fi
[ -r /proc/net/snmp ] || skip 'there is no /proc/net/snmp'

# hammer ARG... - the client: see tests/hammer.c
hammer() {
	# shellcheck disable=SC2086
	$NETIPC_EXEC "${HAMMER:?run by make check}" "$@" 2>&1
}

# serve NAME ARG... - start it and wait until it is ready
serve() {
	_server=$1
	shift
	start "$_server" echo-server -u "$@"
	wait_ready "$_server"
}

# sent - datagrams that were sent in this namespace, but those that were forged
sent() {
	awk '/^Udp:/ && n++ { print $5 }' /proc/net/snmp
}

# counted TEXT - the server $pid has TEXT in its counters; it prints them in $tmp/server.err
counted() {
	kill -USR1 "$pid"
	grep -q "$1" "$tmp/server.err"
}

ip address add 10.9.9.1/24 broadcast 10.9.9.255 dev lo
ip link set lo multicast on
ip route add default dev lo
forged=$(hammer forge 10.9.9.1:5000 10.9.9.1:9) || skip "$forged"

# forged NAME FROM TO - the server counts it and sends nothing
n=0
forged() {
	_before=$(sent)
	ok "$1" hammer forge "$2" "$3"
	n=$((n + 1))
	ok "$1: counted" poll counted ", $n not answered"
	same "$1: nothing is sent" "$_before" "$(sent)"
}
serve server -4 7007 7008
forged 'from itself' 10.9.9.1:7007 10.9.9.1:7007
forged 'from its other port' 10.9.9.1:7008 10.9.9.1:7007
forged 'from another one like it' 10.9.9.7:7007 10.9.9.1:7007
for port in 0 7 13 17 19 37 53 123 1023; do
	forged "from port $port" 10.9.9.7:$port 10.9.9.1:7007
done
forged 'to a multicast group' 10.9.9.1:5000 224.0.0.1:7007
forged 'to all' 10.9.9.1:5000 255.255.255.255:7007
forged 'to a subnet' 10.9.9.1:5000 10.9.9.255:7007
before=$(sent)
ok 'from a client' hammer forge 10.9.9.1:5000 10.9.9.1:7007
ok 'from a client: counted' poll counted '1 datagram,'
same 'from a client: one answer' $((before + 1)) "$(sent)"
same 'a client is served' hello "$(echo hello | netipc echo-client -u -t 60 10.9.9.1:7007)"
stop $pid

# Two that cannot know one another: the limit ends what they send each other
serve other -q --max-answers 100 10.9.9.1:7009
other=$pid
serve server --max-answers 100 10.9.9.1:7010
before=$(sent)
ok 'two servers' hammer forge 10.9.9.1:7009 10.9.9.1:7010
ok 'two servers: one ends it' poll sh -c \
	"kill -USR1 $pid; kill -USR1 $other; grep -q ', 1 over the limit' '$tmp/server.err' '$tmp/other.err'"
answers=$(($(sent) - before))
sleep 0.2
same 'two servers: it has ended' $answers $(($(sent) - before))
ok "two servers: $answers answers" [ $answers -ge 100 ]
stop $pid
stop $other

# What waits for its delay is bounded
serve server --delay 1h 10.9.9.1:7011
crowded() {
	hammer datagrams 10.9.9.1:7011 100 60000
	counted ' dropped'
}
before=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
ok 'delayed: no more than there is room for' poll crowded
after=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
if emulated || grep -q '^#define HAVE_SANITIZERS' "${builddir:-.}/config.h"; then
	left_out 'delayed: memory' 'it is that of the emulator or of the sanitizer'
else
	ok "delayed: $((after - before)) KiB more" [ $((after - before)) -le 32000 ]
fi
stop $pid
done_testing
