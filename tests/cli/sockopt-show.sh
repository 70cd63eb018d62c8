#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt show: the options of sockets that another process holds
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'the emulator does not pass pidfd_getfd on'
need jq

holder one 'listen+SO_REUSEADDR=1' \
	'connect+TCP_NODELAY=1+TCP_KEEPIDLE=60+SO_LINGER={1,0}' accept udp local fork
child=$(sed -n 's/^child //p' "$tmp/one.out")
listen=$(held one listen address)
port=${listen##*:}
connect=$(held one connect fd)
netipc sockopt show "$pid" >"$tmp/all" 2>"$tmp/err" || skip "live sockets: $(cat "$tmp/err")"

# shown NAME ARG... - the header lines that show prints, without the inodes
shown() {
	netipc sockopt show "$@" 2>"$tmp/err" | sed -n '/^[^ ]/s/  ino .*//p'
}
name=$(sed -n 's/\[.*//p' "$tmp/all" | head -n 1)
p="${name}[$pid]"

# Selectors
same 'a process' 5 "$(shown "$pid" | wc -l | tr -d ' ')"
same 'a descriptor' "$p fd 3  tcp LISTEN  $listen" "$(shown "$pid:3")"
same 'a port' 2 "$(shown ":$port" | wc -l | tr -d ' ')"
same 'an address and a port' 2 "$(shown "$listen" | wc -l | tr -d ' ')"
same 'the peer' "$p fd $connect  tcp ESTAB  $(held one connect address) -> $listen" \
	"$(shown "*-$listen")"
same 'both ends' 1 "$(shown "$(held one connect address)-$listen" | wc -l | tr -d ' ')"
same 'an inode' "$p fd 3  tcp LISTEN  $listen" "$(shown "ino=$(held one listen inode)")"
same 'a UNIX name' "$p fd $(held one local fd)  unix-stream LISTEN  unix:@netipc-holder-$pid" \
	"$(shown "unix:@netipc-holder-$pid")"
same 'a state' "$p fd 3  tcp LISTEN  $listen" "$(shown --state=listen ":$port")"
same 'the other word for it' 1 "$(shown --state=established "*-:$port" | wc -l | tr -d ' ')"
same 'listening' 3 "$(shown --listening "$pid" | wc -l | tr -d ' ')"
same 'our network' 5 "$(shown --netns=$$ "$pid" | wc -l | tr -d ' ')"
same 'held by the child too' 1 \
	"$(netipc sockopt show "$pid:3" | grep -c "^  also held by $name\[$child\] fd 3$")"
same 'the child shows it as well' "${name}[$child] fd 3  tcp LISTEN  $listen" "$(shown "$child:3")"

# What the kernel's list leaves out is found by its ends too
first=$pid
holder bound bound
same 'a port that is only bound' "${name}[$pid] fd 3  tcp UNCONN  $(held bound bound address)" \
	"$(shown "$(held bound bound address)")"
stop "$pid"
pid=$first

# An own descriptor
netipc sockopt get fd=0 SO_TYPE </dev/null >"$tmp/out" 2>"$tmp/err"
same 'no socket: status' 1 $?
glob 'no socket' 'netipc sockopt get: fd=0 is no socket' "$(cat "$tmp/err")"

# What was set, and nothing else
same 'changed: the listener' '  SO_REUSEADDR         on            (default off)' \
	"$(netipc sockopt show -c "$pid:3" | sed 1d | grep -v ' also held ')"
same 'changed: the client' 'SO_LINGER TCP_NODELAY TCP_KEEPIDLE' "$(
	netipc sockopt show --changed --json "$pid:$connect" |
		jq -r 'select(.option) | .option' | tr '\n' ' ' | sed 's/ $//'
)"
t 'changed: nothing' 0 '' '' sockopt show -c "$pid:$(held one udp fd)"
same 'a level' 'TCP_NODELAY' "$(
	netipc sockopt show -c -l tcp --json "$pid:$connect" |
		jq -r 'select(.option) | .option' | head -n 1
)"

