#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt exec: signals, the terminal, what is left behind, what cannot be reached
. "${srcdir:?run by make check}/tests/lib.sh"
: "${FORCED:?run by make check}"
emulated && skip 'the emulator has no seccomp'
netipc sockopt exec -q SO_KEEPALIVE=1 -- true 2>"$tmp/err"
[ $? -eq 125 ] && skip "$(cat "$tmp/err")"
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS} # not in what forbids looking into it
export ASAN_OPTIONS
say='netipc sockopt exec: '

# Signals

# shellcheck disable=SC2016 # of the shell that is run
start signals sockopt exec SO_KEEPALIVE=1 -- sh -c 'trap "echo usr1" USR1
	trap "echo hup" HUP
	trap "echo term; exit 5" TERM
	echo ready
	while :; do sleep 0.05; done'
poll grep -q ready "$tmp/signals.out"
kill -USR1 "$pid"
poll grep -q usr1 "$tmp/signals.out" && pass "a signal reaches the command" ||
	fail "a signal reaches the command"
kill -HUP "$pid"
poll grep -q hup "$tmp/signals.out" && pass "and another" || fail "and another"
stop "$pid"
same "the command decides what one does" 5 "$status"
same "once each" 'ready usr1 hup term' "$(tr '\n' ' ' <"$tmp/signals.out" | sed 's/ $//')"
same "and is reported" "${say}SO_KEEPALIVE=on: set on 0 sockets" "$(cat "$tmp/signals.err")"

# shellcheck disable=SC2016
t "signals are as they were for the command" 0 "$(grep -E '^Sig(Blk|Ign)' /proc/self/status)" '' \
	sockopt exec -q SO_KEEPALIVE=1 -- grep -E '^Sig(Blk|Ign)' /proc/self/status

# The terminal: a shell's part is played by Python, which stops and continues its job

if command -v python3 >/dev/null; then
	cat >"$tmp/job.py" <<'END'
import os, pty, signal, sys, termios

def wait_for(fd, text):
    got = b""
    while text not in got:
        got += os.read(fd, 1000)

signal.alarm(120)
pid, master = pty.fork()
if pid == 0:
    signal.alarm(120)
    terminal = termios.tcgetattr(0)
    terminal[3] |= termios.NOFLSH # ^C must not discard what is printed at that moment
    termios.tcsetattr(0, termios.TCSANOW, terminal)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        for number in signal.SIGTTOU, signal.SIGINT, signal.SIGTSTP:
            signal.signal(number, signal.SIG_DFL) # a job in the background ignores some
        os.execvp(sys.argv[2], sys.argv[2:])
    for _ in range(2):
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        os.tcsetpgrp(0, os.getpgrp())
        print("stopped", os.WSTOPSIG(status) == signal.SIGSTOP, flush=True)
        os.tcsetpgrp(0, job)
        os.kill(-job, signal.SIGCONT)
        print("continued", flush=True)
    print("ended", os.WIFSIGNALED(status) and os.WTERMSIG(status), status >> 8, flush=True)
    os._exit(0)
wait_for(master, b"ready")
if sys.argv[1] == "stop":
    os.write(master, b"\x1a")
    wait_for(master, b"continued")
os.write(master, b"\x03")
rest = b""
try:
    while True:
        rest += os.read(master, 1000)
except OSError:
    pass
print(rest.decode().replace("\r", "").replace("^C", ""), end="")
END
	# shellcheck disable=SC2086
	python3 "$tmp/job.py" stop $NETIPC_EXEC "$NETIPC" sockopt exec -q SO_KEEPALIVE=1 -- \
		"$FORCED" say:ready "wait:$tmp/never" >"$tmp/job" 2>&1
	same "^Z stops both, they continue, ^C ends both by the signal" 'ended 2 0' \
		"$(tail -n 1 "$tmp/job")"
	# shellcheck disable=SC2086
	python3 "$tmp/job.py" end $NETIPC_EXEC "$NETIPC" sockopt exec -q SO_KEEPALIVE=1 -- \
		sh -c 'trap "echo once; exit 6" INT; echo ready
			while :; do sleep 0.05; done' >"$tmp/job" 2>&1
	same "netipc outlives a command that takes its time after ^C" 'once
