#!/bin/sh
# SPDX-License-Identifier: MIT
# echo.sh - netipc echo-server and echo-client beside other servers and clients; make bench
#
# ECHO_ROUNDS (5) is how often each is measured, ECHO_SECONDS (0.5) for how long, ECHO_CPUS
# ("0 1") the two processors: the servers are on the first; ECHO_ROWS which of the rows at the
# end of this file.
#
# All is on loopback, in namespaces: with them end all processes.  Where that is allowed this
# session and that of each server get the highest priority of the scheduler's groups, or what else
# the machine does decides.  All servers run, idle, and in each round each one is measured once, so
# that the rest hits all alike; the figure is the median.  Each server has to return 64 MiB to a
# late reader first, also after the half-close: one that does not is shown with a star and is no
# rival.  What is not installed is left out.
set -eu
: "${NETIPC:?run by make bench}" "${builddir:?run by make bench}" "${srcdir:?run by make bench}"
if [ "${ECHO_INSIDE-}" = '' ]; then
	for way in 'unshare -npf --mount-proc --kill-child' \
		'unshare -rnpf --mount-proc --kill-child'; do
		if $way true 2>/dev/null; then
			ECHO_INSIDE=1
			export ECHO_INSIDE
			exec $way sh "$0"
		fi
	done
	echo 'echo: left out, no network namespace can be made here'
	exit 0
fi

rounds=${ECHO_ROUNDS:-5} seconds=${ECHO_SECONDS:-0.5}
# shellcheck disable=SC2086 # two words
set -- ${ECHO_CPUS:-0 1}
server_cpu=$1 client_cpu=${2-}
srcdir=$(cd "$srcdir" && pwd)
builddir=$(cd "$builddir" && pwd)
tool=$builddir/tests/bench/echo
. "${srcdir:?run by make bench}/tests/bench/lib.sh"
nice=$(sed -n 's/.* nice //p' /proc/self/autogroup 2>/dev/null) || :
finish() {
	[ "$nice" = '' ] || { echo "$nice" >/proc/self/autogroup; } 2>/dev/null || :
	rm -rf "$data"
}
cd "$data"
: >broken

# serve NAME PORT COMMAND... - starts a server on the first processor
serve() {
	eval "port_$1=$2"
	log=$1.log
	shift 2
	taskset -c "$server_cpu" "$@" >"$log" 2>&1 &
}

# prefer - each session of this namespace gets the highest priority; a daemon may have its own
prefer() {
	for group in /proc/[0-9]*/autogroup; do
		{ echo -20 >"$group"; } 2>/dev/null || :
	done
}

# await NAME - until its port takes a connection
await() {
	port=
	eval "port=\$port_$1"
	tries=0
	until "$NETIPC" echo-client --ping -q -c 1 127.0.0.1 "$port" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ]; then
			say "left out: $1 does not answer: $(head -n 1 "$1.log")"
			return 1
		fi
		sleep 0.1
	done
}

# whole NAME - it returns all bytes to a reader that is late; noted if not
whole() {
	eval "port=\$port_$1"
	# shellcheck disable=SC2094 # the file is not written
	timeout 10 "$NETIPC" echo-client -t 3 127.0.0.1 "$port" <bytes 2>"$1.err" | {
		sleep 0.3
		cat
	} >got || :
	if cmp -s bytes got; then
		say "all bytes are returned: $1"
	else
		say "WRONG: $1 returned $(wc -c <got) of $(wc -c <bytes) bytes: $(head -n 1 "$1.err")"
		echo "$1" >>broken
	fi
	rm -f got
}

# contest TITLE - what add names from now on is measured together
contest() {
	echo
	echo "$1"
	: >table
}

# add LABEL COMMAND - COMMAND, a line for sh, prints a figure, the first field is taken
add() {
	printf '%s\t%s\n' "$1" "$2" >>table
}

