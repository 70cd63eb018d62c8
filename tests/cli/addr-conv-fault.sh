#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr conv when system calls fail
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

# fault NAME STATUS STDOUT STDERR-GLOB INJECT ARG... - netipc addr conv ARG... while a call
# fails; with $path, only one on that file
fault() {
	_name=$1 _status=$2 _out=$3 _glob=$4 _inject=$5
	shift 5
	strace -f -o /dev/null ${path:+-P "$path"} -e "inject=$_inject" "$NETIPC" addr conv "$@" \
		>"$tmp/out" 2>"$tmp/err" <"${input:-/dev/null}"
	_got=$?
	input='' path=''
	if [ "$_got" -eq "$_status" ] && like "$_glob" "$(cat "$tmp/err")" &&
		[ "$(tr '\n' ' ' <"$tmp/out")" = "$_out" ]; then
		pass "$_name"
	else
		fail "$_name: status $_got, wanted $_status: $(head -c 500 "$tmp/out" "$tmp/err")"
	fi
}

# first_call FD-OR-NAME CALL ARG... - the number of the call that is the first on it
first_call() {
	_what=$1 _call=$2
	shift 2
	strace -o "$tmp/trace" -e trace="$_call" "$NETIPC" addr conv "$@" <"$tmp/in" >/dev/null 2>&1
	awk -v what="$_what" '{ n++ } index($0, what) { print n; exit }' "$tmp/trace"
}

printf '1.1.1.1\n2001:DB8::\nbad\n' >"$tmp/in"
echo 2.2.2.2 >"$tmp/other"
n=$(first_call 'read(0,' read)
input=$tmp/in
fault 'standard input cannot be read; the next is' 3 '2.2.2.2 ' \
	'netipc addr conv: standard input: I*/* error*' "read:error=EIO:when=$n" - "$tmp/other"
input=$tmp/in
fault 'a read that a signal ends is done again' 2 '1.1.1.1 2001:db8:: ' \
	'netipc addr conv: standard input:3: "bad" *' "read:error=EINTR:when=$n"
path=$tmp/in
fault 'a file cannot be opened; the next is' 3 '2.2.2.2 ' \
	"netipc addr conv: $tmp/in: Permission denied" "openat,open:error=EACCES" \
	"$tmp/in" "$tmp/other"
fault 'standard output cannot be written' 3 '' \
	'netipc addr conv: write*: I*/* error*' 'write,writev:error=EIO:when=1' "$tmp/other"
fault 'records cannot be written' 3 '' \
	'netipc addr conv: write*: I*/* error*' 'write,writev:error=EIO:when=1' --csv "$tmp/other"
done_testing
