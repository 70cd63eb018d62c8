#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve and rresolve: system calls that fail
. "${srcdir:?run by make check}/tests/lib.sh"
need strace unshare
emulated && skip 'strace would see the calls of the emulator'
strace -o /dev/null -e inject=getppid:error=EPERM true 2>/dev/null || skip 'ptrace is refused'
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS} # it cannot run below ptrace
export ASAN_OPTIONS

mkdir "$tmp/etc"
printf '127.0.0.1\tlocalhost\n' >"$tmp/etc/hosts"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$tmp/etc/resolv.conf"
printf 'hosts: files dns\nservices: files\nprotocols: files\n' >"$tmp/etc/nsswitch.conf"
in_world "$tmp/etc" true 2>"$tmp/why" ||
	skip "no namespace with files of /etc: $(head -n 1 "$tmp/why")"
printf 'http\t80/tcp\n' >"$tmp/etc/services"
printf '192.0.2.1\n192.0.2.2\n' >"$tmp/list"

# fault: what strace makes fail, as in socket:error=EMFILE; only: only for this file
fault=
only=
netipc() {
	# shellcheck disable=SC2086
	in_world "$tmp/etc" strace -f -o "$tmp/trace" -e inject="$fault" ${only:+-P "$only"} \
		"$NETIPC" "$@"
}
# hit NAME - the fault of the last t was met: otherwise it showed nothing
hit() {
	ok "$1: was injected" grep -q INJECTED "$tmp/trace"
}

fault=socket:error=EMFILE
t "socket, EMFILE" 3 '' 'netipc resolve: absent.test: *(EAI_SYSTEM)*' resolve absent.test
hit "socket, EMFILE"
if "$NETIPC" --version | grep -q ' glibc'; then # musl says that there is no name
	t "socket, EMFILE, rresolve" 3 '' 'netipc rresolve: 192.0.2.1: *(EAI_*)*' \
		rresolve --namereqd 192.0.2.1
	hit "socket, EMFILE, rresolve"
fi
fault=sendto,sendmmsg:error=ENOBUFS
t "no query can be sent" 3 '' 'netipc resolve: absent.test: *(EAI_AGAIN)' \
	resolve -4 absent.test
fault=connect:error=ENETUNREACH
t "connect, ENETUNREACH" 3 '' 'netipc resolve: absent.test: *(EAI_AGAIN)' \
	resolve -4 absent.test

# No fault, but what is not called: without a port nobody asks for a service
fault=getppid:error=EPERM
t "a name without a port" 0 localhost '' rresolve 127.0.0.1
same "a name without a port: does not read services" '' "$(grep /etc/services "$tmp/trace")"
t "a name and a port" 0 localhost:http '' rresolve 127.0.0.1 80
ok "a name and a port: reads services" grep /etc/services "$tmp/trace"

fault=write,writev:error=ENOSPC:when=1 # musl's stdio uses writev
for cmd in "resolve --numerichost 192.0.2.1" "resolve --socktype stream -j 192.0.2.1" \
	"rresolve --numerichost 192.0.2.1" "rresolve --numerichost --csv 192.0.2.1"; do
	# shellcheck disable=SC2086
	t "write, ENOSPC: $cmd" 3 '' "netipc ${cmd%% *}: write*: No space left on device" $cmd
	hit "write, ENOSPC: $cmd"
done

fault=read:error=EIO
only=$tmp/list
for cmd in resolve rresolve; do
	input=$tmp/list
	t "$cmd: read, EIO" 3 '' "netipc $cmd: *standard input: *" $cmd --numerichost -
	hit "$cmd: read, EIO"
done
fault=read:error=EINTR:when=1
input=$tmp/list
t "resolve: read, EINTR" 0 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' '' resolve --numerichost -
hit "resolve: read, EINTR"
input=$tmp/list
t "rresolve: read, EINTR" 0 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' '' rresolve --numerichost -
hit "rresolve: read, EINTR"
done_testing
