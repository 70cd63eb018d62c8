#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr split, list, rand and others when system calls fail
. "${srcdir:?run by make check}/tests/lib.sh"

# What cannot be written ends the verb at once, however much is left.
for args in 'split ::/0 /127' 'split -j ::/0 /127' 'split ::1-8000:: --into 99999999999' \
	'split --hosts 5 ::/64' 'nth ::/64 1' 'next ::' 'prev ::1' 'super ::' 'range ::/0' \
	'list ::/0' 'list --csv ::/0' 'rand -n 99999999999 ::/0' 'rand -un 99999999999 ::/0' \
	'contains ::/0 ::' 'gaps ::/0 ::'; do
	# shellcheck disable=SC2086
	netipc addr $args >/dev/full 2>"$tmp/err"
	same "$args: status when the disk is full" 3 $?
	ok "$args: the reason" grep -qx "netipc addr ${args%% *}: write.*: No space left on device" \
		"$tmp/err"
	same "$args: one line" 1 "$(wc -l <"$tmp/err" | tr -d ' ')"
done

need_faults

# fault NAME STATUS STDOUT-GLOB STDERR-GLOB INJECT ARG... - netipc addr ARG... with a failing call
fault() {
	_name=$1 _status=$2 _out=$3 _glob=$4 _inject=$5
	shift 5
	# shellcheck disable=SC2094 # -P names a file, whatever is done with it
	strace -f -o "$tmp/trace" -e trace=getrandom,read,write,?open,openat -P "$tmp/list" \
		-P /dev/null -e "inject=$_inject" "$NETIPC" addr "$@" >"$tmp/out" 2>"$tmp/err" <"$tmp/list"
	outcome "$_name" "$_status" "$_out" "$_glob" $?
}

printf '192.0.2.0/25\n192.0.2.128/25\n' >"$tmp/list"
fault "nets cannot be read" 3 '' 'netipc addr list: standard input: I*/* error' \
	read:error=EIO list -
fault "the list of gaps cannot be read: nothing is known" 3 '' \
	'netipc addr gaps: *: I*/* error' read:error=EIO gaps 192.0.2.0/24
fault "the file of gaps cannot be read" 3 '' "netipc addr gaps: *$tmp/list: I*/* error" \
	read:error=EIO gaps 192.0.2.0/24 "$tmp/list"
fault "the file of gaps cannot be opened" 3 '' \
	"netipc addr gaps: $tmp/list: Permission denied" '?open,openat:error=EACCES' \
	gaps 192.0.2.0/24 "$tmp/list"
fault "the list of contains cannot be read" 3 '' "netipc addr contains: *: I*/* error" \
	read:error=EIO contains "$tmp/list" ::
fault "numbers cannot be read" 3 '' 'netipc addr nth: *: I*/* error' \
	read:error=EIO nth 192.0.2.0/24 -

# random NAME STATUS STDOUT-GLOB STDERR-GLOB INJECT - netipc addr rand with getrandom failing
random() {
	_name=$1 _status=$2 _out=$3 _glob=$4 _inject=$5
	strace -f -o "$tmp/trace" -e trace=getrandom -e "inject=getrandom:$_inject" \
		"$NETIPC" addr rand 192.0.2.0/24 >"$tmp/out" 2>"$tmp/err" </dev/null
	outcome "$_name" "$_status" "$_out" "$_glob" $?
}
random "no random numbers" 3 '' 'netipc addr rand: random numbers: Function not implemented' error=ENOSYS
random "a signal while waiting for them" 0 '192.0.2.*' '' error=EINTR:when=1..3

done_testing
