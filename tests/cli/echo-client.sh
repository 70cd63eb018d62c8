#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client: what is sent and returned, verdicts, formats, peers, time-outs
# shellcheck disable=SC2094 # the one waits for what the other writes
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq cmp

# client INPUT ARG... - the client with a file as its input; $status, $tmp/back, $tmp/err
client() {
	_input=$1
	shift
	netipc echo-client "$@" <"$_input" >"$tmp/back" 2>"$tmp/err"
	status=$?
}

# returns NAME INPUT ARG... - all of it comes back, without a word
returns() {
	_name=$1
	shift
	client "$@"
	if [ $status -eq 0 ] && cmp -s "$1" "$tmp/back" && [ ! -s "$tmp/err" ]; then
		pass "$_name"
	else
		fail "$_name: status $status, $(wc -c <"$tmp/back") bytes; $(cat "$tmp/err")"
	fi
}

# says NAME STATUS BACK STDERR-GLOB INPUT ARG...
says() {
	_name=$1 _status=$2 _back=$3 _err=$4
	shift 4
	client "$@"
	if [ $status -eq "$_status" ] && like "$_err" "$(cat "$tmp/err")" &&
		like "$_back" "$(head -c 100 "$tmp/back" | tr '\0' 0)"; then
		pass "$_name"
	else
		fail "$_name: status $status, wanted $_status; stderr: $(cat "$tmp/err")"
		echo "  wanted stderr: $_err; got back: $(head -c 100 "$tmp/back")"
	fi
}

# fake NAME ARG... - a socat server that runs ARG, with its port in $port
fake() {
	_log=$tmp/$1.log
	socat -d -d -t10 "TCP4-LISTEN:0,bind=127.0.0.1,fork" "$2" 2>"$_log" &
	pids="$pids $!"
	poll grep -q listening "$_log" || { fail "$1: socat: $(cat "$_log")"; exit 1; }
	port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$_log")
}

printf 'hello\nworld\n' >"$tmp/two"
printf 'hi papa\n' >"$tmp/papa"
: >"$tmp/empty"

