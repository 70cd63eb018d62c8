#!/bin/sh
# SPDX-License-Identifier: MIT
# The exit status of every command and verb: without an argument, with a bad option and a bad value,
# with standard input or output closed, on a full device, without a reader, ended by a signal.  Each
# has a row here, and one without fails.
. "${srcdir:?run by make check}/tests/lib.sh"

netipc __dump >"$tmp/dump"
awk -F '\t' '$1 == "command" { print $2 }' "$tmp/dump" >"$tmp/commands"
: >"$tmp/rows"

# A pipe that nobody reads, one that is full, and one that nothing comes from: 7, full, dry
mkfifo "$tmp/gone" "$tmp/full" "$tmp/dry"
exec 8<>"$tmp/gone"
exec 7>"$tmp/gone"
exec 8<&- 8<>"$tmp/full" 9<>"$tmp/dry"
dd if=/dev/zero of="$tmp/full" bs=4096 oflag=nonblock 2>"$tmp/dd"
ok 'a pipe is full' grep -qE 'unavailable|EAGAIN|again' "$tmp/dd"

default_int=
env --default-signal=INT true 2>/dev/null && default_int=yes
[ -n "$default_int" ] || left_out SIGINT 'env knows no --default-signal'

# ends NAME STATUS LINES COMMAND... - what COMMAND ends with, and how many lines it says; its
# standard output is not that of this script, which is 3
exec 3>&1
ends() {
	_name=$1 _status=$2 _lines=$3
	shift 3
	"$@" 2>"$tmp/err"
	_got=$?
	_said=$(wc -l <"$tmp/err" | tr -d ' ')
	if like "$_status" "$_got" && like "$_lines" "$_said" &&
		! grep -Ev '^(netipc|echo|cat)[ :]' "$tmp/err" >"$tmp/odd"; then
		pass "$_name"
	else
		fail "$_name: status $_got, wanted $_status; $_said lines: $(head -n 3 "$tmp/err")"
	fi >&3
}

# gone SIGNAL - sends it, and says whether $pid has ended; a signal that waits for a write in
# progress is not lost, and the next does not wait
# shellcheck disable=SC2317 # called by poll
gone() {
	kill -s "$1" "$pid" 2>/dev/null
	case $(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null) in
	Z | '') return 0 ;;
	esac
	return 1
}

# asleep - $pid waits for something
# shellcheck disable=SC2317
asleep() {
	[ "$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status")" = S ]
}

# dies NAME INPUT OUTPUT ARG... - netipc ARG... in the background dies by SIGTERM and by SIGINT
dies() {
	_name=$1 _in=$2 _to=$3
	shift 3
	for _signal in TERM INT; do
		[ "$_signal" = TERM ] || [ -n "$default_int" ] || continue
		# shellcheck disable=SC2086 # a command and its arguments
		env ${default_int:+--default-signal=INT} $NETIPC_EXEC "$NETIPC" "$@" <"$_in" \
			>"$_to" 2>"$tmp/err" &
		pid=$!
		pids="$pids $pid"
		poll asleep # sooner, it would die of it too
		poll gone $_signal || kill -s KILL "$pid"
		wait "$pid" 2>/dev/null
		_got=$?
		case $_signal in TERM) _want=143 ;; INT) _want=130 ;; esac
		same "$_name: SIG$_signal" "$_want" "$_got"
	done
}

# options COMMAND... - each option of it with a value that it does not take, or without its own
options() {
	awk -F '\t' -v of="$*" '$1 == "command" { here = $2 == of } here && $1 == "option" {
		print $3, ($4 == "" ? "no" : substr($4, 1, 1) == "[" ? "perhaps" : "yes")
	}' "$tmp/dump" >"$tmp/options"
	_wrong=
	while read -r _option _takes <&4; do
		case $_takes in
		no) netipc "$@" "--$_option=x" ;;
		yes) netipc "$@" "--$_option" ;;
		perhaps) netipc "$@" "--$_option=no such value" ;;
		esac >"$tmp/out" 2>"$tmp/err" </dev/null
		[ $? -eq 2 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && [ ! -s "$tmp/out" ] ||
			_wrong="$_wrong --$_option"
	done 4<"$tmp/options"
	[ -s "$tmp/options" ] && same "$*: a value too many or missing: 2" '' "$_wrong"
}

