#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server: several addresses and kinds of sockets at once, threads, sockets that were
# opened by another, socket options
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq

# is_back N - so many bytes have come back
is_back() {
	[ "$(wc -c <"$tmp/back")" -ge "$1" ]
}

# echoes NAME TEXT ADDRESS - what is sent to the socat address comes back.  Datagrams have no end:
# the input lasts until the echo is there.
echoes() {
	: >"$tmp/back"
	{ printf '%s' "$2"; poll is_back ${#2}; } | socat -t0.1 - "$3" >>"$tmp/back" 2>"$tmp/socat"
	same "$1" "$2" "$(cat "$tmp/back")"
}

# line NAME N - the address in the Nth ready line of NAME
line() {
	sed -n 's/^ready //p' "$tmp/$1.out" | sed -n "$2p"
}

# All at once: two operands, each by TCP and UDP, and a UNIX socket
sock=$tmp/s
serve all --tcp --udp -U "$sock" 127.0.0.1:0 127.0.0.2:0
ok 'all: five ready lines' poll grep -q '^ready unix:' "$tmp/all.out"
for n in 1 2 3 4; do
	address=$(line all $n)
	case $address in
	*\ tcp) echoes "all: $n, TCP" hello "TCP4:${address% tcp}" ;;
	*\ udp) echoes "all: $n, UDP" hello "UDP4:${address% udp},shut-none" ;;
	*) fail "all: \"$address\" has no kind" ;;
	esac
done
same 'all: two of them TCP' 2 "$(grep -c '^ready 127.*tcp$' "$tmp/all.out")"
same 'all: the last is the UNIX socket' "unix:$sock unix" "$(line all 5)"
echoes 'all: UNIX' hello "UNIX-CONNECT:$sock"
stop $pid
same 'all: counters' 'netipc echo-server: 3 connections, 2 datagrams, 25 bytes echoed' \
	"$(cat "$tmp/all.err")"

# Each kind has its name
start kinds echo-server --json -U "$sock" --seqpacket -U "@netipc-kinds-$$"
poll grep -q kinds "$tmp/kinds.out"
echoes 'seqpacket' record "UNIX-CONNECT:$sock,type=5"
# A record comes back whole or not at all
head -c 65537 /dev/zero | tr '\0' a >"$tmp/more"
head -c 65536 "$tmp/more" >"$tmp/most"
for size in most more; do
	socat -t20 -b 200000 - "UNIX-CONNECT:$sock,type=5" <"$tmp/$size" >"$tmp/$size.back" \
		2>"$tmp/socat"
done
ok 'seqpacket: the longest record' cmp "$tmp/most" "$tmp/most.back"
same 'seqpacket: a longer one' 0 "$(wc -c <"$tmp/more.back" | tr -d ' ')"
stop $pid
same 'seqpacket: a longer one is told' 0 "$(jq 'select(.error).echoed_bytes' "$tmp/kinds.out")"
same 'seqpacket: kinds' 'unix-seqpacket
unix-seqpacket' "$(jq -r 'select(.event == "ready").kind' "$tmp/kinds.out")"
start dgram echo-server --json -U "$sock" --dgram
poll grep -q ready "$tmp/dgram.out"
echoes 'unix dgram' datagram "UNIX-SENDTO:$sock,bind=$tmp/client"
socat -u -b 200000 - "UNIX-SENDTO:$sock,bind=$tmp/client" <"$tmp/more" 2>"$tmp/socat"
stop $pid
same 'unix dgram: one that is too long' \
	'netipc echo-server: 1 datagram, 8 bytes echoed, 1 dropped' "$(cat "$tmp/dgram.err")"
same 'unix dgram: kind' unix-dgram "$(jq -r 'select(.event == "ready").kind' "$tmp/dgram.out")"
[ ! -e "$sock" ]
same 'unix dgram: removed' 0 $?

t 'seqpacket and dgram' 2 '' '*--seqpacket and --dgram exclude each other*' \
	echo-server --seqpacket --dgram -U "$sock"
t 'seqpacket alone' 2 '' '*--seqpacket and --dgram are for --unix*' echo-server --seqpacket 0
t 'the second operand' 2 '' '*port "65536"*' echo-server 127.0.0.1:0 65536
t 'the same address twice' 3 '' '*Address*in use' echo-server 127.0.0.3:$((20000 + $$ % 20000)) 127.0.0.3:$((20000 + $$ % 20000))