# Addresses
start tcp echo-server -q 0
wait_ready tcp
port=${ready##*:}
returns 'HOST PORT' "$tmp/two" 127.0.0.1 "$port"
returns 'HOST:PORT' "$tmp/two" "127.0.0.1:$port"
returns 'a name' "$tmp/two" localhost "$port"
returns 'name:PORT' "$tmp/two" "localhost:$port"
returns '-4' "$tmp/two" -4 localhost "$port"
returns 'empty input' "$tmp/empty" 127.0.0.1 "$port"
if [ "$ready" != "0.0.0.0:$port" ]; then
	returns '[v6]:PORT' "$tmp/two" "[::1]:$port"
	returns 'v6 PORT' "$tmp/two" ::1 "$port"
	returns '-6' "$tmp/two" -6 ::1 "$port"
fi
says '-v' 0 '*' "netipc echo-client: local 127.0.0.1:[1-9]*
netipc echo-client: peer 127.0.0.1:$port*" "$tmp/two" -v 127.0.0.1 "$port"
if ! emulated && [ "$(uname -s)" = Linux ]; then
	says '-v: what TCP measured' 0 '*' '*TCP round trip * us, varies by * us; 0 segments sent again; *' \
		"$tmp/two" -v 127.0.0.1 "$port"
fi

# What is set on the socket
returns '--bind' "$tmp/two" --bind 127.0.0.1 127.0.0.1 "$port"
if [ "$(uname -s)" = Linux ]; then
	says '--bind: another one' 0 '*' '*local 127.0.0.9:*' "$tmp/two" -v --bind 127.0.0.9 \
		127.0.0.1 "$port"
fi
returns '--bind: the family of the name' "$tmp/two" --bind 127.0.0.1 localhost "$port"
says '--bind: not of this machine' 3 '' '*bind 192.0.2.1:0: *' "$tmp/two" --bind 192.0.2.1 \
	127.0.0.1 "$port"
says '--bind: another family' 1 '' '*the server has no address of the family of ::1' "$tmp/two" \
	--bind ::1 127.0.0.1 "$port"
says '--bind: no address' 2 '' '*--bind: *' "$tmp/two" --bind localhost 127.0.0.1 "$port"
returns '--tos: a name' "$tmp/two" --tos EF 127.0.0.1 "$port"
returns '--tos: a number' "$tmp/two" --tos 0x20 127.0.0.1 "$port"
says '--tos: neither' 2 '' '*--tos*' "$tmp/two" --tos x 127.0.0.1 "$port"
returns '--sockopt' "$tmp/two" --sockopt TCP_NODELAY=on --sockopt SO_SNDBUF=8192 127.0.0.1 "$port"
says '--sockopt: none' 2 '' '*--sockopt: *' "$tmp/two" --sockopt SO_NONSENSE=1 127.0.0.1 "$port"
says '--sockopt: bad value' 2 '' '*--sockopt: *' "$tmp/two" --sockopt SO_SNDBUF=x 127.0.0.1 "$port"
for mode in '--ping -c 2 -i 0' '--load -c 10 -n 2 -T 2' '--churn -c 4' '--check -t 20' '--flags'; do
	# shellcheck disable=SC2086 # options and their values
	netipc echo-client $mode --bind 127.0.0.1 --tos AF21 --sockopt SO_RCVBUF=65536 \
		127.0.0.1 "$port" >"$tmp/out" 2>"$tmp/err"
	same "$mode with --bind, --tos, --sockopt" '0 ' "$? $(cat "$tmp/err")"
	# shellcheck disable=SC2086
	netipc echo-client $mode --bind 192.0.2.1 127.0.0.1 "$port" >"$tmp/out" 2>"$tmp/err"
	ok "$mode with an address of others" [ $? -ne 0 ]
done

# All ways of a pipe: a large file, a pipe, a reader that comes late, a reader that goes
head -c 67108864 /dev/urandom >"$tmp/big"
returns '64 MiB' "$tmp/big" 127.0.0.1 "$port"
# shellcheck disable=SC2002 # a pipe is what is tested
cat "$tmp/big" | netipc echo-client 127.0.0.1 "$port" | { sleep 0.3; cmp - "$tmp/big"; }
same '64 MiB, a pipe on both sides' 0 $?
# As long as nobody reads what returns, the server cannot go on: that is not its silence.
{
	netipc echo-client -t 1 127.0.0.1 "$port" <"$tmp/big" 2>"$tmp/err"
	echo $? >"$tmp/status"
} | { sleep 2.5; cmp - "$tmp/big"; }
same '64 MiB, a reader that pauses for longer than the time-out' 0 $?
same 'a reader that pauses: status' '0 ' "$(cat "$tmp/status") $(cat "$tmp/err")"
[ "$(netipc echo-client 127.0.0.1 "$port" <"$tmp/big" | head -c 5 | wc -c)" -eq 5 ]
same 'the reader goes' 0 $?
netipc echo-client 127.0.0.1 "$port" <"$tmp/two" >/dev/full 2>"$tmp/err"
same 'full disk' 3 $?
same 'full disk: one line' 1 "$(wc -l <"$tmp/err")"
netipc echo-client 127.0.0.1 "$port" <&- >"$tmp/out" 2>"$tmp/err"
same 'closed standard input' 3 $?
says 'a directory as input' 3 '' '*standard input: Is a directory' "$tmp" 127.0.0.1 "$port"

# Records
input=$tmp/two
tj 'json' 0 '[.equal, .sent_bytes, .received_bytes, .lost, .datagrams, .error]' \
	'[true,12,12,null,null,null]' '' echo-client --json 127.0.0.1 "$port"
input=$tmp/two
tj 'json: names and times' 0 "[.peer, (.local | startswith(\"127.0.0.1:\")),
	(.connect_s | type), .elapsed_s >= .connect_s]" \
	"[\"127.0.0.1:$port\",true,\"number\",true]" '' echo-client -j 127.0.0.1 "$port"
input=$tmp/two
t 'csv' 0 "$(printf 'equal,sent_bytes,lost,error\r\ntrue,12,,\r')" '' \
	echo-client --csv -o equal,sent_bytes,lost,error 127.0.0.1 "$port"
input=$tmp/two
t 'tsv without heading' 0 'true	12' '' \
	echo-client --tsv -H -o equal,received_bytes 127.0.0.1 "$port"
input=$tmp/two
t 'table' 0 'EQUAL  SENT-BYTES
true           12' '' echo-client -o equal,sent_bytes 127.0.0.1 "$port"
stop $pid
tj 'json: no connection' 3 '[.equal, .peer, .sent_bytes, .error]' \
	"[null,null,0,\"connect 127.0.0.1:$port: Connection refused\"]" \
	"netipc echo-client: connect 127.0.0.1:$port: Connection refused" \
	echo-client --json 127.0.0.1 "$port"
t 'no connection' 3 '' "netipc echo-client: connect 127.0.0.1:$port: Connection refused" \
	echo-client -v 127.0.0.1 "$port"
t 'tsv: no such service' 2 \
	'	0	"no-such-service" is neither a port nor a service of this system' \
	'*neither a port nor*' \
	echo-client --tsv -H -o equal,sent_bytes,error 127.0.0.1 no-such-service
t 'table: no such service' 2 '' '*neither a port nor*' \
	echo-client -o equal,sent_bytes 127.0.0.1 no-such-service
tj 'json: a path that is too long' 2 '[.peer, (.error | length > 0)]' '[null,true]' \
	"*a socket's name has at most 107" \
	echo-client --json -U "$(head -c 200 /dev/zero | tr '\0' a)"
mkdir "$tmp/etc" # nobody but /etc/hosts is asked, where the libc can be told
echo 'hosts: files' >"$tmp/etc/nsswitch.conf"
echo '127.0.0.1 localhost' >"$tmp/etc/hosts"
if emulated || [ -z "$netns" ] || ! in_world "$tmp/etc" true 2>"$tmp/why"; then
	left_out 'json: no such name' 'no files can be put in place of those in /etc here'
else
	in_world "$tmp/etc" "$NETIPC" echo-client --json name.invalid 7 \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	ok 'json: no such name: status' [ $status -eq 1 -o $status -eq 3 ] # 3: no server answers
	same 'json: no such name' '[null,null,0,null,true]' "$(jq -c '[.peer, .equal,
		.sent_bytes, .elapsed_s, (.error | contains("name.invalid"))]' <"$tmp/out")"
	ok 'json: no such name: told' grep -q '^netipc echo-client: .*name.invalid' "$tmp/err"
