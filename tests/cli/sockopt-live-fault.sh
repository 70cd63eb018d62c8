#!/bin/sh
# SPDX-License-Identifier: MIT
# The verbs for live sockets when system calls fail, and what they do while a socket is held
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

only= # the file that it is about, if set

# fault NAME STATUS STDOUT-GLOB STDERR-GLOB INJECT ARG... - while strace makes a call fail
fault() {
	_name=$1 _status=$2 _out=$3 _glob=$4 _inject=$5
	shift 5
	strace -f ${only:+-P "$only"} -o "$tmp/trace" -e "trace=${_inject%%:*}" -e "inject=$_inject" \
		"$NETIPC" sockopt "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	outcome "$_name" "$_status" "$_out" "$_glob" $?
}

holder one listen connect accept udp local
p=$pid
fd=$(held one connect fd)
port=$(held one listen address)
port=${port##*:}
netipc sockopt show "$p" >"$tmp/all" 2>"$tmp/err" || skip "live sockets: $(cat "$tmp/err")"

fault 'pidfd_open: an old kernel' 3 '' '*live sockets need Linux 5.6: pidfd_open: *' \
	pidfd_open:error=ENOSYS show "$p"
fault 'pidfd_open: too many files' 3 '' '*: pidfd_open: *' \
	pidfd_open:error=EMFILE show "$p"
fault 'pidfd_open: the process has ended' 1 '' '*no socket matches*' \
	pidfd_open:error=ESRCH:when=2+ show "$p"
fault 'pidfd_getfd: an old kernel' 3 '' '*live sockets need Linux 5.6: pidfd_getfd: *' \
	pidfd_getfd:error=ENOSYS show "$p"
fault 'pidfd_getfd: not permitted' 3 '' '*1 socket could not be opened: not permitted (be root *' \
	pidfd_getfd:error=EPERM:when=2+ get "$p:$fd" SO_TYPE
fault 'pidfd_getfd: all of one port' 0 '*note: partial: *' '*sockets could not be opened: *' \
	pidfd_getfd:error=EPERM:when=2+ show ":$port"
fault 'pidfd_getfd: no descriptor left' 3 '' '*1 socket could not be opened: [TN]o*' \
	pidfd_getfd:error=EMFILE:when=2+ get "$p:$fd" SO_TYPE
if [ "$(id -u)" -eq 0 ]; then
	fault 'pidfd_getfd: one of several' 3 '*' '*1 socket could not be opened: [TN]o*' \
		pidfd_getfd:error=EMFILE:when=2 show "$p"
else
	left_out 'pidfd_getfd: one of several' 'a user asks other processes between'
fi
fault 'pidfd_getfd: closed meanwhile, once' 0 SOCK_STREAM '' \
	pidfd_getfd:error=EBADF:when=2 get "$p:$fd" SO_TYPE
fault 'pidfd_getfd: closed each time' 1 '' '*1 socket changed while being looked at*' \
	pidfd_getfd:error=EBADF:when=2+ get "$p:$fd" SO_TYPE
fault 'set: not permitted' 3 '' '*may not be opened' \
	pidfd_getfd:error=EPERM:when=2+ set "$p:$fd" KEEPALIVE=1
fault '/proc cannot be read' 3 '' '*: /proc: *' getdents64:error=EIO:when=1 show "$p"
fault 'openat: no descriptor left' 3 '' '*: /proc: *' \
	openat:error=EMFILE:when=10+ show "$p"
fault 'readlinkat: not permitted' 3 '' '*process * may not be looked into: not permitted*' \
	readlinkat:error=EACCES get "$p:$fd" SO_TYPE
fault 'readlinkat: the descriptor has gone' 1 '' '*no socket matches*' \
	readlinkat:error=ENOENT get "$p:$fd" SO_TYPE
fault 'getsockopt: one option' 1 '' '*SO_TYPE is not read: *' getsockopt:error=EIO \
	get "$p:$fd" SO_TYPE
fault 'getsockopt: none has any' 0 '*' '*' getsockopt:error=ENOPROTOOPT show "$p:$fd"
fault 'setsockopt: refused' 1 '*refused: *memory*' '' setsockopt:error=ENOMEM \
	set "$p:$fd" KEEPALIVE=1
fault 'setsockopt: not permitted' 3 '*refused: *' '' setsockopt:error=EPERM \
	set "$p:$fd" KEEPALIVE=1
fault 'netlink: no socket' 0 SOCK_STREAM '*' socket:error=EPERM \
	get --state=estab "$p:$fd" SO_TYPE
# Without the list each socket is opened to know its ends.
both='SOCK_STREAM
SOCK_STREAM'
fault 'netlink: the list cannot be asked' 3 "$both" '*: socket(AF_NETLINK, *' socket:error=EPROTONOSUPPORT get ":$port" SO_TYPE
fault 'netlink: cannot be sent' 3 "$both" "*: the kernel's list of sockets: *" sendto:error=ENOBUFS get ":$port" SO_TYPE
fault 'netlink: no answer' 3 "$both" "*: the kernel's list of sockets: *" recvfrom:error=EIO get ":$port" SO_TYPE
fault 'no fresh socket to compare with' 0 '*SO_KEEPALIVE *' '' socket:error=EMFILE show "$p:$fd"
only=$tmp/undo
: >"$only"
fault 'undo file: no room' 3 '*' "*$tmp/undo: what was changed is not in it: No space left*" \
	write:error=ENOSPC set --undo-file="$tmp/undo" "$p:$fd" KEEPALIVE=1
only=
ok 'undo file: the change is told' grep -q 'SO_KEEPALIVE off->on' "$tmp/err"

# While a socket is held nothing happens but to ask it
held_calls() {
	strace -f -o "$tmp/trace" "$NETIPC" sockopt "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	# An allocator may ask for memory of its own accord: a sanitizer's, musl's
	sed -i '/m\(un\)\?map(/d; /madvise(/d; / brk(/d' "$tmp/trace"
	sed 's/newfstatat(/fstat(/; s/statx(/fstat(/' "$tmp/trace" | awk '{ sub(/^[0-9]+ +/, "") }
		/^pidfd_getfd\(/ && !probed++ { next } # of an own descriptor: is there such a call
		/^pidfd_getfd\(/ && !/ = -1 / { held = $NF; n++; next }
		held != "" && $0 ~ "^close\\(" held "\\)" { held = ""; closed++; next }
		held != "" { sub(/\(.*/, ""); print }
		END { print (n > 0 && n == closed) ? "all closed" : "left open " n - closed }' |
		LC_ALL=C sort -u | tr '\n' ' '
}
same 'show -a: held' 'all closed fstat getpeername getsockname getsockopt ' \
	"$(held_calls show -a "$p")"
same 'show --json: held' 'all closed fstat getpeername getsockname getsockopt ' \
	"$(held_calls show --json "$p")"
same 'set: held' 'all closed fstat getpeername getsockname getsockopt setsockopt ' \
	"$(held_calls set "$p:$fd" nodelay=1 keepidle=9)"
same 'show: nothing is set' 0 "$(held_calls show -a "$p" >/dev/null; grep -c 'setsockopt(' "$tmp/trace")"
done_testing