# Threads: their connections and counters are one server's
serve threads -T 3 --tcp --udp -U "unix:$sock" 127.0.0.1:0
tcp=$(line threads 1) udp=$(line threads 2)
i=0
while [ $i -lt 12 ]; do
	[ "$(echo x | socat -t10 - "TCP4:${tcp% tcp}")" = x ] || fail "threads: connection $i"
	i=$((i + 1))
done
echoes 'threads: UDP' hello "UDP4:${udp% udp},shut-none"
echoes 'threads: UNIX' hello "UNIX-CONNECT:$sock"
kill -USR1 $pid
ok 'threads: SIGUSR1' poll grep -q \
	'echo-server: 13 connections ([0-9]* open), 1 datagram, 34 bytes echoed' "$tmp/threads.err"
kill -HUP $pid
echoes 'threads: SIGHUP does nothing' x "TCP4:${tcp% tcp}"
stop $pid
same 'threads: end by the signal' 143 $status
same 'threads: counters' 'netipc echo-server: 14 connections, 1 datagram, 35 bytes echoed' \
	"$(tail -n 1 "$tmp/threads.err")"
same 'threads: lines' 28 "$(grep -c 'connected from' "$tmp/threads.out")"
[ ! -e "$sock" ]
same 'threads: the socket file is removed' 0 $?

# A second signal ends all threads while they drain
serve second -T 2 --drain 600 127.0.0.1:0
head -c 30000000 /dev/zero | socat -u - "TCP4:$ready" >/dev/null 2>&1 &
client=$!
pids="$pids $client"
poll grep -q connected "$tmp/second.out"
kill $pid
refused() {
	! socat -u OPEN:/dev/null "TCP4:$ready" 2>/dev/null
}
ok 'a second signal: listens no longer' poll refused
kill $pid
wait $pid
same 'a second signal' 143 $?
kill $client 2>/dev/null

# The lecture's server, a process a connection
serve fork --model fork 127.0.0.1:0
echoes 'fork' hello "TCP4:$ready"
echoes 'fork: again' hello "TCP4:$ready"
stop $pid
same 'fork: ends by the signal' 143 $status
same 'fork: counters' 'netipc echo-server: 2 connections' "$(cat "$tmp/fork.err")"
serve orphan --model fork --drain 200ms 127.0.0.1:0
mkfifo "$tmp/held"
netipc echo-client "$ready" <"$tmp/held" >"$tmp/held.out" 2>/dev/null &
client=$!
pids="$pids $client"
exec 8>"$tmp/held"
echo hello >&8
ok 'fork: a connection that stays' poll grep -q hello "$tmp/held.out"
stop $pid
wait $client
same 'fork: it is cut off at the end' 1 $?
exec 8>&-
same 'fork: and counted' 'netipc echo-server: 1 connection, 1 cut off' "$(cat "$tmp/orphan.err")"
t 'fork: one address' 2 '' '*--model=fork serves one address, of a stream' \
	echo-server --model fork 127.0.0.1:0 127.0.0.2:0
t 'fork: UDP' 2 '' '*--model=fork serves one address, of a stream' \
	echo-server --model fork -u 127.0.0.1:0
t 'fork: threads' 2 '' '*--model=fork has no threads*' echo-server --model fork -T 2 0
t 'fork: metrics' 2 '' '*--model=fork has no --stats and no --metrics*' \
	echo-server --model fork --metrics "$tmp/m" 0

# Socket options
serve sockopt --sockopt so_rcvbuf=8192 --sockopt TCP_NODELAY=off --busy-poll 1ms -u --tcp \
	127.0.0.1:0
address=$(line sockopt 1)
echoes 'sockopt' hello "TCP4:${address% tcp}"
stop $pid
t 'sockopt: no such option' 2 '' '*--sockopt: no option "so_rcvbux"; did you mean "SO_RCVBUF"?' \
	echo-server --sockopt so_rcvbux=1 127.0.0.1:0
t 'sockopt: no value' 2 '' '*--sockopt: "so_rcvbuf" is not NAME=VALUE' \
	echo-server --sockopt so_rcvbuf 127.0.0.1:0
t 'sockopt: another kind' 2 '' '*--sockopt: no socket here has TCP_NODELAY' \
	echo-server -u --sockopt nodelay=1 127.0.0.1:0
t 'sockopt: refused' 3 '' '*setsockopt IP_TTL: Invalid argument' \
	echo-server --sockopt ip_ttl=300 127.0.0.1:0

