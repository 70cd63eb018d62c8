#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server: lines, formats, half-close, peers, signals, UDP rules, socket files
# shellcheck disable=SC2094 # what goes out is compared with what comes back
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq cmp

# serve NAME ARG... - start it and wait until it is ready; $pid, $ready, $port
serve() {
	_server=$1
	shift
	start "$_server" echo-server "$@"
	wait_ready "$_server"
	port=${ready##*:}
}

# echoes NAME TEXT ADDRESS - what is sent to the socat address comes back, then the end
echoes() {
	printf '%s' "$2" | socat -t10 - "$3" >"$tmp/back" 2>"$tmp/socat"
	same "$1" "$2" "$(cat "$tmp/back")"
}

# has FILE LINE - FILE has a line that the expression matches as a whole
has() {
	grep -qx "$2" "$1"
}

# matches NAME GLOB TEXT
matches() {
	if like "$2" "$3"; then
		pass "$1"
	else
		fail "$1: wanted \"$2\", got \"$3\""
	fi
}

ipv6() {
	socat -u OPEN:/dev/null 'UDP6-SENDTO:[::1]:9' 2>/dev/null
}

# The lecture's server: every address of the machine, both families on one port
serve lecture 0
if ipv6; then
	matches 'lecture: ready' '[[]::]:[1-9]*' "$ready"
	echoes 'lecture: IPv6' 'hello world' "TCP6:[::1]:$port"
	ok 'lecture: IPv6 connected' poll has "$tmp/lecture.out" 'connected from \[::1\]:[0-9]*'
	n=3 bytes=19
else
	n=2 bytes=8
fi
echoes 'lecture: IPv4' 'test 123' "TCP4:127.0.0.1:$port"
echoes 'lecture: nothing, then half-close' '' "TCP4:127.0.0.1:$port"
ok 'lecture: IPv4 is printed as IPv4' poll has "$tmp/lecture.out" \
	'connected from 127\.0\.0\.1:[0-9]*'
ok 'lecture: end' poll has "$tmp/lecture.out" 'disconnected from 127\.0\.0\.1:[0-9]*'
stop $pid
same 'lecture: dies by the signal' 143 $status
same 'lecture: counters' "netipc echo-server: $n connections, $bytes bytes echoed" \
	"$(cat "$tmp/lecture.err")"
same 'lecture: each client has two lines' $((2 * n + 1)) "$(wc -l <"$tmp/lecture.out")"

# Where it listens
serve four -4 0
matches '-4: ready' '0.0.0.0:*' "$ready"
echoes '-4' x "TCP4:127.0.0.1:$port"
stop $pid
serve host 127.0.0.1:0
matches 'HOST:PORT: ready' '127.0.0.1:*' "$ready"
echoes 'HOST:PORT' x "TCP4:127.0.0.1:$port"
t 'port in use' 3 '' "netipc echo-server: bind 127.0.0.1:$port: Address*in use" \
	echo-server "127.0.0.1:$port"
stop $pid
serve colon :0
echoes ':PORT' x "TCP4:127.0.0.1:$port"
stop $pid
serve again "127.0.0.1:$port" # its connections are in TIME_WAIT
same 'SO_REUSEADDR' "127.0.0.1:$port" "$ready"
stop $pid
serve name localhost:0
echoes 'a name' x "TCP:localhost:$port"
same 'a name: one port on all addresses' 1 \
	"$(sed -n 's/^ready.*://p' "$tmp/name.out" | sort -u | wc -l)"
stop $pid
if ipv6; then
	serve six -6 0
	echoes '-6' x "TCP6:[::1]:$port"
	socat -u OPEN:/dev/null "TCP4:127.0.0.1:$port" 2>/dev/null
	same '-6 takes no IPv4' 1 $?
	stop $pid
	serve six '[::1]:0'
	same '[v6]:PORT: ready' "[::1]:$port" "$ready"
	echoes '[v6]:PORT' x "TCP6:[::1]:$port"
	stop $pid
fi

# Formats
serve quiet -q 127.0.0.1:0
echoes '-q' x "TCP4:127.0.0.1:$port"
stop $pid
same '-q: the ready line alone' "ready $ready" "$(cat "$tmp/quiet.out")"
same '-q: no counters' '' "$(cat "$tmp/quiet.err")"
# formatted NAME ARG... - a server that prints records; one client
formatted() {
	_format=$1
	shift
	start "$_format" echo-server "$@" 127.0.0.1:0
	ok "$_format: ready at once" poll grep -q 127.0.0.1 "$tmp/$_format.out"
	port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$tmp/$_format.out" | head -n 1)
	echoes "$_format" hello "TCP4:127.0.0.1:$port"
	poll grep -q disconnected "$tmp/$_format.out"
	stop $pid
	sed -i "s/127\.0\.0\.1:$port/SERVER/g; s/127\.0\.0\.1:[0-9]*/CLIENT/g" "$tmp/$_format.out"
}
formatted json --json
same 'json: records' '["ready","SERVER",null,null,null]
["connected","SERVER","CLIENT",null,null]
["disconnected","SERVER","CLIENT",5,null]' \
	"$(jq -c '[.event, .address, .peer, .echoed_bytes, .error]' "$tmp/json.out")"
formatted csv --csv
same 'csv: records' 'event,address,peer,echoed_bytes,error,kind
ready,SERVER,,,,tcp
connected,SERVER,CLIENT,,,
disconnected,SERVER,CLIENT,5,,' "$(tr -d '\r' <"$tmp/csv.out")"
formatted tsv --tsv -H -o event,echoed_bytes,address
same 'tsv: records' 'ready		SERVER
connected		SERVER
disconnected	5	SERVER' "$(cat "$tmp/tsv.out")"
formatted table -o event,address
same 'table: records' 'EVENT ADDRESS
ready SERVER
connected SERVER
disconnected SERVER' "$(tr -s ' ' <"$tmp/table.out" | sed 's/ $//')"
formatted classic --classic
same 'classic: lines' 'ready SERVER
connected from CLIENT
disconnected from CLIENT' "$(cat "$tmp/classic.out")"

# Peers, as people use them: 64 MiB, a reader that comes late, then half-close
head -c 67108864 /dev/urandom >"$tmp/big"
serve peers -q 127.0.0.1:0
socat -t30 - "TCP4:127.0.0.1:$port" <"$tmp/big" | { sleep 0.3; cmp - "$tmp/big"; }
same 'socat: 64 MiB, late reader' 0 $?
if command -v nc >/dev/null && nc -h 2>&1 | grep -q OpenBSD; then
	nc -N 127.0.0.1 "$port" <"$tmp/big" | cmp - "$tmp/big"
	same 'nc: 64 MiB' 0 $?
fi
if command -v ncat >/dev/null; then
	head -c 1048576 "$tmp/big" >"$tmp/mega"
	ncat 127.0.0.1 "$port" <"$tmp/mega" | cmp - "$tmp/mega"
	same 'ncat: 1 MiB' 0 $?
fi
if command -v telnet >/dev/null; then
	# telnet ends with its input: the input lasts until the echo is there
	{ printf 'test 123\n'; poll grep -q 'test 123' "$tmp/telnet"; } |
		telnet 127.0.0.1 "$port" >"$tmp/telnet" 2>/dev/null
	ok 'telnet' has "$tmp/telnet" 'test 123.*'
fi
stop $pid

# Signals: what is on its way arrives; a second signal ends it at once
serve drain -q --drain 60 127.0.0.1:0
{ head -c 4000000 "$tmp/big"; kill $pid; } | socat -t30 - "TCP4:127.0.0.1:$port" >"$tmp/back"
wait $pid
same 'drain: dies by the signal' 143 $?
same 'drain: a prefix came back' '' \
	"$(head -c "$(wc -c <"$tmp/back")" "$tmp/big" | cmp - "$tmp/back" 2>&1)"
serve second --drain 600 127.0.0.1:0
# This client never reads: the server can never give back what it has.
socat -u "$tmp/big" "TCP4:127.0.0.1:$port" >/dev/null 2>&1 &
client=$!
pids="$pids $client"
poll grep -q connected "$tmp/second.out"
kill $pid
refused() {
	! socat -u OPEN:/dev/null "TCP4:127.0.0.1:$port" 2>/dev/null
}
ok 'drain: listens no longer' poll refused
kill -0 $pid
same 'drain: waits for the client' 0 $?
kill $pid
wait $pid
same 'a second signal' 143 $?
kill $client 2>/dev/null

# The reader of its lines goes: the clients are served on, and it says so once
mkfifo "$tmp/lines"
$NETIPC_EXEC "$NETIPC" echo-server --no-sandbox 127.0.0.1:0 >"$tmp/lines" 2>"$tmp/orphan.err" </dev/null &
pid=$!
pids="$pids $pid"
read -r ready <"$tmp/lines"
port=${ready##*:}
echoes 'no reader: first' x "TCP4:127.0.0.1:$port"
echoes 'no reader: second' x "TCP4:127.0.0.1:$port"
stop $pid
same 'no reader: told once' 1 "$(grep -c 'Broken pipe' "$tmp/orphan.err")"

# Nobody reads its lines: they are left out, the clients are served on, a signal ends it
# filled NAME - a server whose standard output, the pipe $tmp/NAME, is full; fd 9 reads it
filled() {
	mkfifo "$tmp/$1"
	# shellcheck disable=SC2086
	$NETIPC_EXEC "$NETIPC" echo-server --no-sandbox 127.0.0.1:0 >"$tmp/$1" 2>"$2" </dev/null &
	pid=$!
	pids="$pids $pid"
	exec 9<"$tmp/$1"
	read -r ready <&9
	port=${ready##*:}
	dd if=/dev/zero of="$tmp/$1" oflag=nonblock bs=4096 2>/dev/null
}
if dd if=/dev/null of=/dev/null oflag=nonblock 2>/dev/null; then
	filled full "$tmp/full.err"
	echoes 'full: first' x "TCP4:127.0.0.1:$port"
	echoes 'full: second' x "TCP4:127.0.0.1:$port"
	dd bs=4096 count=8 <&9 >/dev/null 2>&1
	echoes 'full: with room again' x "TCP4:127.0.0.1:$port"
	kill $pid
	ok 'full: ends' poll grep -q echoed "$tmp/full.err"
	tr -d '\0' <&9 >"$tmp/full.out"
	exec 9<&-
	wait $pid
	same 'full: dies by the signal' 143 $?
	# The second client knows of its end before the server tells: that line may have room.
	matches 'full: told once, and counted' \
		'netipc echo-server: standard output is not read: event lines are left out
netipc echo-server: 3 connections, 3 bytes echoed, [34] lines left out' "$(cat "$tmp/full.err")"
	same 'full: lines again' 'connected
disconnected' "$(sed 's/ from .*//' "$tmp/full.out" | tail -n 2)"

	filled both "$tmp/both"
	echoes 'both full' x "TCP4:127.0.0.1:$port"
	kill $pid
	{ sleep 10; kill -KILL $pid; } >/dev/null 2>&1 &
	watchdog=$!
	wait $pid
	same 'both full: dies by the signal' 143 $?
	kill $watchdog
	exec 9<&-
else
	left_out 'full' 'dd cannot fill a pipe'
fi

# No descriptors left: told once, the others are served on
limit=$(ulimit -S -n)
ulimit -S -n 16
serve few -q 127.0.0.1:0
ulimit -S -n "$limit"
i=0
while [ $i -lt 20 ]; do
	socat -u "TCP4:127.0.0.1:$port" OPEN:/dev/null &
	clients="${clients-} $!"
	i=$((i + 1))
done
ok 'no descriptors: told' poll grep -q 'new connections cannot be served now: [TN]o' \
	"$tmp/few.err"
# A shell that has not become socat yet may lose another signal.
# shellcheck disable=SC2086
kill -KILL $clients
# shellcheck disable=SC2086
wait $clients 2>/dev/null
served() {
	[ "$(echo x | socat -t10 - "TCP4:127.0.0.1:$port" 2>/dev/null)" = x ]
}
ok 'no descriptors: served again' poll served
stop $pid
same 'no descriptors: told once' 1 "$(wc -l <"$tmp/few.err")"

# UDP: one for one, no lines
serve udp -u 127.0.0.1:0
# asked TEXT - the answer of the UDP server to TEXT
asked() {
	printf '%s' "$1" | socat -t2 -T2 - "UDP4:127.0.0.1:$port,shut-none" | head -c ${#1}
}
same 'udp' hello "$(asked hello)"
stop $pid
same 'udp: only the ready line' "ready $ready" "$(cat "$tmp/udp.out")"
same 'udp: counters' 'netipc echo-server: 1 datagram, 5 bytes echoed' "$(cat "$tmp/udp.err")"

# UNIX: the life of a socket's file
sock=$tmp/s
serve unix --unix "$sock"
same 'unix: ready' "unix:$sock" "$ready"
echoes 'unix' hello "UNIX-CONNECT:$sock"
ok 'unix: connected' poll has "$tmp/unix.out" 'connected from unix:'
t 'unix: in use' 3 '' "*bind unix:$sock: Address*in use" echo-server --unix "$sock"
[ -S "$sock" ]
same 'unix: the other left it alone' 0 $?
kill -KILL $pid
wait $pid 2>/dev/null
[ -S "$sock" ]
same 'unix: a killed server leaves it behind' 0 $?
serve unix -q --unix "$sock"
echoes 'unix: replaced' hello "UNIX-CONNECT:$sock"
stop $pid
[ ! -e "$sock" ]
same 'unix: removed at the end' 0 $?
: >"$sock"
t 'unix: a file' 3 '' "*bind unix:$sock: there is a file that is no socket" \
	echo-server -U "$sock"
rm "$sock"
ln -s "$tmp/nowhere" "$sock"
t 'unix: a link' 3 '' "*bind unix:$sock: *" echo-server -U "$sock"
[ -L "$sock" ]
same 'unix: the link is left alone' 0 $?
t 'unix: no folder' 3 '' "*bind unix:$tmp/no/s: No such file or directory" \
	echo-server -U "$tmp/no/s"
serve abstract -q --unix "@netipc-test-$$"
same 'abstract: ready' "unix:@netipc-test-$$" "$ready"
echoes 'abstract' hello "ABSTRACT-CONNECT:netipc-test-$$"
stop $pid

# Usage
t 'no operand' 2 '' '*an operand is missing*' echo-server
t 'port too large' 2 '' '*port "65536" is not a number from 0 to 65535*' echo-server 65536
t 'a port with a sign' 2 '' '*port: "+65616" is not a number from 0 to 65535*' \
	echo-server 127.0.0.1:+65616
t 'a port behind a blank' 2 '' '*port: " 80" is not a number from 0 to 65535*' echo-server ' 80'
t 'no such service' 2 '' '*"no-such-service" is neither a port nor a service*' \
	echo-server no-such-service
t 'an address alone' 2 '' '*"::1": no port*' echo-server ::1
t 'a bad address' 2 '' '*octet 256*' echo-server 256.1.1.1:0
t 'wrong family' 2 '' '*"::1" is not IPv4*' echo-server -4 '[::1]:0'
t 'udp without an operand' 2 '' '*--udp and --tcp need an operand*' echo-server -u -U /s
t 'unix: empty path' 2 '' '*the name is empty*' echo-server -U ''
t 'backlog' 2 '' '*' echo-server -b x 0
t 'an address of another machine' 3 '' '*bind 192.0.2.1:0: *a*' \
	echo-server 192.0.2.1:0
done_testing
