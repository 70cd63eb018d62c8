#!/bin/sh
# SPDX-License-Identifier: MIT
# The frame when system calls fail: reads, writes, memory, links
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

# fault NAME STATUS STDERR-GLOB INJECT ARG... - netipc ARG... while strace makes a call fail
fault() {
	_name=$1 _status=$2 _glob=$3 _inject=$4
	shift 4
	strace -f -o /dev/null -e "inject=$_inject" "$NETIPC" "$@" \
		>"$tmp/out" 2>"$tmp/err" <"${input:-/dev/null}"
	_got=$?
	input=
	if [ "$_got" -eq "$_status" ] && like "$_glob" "$(cat "$tmp/err")"; then
		pass "$_name"
	else
		fail "$_name: status $_got, wanted $_status: $(head -c 500 "$tmp/err")"
	fi
}

# Which read is the first of standard input: the injection is by the number of the call
reads_before() {
	strace -o "$tmp/trace" -e trace=read,readv "$NETIPC" addr - </dev/null >/dev/null 2>&1
	awk '/^readv?\(/ { n++ } /^readv?\(0,/ { print n; exit }' "$tmp/trace"
}

printf '192.0.2.1\n::1\n' >"$tmp/in"
n=$(reads_before)
input=$tmp/in
fault "standard input cannot be read" 3 \
	'netipc addr: standard input: I*/* error' "read,readv:error=EIO:when=$n+" addr -
input=$tmp/in
fault "a signal ends a read: it is done again" 0 '' "read,readv:error=EINTR:when=$n" \
	addr -H -o address -
same "no line is lost" "192.0.2.1 ::1" "$(tr '\n' ' ' <"$tmp/out" | sed 's/ $//')"
fault "standard output cannot be written" 3 \
	'netipc addr: write*: I*/* error' 'write,writev:error=EIO:when=1' addr ::1
fault "the same with a table" 3 'netipc addr: write*: I*/* error' \
	'write,writev:error=EIO:when=1' addr -o address ::1
fault "help cannot be written" 3 '*: I*/* error' 'write,writev:error=EIO:when=1' --help
fault "no symbolic link can be made" 3 '*: Read-only file system*' 'symlink:error=EROFS' \
	"--install=$tmp"
fault "the binary is not found" 3 '*netipc: /proc/self/exe: No such file*' \
	'readlink:error=ENOENT' "--install=$tmp"
if ! netipc --version | grep -q sanitizers; then # they need more than that
	head -c 60000000 /dev/zero | tr '\0' 1 >"$tmp/long"
	(
		ulimit -v 40000
		netipc addr - <"$tmp/long" >"$tmp/out" 2>"$tmp/err"
	)
	same "out of memory: status" 3 $?
	same "out of memory: message" 'netipc: out of memory' "$(cat "$tmp/err")"
fi

done_testing