# started NAME - its server runs, so that it can be measured
started() {
	case " $servers " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# race UNIT SCALE - measures, and prints the medians divided by SCALE; the first is ours
race() {
	: >figures
	round=0
	while [ "$round" -lt "$rounds" ]; do
		round=$((round + 1))
		while IFS='	' read -r label line; do
			figure=$(timeout 30 sh -c "$line" 2>>errors </dev/null) || :
			printf '%s\t%s\n' "${figure:-0}" "$label" >>figures
		done <table
	done
	awk -F '\t' -v OFS='\t' '
		NR == FNR { order[++n] = $1; next }
		{ label = $NF; all[label, ++count[label]] = $1 + 0 }
		END {
			for (i = 1; i <= n; i++) {
				label = order[i]
				m = count[label]
				for (j = 2; j <= m; j++)
					for (k = j; k > 1 && all[label, k] < all[label, k - 1]; k--) {
						t = all[label, k]
						all[label, k] = all[label, k - 1]
						all[label, k - 1] = t
					}
				print all[label, int((m + 1) / 2)], all[label, 1], all[label, m], label
			}
		}' table figures >result
	awk -F '\t' -v unit="$1" -v scale="$2" '
		BEGIN { getline name <"broken"; while (name != "") { bad[name] = 1; name = ""; getline name <"broken" } }
		NR == 1 {
			ours = $1
			printf "%12s %9s %9s %9s\n", unit, "least", "most", "netipc is"
		}
		{
			split($4, word, ",")
			printf "%12.2f %9.2f %9.2f %8.2fx  %s%s\n", $1 / scale, $2 / scale, $3 / scale,
				$1 ? ours / $1 : 0, $4, word[1] in bad ? " *" : ""
		}' result
}

# faster LIMIT LABEL [OURS] - OURS, else the first, has at least LIMIT times the figure of LABEL
faster() {
	awk -F '\t' -v limit="$1" -v label="$2" -v us="${3-}" '
		(us == "" && NR == 1) || $4 == us { ours = $1 }
		$4 == label { theirs = $1 }
		END {
			if (ours && theirs)
				printf "%d at least %s x %s, got %.2f", (ours / theirs >= limit), limit,
					label, ours / theirs
		}' result >bar
	[ ! -s bar ] || judge "$(cut -d ' ' -f 1 bar)" "$(cut -d ' ' -f 2- bar)"
}

# within PERCENT LABEL - the first, a time, is at most so much longer than that of LABEL
within() {
	awk -F '\t' -v percent="$1" -v label="$2" '
		NR == 1 { ours = $1 }
		$4 == label && $1 {
			more = (ours / $1 - 1) * 100
			printf "%d at most %s %% above %s, got %+.1f %%", (more <= percent), percent,
				label, more
		}' result >bar
	[ ! -s bar ] || judge "$(cut -d ' ' -f 1 bar)" "$(cut -d ' ' -f 2- bar)"
}

# client CPU COLUMN NAME OPTION... - the line that prints COLUMN of the load on server NAME
client() {
	cpu=$1 column=$2
	eval "port=\$port_$3"
	shift 3
	echo "taskset -c $cpu '$NETIPC' echo-client -d ${seconds}s -H --tsv -o $column $* 127.0.0.1 $port"
}

# each CPU COLUMN NAMES OPTION... - adds the load on each of NAMES that runs
each() {
	at=$1 column=$2 names=$3
	shift 3
	for name in $names; do
		! started "$name" || add "$name" "$(client "$at" "$column" "$name" "$@")"
	done
}

# Servers

prepare() {
	ip link set lo up
	sysctl -qw net.ipv4.ip_local_port_range='10000 65000' 2>/dev/null || :
	sysctl -qw net.ipv4.tcp_tw_reuse=1 net.core.somaxconn=4096 2>/dev/null || :
	if { echo -20 >/proc/self/autogroup; } 2>/dev/null; then
		say "priority of the session: $(cat /proc/self/autogroup)"
	else
		say 'the session has the usual priority: what else runs here decides too'
	fi
	# shellcheck disable=SC3045 # where sh has no -n it stays as it is
	ulimit -n "$(ulimit -H -n)" 2>/dev/null || :
	descriptors=$(awk '/^Max open files/ { print $4 }' /proc/self/limits)
	head -c 67108864 /dev/urandom >bytes
}

start() {
	servers=
	serve netipc 7001 "$NETIPC" echo-server -q -b 1024 127.0.0.1:7001
	serve fork 7002 "$tool" fork 7002
	serve loop 7102 "$tool" loop 7102
	serve netipc_udp 7101 "$NETIPC" echo-server -q --udp 127.0.0.1:7101
	! have socat || serve socat 7003 socat TCP-LISTEN:7003,bind=127.0.0.1,fork,reuseaddr,backlog=1024,nodelay PIPE
	! have ncat || serve ncat 7004 ncat -k -l 127.0.0.1 7004 -m 100 --exec "$(command -v cat)"
	! have node || serve node 7005 node "$srcdir/tests/bench/echo.js" 7005 7105
	if have go && GOCACHE=$data/go go build -o echo_go "$srcdir/tests/bench/echo.go" 2>errors; then
		serve go 7006 ./echo_go 7006
	fi
	if ${CC:-cc} -O2 -o echo_ev "$srcdir/tests/bench/echo_ev.c" -lev 2>errors; then
		serve libev 7007 ./echo_ev 7007
	else
		say 'left out: libev is not installed'
	fi
	if have xinetd; then
		cat >xinetd.conf <<END
service echo
{
	type = INTERNAL UNLISTED
	id = echo-stream
	port = 7008
	bind = 127.0.0.1
	socket_type = stream
	protocol = tcp
	user = root
	wait = no
	instances = UNLIMITED
	cps = 100000 1
}
END
		serve xinetd 7008 xinetd -dontfork -f xinetd.conf -pidfile "$data/xinetd.pid"
	fi
	for name in ${ECHO_SERVERS:-netipc fork libev go node socat ncat xinetd}; do
		eval "port=\${port_$name-}"
		if [ "$port" != '' ] && await "$name"; then
			servers="$servers $name"
			whole "$name"
		fi
	done
	prefer
}

# The rows

one() {
	contest 'one connection, 64 B, one message at a time, both ends on one processor: messages/s'
	each "$server_cpu" rate "${ECHO_SERVERS:-netipc fork xinetd libev go node socat ncat}" --load
	race messages/s 1
	faster 0.95 fork
	faster 1.35 socat
	faster 1.6 ncat
}

spin() {
	[ "$client_cpu" != '' ] || return 0
	contest 'the same on two processors, busy polling: messages/s'
	if ! "$NETIPC" echo-server --help | grep -q -e --busy-poll; then
		say 'left out: echo-server has no --busy-poll'
		return 0
	fi
	# An idle server does not spin for longer than that.
	serve spinning 7009 "$NETIPC" echo-server -q --busy-poll 1ms 127.0.0.1:7009
	await spinning
	prefer
	add 'netipc, both spin' "$(client "$client_cpu" rate spinning --load --busy-poll 1s)"
	add 'two threads that spin' "'$tool' spin $seconds"
	for name in fork netipc libev socat; do
		! started "$name" || add "$name, the client spins" \
			"$(client "$client_cpu" rate "$name" --load --busy-poll 1s)"
	done
	add 'fork, both sleep' "$(client "$client_cpu" rate fork --load)"
	race messages/s 1
	faster 6 'fork, both sleep'
	faster 2.8 'fork, the client spins'
	faster 0.90 'two threads that spin'
}

many() {
	[ "$client_cpu" != '' ] || return 0
	contest '64 connections, 64 B: messages/s'
	each "$client_cpu" rate 'netipc libev go node socat ncat xinetd fork' --load -n 64
	add 'the floor' "taskset -c $client_cpu '$tool' floor tcp $seconds"
	race messages/s 1
	faster 0.83 'the floor'
	faster 0.95 libev
	faster 1.2 go
	faster 1.7 node
	faster 4.5 socat
	faster 5 ncat

	contest '512 connections, 64 B: messages/s'
	usual=$seconds # the time until all are connected counts
	seconds=$(awk -v s="$seconds" 'BEGIN { print s * 2 }')
	each "$client_cpu" rate 'netipc libev go node' --load -n 512
	add 'the floor' "taskset -c $client_cpu '$tool' floor tcp $seconds"
	seconds=$usual
	race messages/s 1
	faster 0.80 'the floor'
	faster 1.3 go
}

bulk() {
	[ "$client_cpu" != '' ] || return 0
	contest 'bulk, 8 connections, each way: GB/s'
	each "$client_cpu" bandwidth 'netipc fork libev go node socat xinetd' --bulk -n 8
	race GB/s 1e9
	faster 0.90 fork
	faster 1.9 node
	faster 5.5 socat
	faster 5.5 xinetd
}

churn() {
	[ "$client_cpu" != '' ] || return 0
	contest 'connect, one message, close: a second'
	each "$client_cpu" rate 'netipc libev go node fork socat' --churn
	add 'the floor' "taskset -c $client_cpu '$tool' floor connect $seconds"
	race a/s 1
	faster 0.90 libev
	faster 1.5 node
	faster 3 fork
	faster 7 socat
}

datagrams() {
	[ "$client_cpu" != '' ] || return 0
	contest 'UDP, 64 B, 64 on their way, a plain client: messages/s'
	plain="taskset -c $client_cpu '$tool' window"
	add netipc "$plain 7101 64 $seconds"
	add 'recvfrom, sendto' "$plain 7102 64 $seconds"
	! started node || add node "$plain 7105 64 $seconds"
	add 'the floor' "taskset -c $client_cpu '$tool' floor udp $seconds"
	race messages/s 1
	faster 0.88 'the floor'
	faster 1.05 'recvfrom, sendto'
	faster 2 node

	contest 'UDP, 64 B, 256 on their way: messages/s'
	add netipc "$(client "$client_cpu" rate netipc_udp --udp --load -p 256)"
	add 'recvfrom, sendto, the plain client' "$plain 7102 256 $seconds"
	add 'recvfrom, sendto, our client with 64' "$(client "$client_cpu" rate loop --udp --load -p 64)"
	race messages/s 1
	faster 20 'recvfrom, sendto, the plain client'
}

# pss PID - its proportional set size in bytes
pss() {
	awk '/^Pss:/ { print $2 * 1024 }' "/proc/$1/smaps_rollup"
}

idle() {
	contest '10000 idle connections: memory of the server, KiB each'
	if [ "$descriptors" -lt 10100 ]; then
		say "left out: only $descriptors descriptors are allowed"
		return 0
	fi
	serve crowd 7010 "$NETIPC" echo-server -q -b 4096 127.0.0.1:7010
	crowd=$!
	await crowd
	before=$(pss "$crowd")
	mkfifo end
	"$tool" hold 7010 10000 <end >held &
	exec 9>end
	tries=0
	until [ -s held ] || [ "$tries" -gt 300 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	after=$(pss "$crowd")
	exec 9>&-
	kill "$crowd"
	each=$(awk -v a="$before" -v b="$after" 'BEGIN { printf "%.3f", (b - a) / 1024 / 10000 }')
	[ -s held ] || each=99
	judge "$(awk -v e="$each" 'BEGIN { print e <= 0.1 }')" "at most 0.1 KiB, got $each"
}

pipes() {
	[ "$client_cpu" != '' ] || return 0
	contest '500 MB through a pipe and back, checksummed: GB/s'
	head -c 500000000 /dev/urandom >stream
	want=$(md5sum <stream)
	export want
	# The checksum would be what is measured: it is looked at once, and counted otherwise.
	for name in netipc nc socat ncat; do
		case $name in
		netipc) line="'$NETIPC' echo-client 127.0.0.1 7001" ;;
		nc) line="${NC:-nc.openbsd} -N 127.0.0.1 7001" ;;
		socat) line='socat -t 10 - TCP:127.0.0.1:7001' ;;
		ncat) line='ncat 127.0.0.1 7001' ;;
		esac
		eval "set -- $line"
		[ "$name" = netipc ] || have "$1" || continue
		if [ "$(timeout 30 sh -c "cat stream | taskset -c $client_cpu $line | md5sum")" != "$want" ]; then
			say "WRONG: $name does not bring all back"
			continue
		fi
		say "all bytes are brought back: $name"
		add "$name" "t=\$(date +%s%N); $line <stream | cat >/dev/null; u=\$(date +%s%N); echo \$((500000000 * 1000000000 / (u - t)))"
	done
	race GB/s 1e9
	rm -f stream
	faster 1.8 nc
	faster 2.5 socat
	faster 2.8 ncat
}

