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
# What would help: a user is told to be root, and root is not.
help='be root or have CAP_SYS_PTRACE'
if [ "$(id -u)" -eq 0 ]; then
	help='root has no CAP_SYS_PTRACE here'
	effective=$(sed -n 's/^CapEff:.*\(.....\)$/\1/p' /proc/self/status)
	[ $((0x$effective >> 19 & 1)) -eq 0 ] ||
		help='CAP_SYS_PTRACE does not reach there: a user namespace or a security module'
fi
fault 'pidfd_getfd: not permitted' 3 '' "*1 socket could not be opened: not permitted ($help*" \
	pidfd_getfd:error=EPERM:when=2+ get "$p:$fd" SO_TYPE
fault 'pidfd_getfd: all of one port' 0 '*note: partial: *' '*sockets could not be opened: *' \
	pidfd_getfd:error=EPERM:when=2+ show ":$port"
# A user's netipc asks so first whether it may look into other processes.
fault 'pidfd_getfd: no descriptor left' 3 '' '*: [TN]o*' \
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
fault 'openat: no descriptor left' 3 '' '*: /proc/[1-9]*: *' \
	openat:error=EMFILE:when=10+ show "$p"
fault 'readlinkat: not permitted' 3 '' '*process * may not be looked into: not permitted*' \
	readlinkat:error=EACCES get "$p:$fd" SO_TYPE
fault 'readlinkat: the descriptor has gone' 1 '' '*no socket matches*' \
	readlinkat:error=ENOENT get "$p:$fd" SO_TYPE
fault 'readlinkat: what is no permission' 3 '' '*: /proc/[1-9]*: [IL]*' \
	readlinkat:error=EIO:when=2+ get "$p:$fd" SO_TYPE
# A process that may not be looked at is not one without sockets.
only=$p
fault 'openat: a process may not be opened' 3 '' '*process * may not be looked into: not permitted*' \
	openat:error=EACCES show "$p"
fault 'openat: a process cannot be opened' 3 '' "*: /proc/$p: *" openat:error=EIO show "$p"
fault 'openat: a process has gone' 1 '' '*no socket matches*' openat:error=ENOENT show "$p"
only=/proc/$p/fd
fault 'fstat: its descriptors may not be listed' 3 '' \
	'*process * may not be looked into: not permitted*' \
	'/^(newfstatat|fstat|statx)$:error=EACCES' show "$p"
fault 'fstat: its descriptors cannot be listed' 3 '' "*: /proc/$p: *" \
	'/^(newfstatat|fstat|statx)$:error=EIO' show "$p"
fault 'readlinkat: one may not be read' 0 '*' '*1 process could not be looked into: not permitted*' \
	readlinkat:error=EACCES:when=6 show "$p"
fault 'readlinkat: one may not be read, set' 3 '*' \
	'*1 process could not be looked into: not permitted*' \
	readlinkat:error=EACCES:when=6 set --all "$p" priority=0
fault 'getdents: its descriptors cannot be listed' 3 '' "*: /proc/$p: *" \
	getdents64:error=EIO show "$p"
only=/proc/$p
fault 'its name may not be read' 3 "*[[]$p] fd $fd *" \
	'*: the names of 1 process may not be read' openat:error=EACCES:when=2 show "$p"
only=/proc/$p/comm
fault 'its name cannot be read' 3 '' "*: /proc/$p: *" read:error=EIO show "$p"
only=
# What cannot be told of a socket is not left out silently.
whole='*: 1 socket could not be read in full: *'
fault 'getsockname' 3 "*[]] fd $fd *" "$whole" getsockname:error=ENOBUFS show "$p:$fd"
fault 'getpeername' 3 "*[]] fd $fd *" "$whole" getpeername:error=ENOBUFS show "$p:$fd"
fault 'getsockname: get' 3 SOCK_STREAM "$whole" getsockname:error=ENOBUFS get "$p:$fd" SO_TYPE
fault 'getsockname: set' 3 '*got 0*' "*$whole" getsockname:error=ENOMEM set "$p:$fd" priority=0
fault 'getsockname: selected by it' 3 '' '*read in full: *no socket matches*' \
	getsockname:error=ENOBUFS show "$p" --listening --state=unconn
fault 'getsockopt: a value' 3 "*[]] fd $fd *" "$whole" getsockopt:error=ENOMEM:when=9+ \
	show --all "$p:$fd"
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
for code in EMFILE ENOMEM; do
	fault "no fresh socket to compare with: $code" 3 '*SO_KEEPALIVE *' \
		'*: what a fresh socket has is not known for tcp: *' socket:error=$code show "$p:$fd"
done
fault 'a fresh socket may not be opened' 0 '*SO_KEEPALIVE *' \
	'*: what a fresh socket has is not known for tcp: Permission denied' \
	socket:error=EACCES:when=2+ show "$p:$fd"
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
