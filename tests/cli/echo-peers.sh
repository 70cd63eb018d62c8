#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server and echo-client with the programs that people have: their clients at our
# server, our client at their servers.  Each is left out alone where it is not installed.
. "${srcdir:?run by make check}/tests/lib.sh"
if [ "${PEERS_INSIDE-}" != yes ]; then
	rm -rf "$tmp"
	PEERS_INSIDE=yes
	export PEERS_INSIDE
	in_netns sh "$0" # ports are ours alone there
	exit $?
fi
need socat cmp timeout
head -c 3000000 /dev/urandom >"$tmp/big"
head -c 1000 /dev/urandom >"$tmp/small"
port=20000

# has COMMAND NAME - it is installed; else that is said
has() {
	command -v "$1" >/dev/null 2>&1 && return
	left_out "$2" "$1 is not installed"
	return 1
}

# Their clients: what each sends comes back whole, its half-close included
start server echo-server -q --tcp --udp 127.0.0.1:$port
wait_ready server
server=$pid

# theirs NAME INPUT COMMAND... - it sends INPUT and prints what returns
theirs() {
	_name=$1 _input=$2
	shift 2
	timeout 60 "$@" <"$_input" >"$tmp/back" 2>"$tmp/theirs"
	ok "$_name at our server" cmp "$_input" "$tmp/back"
}
theirs socat "$tmp/big" socat -t30 - TCP4:127.0.0.1:$port
theirs 'socat, UDP' "$tmp/small" socat -t3 - UDP4:127.0.0.1:$port,shut-none
if has nc.openbsd 'nc of OpenBSD'; then
	theirs 'nc of OpenBSD' "$tmp/big" nc.openbsd -N 127.0.0.1 $port
	theirs 'nc of OpenBSD, UDP' "$tmp/small" nc.openbsd -u -w 3 127.0.0.1 $port
fi
has nc.traditional 'nc, traditional' &&
	theirs 'nc, traditional' "$tmp/small" nc.traditional -q 3 127.0.0.1 $port
has ncat ncat &&
	theirs ncat "$tmp/big" ncat 127.0.0.1 $port
has busybox 'nc of busybox' &&
	theirs 'nc of busybox' "$tmp/big" busybox nc 127.0.0.1 $port
if has telnet telnet; then
	# shellcheck disable=SC2094 # it ends with its input: the input lasts until the echo is there.
	{ printf 'first line\nsecond line\n'; poll grep -q 'second line' "$tmp/telnet"; } |
		timeout 60 telnet 127.0.0.1 $port >"$tmp/telnet" 2>/dev/null
	same 'telnet at our server' 2 "$(grep -c '^[a-z]* line.*$' "$tmp/telnet")"
fi
stop $server

# Their servers
# shellcheck disable=SC2317 # poll calls it
# listens TYPE - somebody has the port, in the kernel's table of TYPE, tcp or udp
listens() {
	awk -v port=":$(printf %04X "$port")" 'index($2, port) { found = 1 } END { exit !found }' \
		"/proc/net/$1" "/proc/net/${1}6"
}

# serve NAME TYPE COMMAND... - their server at $port, which is a new one; false if it does not begin
serve() {
	_name=$1 _type=$2
	shift 2
	"$@" >"$tmp/serve.out" 2>&1 </dev/null &
	pid=$!
	pids="$pids $pid"
	poll listens "$_type" && return
	fail "$_name does not begin: $(head -c 500 "$tmp/serve.out")"
	return 1
}

# ours NAME INPUT ARG... - our client sends INPUT and sees all of it return
ours() {
	_name=$1 input=$2
	shift 2
	netipc echo-client -t 20 "$@" 127.0.0.1 $port <"$input" >"$tmp/back" 2>"$tmp/err"
	same "our client at $_name: status" '0 ' "$? $(cat "$tmp/err")"
	ok "our client at $_name" cmp "$input" "$tmp/back"
}