fi
t 'json: no operand' 2 '' '*an operand is missing*' echo-client --json

# Servers that do not echo
fake tr "EXEC:tr a b"
says 'a byte differs' 1 'hi pbpb' \
	"netipc echo-client: 127.0.0.1:$port: offset 4 differs: sent 0x61, got 0x62" \
	"$tmp/papa" 127.0.0.1 "$port"
input=$tmp/papa
tj 'json: a byte differs' 1 '[.equal, .sent_bytes, .received_bytes, .error]' \
	"[false,8,8,\"127.0.0.1:$port: offset 4 differs: sent 0x61, got 0x62\"]" \
	'*offset 4 differs*' echo-client --json 127.0.0.1 "$port"
{ head -c 5000000 /dev/zero; printf a; head -c 5000000 /dev/zero; } >"$tmp/far"
says 'a byte differs, far out' 1 '*' \
	'*: offset 5000000 differs: sent 0x61, got 0x62' "$tmp/far" 127.0.0.1 "$port"
same 'all of it is printed' 10000001 "$(wc -c <"$tmp/back")"
fake head 'EXEC:head -c 5'
says 'bytes are missing' 1 'hi pa' '*: 3 of 8 bytes are missing from offset 5 on' \
	"$tmp/papa" 127.0.0.1 "$port"
fake drop 'EXEC:tr -d x'
head -c 20000000 /dev/zero | tr '\0' x >"$tmp/many" # more than is kept: it waits, then gives up
says 'nothing returns' 3 '' "*127.0.0.1:$port returns nothing for 0.5 s" "$tmp/many" \
	-t 0.5 127.0.0.1 "$port"
fake more "SYSTEM:cat; echo more"
says 'bytes are too many' 1 'hi papa
more' '*: offset 8 differs: got 0x6d, which was not sent' "$tmp/papa" 127.0.0.1 "$port"
fake close SYSTEM:true
mkfifo "$tmp/open"
{ poll [ -e "$tmp/closed" ]; } >"$tmp/open" &
pids="$pids $!"
says 'closed before the end' 1 '' "*127.0.0.1:$port closed the connection before the end of \
the input; 0 of 0 bytes are missing" "$tmp/open" 127.0.0.1 "$port"
: >"$tmp/closed"
start silent echo-server -q 127.0.0.1:0
wait_ready silent
kill -s STOP $pid # its kernel goes on taking connections
says '--timeout: silence' 3 '' "*$ready returns nothing for 0.3 s" "$tmp/two" \
	--timeout 0.3 "$ready"
input=$tmp/two
tj 'json: silence' 3 '[.equal, .sent_bytes, .received_bytes, .error]' \
	"[null,12,0,\"$ready returns nothing for 0.3 s\"]" '*returns nothing*' \
	echo-client --json -t 0.3 "$ready"
kill -s CONT $pid
stop $pid
# What differed is told too, and no more than was sent is waited for.
fake tr-lasting 'SYSTEM:tr a b; exec sleep 5'
says 'a difference, then no end' 3 'hi pbpb' \
	"*127.0.0.1:$port: offset 4 differs: sent 0x61, got 0x62
