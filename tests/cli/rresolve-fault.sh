#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc rresolve, many addresses and --filter: system calls that fail, signals
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

fakedns server --synth 10.in-addr.arpa --synth bulk.test
wait_ready server
server=@$ready
printf '10.0.0.1\n10.0.0.2\n' >"$tmp/list"

# fault: what strace makes fail, as in socket:error=EMFILE; only: only for this file
fault=
only=
plain_netipc=$NETIPC
netipc() {
	strace -f -o "$tmp/trace" -e inject="$fault" ${only:+-P "$only"} "$plain_netipc" "$@"
}
# hit NAME - the fault of the last t was met: otherwise it showed nothing
hit() {
	ok "$1: was injected" grep -q INJECTED "$tmp/trace"
}

both='10.0.0.1 ip-10-0-0-1.bulk.test
10.0.0.2 ip-10-0-0-2.bulk.test'
names='ip-10-0-0-1.bulk.test
ip-10-0-0-2.bulk.test'
fault=write,writev:error=ENOSPC:when=1
t "batch: write" 3 '' '*write*: No space left on device' rresolve "$server" -f "$tmp/list"
hit "batch: write"
t "filter: write" 3 '' '*write*: No space left on device' rresolve "$server" --filter -f "$tmp/list"
hit "filter: write"
only=$tmp/list
fault='?open,openat:error=EACCES'
t "batch: open" 3 '' "netipc rresolve: $tmp/list: *" rresolve "$server" -f "$tmp/list"
hit "batch: open"
t "filter: open" 3 '' "netipc rresolve: $tmp/list: *" rresolve "$server" --filter -f "$tmp/list"
hit "filter: open"
fault=read:error=EIO
t "batch: read" 3 '' "netipc rresolve: $tmp/list: *" rresolve "$server" -f "$tmp/list"
hit "batch: read"
t "filter: read" 3 '' "netipc rresolve: $tmp/list: *" rresolve "$server" --filter -f "$tmp/list"
hit "filter: read"
fault=read:error=EINTR:when=1
t "batch: read, EINTR" 0 "$both" '' rresolve "$server" -f "$tmp/list"
hit "batch: read, EINTR"
t "filter: read, EINTR" 0 "$names" '' rresolve "$server" --filter -f "$tmp/list"
hit "filter: read, EINTR"
only=
fault=socket:error=EMFILE
t "batch: socket" 3 '*' 'netipc rresolve: *' rresolve "$server" -f "$tmp/list"
hit "batch: socket"
t "filter: socket" 3 '*' 'netipc rresolve: *' rresolve "$server" --filter -f "$tmp/list"
hit "filter: socket"
fault=epoll_create1:error=EMFILE
t "filter: epoll" 3 '' 'netipc rresolve: *' rresolve "$server" --filter -f "$tmp/list"
hit "filter: epoll"
fault=sendmmsg,sendmsg,sendto:error=ENETUNREACH
t "batch: send" 3 '' 'netipc rresolve: *10.0.0.1: *' rresolve "$server" -f "$tmp/list"
hit "batch: send"
t "filter: send" 3 '10.0.0.1
10.0.0.2' 'netipc rresolve: *' rresolve "$server" --filter -f "$tmp/list"
hit "filter: send"
fault=clone,clone3:error=EAGAIN
t "the system's threads" 3 '*' 'netipc rresolve: *' rresolve --numerichost -f "$tmp/list"
hit "the system's threads"
fault='?pipe,pipe2,eventfd2:error=EMFILE'
t "the system's threads: their descriptor" 3 '' 'netipc rresolve: *' \
	rresolve --numerichost -f "$tmp/list"
hit "the system's threads: their descriptor"
fault=ppoll,poll:error=EINTR:when=1
t "the system: wait, EINTR" 0 '10.0.0.1 10.0.0.1
10.0.0.2 10.0.0.2' '' rresolve --numerichost -f "$tmp/list"
hit "the system: wait, EINTR"
done_testing