# Notes are drawn from facts
netipc sockopt show "$pid:$connect" >"$tmp/out"
for note in 'TCP_KEEPIDLE is set, but SO_KEEPALIVE is off*' 'SO_LINGER is on with 0 s*' \
	'SO_KEEPALIVE is off: *' 'TCP_USER_TIMEOUT is 0: *tcp_retries2=*'; do
	glob "note: $note" "*  note: $note" "$(cat "$tmp/out")"
done
same 'no note of a listener' '' "$(netipc sockopt show "$pid:3" | grep note)"

# Chosen options; short names; JSON with types
tg 'names' 0 "$name?$pid? fd $connect  *
  also held by *
  TCP_NODELAY          on            (default off)
  TCP_KEEPIDLE         60s           (default *s)" '' \
	sockopt show --options nodelay,keepidle "$pid:$connect"
tg '-o has options too' 0 "*TCP_NODELAY          on *" '' sockopt show -o tcp_nodelay "$pid:$connect"
same 'typed' '{"onoff":true,"linger_s":0}' "$(
	netipc sockopt show -o linger --json "$pid:$connect" |
		jq -c 'select(.option == "SO_LINGER") | .value'
)"
same 'a record' "{\"pid\":$pid,\"fd\":$connect,\"state\":\"ESTAB\",\"peer\":\"$listen\",\"level\":\"IPPROTO_TCP\",\"option\":\"TCP_NODELAY\",\"value\":true,\"default\":false,\"changed\":true}" "$(
	netipc sockopt show -o tcp_nodelay --json "$pid:$connect" |
		jq -c '{pid, fd, state, peer, level, option, value, default, changed}'
)"
same 'a note is a record' 4 "$(
	netipc sockopt show --json "$pid:$connect" | jq -c 'select(.note and .option == null)' | wc -l |
		tr -d ' '
)"
same 'holders' "[\"$pid:3\",\"$child:3\"]" "$(
	netipc sockopt show -o reuseaddr --json "ino=$(held one listen inode)" | jq -c .holders
)"
netipc sockopt show --all --csv "$pid:3" >"$tmp/csv"
glob 'CSV has a heading' 'pid,fd,process,*' "$(head -n 1 "$tmp/csv")"
same '--all is more' yes "$(
	[ "$(netipc sockopt show -a "$pid:3" | wc -l)" -gt "$(netipc sockopt show "$pid:3" | wc -l)" ] &&
		echo yes
)"
glob '--info in words' "*  round trip  *" "$(netipc sockopt show --info "$pid:$connect")"

# --table: a row a socket, a column an option
tg 'table' 0 '*PID  FD  PROCESS  STATE   LOCAL *PEER *NODELAY  KEEPIDLE  SO-TYPE
* 3  '"$name"' *LISTEN  '"$listen"' *-  *off *[0-9]*s *SOCK_STREAM
*'" $connect  $name *ESTAB *$listen *"'on *60s *SOCK_STREAM
* 5 *SOCK_STREAM
* SOCK_DGRAM
* -  *-  *SOCK_STREAM' '' sockopt show --table -o nodelay,keepidle,SO_TYPE "$pid"
tg 'table of what was set' 0 '*PID *PEER *REUSEADDR  LINGER  NODELAY  KEEPIDLE
* LISTEN *  on *-  *-  *-
* ESTAB * {1,0s} *on *60s
* ESTAB * on *- *- *-' '' sockopt show -ct "$pid"
tg 'table without rows' 0 '' '' sockopt show -ct "$pid:$(held one udp fd)"
same 'table: a record a socket' "[$connect,\"ESTAB\",true,{\"onoff\":true,\"linger_s\":0}]" "$(
	netipc sockopt show --table -j -o nodelay,linger "$pid:$connect" |
		jq -c '[.fd, .state, .tcp_nodelay, .so_linger]'
)"
same 'table: CSV' "fd,tcp_nodelay
$connect,on" "$(
	netipc sockopt show --table --csv -o fd,tcp_nodelay --options nodelay "$pid:$connect" |
		tr -d '\r'
)"
same 'table: a UNIX socket has no TCP option' "$(held one local fd) null" "$(
	netipc sockopt show -tj --options nodelay "$pid:$(held one local fd)" |
		jq -r '"\(.fd) \(.tcp_nodelay)"'
)"
t 'table of an unknown option' 2 '' '*no column "nodely"*' sockopt show -t -o nodely "$pid"
t 'table and --watch' 2 '' '*--table has no --watch and no --info*' sockopt show -t --watch 1s
t 'table of nothing' 1 '' '*there is no process 2147483647' sockopt show -t 2147483647