generator() {
	contest 'the client: median round trip against a blocking server on the same processor, us'
	add netipc "$(client "$server_cpu" p50_s fork --load) | awk '{ print \$1 * 1e6 }'"
	if have sockperf; then
		serve sockperf 7011 sockperf server --tcp -i 127.0.0.1 -p 7011
		sleep 0.5
		prefer
		add sockperf "taskset -c $server_cpu sockperf ping-pong --tcp -i 127.0.0.1 -p 7011 -t 1 -m 64 --full-rtt | sed -n 's/.*percentile 50.000 = *//p'"
	fi
	race us 1
	within 5 sockperf
	started netipc && have tcpkali || return 0
	head -c 65536 /dev/zero >message
	contest 'the client: bulk, 8 connections: GB/s'
	add netipc "$(client "$client_cpu" bandwidth netipc --bulk -n 8)"
	add tcpkali "taskset -c $client_cpu tcpkali -w 1 -c 8 -f message -T 1s 127.0.0.1:7001 | awk '/Aggregate bandwidth/ { gsub(/[^0-9.]/, \" \"); print \$1 * 1e6 / 8 }'"
	race GB/s 1e9
	faster 1.7 tcpkali
}

"$NETIPC" --version | head -n 1
say "load: $(cut -d ' ' -f 1-3 /proc/loadavg)"
prepare
start
for row in ${ECHO_ROWS:-one spin many bulk churn datagrams idle pipes generator}; do
	"$row"
done
echo
say "load: $(cut -d ' ' -f 1-3 /proc/loadavg)"
tally
