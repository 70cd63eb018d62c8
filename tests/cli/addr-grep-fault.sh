#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr grep when system calls fail
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

list=$tmp/list log=$tmp/log other=$tmp/other
printf '10.0.0.0/8 ten\n' >"$list"
printf 'x 10.0.0.1\ny 11.0.0.1\n' >"$log"
printf '10.0.0.2\n' >"$other"

# on FILE CALLS INJECTION ARG... - netipc addr grep ARG..., the CALLS on FILE fail
on() {
	_file=$1 _calls=$2 _injection=$3
	shift 3
	strace -f -o /dev/null -P "$_file" -e "trace=$_calls" -e "inject=$_calls:$_injection" \
		"$NETIPC" addr grep "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
}

for call in openat,open:EACCES read:EIO; do
	on "$list" "${call%:*}" "error=${call#*:}" -v -f "$list" "$log"
	same "list: ${call%:*}: status" 3 $status
	same "list: ${call%:*}: no wrong line" '' "$(cat "$tmp/out")"
	ok "list: ${call%:*}: one complaint" test "$(wc -l <"$tmp/err")" -eq 1
	on "$log" "${call%:*}" "error=${call#*:}" --no-filename -f "$list" "$log" "$other"
	same "file: ${call%:*}: status" 3 $status
	same "file: ${call%:*}: the next one is read" 10.0.0.2 "$(cat "$tmp/out")"
	ok "file: ${call%:*}: one complaint" test "$(wc -l <"$tmp/err")" -eq 1
done
ok "the complaint" grep -qE "^netipc addr grep: $log: (Input/output|I/O) error$" "$tmp/err"
on "$log" read error=EIO:when=2 -c -f "$list" "$log"
same "a file that breaks off: status" 3 $status
same "a file that breaks off: what was read counts" 1 "$(cat "$tmp/out")"
on "$log" read error=EINTR:when=1 -f "$list" "$log"
same "an interrupted read: status" 0 $status
same "an interrupted read is repeated" 'x 10.0.0.1' "$(cat "$tmp/out")"

# full ARG... - netipc addr grep ARG... cannot write
full() {
	strace -f -o /dev/null -e inject=write,writev:error=ENOSPC:when=1 \
		"$NETIPC" addr grep "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	same "write: $*: status" 3 $status
	ok "write: $*: error" grep -q '^netipc addr grep: write.*: No space left on device$' "$tmp/err"
}
full -f "$list" "$log"
full -v -f "$list" "$log"
full -c -f "$list" "$log"
full -o --json -f "$list" "$log"

# A reader that goes away ends the command without a word.
i=0
while [ $i -lt 20000 ]; do
	echo "10.0.0.1 a line that is in the set, so that there is much to write"
	i=$((i + 1))
done >"$tmp/many"
{ "$NETIPC" addr grep -f "$list" "$tmp/many" 2>"$tmp/err"; echo $? >"$tmp/status"; } | head -n 1 >"$tmp/out"
ok "a closed pipe: SIGPIPE" test "$(cat "$tmp/status")" -gt 128
same "a closed pipe: no complaint" '' "$(cat "$tmp/err")"

done_testing
