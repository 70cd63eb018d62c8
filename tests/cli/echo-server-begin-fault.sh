#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server when the system fails while it begins: sandbox, user, threads, processes,
# sockets of another; and what it lacks and can do without
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults
need socat timeout

# fails NAME MESSAGE FAULT ARG... - status 3 and one line, and no ready line
fails() {
	_name=$1 _message=$2
	inject "$3"
	NETIPC_EXEC="timeout 60 $NETIPC_EXEC"
	shift 3
	t "$_name" 3 '' "netipc echo-server: $_message" echo-server "$@"
}

# serves NAME STDERR-GLOB FAULT ARG... - it is ready and serves; what it says on standard error
serves() {
	_name=$1 _message=$2
	inject "$3"
	shift 3
	start server echo-server "$@" 127.0.0.1:0
	wait_ready server
	same "$_name: serves" hello "$(echo hello | socat -t10 - "TCP4:$ready" 2>/dev/null)"
	stop $pid
	same "$_name: ends by the signal" 143 $status
	if like "$_message" "$(cat "$tmp/server.err")"; then
		pass "$_name"
	else
		fail "$_name: $(cat "$tmp/server.err")"
	fi
}

echoed='netipc echo-server: 1 connection, 6 bytes echoed'
note='netipc echo-server: sandbox: without'
newline='
'

# A kernel that has the call no longer than necessary, or not at all
serves 'no epoll_pwait2' "$echoed" epoll_pwait2:error=ENOSYS
serves 'a filter that does not know epoll_pwait2' "$echoed" epoll_pwait2:error=EPERM

# The sandbox: what the kernel has not is told of, what it refuses is an error
start box echo-server 127.0.0.1:0
wait_ready box
stop $pid
if netipc --version | grep -q sanitizers; then
	left_out 'sandbox' 'a sanitizer cannot work in it'
elif grep -q sandbox "$tmp/box.err"; then
	left_out 'sandbox' "this kernel is $(cat "$tmp/box.err")"
else
	serves 'no no_new_privs' \
		"$note no_new_privs landlock seccomp, which this system does not have$newline*" \
		prctl:error=EINVAL:when=1
	fails 'no_new_privs refused' 'prctl PR_SET_NO_NEW_PRIVS: Operation not permitted' \
		prctl:error=EPERM:when=1 127.0.0.1:0
	serves 'no seccomp' "$note seccomp, which this system does not have$newline*" \
		prctl:error=EINVAL:when=2
	fails 'seccomp refused' 'prctl PR_SET_SECCOMP: Permission denied' \
		prctl:error=EACCES:when=2 127.0.0.1:0
	serves 'no landlock' "$note landlock, which this system does not have$newline*" \
		landlock_create_ruleset:error=ENOSYS
	serves 'landlock switched off' "$note landlock, which this system does not have$newline*" \
		landlock_create_ruleset:error=EOPNOTSUPP
	fails 'landlock: no memory' 'landlock_create_ruleset: *' \
		landlock_create_ruleset:error=ENOMEM:when=2 127.0.0.1:0
	fails 'landlock refused' 'landlock_restrict_self: Arg*' \
		landlock_restrict_self:error=E2BIG 127.0.0.1:0
	fails 'landlock: a folder' "landlock_add_rule $tmp: *" \
		landlock_add_rule:error=ENOMEM --metrics "$tmp/m" 127.0.0.1:0
	serves '--quiet' '' landlock_create_ruleset:error=ENOSYS -q
fi

# Another user
user='become user "54321:54321":'
fails 'setgroups' "$user setgroups: Operation not permitted" setgroups:error=EPERM \
	--user 54321:54321 127.0.0.1:0
# rights NAME MESSAGE FAULT... - whoever we are, and whatever we may
rights() {
	_name=$1 _message=$2
	shift 2
	inject "$@"
	NETIPC_EXEC="timeout 60 $NETIPC_EXEC"
	t "$_name" 3 '' "netipc echo-server: $user $_message" \
		echo-server --user 54321:54321 127.0.0.1:0
}
rights 'setgid' 'setgid: Operation not permitted' setgroups:retval=0 setgid:error=EPERM
rights 'setuid' 'setuid: *' setgroups:retval=0 setgid:retval=0 setuid:error=EAGAIN
rights 'a call that only pretends' "root's rights are still there" setgroups:retval=0 \
	setgid:retval=0 setuid:retval=0

