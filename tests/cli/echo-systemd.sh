#!/bin/sh
# SPDX-License-Identifier: MIT
# The units of systemd: what systemd says to them, and their command with sockets of
# systemd-socket-activate(1), in the sandbox and the network namespace that they ask for.
. "${srcdir:?run by make check}/tests/lib.sh"
need systemd-analyze systemd-socket-activate socat
units=${builddir:?run by make check}/packaging/systemd
service=$units/netipc-echo@.service
socket=$srcdir/packaging/systemd/netipc-echo@.socket
[ -e "$service" ] || skip 'configured without the units'

# In a namespace: the command of the unit. It sees a network that has nothing but its own loopback.
if [ $# -gt 0 ]; then
	command=$(sed -n 's/^ExecStart=[^ ]*netipc //p' "$service")
	emulated && command="$command --no-sandbox"

	# activate ARG... - in the background; $tmp/log tells what becomes of it
	activate() {
		rm -f "$tmp/log" "$tmp/told" # of the one before
		socat -u "UNIX-RECV:$tmp/notify" "OPEN:$tmp/told,creat,trunc" &
		pids="$pids $!"
		poll [ -S "$tmp/notify" ]
		# shellcheck disable=SC2086 # commands and their arguments
		systemd-socket-activate "$@" -E NOTIFY_SOCKET="$tmp/notify" \
			unshare -n $wrapper $NETIPC_EXEC "$NETIPC" $command >"$tmp/log" 2>&1 </dev/null &
		pid=$!
		pids="$pids $pid"
		poll grep -q Listening "$tmp/log" || fail "$*: $(cat "$tmp/log")"
	}

	# echoes NAME ADDRESS - a client gets its bytes
	echoes() {
		printf 'hello' | timeout 60 socat -t30 - "$2" >"$tmp/got" 2>&1
		same "$1" hello "$(cat "$tmp/got")"
	}

	# ends NAME - it has said that it is ready, and says that it ends, by the signal
	ends() {
		ok "$1: ready" poll grep -q READY=1 "$tmp/told"
		stop "$pid"
		same "$1: ended by the signal" 143 "$status"
		ok "$1: stopping" poll grep -q STOPPING=1 "$tmp/told"
		rm -f "$tmp/notify"
	}

	wrapper=
	activate -l 127.0.0.1:7 -l '[::1]:7' -l "$tmp/unix"
	same 'it is started by a client' 0 "$(grep -c '^ready' "$tmp/log")"
	echoes 'TCP, IPv4' TCP4:127.0.0.1:7
	echoes 'TCP, IPv6' 'TCP6:[::1]:7'
	echoes 'UNIX' "UNIX-CONNECT:$tmp/unix"
	same 'what it serves' "ready 127.0.0.1:7
ready [::1]:7
ready unix:$tmp/unix" "$(grep '^ready' "$tmp/log")"
	ends stream

	activate -d -l 127.0.0.1:7
	printf hello | timeout 60 socat -t30 - UDP4:127.0.0.1:7,readbytes=5 >"$tmp/got" 2>&1
	same 'UDP' hello "$(cat "$tmp/got")"
	ends datagrams

	# The filter of the unit lets pass each system call that the server makes.
	if emulated || ! strace -o /dev/null true 2>/dev/null; then
		left_out 'system calls' 'tracing is not permitted here'
	elif grep -q '^#define HAVE_SANITIZERS' "$builddir/config.h"; then
		left_out 'system calls' 'a sanitizer makes more of them'
	else
		: >"$tmp/calls"
		wrapper="strace -D -f -qq -o $tmp/calls"
		activate -l 127.0.0.1:7
		echoes 'traced' TCP4:127.0.0.1:7
		ends 'traced'
		systemd-analyze --no-pager syscall-filter 2>/dev/null | sed 's/#.*//' >"$tmp/groups"
		sed -n 's/^SystemCallFilter=//p' "$service" >"$tmp/filter"
		awk '
		function allow(name, yes,    n, i, part) {
			if (!(name in group)) {
				allowed[name] = yes
				return
			}
			n = split(group[name], part)
			for (i = 1; i <= n; i++)
				allow(part[i], yes)
		}
		FILENAME == ARGV[1] && /^@/ { name = $1 }
		FILENAME == ARGV[1] && /^ / { group[name] = group[name] " " $1 }
		FILENAME == ARGV[2] {
			if (!begun++)
				allow("@default", 1)
			yes = !sub(/^~/, "")
			for (i = 1; i <= NF; i++)
				allow($i, yes)
		}
		FILENAME == ARGV[3] && match($0, /[a-z_0-9]+\(/) {
			name = substr($0, RSTART, RLENGTH - 1)
			calls++
			if (!allowed[name] && !told[name]++)
				print name
		}
		END { print (calls > 20) ? "all" : "only " calls " calls" }' \
			"$tmp/groups" "$tmp/filter" "$tmp/calls" >"$tmp/refused"
		same 'the filter of the unit has all of its system calls' all "$(cat "$tmp/refused")"
	fi
	done_testing
fi

# What systemd says to the files, without running them. It wants a command that is there.
mkdir "$tmp/units"
cp "$socket" "$tmp/units"
sed "s,^ExecStart=[^ ]*,ExecStart=$(command -v true)," "$service" >"$tmp/units/netipc-echo@.service"
ok 'the units are valid' env SYSTEMD_UNIT_PATH="$tmp/units:" \
	systemd-analyze verify --man=no "$tmp/units/netipc-echo@7.socket" \
	"$tmp/units/netipc-echo@7.service"
same 'without a warning' '' "$(cat "$tmp/ok")"
ok 'the exposure is 1.0 or better' systemd-analyze --no-pager security --offline=yes --threshold=10 \
	"$tmp/units/netipc-echo@.service"
same 'as it says' yes "$(awk '/Overall exposure level/ { print ($(NF - 2) <= 1.0) ? "yes" : $0 }' "$tmp/ok")"
sed 's/^SystemCall.*//; s/^Protect.*//; s/^PrivateNetwork.*//; s/^Cap.*//' "$service" >"$tmp/units/weak@.service"
same 'a weak one is told from it' 1 "$(systemd-analyze --no-pager security --offline=yes --threshold=10 \
	"$tmp/units/weak@.service" >/dev/null 2>&1; echo $?)"
same 'its network is its own' PrivateNetwork=yes "$(grep '^PrivateNetwork' "$service")"
in_netns sh "$0" inside || fail 'the command of the unit'
done_testing
