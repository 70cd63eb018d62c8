#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt set: the options of sockets that another process holds are changed
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'the emulator does not pass pidfd_getfd on'
need jq

holder one listen connect accept udp tcp local unix
holds=$pid
fd=$(held one connect fd)
ino=$(held one connect inode)
local=$(held one connect address)
peer=$(held one listen address)
one=$holds:$fd
udp=$holds:$(held one udp fd)
unix=$holds:$(held one unix fd)
netipc sockopt show "$holds" >"$tmp/all" 2>"$tmp/err" || skip "live sockets: $(cat "$tmp/err")"
name=$(sed -n 's/\[.*//p' "$tmp/all" | head -n 1)
audit="netipc sockopt set: uid=$(id -u) set pid=$holds($name) fd=$fd ino=$ino $local->$peer"

# now NAME [SOCKET] - the value that NAME has
now() {
	netipc sockopt get "${2-$one}" "$1"
}

# Was, asked, got; the audit line; the process has it
tg 'one option' 0 "*  tcp ESTAB  $local -> $peer  ino $ino
  SO_KEEPALIVE  was off  asked on  got on" "$audit SO_KEEPALIVE off->on" \
	sockopt set "$one" SO_KEEPALIVE=on
same 'it is set' on "$(now so_keepalive)"
tg 'short names, units, in order' 0 "*
  TCP_KEEPIDLE  was *s  asked 600s  got 600s
  TCP_KEEPCNT  was *  asked 3  got 3" \
	"$audit TCP_KEEPIDLE *s->600s
$audit TCP_KEEPCNT *->3" sockopt set "*-$peer" keepidle=10m KEEPCNT=3
same 'both are set' '600s 3' "$(now keepidle) $(now keepcnt)"
tg 'a structure' 0 '*  SO_LINGER  was {0,0s}  asked {1,5s}  got {1,5s}' '*SO_LINGER {0,0s}->{1,5s}' \
	sockopt set "ino=$ino" 'linger={1,5s}'
tg 'by its numbers' 0 '*  TCP_KEEPIDLE  was 600s  asked 500s  got 500s' '*' \
	sockopt set "$one" 6:4:seconds=500
tg 'twice is as asked' 0 '*  SO_SNDBUF  was *  asked 32768  got 65536*' '*' \
	sockopt set "$one" sndbuf=32k

# What the kernel makes of it, and why
tg 'clamped' 1 '*  SO_RCVBUF  was *  asked 1073741824  got *net.core.rmem_max=*' '*' \
	sockopt set "$one" rcvbuf=1g
tg 'refused' 1 "*  TCP_KEEPIDLE  was 500s  asked 0s  got -  (refused: *" '' \
	sockopt set "$one" keepidle=0
tg 'one is refused, the other set' 1 '*  TCP_KEEPCNT  was 3  asked 200  got -  (refused: *
  TCP_KEEPINTVL  was *  asked 7s  got 7s' "$audit TCP_KEEPINTVL *s->7s" \
	sockopt set "$one" keepcnt=200 keepintvl=7
tg 'no such option there' 1 '*  TCP_NODELAY  was -  asked on  got -  (refused: *' '' \
	sockopt set "$udp" nodelay=1
tg 'it can only be set' "$([ "$(id -u)" = 0 ] && echo 0 || echo 3)" '*SO_RCVBUFFORCE*' '*' \
	sockopt set "$unix" rcvbufforce=100000

# Formats
tj 'JSON' 0 '[.pid, .fd, .inode, .option, .was, .asked, .got, .unit, .note, .error]' \
	"[$holds,$fd,$ino,\"SO_LINGER\",{\"onoff\":true,\"linger_s\":5},{\"onoff\":false,\"linger_s\":0},{\"onoff\":false,\"linger_s\":5},null,\"the time stays as it was while it is off\",null]" \
	'*' sockopt set --json "$one" linger=off