ended False 6' "$(cat "$tmp/job")"
else
	left_out "the terminal" 'python3 is not installed'
fi

# Descriptors

# shellcheck disable=SC2016
got=$(netipc sockopt exec -q SO_KEEPALIVE=1 -- \
	sh -c 'echo said; exec "$0" "wait:$1" exit:0 >/dev/null' "$FORCED" "$tmp/go" \
	2>"$tmp/err" &)
same "its output ends when the command closes it" said "$got"
: >"$tmp/go"
# shellcheck disable=SC2016
t "many processes and few descriptors" 0 '' "${say}SO_KEEPALIVE=on: set on 20 sockets" \
	sockopt exec SO_KEEPALIVE=1 -- sh -c 'ulimit -n 20
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "$0" tcp bind; done' "$FORCED"
(
	ulimit -n 10
	# shellcheck disable=SC2016
	netipc sockopt exec SO_KEEPALIVE=1 -- sh -c '
		for i in 1 2 3 4 5 6 7 8 9 10 11 12; do "$0" tcp bind; done' "$FORCED"
) >"$tmp/out" 2>&1
same "and few for netipc" "${say}SO_KEEPALIVE=on: set on 12 sockets" "$(cat "$tmp/out")"

# What the command leaves behind

rm "$tmp/go"
# shellcheck disable=SC2016
t "left behind: the command's status at once" 4 '' "${say}SO_KEEPALIVE=on: set on 0 sockets
${say}processes are left behind: process [1-9]* goes on setting the options" \
	sockopt exec SO_KEEPALIVE=1 -- sh -c '"$0" "wait:$1/go" tcp bind get:1:9 >"$1/late" &
	exit 4' "$FORCED" "$tmp"
left=$(sed -n 's/.*: process \([0-9]*\) goes on.*/\1/p' "$tmp/err")
ok "somebody stays" kill -0 "$left"
: >"$tmp/go"
poll test -s "$tmp/late"
same "and sets the options" 1 "$(cat "$tmp/late")"
gone() {
	! kill -0 "$1" 2>/dev/null
}
poll gone "$left" && pass "and ends with the last" || fail "and ends with the last"

rm "$tmp/go" "$tmp/late"
(
	sleep 0.3
	: >"$tmp/go"
) &
# shellcheck disable=SC2016
t "waited for" 4 '' "${say}SO_KEEPALIVE=on: set on 1 socket" \
	sockopt exec --wait SO_KEEPALIVE=1 -- sh -c '"$0" "wait:$1/go" tcp bind get:1:9 >"$1/late" &
	exit 4' "$FORCED" "$tmp"
same "to its end" 1 "$(cat "$tmp/late")"

rm "$tmp/go"
# shellcheck disable=SC2016
start waiting sockopt exec --wait SO_KEEPALIVE=1 -- \
	sh -c '"$0" "wait:$1/go" & echo left; exit 4' "$FORCED" "$tmp"
# the command is gone: netipc has no child
alone() {
	! pgrep -P "$pid" >/dev/null
}
poll grep -q left "$tmp/waiting.out"
poll alone
stop "$pid"
same "a signal ends the waiting" 4 "$status"
: >"$tmp/go"

# netipc is killed

rm "$tmp/go"
start killed sockopt exec SO_KEEPALIVE=1 -- "$FORCED" tcp bind listen \
	"wait:$tmp/go" tcp connect
poll pgrep -P "$pid" forced
child=$(pgrep -P "$pid" forced)
stop "$pid" KILL
: >"$tmp/go"
poll gone "$child"
same "netipc is killed: the calls fail" 'connect -38' "$(cat "$tmp/killed.out")"
rm "$tmp/go"
start killed sockopt exec --kill SO_KEEPALIVE=1 -- "$FORCED" "wait:$tmp/go"
poll pgrep -P "$pid" forced
child=$(pgrep -P "$pid" forced)
stop "$pid" KILL
dead() { # or a zombie that nobody has buried
	! grep -q '^State:[[:space:]]*[RSD]' "/proc/$child/status" 2>/dev/null
}
poll dead && pass "--kill: the command is killed too" || fail "--kill: the command is killed too"