*127.0.0.1:$port does not close the connection for 0.3 s" "$tmp/papa" -t 0.3 127.0.0.1 "$port"
input=$tmp/papa
tj 'json: a difference, then no end' 3 '[.equal, .error]' \
	"[false,\"127.0.0.1:$port: offset 4 differs: sent 0x61, got 0x62; \
127.0.0.1:$port does not close the connection for 0.3 s\"]" '*' \
	echo-client --json -t 0.3 127.0.0.1 "$port"
fake greet 'SYSTEM:echo 220; exec cat'
{ echo a; sleep 1.5; echo b; } |
	netipc echo-client -t 0.5 127.0.0.1 "$port" >"$tmp/back" 2>"$tmp/err"
same 'a greeting, a pause: status' 1 $?
same 'a greeting, a pause' '220 a b' "$(tr '\n' ' ' <"$tmp/back" | sed 's/ $//')"
ok 'a greeting, a pause: told' like '*: offset 0 differs: *' "$(cat "$tmp/err")"
fake lasting 'SYSTEM:cat; exec sleep 5'
says '--timeout: no end' 3 'hello
world' "*127.0.0.1:$port does not close the connection for 0.3 s" "$tmp/two" \
	--timeout 300ms 127.0.0.1 "$port"

# A signal: the record is printed, then it dies
mkfifo "$tmp/quiet"
{ echo hello; poll [ -e "$tmp/over" ]; } >"$tmp/quiet" &
pids="$pids $!"
$NETIPC_EXEC "$NETIPC" echo-client -v --json 127.0.0.1 "$port" <"$tmp/quiet" >"$tmp/signal.out" \
	2>"$tmp/signal.err" &
pid=$!
pids="$pids $pid"
poll grep -q peer "$tmp/signal.err"
sleep 0.1
stop $pid
: >"$tmp/over"
same 'a signal' 143 $status
same 'a signal: the record' "[\"127.0.0.1:$port\",null]" \
	"$(jq -c '[.peer, .equal]' <"$tmp/signal.out")"

# Peers: inetd's way is socat's; nc serves one connection
if command -v nc >/dev/null && nc -h 2>&1 | grep -q OpenBSD; then
	mkfifo "$tmp/loop"
	nc -N -l -v 127.0.0.1 0 <"$tmp/loop" 2>"$tmp/nc.log" | cat >"$tmp/loop" &
	pids="$pids $!"
	poll grep -q 'Listening' "$tmp/nc.log"
	port=$(sed -n 's/^Listening on .* \([0-9]*\)$/\1/p' "$tmp/nc.log")
	: >"$tmp/nc.back"
	# nc does not return what is on its way when it sees the end: that comes later here
	{ cat "$tmp/two"; poll cmp "$tmp/two" "$tmp/nc.back"; } |
		netipc echo-client 127.0.0.1 "$port" >"$tmp/nc.back"
	same 'nc -l: status' 0 $?
	ok 'nc -l' cmp "$tmp/two" "$tmp/nc.back"
fi
fake cat EXEC:cat
returns 'socat EXEC:cat' "$tmp/two" 127.0.0.1 "$port"
head -c 4194304 "$tmp/big" >"$tmp/four"
returns 'socat EXEC:cat, 4 MiB' "$tmp/four" 127.0.0.1 "$port"

# A server that returns all, and sends a byte as urgent data in between
if command -v perl >/dev/null; then
	perl -MSocket -e '
		socket(S, PF_INET, SOCK_STREAM, 0) and bind(S, pack_sockaddr_in(0, INADDR_LOOPBACK)) and
			listen(S, 5) or die;
		$| = 1; print "ready ", (unpack_sockaddr_in(getsockname(S)))[0], "\n";
		for (1, 2) {
			accept(C, S); sysread(C, $b, 8);
			send(C, "ab", 0); send(C, "!", MSG_OOB); send(C, "cd\n", 0); close(C);
		}' >"$tmp/urgent.out" &
	pids="$pids $!"
	wait_ready urgent
	echo abcd >"$tmp/abcd"
	returns 'urgent data, a file' "$tmp/abcd" 127.0.0.1 "$ready"
	netipc echo-client -t 60 127.0.0.1 "$ready" <"$tmp/abcd" 2>"$tmp/err" | cat >"$tmp/back"
	same 'urgent data, a pipe' abcd "$(cat "$tmp/back" "$tmp/err")"
else
	left_out 'urgent data' 'perl is not installed'
fi