tj 'JSON: refused' 1 '[.option, .got, .error]' '["TCP_KEEPIDLE",null,"EINVAL"]' '' \
	sockopt set --json "$one" keepidle=0
t 'table' 0 "FD  OPTION       WAS  ASKED  GOT
 $fd  TCP_NODELAY  off  on     on" '*' sockopt set -o fd,option,was,asked,got "$one" nodelay=on
t 'no heading' 0 'TCP_NODELAY  on' '*' sockopt set -H -o option,got "$one" nodelay=1
t 'TSV' 0 'option	was	got
TCP_NODELAY	on	off' '*' sockopt set --tsv -o option,was,got "$one" nodelay=off
netipc sockopt set --csv "$one" nodelay=on 2>/dev/null | tr -d '\r' >"$tmp/csv"
same 'CSV' "pid,fd,process,inode,option,was,asked,got,unit,note,error
$holds,$fd,$name,$ino,TCP_NODELAY,off,on,on,,," "$(cat "$tmp/csv")"
same 'CSV is quiet on the record alone' 2 "$(wc -l <"$tmp/csv" | tr -d ' ')"
if [ -e /dev/full ]; then
	# shellcheck disable=SC2086
	$NETIPC_EXEC "$NETIPC" sockopt set --undo-file="$tmp/full" "$one" nodelay=off \
		>/dev/full 2>"$tmp/err"
	same 'output that cannot be written' 3 $?
	glob 'and the change is told all the same' "*$audit TCP_NODELAY on->off*" "$(cat "$tmp/err")"
	same 'and can be undone' "netipc sockopt set ino=$ino 'TCP_NODELAY=on'" "$(cat "$tmp/full")"
fi

# One match, or --all
t 'several' 2 '' "*2 sockets match \":${peer##*:}\": choose one (PID:FD, ino=N), or --all" \
	sockopt set ":${peer##*:}" nodelay=1
same 'none of them is changed' 'off off' "$(now nodelay "$holds:3") $(now nodelay)"
tg 'all' 0 "*
  TCP_NODELAY  was off  asked on  got on