# Threads: all of them, or it does not begin.  A socket without a thread would take connections.
thread='?fork,clone,?clone3'
fails 'no thread' 'start a thread: *' "$thread:error=EAGAIN" -T 3 127.0.0.1:0
fails 'one thread less' 'start a thread: *' "$thread:error=EAGAIN:when=2+" -T 3 127.0.0.1:0
fails 'no pipe to the threads' 'pipe: [TN]o*' pipe2,pipe:error=EMFILE -T 2 127.0.0.1:0
# (what another of them has: the thread that is first ends all)
inject epoll_ctl:error=ENOSPC:when=2
NETIPC_EXEC="timeout 60 $NETIPC_EXEC"
t 'a loop of the second thread' 3 '' 'netipc echo-server: watch descriptor *: No space*' \
	echo-server -T 2 127.0.0.1:0
fails 'SO_REUSEPORT' 'setsockopt SO_REUSEPORT: Protocol*' setsockopt:error=ENOPROTOOPT:when=1 \
	-T 2 127.0.0.1:0

# A process a connection: who cannot have one is closed, the next is served
inject "$thread:error=EAGAIN:when=1"
start fork echo-server --model fork 127.0.0.1:0
wait_ready fork
same 'fork: closed' '' "$(echo hello | socat -t10 - "TCP4:$ready" 2>/dev/null)"
same 'fork: the next' hello "$(echo hello | socat -t10 - "TCP4:$ready" 2>/dev/null)"
stop $pid
same 'fork: ends by the signal' 143 $status
same 'fork: counted' 'netipc echo-server: 1 connection, 1 turned away' "$(cat "$tmp/fork.err")"
# Without a descriptor it does not ask without end
NETIPC_EXEC="strace -D -o $tmp/trace -e trace=accept4,accept -e inject=accept4,accept:error=EMFILE:when=1..3"
start fork echo-server --model fork 127.0.0.1:0
wait_ready fork
same 'fork: no descriptor' hello "$(echo hello | socat -t10 - "TCP4:$ready" 2>/dev/null)"
stop $pid
ok 'fork: it had none' grep -q EMFILE "$tmp/trace"
NETIPC_EXEC="strace -D -o $tmp/trace -e trace=accept4,accept -e inject=accept4,accept:error=ENFILE"
start fork echo-server --model fork 127.0.0.1:0
wait_ready fork
socat -u "TCP4:$ready" OPEN:/dev/null &
client=$!
pids="$pids $client"
poll grep -q ENFILE "$tmp/trace"
sleep 0.5
stop $pid
tries=$(grep -c ENFILE "$tmp/trace")
ok "fork: $tries tries in half a second" [ "$tries" -lt 50 ]
kill $client 2>/dev/null

# The file of --metrics
fails 'metrics: no folder' "$tmp/none*: No such file or directory" close:error=EINTR:when=1000 \
	--metrics "$tmp/none/m" 127.0.0.1:0
NETIPC_EXEC='timeout 60'
t 'metrics: no folder, no sandbox' 3 '' "*: $tmp/none/m: No such file or directory" \
	echo-server --no-sandbox --metrics "$tmp/none/m" 127.0.0.1:0
NETIPC_EXEC="timeout 60 strace -D -o /dev/null -P $tmp/m.new -e inject=write,writev:error=ENOSPC"
t 'metrics: write' 3 '' "netipc echo-server: $tmp/m: No space left on device" \
	echo-server --metrics "$tmp/m" 127.0.0.1:0
NETIPC_EXEC="timeout 60 strace -D -o /dev/null -P $tmp/m.new -e inject=close:error=EIO"
t 'metrics: close' 3 '' "netipc echo-server: $tmp/m: I*/* error" \
	echo-server --metrics "$tmp/m" 127.0.0.1:0
renames='?rename,?renameat,?renameat2'
fails 'metrics: rename' "$tmp/m: *" "$renames:error=EXDEV" --metrics "$tmp/m" 127.0.0.1:0
same 'metrics: nothing is left' '' "$(find "$tmp" -name 'm*')"
# Later it goes on serving, says so once, and writes it as soon as it can
inject "$renames:error=ENOSPC:when=2..3"
start metrics echo-server --metrics "$tmp/m" 127.0.0.1:0
wait_ready metrics
same 'metrics: served meanwhile' hello "$(echo hello | socat -t10 - "TCP4:$ready" 2>/dev/null)"
ok 'metrics: written later' poll grep -q '^netipc_echo_connections_total 1$' "$tmp/m"
stop $pid
same 'metrics: ends by the signal' 143 $status
same 'metrics: one line' \
	"netipc echo-server: $tmp/m: No space left on device; --metrics is tried again each second" \
	"$(head -n 1 "$tmp/metrics.err")"
same 'metrics: and the counters' 2 "$(wc -l <"$tmp/metrics.err")"
ok 'metrics: whole' grep -q '^netipc_echo_stalled_total 0$' "$tmp/m"
done_testing
