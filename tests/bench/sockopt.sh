#!/bin/sh
# SPDX-License-Identifier: MIT
# sockopt.sh - what the verbs of netipc sockopt cost, beside ss and gdb; called by make bench
#
# SOCKOPT_ROWS chooses among the rows at the end of this file.  SOCKETS (10000) are held by one
# process, which show and ss look at SHOW_ROUNDS (9) times, in turn; set and gdb have SET_ROUNDS
# (9); the median from start to exit is compared.  exec: the time of socket, connect and close
# of a client, alone and below sockopt exec, that connects to a server of another process.
# ROUNDS (60) runs of CONNECTS (100) alternate; the fastest quarter of each counts, for what else
# runs on the machine can only add.  Beside them: what it costs that a connect is held at all, with
# no work, and with the socket's descriptor copied (held.c).
#
# All is in namespaces of network and processes, so that both tools find the same, and end with
# them.  Where that is allowed the session gets the highest priority of the scheduler's groups.
set -eu
: "${NETIPC:?run by make bench}" "${FORCED:?run by make bench}"
if [ "${SOCKOPT_INSIDE-}" = '' ]; then
	for way in 'unshare -npf --mount-proc --kill-child' \
		'unshare -rnpf --mount-proc --kill-child'; do
		if $way true 2>/dev/null; then
			SOCKOPT_INSIDE=1
			export SOCKOPT_INSIDE
			exec $way sh "$0"
		fi
	done
	echo 'sockopt: left out, no namespaces can be made here'
	exit 0
fi
sockets=${SOCKETS:-10000}
. "${srcdir:?run by make bench}/tests/bench/lib.sh"
nice=$(sed -n 's/.* nice //p' /proc/self/autogroup 2>/dev/null) || :
finish() {
	[ "$nice" = '' ] || { echo "$nice" >/proc/self/autogroup; } 2>/dev/null || :
	rm -rf "$data"
}

# hold N - a process with N sockets: PID and DESCRIPTOR of a connection; release ends it
hold() {
	rm -f "$data/end"
	mkfifo "$data/end"
	"$bench/live" hold "$1" <"$data/end" >"$data/held" &
	holder=$!
	exec 9>"$data/end"
	left=300
	until grep -q '^ready ' "$data/held"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] && kill -0 "$holder" 2>/dev/null || return 1
		sleep 0.1
	done
	pid=$(cut -d ' ' -f 2 "$data/held")
	descriptor=$(cut -d ' ' -f 3 "$data/held")
}

release() {
	exec 9>&-
	wait "$holder" || :
}

# race ROUNDS - measures the lines of commands, whose labels are in table
race() {
	"$bench/spawn" "$1" <"$data/commands" | cut -f 1-3 | paste - "$data/table" >"$data/result"
	awk -F '\t' '
		NR == 1 { print "  median ms      least     CPU ms   x the first" }
		{
			if (NR == 1)
				first = $1
			printf "%11.2f %10.2f %10.2f %13.2f  %s\n", $1 / 1e3, $2 / 1e3, $3 / 1e3,
				$1 / first, $4
		}' "$data/result"
}

# within LIMIT LABEL - its median is at most LIMIT times that of the first
within() {
	awk -F '\t' -v limit="$1" -v label="$2" '
		NR == 1 { first = $1; name = $4 }
		$4 == label {
			printf "%d %s: at most %s x %s, got %.2f\n", ($1 / first <= limit), label,
				limit, name, $1 / first
		}' "$data/result" >"$data/bar"
	judge "$(cut -d ' ' -f 1 "$data/bar")" "$(cut -d ' ' -f 2- "$data/bar")"
}

# add LABEL COMMAND
add() {
	printf '%s\n' "$1" >>"$data/table"
	printf '%s\n' "$2" >>"$data/commands"
}

# contest TITLE
contest() {
	echo
	echo "$1"
	: >"$data/table"
	: >"$data/commands"
}

# The rows

show() {
	contest "$sockets TCP sockets of one process, with their text"
	have ss || return 0
	if ! hold "$sockets"; then
		say 'left out: so many sockets may not be opened'
		return 0
	fi
	say "sockets: ss has $(ss -tanoiempH | grep -c "pid=$pid,")," \
		"netipc $("$NETIPC" sockopt show "$pid" | grep -c "\\[$pid\\] fd ")"
	add 'ss -tanoiempH' 'ss -tanoiempH'
	add 'sockopt show' "$NETIPC sockopt show $pid"
	add 'sockopt show -a' "$NETIPC sockopt show -a $pid"
	race "${SHOW_ROUNDS:-9}"
	within 1.0 'sockopt show'
	within 2.0 'sockopt show -a'

	echo
	echo 'a foreign socket is held, one thread: us'
	"$bench/live" held "$pid" >"$data/result"
	awk -F '\t' '
		NR == 1 { print "    sockets     median        p99       most" }
		{ printf "%11d %10.1f %10.1f %10.1f  %s\n", $1, $2, $3, $4, $5 }' "$data/result"
	awk -F '\t' '{ printf "%d %s: at most 100 us at p99, got %.1f\n", ($3 <= 100), $5, $3 }' \
		"$data/result" >"$data/held"
	while read -r reached text; do
		judge "$reached" "$text"
	done <"$data/held"
	release
}

