#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt and net_cls, control groups version 1: a copy of a socket takes the class of who
# copies it, so sockets of another class are left alone.  The hierarchy is mounted in a mount
# namespace of this test's own, and its group is removed.
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'the emulator does not pass pidfd_getfd on'

# leave_out REASON - the rest cannot be tested here
leave_out() {
	left_out 'sockets of another class' "$*"
	done_testing
}

if [ -z "${NETIPC_CLASS_INSIDE-}" ]; then
	holder plain listen+SO_KEEPALIVE=1
	t 'of the same class, or of none: read' 0 on '' \
		sockopt get "$pid:$(held plain listen fd)" SO_KEEPALIVE
	for tool in ss unshare mount; do
		command -v $tool >"$tmp/which" 2>&1 || leave_out "$tool is not installed"
	done
	[ "$(id -u)" -eq 0 ] || leave_out 'only root can mount control groups'
	unshare -m true 2>"$tmp/err" || leave_out 'mount namespaces are refused'
	unshare -m env NETIPC_CLASS_INSIDE=1 sh "$0"
	same 'in a mount namespace' 0 $?
	done_testing
fi

mkdir "$tmp/cg"
umounted=yes
mount -t cgroup -o net_cls none "$tmp/cg" 2>"$tmp/err" && umounted=
group=$tmp/cg/netipc-test-$$
if [ -n "$umounted" ] || ! mkdir "$group"; then
	[ -n "$umounted" ] || umount "$tmp/cg"
	pass 'there is no such hierarchy to be tested'
	leave_out "net_cls cannot be mounted: $(cat "$tmp/err")"
fi
# shellcheck disable=SC2317 # called by the trap
leave() {
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	poll rmdir "$group"
	umount "$tmp/cg"
}
trap 'leave; cleanup' EXIT
echo 0x100007 >"$group/net_cls.classid"
# It starts in the group and stays there; this shell goes back.
echo $$ >"$group/cgroup.procs"
holder one listen+SO_KEEPALIVE=1
echo $$ >"$tmp/cg/cgroup.procs"
port=$(held one listen address)
port=${port##*:}
socket=$pid:$(held one listen fd)
class() {
	ss -tnl --tos "sport = :$port" | sed -n 's/.*class_id:\(0x[0-9a-f]*\).*/\1/p'
}
if [ "$(class)" != 0x100007 ]; then
	pass 'there is a hierarchy'
	leave_out 'ss does not tell of classes'
fi

t 'another class: left alone' 3 '' \
	"*1 socket was left alone: a copy would change the net_cls or net_prio class*" \
	sockopt show -a "$socket"
same 'its class stays' 0x100007 "$(class)"
t 'not set either' 3 '' '*1 socket was left alone*' sockopt set "$socket" keepalive=0
same 'its class stays still' 0x100007 "$(class)"
# In the same group nothing would be rewritten
# shellcheck disable=SC2016,SC2086
same 'of the same class' on "$(sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$group/cgroup.procs" \
	$NETIPC_EXEC "$NETIPC" sockopt get "$socket" SO_KEEPALIVE 2>&1)"
same 'its class is as it was' 0x100007 "$(class)"
t 'by force' 0 on '*' sockopt get --force "$socket" SO_KEEPALIVE
same 'which is why' no "$([ "$(class)" = 0x100007 ] && echo yes || echo no)"
done_testing