# pings NAME ARG... - probes return, of which no server ends the half of
pings() {
	_name=$1
	shift
	netipc echo-client --ping -c 3 -i 20ms -t 20 "$@" 127.0.0.1 $port >"$tmp/out" 2>&1
	same "our probes at $_name: status" 0 $?
	ok "our probes at $_name" grep -q ' 3 sent, 3 returned$' "$tmp/out"
}

# alone NAME - one datagram comes back.  Of several, a server with another process for each loses
# those that come while one of them ends.
alone() {
	netipc echo-client --ping -c 1 -t 20 -u 127.0.0.1 $port >"$tmp/out" 2>&1
	same "our probe at $1: status" 0 $?
	ok "our probe at $1" grep -q ' 1 sent, 1 returned$' "$tmp/out"
}

# good NAME ARG... - the examination finds nothing
good() {
	_name=$1
	shift
	emulated && left_out "--check of $_name" 'flags that an emulator does not know' && return
	netipc echo-client --check -t 20 "$@" 127.0.0.1 $port >"$tmp/out" 2>&1
	same "--check of $_name: status" 0 $?
	grep failed "$tmp/out" | grep -v ' 0 failed'
}

port=20001
if serve 'socat EXEC' tcp socat TCP4-LISTEN:$port,fork,reuseaddr EXEC:cat; then
	ours 'socat EXEC:cat' "$tmp/big"
	pings 'socat EXEC:cat'
	stop $pid
fi
# Its two halves are one process that waits for itself, also when its parent has ended.
port=20002
if serve 'socat PIPE' tcp setsid socat TCP4-LISTEN:$port,fork,reuseaddr PIPE; then
	ours 'socat PIPE, a little' "$tmp/small"
	# As a rule it is silent then, by the sizes of buffers: what is said and the status agree.
	netipc echo-client --check -t 1 127.0.0.1 $port >"$tmp/out" 2>&1
	_status=$?
	same '--check of socat PIPE' "$(grep -c '^[a-z-]* *failed ' "$tmp/out")" \
		"$(sed -n 's/.* passed, \([0-9]*\) failed.*/\1/p' "$tmp/out")"
	same '--check of socat PIPE: status' "$_status" "$(grep -c -m 1 '^[a-z-]* *failed ' "$tmp/out")"
	kill -- -$pid
	wait $pid
fi
port=20003
if has nc.traditional 'nc -e' &&
	serve 'nc -e' tcp nc.traditional -l -p $port -e /bin/cat; then
	ours 'nc -e' "$tmp/big"
	wait $pid
fi
port=20004
if has busybox 'busybox nc -e' &&
	serve 'busybox nc -e' tcp busybox nc -ll -p $port -e cat; then
	ours 'busybox nc -e' "$tmp/big"
	pings 'busybox nc -e'
	stop $pid
fi
port=20005
if has ncat 'ncat --exec' && serve 'ncat --exec' tcp ncat -l -k 127.0.0.1 $port --exec /bin/cat; then
	pings 'ncat --exec'
	stop $pid
fi
port=20006
if has xinetd xinetd; then
	for type in stream dgram; do
		protocol=tcp wait=no
		[ $type = stream ] || protocol=udp wait=yes
		cat <<-END
			service echo
			{
				type = INTERNAL UNLISTED
				id = echo-$type
				socket_type = $type
				protocol = $protocol
				wait = $wait
				port = $port
				cps = 10000 1
				instances = UNLIMITED
				per_source = UNLIMITED
			}
		END
	done >"$tmp/xinetd.conf"
	if serve xinetd tcp xinetd -dontfork -f "$tmp/xinetd.conf" -pidfile "$tmp/xinetd.pid"; then
		ours xinetd "$tmp/big"
		pings xinetd
		good xinetd
		alone 'xinetd, UDP'
		stop $pid
	fi
fi
port=20007
if has inetutils-inetd inetd; then
	printf '%s stream tcp nowait root internal\n%s dgram udp wait root internal\n' \
		echo echo >"$tmp/inetd.conf"
	port=7
	if serve inetd tcp inetutils-inetd -d "$tmp/inetd.conf"; then
		ours inetd "$tmp/big"
		pings inetd
		alone 'inetd, UDP'
		stop $pid
	fi
fi
done_testing