# switches - how often the process PID has given up or lost the processor
switches() {
	awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$pid/status"
}

# changes LABEL COMMAND... - runs it; tells if SO_KEEPALIVE is on then, and what PID did meanwhile
changes() {
	label=$1
	shift
	"$NETIPC" sockopt set "$pid:$descriptor" SO_KEEPALIVE=off >"$data/said" 2>&1
	before=$(switches)
	"$@" >"$data/said" 2>&1 || :
	moved=$(($(switches) - before))
	say "$label: SO_KEEPALIVE is $("$NETIPC" sockopt get "$pid:$descriptor" SO_KEEPALIVE)," \
		"the process ran $moved times meanwhile"
}

set_one() {
	contest 'one option set on a live connection'
	have gdb || return 0
	hold 3 || return 0
	call="call (int)setsockopt($descriptor, 1, 9, \"\\1\\0\\0\", 4)"
	changes 'gdb -p' gdb -nx -batch -p "$pid" -ex "$call"
	changes 'sockopt set' "$NETIPC" sockopt set "$pid:$descriptor" SO_KEEPALIVE=on
	judge "$((moved == 0))" "sockopt set: the process is not stopped, got $moved switches"
	add 'sockopt set' "$NETIPC sockopt set $pid:$descriptor SO_KEEPALIVE=on"
	add 'gdb -p' "!exec gdb -nx -batch -p $pid -ex '$call' 2>&1"
	race "${SET_ROUNDS:-9}"
	awk -F '\t' '
		NR == 1 { ours = $1 }
		NR == 2 { printf "%d at least 50 x gdb -p, got %.1f\n", ($1 / ours >= 50), $1 / ours }
		' "$data/result" >"$data/bar"
	judge "$(cut -d ' ' -f 1 "$data/bar")" "$(cut -d ' ' -f 2- "$data/bar")"
	release
}

# client KIND COMMAND... - one run: "KIND NANOSECONDS"
client() {
	_kind=$1
	shift
	printf '%s %s\n' "$_kind" "$("$@" "$FORCED" "to:$port" "many:${CONNECTS:-100}")"
}

exec_cost() {
	contest 'exec: socket, connect and close'
	"$NETIPC" echo-server 127.0.0.1:0 >"$data/server" 2>&1 &
	server=$!
	left=100
	until grep -q '^ready ' "$data/server"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || exit 1
		sleep 0.05
	done
	port=$(sed -n 's/^ready .*://p' "$data/server" | head -n 1)
	prefer
	i=0
	while [ "$i" -lt "${ROUNDS:-60}" ]; do
		client plain env
		client 'held, goes on' "$bench/held" go
		client 'held, copied' "$bench/held" copy
		client 'exec' "$NETIPC" sockopt exec -q SO_KEEPALIVE=on TCP_USER_TIMEOUT=30s --
		client 'exec -S' "$NETIPC" sockopt exec -q -S SO_KEEPALIVE=on \
			TCP_USER_TIMEOUT=30s --
		i=$((i + 1))
	done >"$data/runs"
	kill "$server"
	sed 's/\(.*\) /\1\t/' "$data/runs" | sort -t "$(printf '\t')" -k 1,1 -k 2,2n | awk -F '\t' '
		{ runs[$1]++; time[$1, runs[$1]] = $2 }
		function quarter(kind) { return time[kind, int((runs[kind] + 3) / 4)] / 1000 }
		END {
			base = quarter("plain")
			printf "%.1f\t1\tplain\n", base
			n = split("held, goes on;held, copied;exec;exec -S", kinds, ";")
			for (i = 1; i <= n; i++)
				printf "%.1f\t%.3f\t%s\n", quarter(kinds[i]),
					quarter(kinds[i]) / base, kinds[i]
		}' >"$data/result"
	awk -F '\t' 'NR == 1 { print " us/connect  ratio" } { printf "%11.1f %6.2f  %s\n", $1, $2, $3 }' \
		"$data/result"
	awk -F '\t' '$3 ~ /^exec/ { printf "%d %s: at most 1.4 x plain, got %.2f\n", ($2 <= 1.4), $3, $2 }' \
		"$data/result" >"$data/held"
	while read -r reached text; do
		judge "$reached" "$text"
	done <"$data/held"
}

# prefer - each session of this namespace gets the highest priority
prefer() {
	for group in /proc/[0-9]*/autogroup; do
		{ echo -20 >"$group"; } 2>/dev/null || :
	done
}

"$NETIPC" --version | head -n 1
ip link set lo up
prefer
say "load: $(cut -d ' ' -f 1-3 /proc/loadavg), priority: $(cat /proc/self/autogroup 2>/dev/null || :)"
# shellcheck disable=SC3045 # where sh has no -n it stays as it is
ulimit -n "$(ulimit -H -n)" 2>/dev/null || :
for row in ${SOCKOPT_ROWS:-show set_one exec_cost}; do
	"$row"
done
echo
say "load: $(cut -d ' ' -f 1-3 /proc/loadavg)"
tally