*
  TCP_NODELAY  was off  asked on  got on" '*' sockopt set --all ":${peer##*:}" nodelay=1
same 'both are changed' 'on on' "$(now nodelay "$holds:3") $(now nodelay "$holds:5")"
t 'a state makes it one' 0 '*' '*' sockopt set --state=listen ":${peer##*:}" nodelay=0
same 'that one' 'off on' "$(now nodelay "$holds:3") $(now nodelay "$holds:5")"
t 'none' 1 '' '*no socket matches*' sockopt set "$holds:9999" nodelay=1

# --dry-run tells and does nothing
netipc sockopt set "$one" keepalive=0 >/dev/null 2>&1
tg 'dry run' 0 '*
  SO_KEEPALIVE  was off  asked on  (would be set)' '' sockopt set -n "$one" keepalive=1
tg 'dry run: a limit' 0 '*  asked 1073741824  (would become *rmem_max=*' '' \
	sockopt set --dry-run --undo-file="$tmp/none" "$one" rcvbuf=1g
same 'dry run: nothing is changed' off "$(now keepalive)"
same 'dry run: no undo file' no "$([ -e "$tmp/none" ] && echo yes || echo no)"
t 'dry run: several' 2 '' '*sockets match*' sockopt set -n "$holds" keepalive=1
tj 'dry run: JSON' 0 '[.was, .asked, .got]' '[false,true,null]' '' \
	sockopt set -n -j "$one" keepalive=1
if strace -o /dev/null true 2>/dev/null; then
	ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=setsockopt -o "$tmp/trace" "$NETIPC" \
		sockopt set -n "$one" keepalive=1 nodelay=0 >/dev/null 2>&1
	same 'dry run: setsockopt is not called' 0 "$(grep -c 'setsockopt(' "$tmp/trace")"
	ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=setsockopt -o "$tmp/trace" "$NETIPC" \
		sockopt set "$one" keepalive=0 >/dev/null 2>&1
	same 'without it once' 1 "$(grep -c 'setsockopt(' "$tmp/trace")"
else
	left_out 'dry run: setsockopt is not called' 'no strace'
fi

# --undo-file: its commands undo it, buffers too
bin=$tmp/bin
mkdir "$bin"
printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$NETIPC_EXEC" "$NETIPC" >"$bin/netipc"
chmod +x "$bin/netipc"

# values SOCKET - all that stays as it is
values() {
	netipc sockopt show -a --json -o option,value "$1" 2>/dev/null |
		jq -c 'select(.option) | select(.option | test("INFO|COOKIE|TIMESTAMP$|MAXSEG") | not)'
}

# undone NAME SOCKET ASSIGNMENT... - what is set and undone is as before
undone() {
	_undo=$1 _socket=$2
	shift 2
	values "$_socket" >"$tmp/before"
	rm -f "$tmp/undo"
	netipc sockopt set --undo-file="$tmp/undo" "$_socket" "$@" >"$tmp/out" 2>"$tmp/err"
	values "$_socket" >"$tmp/between"
	if cmp -s "$tmp/before" "$tmp/between"; then
		fail "$_undo: nothing was set: $(cat "$tmp/out" "$tmp/err")"
		return
	fi
	PATH=$bin:$PATH sh -e "$tmp/undo" >"$tmp/out" 2>&1 </dev/null
	same "$_undo: status" 0 $?
	values "$_socket" >"$tmp/after"
	ok "$_undo" diff "$tmp/before" "$tmp/after"
	cat "$tmp/ok"
}
tcp=$holds:$(held one tcp fd)
undone 'undo' "$tcp" keepalive=on keepidle=9s nodelay=on user_timeout=30s
netipc sockopt set "$tcp" 'linger={1,9s}' >/dev/null 2>&1
undone 'undo: a structure' "$tcp" 'linger={1,7s}'
undone 'undo: set twice' "$tcp" keepalive=on keepalive=off keepalive=on keepidle=9s keepidle=8s
undone 'undo: one that changes another' "$tcp" tos=EF priority=3
undone 'undo: buffers are tuned again' "$tcp" rcvbuf=300000 sndbuf=9000
undone 'undo: one buffer' "$udp" rcvbuf=30k
undone 'undo: the lock alone' "$tcp" 'buf_lock=snd|rcv'
undone 'undo: times' "$unix" rcvtimeo=1s sndtimeo=2s passcred=on
undone 'undo: names' "$udp" ip_mtu_discover=do
# Only root may take a socket off an interface again
[ "$(id -u)" -ne 0 ] || undone 'undo: an interface' "$udp" so_bindtodevice=lo
if [ "$(netipc sockopt get "$tcp" TCP_CONGESTION)" != reno ]; then
	undone 'undo: congestion control' "$tcp" congestion=reno
fi
netipc sockopt set "$tcp" sndbuf=9000 >/dev/null 2>&1
undone 'undo: a buffer that the program has set' "$tcp" sndbuf=20000
rm -f "$tmp/undo"
netipc sockopt set --undo-file="$tmp/undo" "$one" keepidle=0 >/dev/null 2>&1
same 'what was refused is not in it' '' "$(cat "$tmp/undo")"
netipc sockopt set --all --undo-file="$tmp/undo" ":${peer##*:}" tcp_syncnt=5 >/dev/null 2>&1
same 'a line a socket' 2 "$(grep -c "^netipc sockopt set ino=[0-9]* 'TCP_SYNCNT=[0-9]*'$" "$tmp/undo")"
t 'a file that cannot be opened' 3 '' "netipc sockopt set: $tmp/no/such: No such file or directory" \
	sockopt set --undo-file="$tmp/no/such" "$one" keepalive=on
same 'then nothing is set' off "$(now keepalive)"

# What cannot be taken back
for option in TCP_REPAIR=1 TCP_ULP=tls SO_LOCK_FILTER=1 SO_DETACH_FILTER=1; do
	t "refused: $option" 2 '' "*cannot be taken back or destroys something (--force sets it)*" \
		sockopt set "$one" "$option"
done
tg 'by force' 0 '*  SO_LOCK_FILTER  was off  asked on  got on' '*' sockopt set --force "$unix" lock_filter=1

# One socket of several holders
holder two tcp fork
shared=$pid:3
child=$(sed -n 's/^child //p' "$tmp/two.out")
t 'shared: told' 0 '*' "*ino=$(held two tcp inode) is held by 2 descriptors: all of them see the change" \
	sockopt set "$shared" keepalive=on
same 'shared: the child has it too' on "$(now keepalive "$child:3")"

# An own descriptor
netipc sockopt set fd=0 keepalive=1 </dev/null >"$tmp/out" 2>"$tmp/err"
same 'no socket: status' 1 $?

# An ordinary user
if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	user() {
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	}
	chmod 755 "$tmp" "$bin"
	cp "${HOLDER:?run by make check}" "$NETIPC" "$bin" && chmod 755 "$bin"/*
	# The program and all that is above it must be there for that user.
	user "$bin/holder" tcp >"$tmp/own.out" 2>"$tmp/own.err" </dev/null &
	pids="$pids $!"
	wait_ready own
	own=$ready:3
	pids="$pids $ready" # a shell stands between
	user "$bin/${NETIPC##*/}" sockopt set "$own" SO_MARK=1 SO_PRIORITY=7 KEEPALIVE=1 \
		>"$tmp/out" 2>"$tmp/err"
	same 'user: status' 3 $?
	glob 'user: what needs a capability' '*
  SO_MARK  was 0x0  asked 0x1  got -  (refused: *CAP_NET_ADMIN*)
  SO_PRIORITY  was 0  asked 7  got -  (refused: *CAP_NET_ADMIN*)
  SO_KEEPALIVE  was off  asked on  got on' "$(cat "$tmp/out")"
	glob 'user: audit of what was set alone' 'netipc sockopt set: uid=65534 set * SO_KEEPALIVE off->on' \
		"$(cat "$tmp/err")"
	user "$bin/${NETIPC##*/}" sockopt set "$one" KEEPALIVE=1 >"$tmp/out" 2>"$tmp/err"
	same "user: root's: status" 3 $?
	glob "user: root's" '*may not be looked into: not permitted (be root or have CAP_SYS_PTRACE*' \
		"$(cat "$tmp/err")"
	same "user: root's is not changed" off "$(now keepalive)"
	netipc sockopt set "$own" SO_MARK=1 >"$tmp/out" 2>"$tmp/err"
	same "root: the user's: status" 0 $?
	same "root: the user's" 0x1 "$(now so_mark "$own")"
else
	t 'a user: what needs a capability' 3 '*' '' sockopt set "$one" SO_MARK=1 SO_PRIORITY=7
	left_out "root's sockets and another user" 'this is an ordinary user already'
fi

# Usage
t 'no value' 2 '' '*"keepalive" is not NAME=VALUE*' sockopt set "$one" keepalive
t 'no option' 2 '' '*' sockopt set "$one"
t 'unknown' 2 '' '*no option "kepalive"*SO_KEEPALIVE*' sockopt set "$one" kepalive=1
t 'read only' 2 '' '*SO_TYPE cannot be set*' sockopt set "$one" so_type=1
t 'bad value' 2 '' '*SO_KEEPALIVE*' sockopt set "$one" keepalive=maybe
t 'bad selector' 2 '' '*want PID*' sockopt set :x keepalive=1
t 'gone' 1 '' '*there is no process 2147483647' sockopt set 2147483647 keepalive=1
t 'a port without a colon' 1 '' '*there is no process 65535 (a port has a colon in front)' \
	sockopt set 65535 keepalive=1
done_testing