# What reading has an effect on is read only if it is named, and forced
t 'SO_ERROR' 1 '' 'netipc sockopt show: SO_ERROR is not read: reading clears it (--force reads it)' \
	sockopt show --options SO_ERROR "$pid:3"
tg 'SO_ERROR by force' 0 '*SO_ERROR  *' '' sockopt show --force --options SO_ERROR "$pid:3"
same '-a never has it' '' "$(netipc sockopt show -a "$pid" | grep -w SO_ERROR)"

# get: values alone
t 'get' 0 'on
60s' '' sockopt get "$pid:$connect" nodelay TCP_KEEPIDLE
t 'get what is not there' 1 '' '*TCP_NODELAY is not read: the socket has no such option' \
	sockopt get "$pid:$(held one udp fd)" tcp_nodelay
t 'get nothing' 2 '' '*' sockopt get "$pid:3"
t 'get an unknown option' 2 '' '*no option "tcp_nodely"*' sockopt get "$pid:3" tcp_nodely
same 'get: JSON' true "$(netipc sockopt get --json "$pid:$connect" nodelay | jq .value)"

# diff
tg 'diff' 1 'OPTION *FIRST *SECOND
SO_REUSEADDR *off *on
SO_LINGER *{1,0s} *{0,0s}
TCP_NODELAY *on *off
TCP_KEEPIDLE *60s *s' '' sockopt diff "$pid:$connect" "$pid:$(held one accept fd)"
t 'diff of one with itself' 0 '' '' sockopt diff "$pid:3" "$child:3"
t 'diff of several' 2 '' '*several sockets match*' sockopt diff "$pid" "$pid:3"

# --watch: what changes
netipc sockopt show --watch 50ms --count 40 --options keepalive "$pid:$connect" >"$tmp/watch" 2>&1 &
watcher=$!
pids="$pids $watcher"
poll grep -q SO_KEEPALIVE "$tmp/watch"
netipc sockopt set "$pid:$connect" keepalive=1 >/dev/null 2>&1
poll grep -q 'was off' "$tmp/watch"
glob 'watch' "$name?$pid? fd $connect *
  also held by *
  SO_KEEPALIVE         off
$name?$pid? fd $connect *
  also held by *
  SO_KEEPALIVE         on *(was off)" "$(cat "$tmp/watch")"

# Errors: where processes may not be looked into, nobody can know that nothing matches
netipc sockopt show name=no-such-process 2>"$tmp/err"
none=1
grep -q 'not permitted' "$tmp/err" && none=3
t 'nothing matches' "$none" '' '*no socket matches "name=no-such-process"' \
	sockopt show name=no-such-process
t 'no process' 1 '' '*netipc sockopt show: there is no process 2147483647' sockopt show 2147483647
t 'bad selector' 2 '' '*want PID*' sockopt show :x
t 'bad state' 2 '' '*--state nosuch: want estab*' sockopt show --state nosuch
t 'bad network' 3 '' '*--netns nosuch: *' sockopt show --netns nosuch
t 'bad level' 2 '' '*' sockopt show -l nosuch "$pid"
t '--count alone' 2 '' '*--count is for --watch*' sockopt show --count 1
t 'two selectors' 2 '' '*' sockopt show 1 2
done_testing