# Sockets that were opened by another
if command -v systemd-socket-activate >/dev/null && ! emulated; then
	systemd-socket-activate -l "$tmp/active" "$NETIPC" echo-server \
		>"$tmp/active.out" 2>"$tmp/active.err" </dev/null &
	pid=$!
	pids="$pids $pid"
	poll [ -S "$tmp/active" ]
	echoes 'activation' hello "UNIX-CONNECT:$tmp/active"
	ok 'activation: ready' grep -q "^ready unix:$tmp/active" "$tmp/active.out"
	stop $pid
	same 'activation: ends by the signal' 143 $status
else
	left_out 'activation' 'systemd-socket-activate is not installed, or would be emulated'
fi
# Descriptors of each kind, as another process hands them over
cat >"$tmp/hand.py" <<-'END'
	import os, socket, sys
	kind, command = sys.argv[1], sys.argv[2:]
	peer = None
	def tcp():
	    s = socket.socket()
	    s.bind(("127.0.0.1", 0))
	    return s
	def udp():
	    s = socket.socket(type=socket.SOCK_DGRAM)
	    s.connect(("127.0.0.1", 7))
	    return s
	if kind in ("stream", "seqpacket"):
	    s, peer = socket.socketpair(type=getattr(socket, "SOCK_" + kind.upper()))
	else:
	    s = { "tcp": tcp, "udp": udp, "file": lambda: open("/dev/null"),
	          "pipe": lambda: os.fdopen(os.pipe()[0]) }[kind]()
	    os.dup2(s.fileno(), 3)
	if peer:
	    pid = os.fork()
	    if pid:
	        s.close()
	        peer.settimeout(20)
	        for data in (b"hello", b"again"):
	            peer.send(data)
	            assert peer.recv(100) == data, data
	        peer.close()
	        os.waitpid(pid, 0)
	        print("returned")
	        sys.exit(0)
	    os.dup2(s.fileno(), 3)
	    peer.close()
	os.set_inheritable(3, True)
	os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
	os.execvp(command[0], command)
END
# handed KIND - what the server does with such a descriptor
handed() {
	timeout 60 python3 "$tmp/hand.py" "$1" "$NETIPC" echo-server -q >"$tmp/handed" 2>"$tmp/handed.err"
}
if command -v python3 >/dev/null && command -v timeout >/dev/null && ! emulated; then
	for kind in stream seqpacket; do
		handed $kind
		same "handed over, $kind" "0 returned" "$? $(tail -n 1 "$tmp/handed")$(tail -n 1 "$tmp/handed.err")"
	done
	for kind in file pipe; do
		handed $kind
		same "handed over, a $kind: status" 2 $?
		same "handed over, a $kind" 'netipc echo-server: descriptor 3 is no socket' \
			"$(cat "$tmp/handed.err")"
	done
	handed udp
	same 'handed over, datagrams with a peer: status' 2 $?
	same 'handed over, datagrams with a peer' \
		'netipc echo-server: descriptor 3 is a datagram socket with a peer: hand over one without' \
		"$(cat "$tmp/handed.err")"
	handed tcp
	same 'handed over, not listening: status' 2 $?
	same 'handed over, not listening' \
		'netipc echo-server: descriptor 3 neither listens nor is connected' \
		"$(cat "$tmp/handed.err")"
else
	left_out 'handed over' 'python3 or timeout is not installed, or would be emulated'
fi
LISTEN_PID=x LISTEN_FDS=1 t 'activation: no number' 2 '' '*LISTEN_PID*' echo-server
LISTEN_PID=1 LISTEN_FDS=1 t 'activation: for another' 2 '' '*an operand is missing*' echo-server

# Whoever started it is told
socat -u "UNIX-RECV:$tmp/notify" "OPEN:$tmp/told,creat" &
notified=$!
pids="$pids $notified"
poll [ -S "$tmp/notify" ]
NOTIFY_SOCKET=$tmp/notify
export NOTIFY_SOCKET
serve notify 127.0.0.1:0
ok 'notify: ready' poll grep -q READY=1 "$tmp/told"
stop $pid
ok 'notify: stopping' poll grep -q STOPPING=1 "$tmp/told"
NOTIFY_SOCKET=relative
t 'notify: no address' 2 '*' '*NOTIFY_SOCKET: "relative" is no UNIX address' \
	echo-server 127.0.0.1:0
unset NOTIFY_SOCKET
kill $notified
done_testing