# row COMMAND NONE BAD PRINTS READS - NONE is the status without an argument; BAD are arguments with
# a bad value; those of PRINTS print something, and end with 0 (or they serve: echo-server); those
# of READS read standard input.  An empty one is none.
# shellcheck disable=SC2086 # commands and arguments
row() {
	_cmd=$1 _none=$2 _bad=$3 _prints=$4 _reads=$5
	echo "$_cmd" >>"$tmp/rows"
	_lines=0
	case $_none in 0) ;; 2) _lines=1 ;; *) _lines='*' ;; esac
	ends "$_cmd: no argument" "$_none" "$_lines" netipc $_cmd </dev/null >"$tmp/out"
	for _option in --no-such-option -~; do
		ends "$_cmd $_option" 2 1 netipc $_cmd $_option </dev/null >"$tmp/out"
		ok "$_cmd $_option: where help is" grep -q "(Try 'netipc $_cmd --help')$" "$tmp/err"
		same "$_cmd $_option: no output" 0 "$(wc -c <"$tmp/out" | tr -d ' ')"
	done
	options $_cmd
	ends "$_cmd $_bad" 2 1 netipc $_cmd $_bad </dev/null >"$tmp/out"
	ends "$_cmd --help" 0 0 netipc $_cmd --help </dev/null >"$tmp/out"
	ends "$_cmd --help >/dev/full" 3 1 netipc $_cmd --help >/dev/full
	ends "$_cmd --help >&-" 3 1 netipc $_cmd --help >&-
	ends "$_cmd --help, no reader" 141 0 netipc $_cmd --help >&7
	_cmdopts='' _failed=3
	[ "$_cmd" != 'sockopt exec' ] || _failed=1 # echo's and cat's own
	[ "$_cmd" = echo-server ] && emulated && _cmdopts=--no-sandbox
	if [ -n "$_prints" ]; then
		set -- $_cmd $_cmdopts $_prints
		if [ "$_cmd" = echo-server ]; then
			_gone=3 # the only one that does not die by SIGPIPE
		else
			_gone=141
			ends "$*" 0 '*' netipc "$@" </dev/null >"$tmp/out"
			ok "$*: prints" [ -s "$tmp/out" ]
			[ "$_reads" = "$_prints" ] || ends "$* <&-" 0 '*' netipc "$@" <&- >"$tmp/out"
		fi
		ends "$* >/dev/full" $_failed '[1-9]' netipc "$@" >/dev/full </dev/null
		ends "$* >&-" $_failed '[1-9]' netipc "$@" >&- </dev/null
		ends "$*, no reader" $_gone '*' netipc "$@" >&7 </dev/null
		dies "$*, a full pipe" /dev/null "$tmp/full" "$@"
	fi
	[ -n "$_reads" ] || return 0
	set -- $_cmd $_cmdopts $_reads
	ends "$* <&-" $_failed '[1-9]' netipc "$@" <&- >"$tmp/out"
	ends "$* <a directory" $_failed '[1-9]' netipc "$@" <"$tmp" >"$tmp/out"
	dies "$*, waiting" "$tmp/dry" "$tmp/out" "$@"
}

data=$srcdir/tests/data
echo_servers
holder held tcp udp
one=$pid:$(held held tcp fd)
set_socket="$one SO_KEEPALIVE=on" get_socket="$one SO_KEEPALIVE" two_sockets="-a $one $one"
forced='SO_KEEPALIVE=1 -- echo hello' forced_reads='SO_KEEPALIVE=1 -- cat'
if emulated; then
	left_out 'live sockets' 'the emulator does not pass pidfd_getfd on'
	left_out 'sockopt exec' 'the emulator has no seccomp'
	one='' set_socket='' get_socket='' two_sockets='' forced='' forced_reads=''
fi
echo 192.0.2.0/24 >"$tmp/list"

