#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt exec when system calls fail: it does not start, or the command goes on without
. "${srcdir:?run by make check}/tests/lib.sh"
: "${FORCED:?run by make check}"
need_faults
netipc sockopt exec -q SO_KEEPALIVE=1 -- true 2>"$tmp/err"
[ $? -eq 125 ] && skip "$(cat "$tmp/err")"
say='netipc sockopt exec: '
follow=
forks='clone,?fork,?vfork,?clone3' # whichever fork(3) makes

# fault NAME STATUS STDOUT STDERR-GLOB INJECT ARG... - sockopt exec ARG... while strace makes a
# call of netipc alone fail; with follow=-f also of what it starts
fault() {
	_name=$1 _status=$2 _out=$3 _glob=$4 _inject=$5
	shift 5
	# shellcheck disable=SC2086
	timeout 30 strace $follow -o "$tmp/trace" -e "trace=${_inject%%:*}" -e "inject=$_inject" \
		"$NETIPC" sockopt exec "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	_got=$?
	if [ "$_got" -eq "$_status" ] && [ "$(cat "$tmp/out")" = "$_out" ] &&
		like "$_glob" "$(cat "$tmp/err")" && grep -q INJECTED "$tmp/trace"; then
		pass "$_name"
	else
		fail "$_name: status $_got, wanted $_status: $(head -c 500 "$tmp/out" "$tmp/err")"
	fi
}

# What is needed to start

fault "no pidfd" 125 '' "${say}pidfd_open (Linux 5.3): Function not implemented" \
	pidfd_open:error=ENOSYS SO_KEEPALIVE=1 -- echo run
fault "no descriptor of others" 125 '' "${say}pidfd_getfd (Linux 5.6): Operation not permitted" \
	pidfd_getfd:error=EPERM SO_KEEPALIVE=1 -- echo run
fault "no socketpair" 125 '' "${say}socketpair: *" \
	socketpair:error=EMFILE SO_KEEPALIVE=1 -- echo run
fault "no signalfd" 125 '' "${say}signalfd: *" \
	signalfd4:error=EMFILE SO_KEEPALIVE=1 -- echo run
fault "no process" 125 '' "${say}fork: Resource temporarily unavailable" \
	"$forks:error=EAGAIN" SO_KEEPALIVE=1 -- echo run
fault "the child is not heard" 125 '' "${say}the command's process ended before it was run" \
	recvmsg:error=ENOMEM:when=1 SO_KEEPALIVE=1 -- sh -c :
fault "a signal while it is waited for" 0 run '' wait4:error=EINTR:when=1 -q SO_KEEPALIVE=1 -- echo run
follow=-f
fault "no seccomp" 125 '' "${say}seccomp user notification is not in this kernel: Function not *" \
	seccomp:error=ENOSYS:when=1 SO_KEEPALIVE=1 -- echo run
fault "the filter is refused" 125 '' "${say}seccomp: *emory" \
	seccomp:error=ENOMEM:when=2 SO_KEEPALIVE=1 -- echo run
fault "another listens" 125 '' "${say}another program is notified of this process's system calls*" \
	seccomp:error=EBUSY:when=2 SO_KEEPALIVE=1 -- echo run
fault "an old kernel's filter has fewer flags" 0 1 "${say}SO_KEEPALIVE=on: set on 1 socket" \
	seccomp:error=EINVAL:when=2 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "and fewer" 0 1 "${say}SO_KEEPALIVE=on: set on 1 socket" \
	seccomp:error=EINVAL:when=2..3 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "none of them" 125 '' "${say}seccomp user notification is not in this kernel: Invalid *" \
	seccomp:error=EINVAL:when=2..4 SO_KEEPALIVE=1 -- echo run
fault "a user, who must give up privileges" 0 1 "${say}SO_KEEPALIVE=on: set on 1 socket" \
	seccomp:error=EACCES:when=2 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "the child cannot say that it is ready" 125 '' \
	"${say}the command's process ended before it was run" \
	sendmsg:error=ENOBUFS SO_KEEPALIVE=1 -- echo run
fault "not to be run" 126 '' "${say}*: *emory" \
	execve:error=ENOMEM:when=1 SO_KEEPALIVE=1 -- "$FORCED" tcp
follow=

# The command goes on

t1="${say}SO_KEEPALIVE=on: set on 1 socket"
t0="${say}SO_KEEPALIVE=on: set on 0 sockets"
fault "no pidfd for the command" 0 0 "$t0
${say}1 call went on without: process * (forced): *" \
	pidfd_open:error=ENFILE:when=2 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "an old kernel has no pidfd of threads" 0 1 "$t1" \
	pidfd_open:error=EINVAL:when=2 SO_KEEPALIVE=1 -- "$FORCED" tcp thread bind get:1:9
fault "the descriptor is refused" 0 0 "$t0
${say}1 call went on without: process * (forced): Operation not permitted (*" \
	pidfd_getfd:error=EPERM:when=2 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "no room for the descriptor: once more with room" 0 1 "$t1" \
	pidfd_getfd:error=EMFILE:when=2 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "no room at all" 0 0 "$t0
${say}1 call went on without: process * (forced): *" \
	pidfd_getfd:error=EMFILE:when=2..3 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "the thread's number is another's by now" 0 '1
1' "${say}SO_KEEPALIVE=on: set on 2 sockets" \
	pidfd_getfd:error=ESRCH:when=3 SO_KEEPALIVE=1 -- \
	"$FORCED" tcp bind get:1:9 tcp bind get:1:9
fault "no kind of the socket" 0 0 "$t0" \
	getsockopt:error=ENOTSOCK:when=1 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "no cookie of the socket" 0 1 "$t1" \
	getsockopt:error=ENOPROTOOPT:when=4 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "an option is refused" 0 0 "$t0, refused on 1: Operation not permitted" \
	setsockopt:error=EPERM SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "the socket does not have it" 0 0 "$t0" \
	setsockopt:error=ENOPROTOOPT SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "interrupted requests are made again" 0 1 "$t1" \
	ioctl:error=EINTR:when=1..5 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "a wait is interrupted" 0 1 "$t1" \
	poll:error=EINTR:when=1..5 SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
# The last read(2) is that of SIGCHLD; a loader and a sanitizer read files before.
strace -o "$tmp/trace" -e trace=read "$NETIPC" sockopt exec -q SO_KEEPALIVE=1 -- true
fault "a signal cannot be read at once" 0 1 "$t1" \
	"read:error=EAGAIN:when=$(grep -c '^read(' "$tmp/trace")" SO_KEEPALIVE=1 -- \
	"$FORCED" tcp bind get:1:9
fault "no UDP socket can be made" 0 64 "${say}IP_TTL=9: set on 0 sockets
${say}1 UDP socket was *" socket:error=EMFILE -u IP_TTL=9 -- "$FORCED" udp send get:0:2
fault "descriptors that cannot be moved stay" 0 1 "$t1" \
	fcntl:error=EMFILE SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
fault "or closed" 0 1 "$t1" \
	close_range:error=ENOSYS SO_KEEPALIVE=1 -- "$FORCED" tcp bind get:1:9
# shellcheck disable=SC2016
fault "nobody can stay for what is left behind" 3 '' "$t0
${say}processes are left behind: their bind and connect will fail" \
	"$forks:error=EAGAIN:when=2" SO_KEEPALIVE=1 -- sh -c '"$0" "wait:$1/go" & exit 3' "$FORCED" \
	"$tmp"
: >"$tmp/go"

done_testing
