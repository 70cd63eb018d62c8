#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve -f and --probe: system calls that fail
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
need_faults

printf '192.0.2.1\n192.0.2.2\n' >"$tmp/list"
# fault: what strace makes fail; only: only for this file
fault=
only=
netipc() {
	# shellcheck disable=SC2086
	strace -f -o "$tmp/trace" -e inject="$fault" ${only:+-P "$only"} "$NETIPC" "$@"
}
# hit NAME - the fault of the last t was met: otherwise it showed nothing
hit() {
	ok "$1: was injected" grep -q INJECTED "$tmp/trace"
}

fault=clone,clone3:error=EAGAIN
t "no thread can be started" 3 '' 'netipc resolve: start a thread: *' resolve -f "$tmp/list"
hit "no thread can be started"
fault=clone,clone3:error=EAGAIN:when=2+
t "one thread can" 0 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' '' resolve -f "$tmp/list"
fault=pipe,pipe2:error=EMFILE
t "no pipe" 3 '' 'netipc resolve: pipe: *' resolve -f "$tmp/list"
hit "no pipe"
only=$tmp/list
fault=open,openat:error=EMFILE
t "the file cannot be opened" 3 '' "netipc resolve: $tmp/list: *" resolve -f "$tmp/list"
hit "the file cannot be opened"
fault=read:error=EIO
t "the file cannot be read" 3 '' "netipc resolve: $tmp/list: *" resolve -f "$tmp/list"
hit "the file cannot be read"
fault=read:error=EINTR:when=1
t "read, EINTR" 0 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' '' resolve -f "$tmp/list"
hit "read, EINTR"
only=$tmp/out
fault=write,writev:error=ENOSPC # musl's stdio uses writev
t "write, ENOSPC" 3 '' 'netipc resolve: write*: No space left on device' \
	resolve -f "$tmp/list"
hit "write, ENOSPC"
only=
fault=poll,ppoll:error=EINTR:when=1..5
t "the wait is interrupted" 0 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' '' resolve -f "$tmp/list"

fault=connect:error=EACCES
tj "connect, EACCES" 1 '[.status,.errno,.winner]' '["failed","EACCES",false]' '' \
	resolve --probe --numerichost -j 127.0.0.1 1
hit "connect, EACCES"
tj "connect, EACCES, side by side" 1 '[.status,.errno,.winner]' '["failed","EACCES",false]' '' \
	resolve --probe=all --numerichost -j 127.0.0.1 1
fault=socket:error=EMFILE
tj "socket, EMFILE" 1 '[.status,.errno,.local]' '["failed","EMFILE",null]' '' \
	resolve --probe --numerichost -j 127.0.0.1 1
hit "socket, EMFILE"
fault=getsockname:error=ENOBUFS
tj "getsockname, ENOBUFS" 1 '[.status,.errno,.local]' '["failed","ECONNREFUSED",null]' '' \
	resolve --probe --numerichost -j 127.0.0.1 1
hit "getsockname, ENOBUFS"
fault=epoll_create1:error=EMFILE
t "epoll_create1, EMFILE" 3 '' 'netipc resolve: *epoll*: [TN]o*' \
	resolve --probe --numerichost 127.0.0.1 1
hit "epoll_create1, EMFILE"
fault=getsockopt:error=ENOBUFS
t "getsockopt, ENOBUFS" 1 '*' '' resolve --probe --numerichost 127.0.0.1 1
done_testing