# UDP
start udp echo-server -q -u 127.0.0.1:0
wait_ready udp
port=${ready##*:}
returns 'udp' "$tmp/two" -u 127.0.0.1 "$port"
returns 'udp: HOST:PORT' "$tmp/papa" -u "127.0.0.1:$port"
returns 'udp: empty input' "$tmp/empty" -u 127.0.0.1 "$port"
{ head -c 5000 /dev/zero | tr '\0' x; printf '\n\nend'; } >"$tmp/long"
returns 'udp: a long line' "$tmp/long" -u 127.0.0.1 "$port"
input=$tmp/long
tj 'udp: json' 0 '[.equal, .datagrams, .lost, .late, .sent_bytes]' '[true,6,0,0,5005]' '' \
	echo-client -uj 127.0.0.1 "$port"
stop $pid
says 'udp: nobody listens' 3 '' "*send to 127.0.0.1:$port: Connection refused" "$tmp/two" \
	-u 127.0.0.1 "$port"
input=$tmp/two
tj 'udp: json: nobody listens' 3 '[.equal, .received_bytes, (.error | length > 0)]' \
	'[null,0,true]' '*Connection refused' echo-client -uj 127.0.0.1 "$port"
# udp_fake NAME COMMAND - a server that answers each line by what COMMAND makes of it
udp_fake() {
	socat -d -d "UDP4-LISTEN:0,bind=127.0.0.1" "$2" 2>"$tmp/$1.log" &
	pids="$pids $!"
	poll grep -q listening "$tmp/$1.log"
	port=$(sed -n 's/.*listening on UDP .*:\([0-9]*\)$/\1/p' "$tmp/$1.log" | head -n 1)
}
printf 'one\ntwo\nthree\nfour\n' >"$tmp/count"
udp_fake udp-drop 'EXEC:grep --line-buffered -v two'
if [ -n "$port" ]; then
	says 'udp: one is lost' 1 'one
three
four' "*127.0.0.1:$port: 1 of 4 datagrams had no answer" "$tmp/count" -t 2 -u 127.0.0.1 "$port"
	udp_fake udp-tr 'EXEC:sed -u s/thr/THR/'
	says 'udp: one differs' 1 'one
two
THRee
four' '*: offset 8 differs: sent 0x74, got 0x54' "$tmp/count" -t 60 -u 127.0.0.1 "$port"
else
	fail 'udp: socat tells no port'
fi

# UNIX
sock=$tmp/s
start unix echo-server -q -U "$sock"
wait_ready unix
returns 'unix' "$tmp/two" --unix "$sock"
returns 'unix: 64 MiB' "$tmp/big" -U "unix:$sock"
says 'unix -v' 0 '*' "*local unix:
*peer unix:$sock" "$tmp/two" -v -U "$sock"
stop $pid
says 'unix: nobody' 3 '' "*connect unix:$sock: No such file or directory" "$tmp/two" -U "$sock"

# A terminal: line by line, and what could act on it made visible
if command -v script >/dev/null && ! emulated; then
	start tty echo-server -q 127.0.0.1:0
	wait_ready tty
	{ printf 'type\033]0;me\n'; poll grep -q 'x1b' "$tmp/typed"; printf '\004'; } |
		script -q -e -c "'$NETIPC' echo-client $ready" "$tmp/script" >"$tmp/typed" 2>&1
	same 'terminal: status' 0 $?
	ok 'terminal: escaped' grep -q '^type.x1b]0;me' "$tmp/typed"
	stop $pid
fi

# Usage
t 'unix and --bind' 2 '' '*--bind is for IP*' echo-client --bind 127.0.0.1 -U /s
t 'unix and --tos' 2 '' '*--tos is for IP*' echo-client --tos EF -U /s
t 'no operand' 2 '' '*an operand is missing*' echo-client
t 'no port' 2 '' '*host or port is missing*' echo-client localhost
t 'no host' 2 '' '*host or port is missing*' echo-client :7
t 'v6 alone' 2 '' '*no port*' echo-client ::1
t 'three operands' 2 '' '*unexpected operand "3"*' echo-client 1 2 3
t 'bad port' 2 '' '*port "70000"*' echo-client 127.0.0.1 70000
t 'bad address' 2 '' '*leading zero*' echo-client 010.0.0.1 7
t 'bad time' 2 '' '*' echo-client -t x 127.0.0.1 7
t 'unix and udp' 2 '' '*exclude each other*' echo-client -u -U /s
t 'unix and operand' 2 '' '*unexpected operand*' echo-client -U /s 127.0.0.1
t 'unix: long path' 2 '' "*a socket's name has at most 107" \
	echo-client -U "$(head -c 200 /dev/zero | tr '\0' a)"
done_testing