# Others that are notified, io_uring

t "a command that wants to be notified" 0 '-16' "*
${say}1 process wanted to be notified of system calls, which this prevents" \
	sockopt exec SO_KEEPALIVE=1 -- "$FORCED" notify
# shellcheck disable=SC2086
t "sockopt exec in sockopt exec" 125 '' "${say}another program is notified*
${say}SO_KEEPALIVE=on: set on 0 sockets
*" sockopt exec SO_KEEPALIVE=1 -- $NETIPC_EXEC "$NETIPC" sockopt exec SO_KEEPALIVE=1 -- true
t "io_uring" 0 '*' "*
${say}io_uring was set up 1 time: what it binds and connects is not covered" \
	sockopt exec SO_KEEPALIVE=1 -- "$FORCED" ring

# What may not be looked into, which root may: as a user

as_user=
if [ "$(id -u)" -eq 0 ]; then
	as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
	$as_user true 2>/dev/null || as_user=none
fi
if [ "$as_user" = none ]; then
	left_out "a user" 'root cannot become nobody here'
else
	chmod 755 "$tmp"
	cp "$FORCED" "$tmp/hidden"
	cp "$FORCED" "$tmp/open"
	cp "$NETIPC" "$tmp/netipc"
	chmod 711 "$tmp/hidden"
	[ -n "$as_user" ] || chmod 111 "$tmp/hidden"
	# user ARG... - as t's last arguments, by a user
	user() {
		_name=$1 _want=$2 _glob=$3
		shift 3
		# shellcheck disable=SC2086
		(cd / && $as_user $NETIPC_EXEC "$tmp/netipc" sockopt exec "$@") \
			>"$tmp/out" 2>"$tmp/err" </dev/null
		if [ "$(cat "$tmp/out")" = "$_want" ] && like "$_glob" "$(cat "$tmp/err")"; then
			pass "$_name"
		else
			fail "$_name: $(cat "$tmp/out" "$tmp/err")"
		fi
	}
	user "by a user" 1 "${say}SO_KEEPALIVE=on: set on 1 socket" \
		SO_KEEPALIVE=1 -- "$tmp/open" tcp bind get:1:9
	user "UDP that only sends, by a user" 9 "${say}IP_TTL=9: set on 1 socket" \
		-u IP_TTL=9 -- "$tmp/open" udp send get:0:2
	user "a user gains no privileges" 'NoNewPrivs:	1' '*' \
		SO_KEEPALIVE=1 -- grep NoNewPrivs /proc/self/status
	why='Operation not permitted (its program cannot be read, or it forbids tracing)'
	user "a program that cannot be read" 0 "${say}SO_KEEPALIVE=on: set on 0 sockets
${say}2 calls went on without: process [1-9]* (hidden): $why" \
		SO_KEEPALIVE=1 -- "$tmp/hidden" tcp bind listen get:1:9
	user "one that forbids it, told with -v" 0 "${say}pid [1-9]* (open) fd [0-9]* bind: not \
reached: Operation not permitted
${say}SO_KEEPALIVE=on: set on 0 sockets
${say}1 call went on without: process [1-9]* (open): $why" \
		-v SO_KEEPALIVE=1 -- "$tmp/open" undump tcp bind get:1:9
	user "its UDP sockets cannot be made either" 64 "${say}IP_TTL=9: set on 0 sockets
${say}1 UDP socket was neither bound nor connected: not covered" \
		-u IP_TTL=9 -- "$tmp/open" undump udp send get:0:2
	user "an option that needs a capability" '' "${say}SO_MARK=0x5: set on 0 sockets, \
refused on 1: Operation not permitted (it needs CAP_NET_ADMIN*)" \
		SO_MARK=5 -- "$tmp/open" tcp bind
fi
[ "$(id -u)" -ne 0 ] || t "root's command may gain them" 0 'NoNewPrivs:	0' '*' \
	sockopt exec SO_KEEPALIVE=1 -- grep NoNewPrivs /proc/self/status

done_testing