row addr 2 '-i nosuch ::1' ::1 -
row 'addr agg' 0 '--max-len4 33 192.0.2.1' 192.0.2.1 -
row 'addr compare' 2 '--err nosuch ::1 ::2' '::1 ::1' '- ::1'
row 'addr contains' 2 '::/0 nosuch' '::/0 ::1' '::/0 -'
row 'addr conv' 0 '--to nosuch' "$tmp/list" -
row 'addr count' 0 '--err nosuch ::1' ::1 -
row 'addr gaps' 2 '::/129' '192.0.2.0/24 192.0.2.1' '192.0.2.0/24 -'
row 'addr grep' 2 '-e nosuch' "-e 192.0.2.0/24 $tmp/list" '-e ::/0 -'
row 'addr info' 2 '--nat64 ::/1 ::1' ::1 -
row 'addr list' 2 '--limit -1 ::1' ::1 -
row 'addr next' 2 '::1 x' '192.0.2.0/24' -
row 'addr nth' 2 '::/64 x' '::/64 1' '- 1'
row 'addr prev' 2 '::1 x' '192.0.2.0/24' -
row 'addr rand' 2 '-n x ::/64' '::/64' -
row 'addr range' 2 '--to nosuch ::/64' '::/64' -
row 'addr set' 2 '::1 +' '::1' -
row 'addr sort' 0 '--err nosuch ::1' ::1 -
row 'addr split' 2 '::/64 /129' '192.0.2.0/24 /25' '- /25'
row 'addr super' 2 '::1 /129' '192.0.2.0/24 /8' '- /8'
row hosts 0 '--timeout x' "--file $data/hosts" "--file $data/hosts -"
row protos 0 '--timeout x' "--file $data/protocols" "--file $data/protocols -"
row services 0 '--timeout x' "--file $data/services" "--file $data/services -"
row resolve 2 '--socktype nosuch ::1' '--numerichost ::1' '--numerichost -'
row rresolve 2 '--timeout x ::1' '--numerichost --numericserv ::1 80' '--numerichost -'
row echo-server 2 '--model nosuch 0' '127.0.0.1:0' ''
row echo-client 2 "--count x $tcp" "--ping -c 1 -t 30 $tcp" "$tcp"
row sockopt 0 '--family nosuch' SO_KEEPALIVE ''
row 'sockopt show' '[013]' '--state nosuch' "$one" ''
row 'sockopt get' 2 '--state nosuch' "$get_socket" ''
row 'sockopt set' 2 "$$:0 SO_KEEPALIVE=x" "$set_socket" ''
row 'sockopt try' 2 'SO_KEEPALIVE=x' SO_KEEPALIVE=1 ''
row 'sockopt list' 0 '--columns nosuch' SO_KEEPALIVE ''
row 'sockopt exec' 2 'SO_KEEPALIVE=x -- true' "$forced" "$forced_reads"
row 'sockopt diff' 2 '--state nosuch' "$two_sockets" ''
row 'sockopt probe' 2 '--kinds nosuch options' sockets ''
# netipc itself
while read -r _status words; do
	# shellcheck disable=SC2086 # words
	ends "netipc $words" "$_status" '[01]' netipc $words >"$tmp/out"
done <<'END'
2
2 nosuch
2 --nosuch
2 help nosuch
2 --list more
3 --install=/no/such
0 help
0 help sockopt exec
0 --help
0 --version
0 --list
END
for words in --help --version --list 'help addr'; do
	# shellcheck disable=SC2086 # words
	{
		ends "netipc $words >/dev/full" 3 1 netipc $words >/dev/full
		ends "netipc $words >&-" 3 1 netipc $words >&-
		ends "netipc $words, no reader" 141 0 netipc $words >&7
	}
done
# Set-user-ID it does nothing
setuid() {
	cp "$1" "$tmp/setuid" && chmod 4755 "$tmp/setuid" && chmod 755 "$tmp" &&
		shift && setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/setuid" "$@"
}
if [ -n "$NETIPC_EXEC" ]; then
	left_out 'set-user-ID' 'not with what runs the program here'
elif [ "$(id -u)" -eq 0 ] && [ "$(setuid "$(command -v id)" -u 2>/dev/null)" = 0 ]; then
	ends 'set-user-ID' 3 1 setuid "$NETIPC" addr ::1 >"$tmp/out"
	same 'set-user-ID: nothing is printed' '' "$(cat "$tmp/out")"
else
	left_out 'set-user-ID' 'it cannot be made here'
fi
same 'each command and verb has a row' "$(sort "$tmp/commands")" "$(sort "$tmp/rows")"
done_testing
