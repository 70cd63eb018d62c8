#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may look at whose sockets: users, groups, capabilities, user namespaces, undumpable processes
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'the emulator does not pass pidfd_getfd on'
need setpriv
[ "$(id -u)" = 0 ] || skip 'only root can be other users'
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null ||
	skip 'this root has no other users'

mkdir "$tmp/bin"
cp "$NETIPC" "$tmp/bin/netipc"
cp "${HOLDER:?run by make check}" "$tmp/bin/holder"
cp "$HOLDER" "$tmp/bin/unreadable"
chmod 755 "$tmp" "$tmp/bin" "$tmp/bin"/*
chmod 711 "$tmp/bin/unreadable"
setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/bin/netipc" --version >/dev/null 2>&1 ||
	skip 'another user cannot run a program from here'

# as UID GID GROUPS COMMAND...
as() {
	_uid=$1 _gid=$2 _groups=$3
	shift 3
	if [ -n "$_groups" ]; then
		setpriv --reuid "$_uid" --regid "$_gid" --groups "$_groups" "$@"
	else
		setpriv --reuid "$_uid" --regid "$_gid" --clear-groups "$@"
	fi
}

# holding NAME COMMAND... - a process with sockets, started so; $held is its id
holding() {
	_as=$1
	shift
	: >"$tmp/$_as.out"
	"$@" >"$tmp/$_as.out" 2>"$tmp/$_as.err" </dev/null &
	pids="$pids $!"
	wait_ready "$_as"
	held=$ready
	pids="$pids $held" # a shell may stand between
}

# sees NAME COMMAND... - that command, with "sockopt get $held:3 SO_TYPE" behind, gets it
sees() {
	_name=$1
	shift
	"$@" sockopt get "$held:3" SO_TYPE >"$tmp/out" 2>"$tmp/err"
	same "$_name" "0 SOCK_STREAM" "$? $(cat "$tmp/out")"
	cat "$tmp/err"
}

# denied NAME COMMAND... - it is told that this is not permitted, and $why
why='be root or have CAP_SYS_PTRACE'
denied() {
	_name=$1
	shift
	"$@" sockopt get "$held:3" SO_TYPE >"$tmp/out" 2>"$tmp/err"
	same "$_name: status" 3 $?
	same "$_name: no value" '' "$(cat "$tmp/out")"
	if grep -q "not permitted ($why" "$tmp/err"; then
		pass "$_name: why"
	else
		fail "$_name: why: $(cat "$tmp/err")"
	fi
	# It is not among those without sockets either.
	"$@" sockopt show "$held" >"$tmp/out" 2>"$tmp/err"
	same "$_name: not \"no sockets\"" 3 $?
}

N=$tmp/bin/netipc
yama=$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0)

holding user as 65534 65534 '' "$tmp/bin/holder" tcp
if [ "$yama" = 0 ]; then
	sees 'a user sees the own process' as 65534 65534 '' "$N"
else
	left_out 'a user sees the own process' "kernel.yama.ptrace_scope is $yama"
fi
sees 'root sees it' "$N"
denied 'another user does not' as 65533 65533 '' "$N"
denied 'the same user with another group does not' as 65534 65533 '' "$N"
why='root has no CAP_SYS_PTRACE here' \
	denied 'root without CAP_SYS_PTRACE does not' setpriv --bounding-set -sys_ptrace \
	--inh-caps -sys_ptrace "$N"

holding root "$tmp/bin/holder" tcp
denied "a user does not see root's" as 65534 65534 '' "$N"
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +sys_ptrace \
	--ambient-caps +sys_ptrace true 2>/dev/null &&
	sees 'CAP_SYS_PTRACE alone does, without listing' setpriv --reuid 65534 --regid 65534 \
		--clear-groups --inh-caps +sys_ptrace --ambient-caps +sys_ptrace "$N"
holding sparse sh -c 'exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null; exec "$@"' sh \
	"$tmp/bin/holder" tcp udp
same 'and finds those behind a gap' '7 8 ' "$(
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +sys_ptrace \
		--ambient-caps +sys_ptrace "$N" sockopt show -H -o fd "$held" 2>"$tmp/err" |
		sort -nu | tr -d ' ' | tr '\n' ' '
)"

# Undumpable: a program that may not be read
# The shell between: setpriv itself still has the right to read it.
# shellcheck disable=SC2016
holding unreadable as 65534 65534 '' sh -c 'exec "$@"' sh "$tmp/bin/unreadable" tcp
denied 'a program that is not readable' as 65534 65534 '' "$N"
sees 'root sees it all the same' "$N"

# User namespaces
if as 65534 65534 '' unshare -U true 2>/dev/null; then
	holding inside as 65534 65534 '' unshare -Ur "$tmp/bin/holder" tcp
	if [ "$yama" = 0 ]; then
		sees 'who made a user namespace sees into it' as 65534 65534 '' "$N"
	fi
	sees 'root sees into it' "$N"
	denied 'another user does not see into it' as 65533 65533 '' "$N"
	holding outside as 65534 65534 '' "$tmp/bin/holder" tcp
	why='CAP_SYS_PTRACE does not reach there: a user namespace or a security module' \
		denied 'from inside the outside is not seen, not by its root either' \
		as 65533 65533 '' unshare -Ur "$N"
	if as 65534 65534 '' unshare -Urn true 2>/dev/null; then
		holding net as 65534 65534 '' unshare -Urn "$tmp/bin/holder" tcp
		sees 'root sees into another network' "$N"
		"$N" sockopt show -c "$held" >"$tmp/out" 2>"$tmp/err"
		same 'nothing is changed there' '0 ' "$? $(cat "$tmp/out")"
		same 'what is compared is of that network' '' "$(cat "$tmp/err")"
		same '--netns of that process' 1 \
			"$("$N" sockopt show --netns "$held" 2>/dev/null | grep -c '^[^ ]')"
	fi
else
	left_out 'user namespaces' 'an ordinary user cannot make one here'
fi

# The kernel's list has a part of what may not be opened
holding listener "$tmp/bin/holder" listen
port=$(sed -n 's/^listen .*://p' "$tmp/listener.out")
as 65534 65534 '' "$N" sockopt show ":$port" >"$tmp/out" 2>"$tmp/err"
same 'partial: status' 0 $?
if like "uid 0  tcp LISTEN  127.0.0.1:$port  ino *
*  SO_RCVBUF  *
  note: partial: not permitted; *" "$(cat "$tmp/out")"; then
	pass 'partial'
else
	fail "partial: $(cat "$tmp/out")"
fi
same 'partial: it is counted' "netipc sockopt show: 1 socket could not be opened: not permitted" \
	"$(sed 's/ (be root.*//' "$tmp/err")"
as 65534 65534 '' "$N" sockopt set ":$port" KEEPALIVE=1 >"$tmp/out" 2>"$tmp/err"
same 'set: status' 3 $?
ok 'set: why' grep -q "what matches \":$port\" may not be opened" "$tmp/err"
done_testing
