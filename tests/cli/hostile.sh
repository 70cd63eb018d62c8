#!/bin/sh
# SPDX-License-Identifier: MIT
# Bytes that act on a terminal, in everything that comes from outside: escape sequences, C1 controls
# as a byte and as UTF-8, carriage return, bell, delete, direction marks, no UTF-8 at all.  Each
# column of each command is in a row here, as made by netipc or as coming from outside; the latter
# must have been seen with such bytes, and no output and no message may let one through.
#
# The script goes on in a namespace where the one interface has such a name, and files of /etc such
# lines.
. "${srcdir:?run by make check}/tests/lib.sh"
need jq perl

# In a line, in a name of 15 bytes, and what no line can have; EVIL says where it went
bytes=$(printf 'EVIL\033[31m\233\302\233\r\007\177\342\200\256\342\201\247\302\205\377\342\200\010EVIL')
comm=$(printf '\033[m\233\r\377\342\200\256EVIL')
zone=$(printf '\033[m\233\177\377\342\200\256EVIL')
word=$(printf '%s' "$bytes" | tr -d '\r')
lines=$(printf '%s\n\013\nEVIL\n\014.' "$bytes")

if [ "${1-}" != inside ] && [ -n "$netns" ]; then
	mkdir "$tmp/etc"
	printf '127.0.0.1 localhost\n192.0.2.1 n%s a%s\n' "$word" "$word" >"$tmp/etc/hosts"
	printf 'n%s 250 a%s\n' "$word" "$word" >"$tmp/etc/protocols"
	printf 'n%s 250/tcp a%s\n' "$word" "$word" >"$tmp/etc/services"
	printf 'hosts: files %s\n' "$(printf '%s' "$word" | tr -d '[')" >"$tmp/etc/nsswitch.conf"
	printf 'search %s.test\noptions timeout:1 attempts:1 %s\n' "$word" "$word" \
		>"$tmp/etc/resolv.conf"
	printf 'precedence %s\n' "$bytes" >"$tmp/etc/gai.conf"
	in_world "$tmp/etc" sh "$0" inside
	status=$?
	[ "$status" -eq 99 ] || exit "$status"
fi
world=
if [ "${1-}" = inside ] && ip link set lo down && ip link set lo name "$zone" &&
	ip link set "$zone" up && ip address add fe80::1/64 dev "$zone" nodad; then
	world=yes
else
	left_out 'interfaces and files of /etc' 'such ones cannot be made here'
fi
: >"$tmp/seen"
: >"$tmp/rows"

cat >"$tmp/clean.pl" <<'END'
# Nothing in standard input acts on a terminal; the argument is the format.
local $/; my $s = <STDIN> // ""; my $format = shift;
$s =~ s/\r\n/\n/g if $format eq "--csv";
$s =~ s/\t//g if $format eq "--tsv" || $format eq "--csv";
my $acts = "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\x{ad}\\x{61c}\\x{200b}-\\x{200f}\\x{2028}-\\x{202e}" .
	"\\x{2060}-\\x{206f}\\x{feff}\\x{fff9}-\\x{fffb}]";
my $bad = !utf8::decode($s) ? "no UTF-8" : $s =~ /($acts)/ ? sprintf("U+%04X", ord $1) :
	$format eq "messages" && $s =~ /^((?!netipc[ :]).)/m ? "a line that is none of ours" : "";
if ($bad) {
	my $at = $-[1] // 0;
	my $t = substr($s, $at < 30 ? 0 : $at - 30, 60);
	$t =~ s/([^ -~])/sprintf("<%x>", ord $1)/ge;
	print "$bad: $t\n";
	exit 1;
}
END

# clean NAME FORMAT FILE
clean() {
	if perl "$tmp/clean.pl" "$2" <"$3" >"$tmp/why"; then
		pass "$1"
	else
		fail "$1: $(cat "$tmp/why")"
	fi
}

# look COMMAND FORMAT - at $tmp/out and $tmp/err of it
look() {
	_shown=$(printf '%s' "$1 $2 $what" | tr -cd ' -~' | cut -c 1-90)
	clean "$_shown: output" "$2" "$tmp/out"
	clean "$_shown: messages" messages "$tmp/err"
	[ "$2" = --json ] || return 0
	if jq -r 'to_entries[] | select(.value | tostring | ascii_upcase | contains("EVIL")) | .key' \
		<"$tmp/out" >"$tmp/keys" 2>"$tmp/jq"; then
		sed "s/^/$1|/" "$tmp/keys" >>"$tmp/seen"
	else
		fail "$_shown: $(cat "$tmp/jq")"
	fi
}

# shown COMMAND FORMAT ARG... - one output of it; $what tells what
what=
shown() {
	_command=$1 _as=$2
	shift 2
	# shellcheck disable=SC2086 # a command and its verb
	netipc $_command ${_as:+"$_as"} "$@" <"${evil_in:-/dev/null}" >"$tmp/out" 2>"$tmp/err"
	look "$_command" "$_as"
}

# records COMMAND ARG... - in each format of records
records() {
	_evil=$1
	shift
	for _format in --json $(emulated || echo --csv --tsv); do # an emulator is slow
		shown "$_evil" "$_format" "$@"
	done
}

# evil COMMAND ARG... - in each format; how to stop a server is its own affair
evil() {
	records "$@"
	_evil=$1
	shift
	shown "$_evil" '' "$@"
	if grep -q "^$_evil\$" "$tmp/classic" && ! emulated; then
		shown "$_evil" --classic "$@"
	fi
}

netipc __dump >"$tmp/dump"
awk -F '\t' '$1 == "command" { cmd = $2 }
	$1 == "option" && $3 == "classic" { print cmd }' "$tmp/dump" >"$tmp/classic"

# Operands, option values, standard input, of every command and of every option
awk -F '\t' '$1 == "command" { cmd = $2 } $1 == "option" && $4 != "" && $4 !~ /^\[/ {
	print cmd "|" $3 }' "$tmp/dump" >"$tmp/options"
_last=
while IFS='|' read -r cmd option <&4; do
	# shellcheck disable=SC2086 # a command and its verb
	set -- $cmd
	case $cmd:$option in *:unix | *:metrics | *:hdr | *:undo-file) continue ;; esac
	netipc "$@" "--$option=$lines" >"$tmp/out" 2>"$tmp/err" </dev/null
	what="--$option" look "$cmd" ''
	[ "$cmd" != "$_last" ] || continue
	_last=$cmd
	netipc "$@" "--$lines" >"$tmp/out" 2>"$tmp/err" </dev/null
	what='an option' look "$cmd" ''
	netipc "$@" "-$lines" >"$tmp/out" 2>"$tmp/err" </dev/null
	what='a letter' look "$cmd" ''
	case $cmd in
	'sockopt exec') set -- "$@" "$lines" -- "$lines" ;;
	*) set -- "$@" "$lines" "$lines" ;;
	esac
	netipc "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	what='operands' look "$cmd" ''
done 4<"$tmp/options"
netipc "$lines" >"$tmp/out" 2>"$tmp/err"
what='a command' look '' ''
printf '%s\n%s\0x\n' "$bytes" "$bytes" >"$tmp/stdin"

# addr
evil_in=$tmp/stdin
for verb in '' ' info' ' list' ' next' ' prev' ' rand' ' range' ' agg' ' conv' ' count' ' sort'; do
	what='standard input' evil "addr$verb" -
done
what='standard input' evil 'addr contains' ::/0 -
what='standard input' evil 'addr gaps' ::/0 -
what='standard input' evil 'addr super' - /8
what='standard input' evil 'addr split' - /24
what='standard input' evil 'addr nth' - 1
evil_in=
for verb in '' ' info'; do
	what='a path' evil "addr$verb" "unix:$bytes" "unix:@$bytes"
	what='a long zone' evil "addr$verb" "fe80::1%$bytes"
	what='a zone' evil "addr$verb" "fe80::1%$zone" "[fe80::1%$zone]:7"
done
what='an expression' evil 'addr set' "$bytes"
what='an expression' evil 'addr compare' "$bytes" ::1
mkdir "$tmp/d"
file=$tmp/d/$lines
printf '192.0.2.0/24 %s\nfe80::1%%%s\n%s\n192.0.2.1 %s\n' "$bytes" "$bytes" "$bytes" "$bytes" >"$file"
for verb in agg conv count set compare gaps contains; do
	case $verb in
	compare | gaps | contains) what='a file' evil "addr $verb" "$file" "$file" ;;
	*) what='a file' evil "addr $verb" "$file" ;;
	esac
done
what='a long zone' evil 'addr conv' --input text "$file"
printf 'fe80::1%%%s\n' "$zone" >"$tmp/zones"
what='a zone' evil 'addr conv' "$tmp/zones"
what='a file' records 'addr sort' "$file"
what='a file' shown 'addr sort' -oprefix,label "$file"
# Lines that are printed as they are: --err=print in the plain form, and what grep(1) prints
for verb in agg count sort; do
	what='bad lines' records "addr $verb" --err=print "$file"
done
cp "$file" "$tmp/named" # an expression cannot have every name
what='bad lines' records 'addr set' --err=print "$tmp/named"
what='bad lines' records 'addr compare' --err=print "$tmp/named" "$file"
what='bad lines' records 'addr gaps' --err=print "$file" "$file"
what='bad lines' records 'addr grep' --err=print -f "$file" "$file"
what='lines, labels, a file' records 'addr grep' --err=skip --with-filename -f "$file" "$file"
what='a missing file' shown 'addr grep' '' -e "$bytes" "$file.none"
what='a missing file' shown 'addr grep' --json -e 192.0.2.0/24 "$file.none"
same 'addr grep: the plain form is the line itself' "$(grep 192.0.2.0 "$file")" \
	"$(netipc addr grep -e 192.0.2.0/32 "$file" 2>"$tmp/err")"

# The databases
printf '192.0.2.1 n%s a%s # c%s\nfe80::1%%%s z\nfe80::1%%%s z\n%s\n' "$word" "$word" "$bytes" \
	"$word" "$zone" "$bytes" >"$tmp/d/hosts$lines"
printf 'n%s 250 a%s # c%s\n%s\n' "$word" "$word" "$bytes" "$bytes" >"$tmp/d/protos$lines"
printf 'n%s 250/tcp a%s # c%s\nm 1/p%s\nx 1/%s\n%s\n' "$word" "$word" "$bytes" "$word" "$bytes" \
	"$bytes" >"$tmp/d/services$lines"
for cmd in hosts protos services; do
	file=$tmp/d/$cmd$lines
	what='a file' evil $cmd --file "$file"
	what='a key' evil $cmd --file "$file" "n$bytes" "$bytes" "a$bytes"
	what='no key' evil $cmd "$bytes"
	what=check evil $cmd --check --file "$file"
	netipc $cmd --fix --file "$file" >"$tmp/file" 2>"$tmp/err" # a file, not for a terminal
	: >"$tmp/out"
	what=fix look $cmd ''
	what='diff' evil $cmd --diff --file "$file"
	what=count evil $cmd --count --file "$file" "$bytes"
	what='a source' evil $cmd --source "nss:$bytes" x
	if [ -n "$world" ]; then
		what='the file of libc' evil $cmd --libc
		what='the file of libc' evil $cmd --libc "n$word"
	fi
	evil_in=$tmp/stdin
	what='standard input' evil $cmd --file "$file" -
	evil_in=
done

# The DNS: names, texts, the name that a server gives itself
esc='\027[31m\155\194\155\013\007\127\226\128\174\226\129\167\194\133\255\008EVIL'
cat >"$tmp/zone" <<END
. 60 SOA ns.test root.test 1 2 3 4 5
a.test 60 A 192.0.2.1
a.test 60 TXT "$esc"
a.test 60 MX 1 $esc.test
a.test 60 CAA 0 issue "$esc"
c.test 60 CNAME $esc.test
$esc.test 60 A 192.0.2.2
$esc.test 60 TXT "x"
1.2.0.192.in-addr.arpa 60 PTR $esc.test
2.2.0.192.in-addr.arpa 60 PTR $esc.test
END
fakedns dns --zone "$tmp/zone" --nsid "$bytes"
wait_ready dns
server=$ready
what='an alias' evil resolve "@$server" c.test
what='a name' evil resolve "@$server" "$bytes.test"
what='a service' evil resolve "@$server" a.test "$bytes"
what=records evil resolve "@$server" --type TXT,MX,CAA,A a.test c.test "$esc.test"
what=nsid evil resolve "@$server" --type A --nsid a.test
what='a server' evil resolve "@$bytes" a.test
what=compare evil resolve --compare "@$server" c.test
what=explain evil resolve --explain "@$server" c.test
what=probe evil resolve --probe --timeout 1ms "@$server" c.test "$bytes"
what='a batch' evil resolve "@$server" -f "$tmp/stdin"
what='the system' evil resolve "$bytes" "$bytes"
what='the system, numeric' evil resolve --numerichost "fe80::1%$bytes" "$bytes"
if [ -n "$world" ]; then
	what='a zone' evil resolve --numerichost "fe80::1%$zone" 250
	what='a zone' evil resolve --numerichost "@$server" "fe80::1%$zone" 250
	what='a zone' evil resolve --explain "fe80::1%$zone"
	what='files of /etc' evil resolve --explain "n$word" "n$word"
	what='a zone' evil rresolve "fe80::1%$zone" 250
	what='a zone' evil rresolve "@$server" "fe80::1%$zone" 250
	what='a service' evil rresolve --numerichost 192.0.2.1 250
	what='a service' evil rresolve "@$server" 192.0.2.1 250
fi
what=watch evil resolve "@$server" --watch 1ms --count 2 c.test "$bytes"
for option in '' --fcrdns; do
	# shellcheck disable=SC2086 # an option or none
	what='a pointer' evil rresolve "@$server" $option 192.0.2.1 192.0.2.2
done
what='an address' evil rresolve "$bytes" "fe80::1%$bytes" "$bytes"
evil_in=$tmp/stdin
what='standard input' evil rresolve --numerichost -
what='standard input' evil resolve --numerichost -
printf '192.0.2.1 hello\n' >"$tmp/log"
evil_in=$tmp/log
netipc rresolve "@$server" --filter <"$tmp/log" >"$tmp/out" 2>"$tmp/err"
what=filter look rresolve ''
evil_in=

# UNIX sockets: paths, abstract names, their peers
echo data | tee "$tmp/data" >/dev/null
path=$tmp/d/u$lines
# shellcheck disable=SC2317 # called by poll
both() {
	[ "$(grep -ac EVIL "$tmp/evil.out")" -ge 2 ]
}
cat >"$tmp/client.pl" <<'END'
# client.pl TO FROM - a UNIX socket of the name FROM, connected to TO, which has a line back
use Socket;
$| = 1;
my ($to, $from) = map pack_sockaddr_un($_), @ARGV;
socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die $!;
bind $s, $from and connect $s, $to or die $!;
syswrite $s, "x\n" and sysread $s, my $back, 2 or die $!;
print "ready $$\n";
sleep 600;
END
# client PATH - a client with such a name of its own: $client
client() {
	rm -f "$tmp/d/c$lines"
	: >"$tmp/client.out"
	perl "$tmp/client.pl" "$1" "$tmp/d/c$lines" >"$tmp/client.out" 2>"$tmp/client.err" &
	client=$!
	pids="$pids $client"
	wait_ready client
}
for format in '' --json --csv --tsv; do
	# shellcheck disable=SC2086 # a format or none
	start evil echo-server $format --unix "$path" --unix "@$path"
	poll both
	what=client evil echo-client --unix "$path"
	evil_in=$tmp/data
	what=data evil echo-client --unix "@$path"
	evil_in=
	what=ping evil echo-client --ping -c 1 -t 30 --unix "$path"
	what=load evil echo-client --load -c 1 -t 30 --unix "@$path"
	server=$pid
	client "$path"
	stop "$client" KILL
	stop "$server"
	ok 'echo-server: two sockets' both
	cp "$tmp/evil.out" "$tmp/out"
	cp "$tmp/evil.err" "$tmp/err"
	sed -i '/^$/d' "$tmp/err"
	what=server look echo-server "$format"
done
what='nobody' evil echo-client --unix "$path"
what='no host' evil echo-client "$bytes" 7
what='no host' evil echo-server "$bytes:7"
what='checks' evil echo-client --check -t 1ms --unix "$path"
if [ -n "$world" ]; then
	start evil echo-server --json "[fe80::1%$zone]:0"
	poll grep -aq EVIL "$tmp/evil.out"
	to="[fe80::1%$zone]:$(jq -r '.address | sub(".*:"; "")' "$tmp/evil.out")"
	for mode in --hex '--ping -c 1' '--load -c 1' '--bulk -d 1ms'; do
		# shellcheck disable=SC2086 # a mode and its option
		what='an interface' evil echo-client $mode -t 30 --bind "fe80::1%$zone" "$to"
	done
	what='an interface' evil echo-client -t 30 -u "$to" --sockopt "SO_BINDTODEVICE=$comm"
	stop "$pid"
	mv "$tmp/evil.out" "$tmp/out"
	mv "$tmp/evil.err" "$tmp/err"
	what='an interface' look echo-server --json
	start evil echo-server -u --json "[fe80::1%$zone]:0"
	poll grep -aq EVIL "$tmp/evil.out"
	to="[fe80::1%$zone]:$(jq -r '.address | sub(".*:"; "")' "$tmp/evil.out")"
	what='an interface' evil echo-client --check -u -t 50ms "$to"
	stop "$pid"
fi
cat >"$tmp/server.pl" <<'END'
# server.pl ANSWER - says ANSWER for whatever comes, on each connection, one after the other
use Socket;
$| = 1;
socket(my $l, PF_INET, SOCK_STREAM, 0) or die $!;
bind $l, pack_sockaddr_in(0, INADDR_LOOPBACK) and listen $l, 9 or die $!;
print "ready 127.0.0.1:", (unpack_sockaddr_in(getsockname $l))[0], "\n";
$SIG{PIPE} = "IGNORE";
alarm 600;
while (accept my $s, $l) {
	syswrite $s, $ARGV[0] while sysread $s, my $what, 4096;
}
END
perl "$tmp/server.pl" "$bytes" >"$tmp/liar.out" 2>"$tmp/liar.err" &
pids="$pids $!"
wait_ready liar
what='what comes back' evil echo-client --flags -t 30 "$ready"
for mode in --check '--ping -c 1' '--load -c 1'; do
	for format in '' --json; do
		# shellcheck disable=SC2086 # a mode and its option
		what='what comes back' shown echo-client "$format" $mode -t 50ms "$ready"
	done
done
evil_in=$tmp/data
what='what comes back' evil echo-client --hex -t 30 "$ready"
evil_in=

# changes FORMAT - sockopt show --watch sees that the socket is bound to no interface any more
changes() {
	netipc sockopt set "$socket" "SO_BINDTODEVICE=$zone" >"$tmp/set" 2>&1
	# shellcheck disable=SC2086 # a format or none
	start watch sockopt show $1 --options SO_BINDTODEVICE --watch 50ms "$socket"
	poll grep -aq EVIL "$tmp/watch.out"
	_first=$(wc -c <"$tmp/watch.out")
	netipc sockopt set "$socket" SO_BINDTODEVICE= >"$tmp/set" 2>&1
	# shellcheck disable=SC2016 # the inner shell expands it
	poll sh -c '[ "$(wc -c <"$1")" -gt "$2" ]' sh "$tmp/watch.out" "$_first"
	stop "$pid"
	cp "$tmp/watch.out" "$tmp/out"
	cp "$tmp/watch.err" "$tmp/err"
	what='what changes' look 'sockopt show' "$1"
}

# interface - the options of $socket that name one
interface() {
	what='an interface' evil 'sockopt try' "SO_BINDTODEVICE=$zone" "SO_BINDTODEVICE=$zone"
	what='an interface' evil 'sockopt set' "$socket" "SO_BINDTODEVICE=$zone"
	what='an interface' evil 'sockopt set' "$socket" "SO_BINDTODEVICE=$zone"
	what='an interface' evil 'sockopt get' "$socket" SO_BINDTODEVICE
	what='an interface' evil 'sockopt show' -a "$socket"
	what='an interface' evil 'sockopt diff' "$socket" "$other"
	what='an interface' evil 'sockopt diff' "$other" "$socket"
	for _format in '' --json; do
		changes "$_format"
	done
	what='its number' evil 'sockopt set' "$socket" IP_UNICAST_IF=1 # loopback
	what='its number' evil 'sockopt show' -a "$socket"
}

# Processes: their name, the names of their sockets, the addresses of their peers
if emulated; then
	left_out 'processes and their sockets' 'the emulator does not pass pidfd_getfd on'
else
	cp "${HOLDER:?run by make check}" "$tmp/d/$comm"
	HOLDER=$tmp/d/$comm holder named tcp local listen connect
	socket=$pid:$(held named tcp fd) other=$pid:$(held named listen fd)
	for command in show 'show -a'; do
		# shellcheck disable=SC2086
		what=process evil 'sockopt show' ${command#show} "$pid"
	done
	start seen echo-server -q --unix "$tmp/d/v$lines"
	wait_ready seen
	what='a path' evil 'sockopt show' "$pid"
	client "$tmp/d/v$lines"
	what='the path of the peer' evil 'sockopt show' "$client"
	what=process evil 'sockopt get' "$socket" "$bytes"
	what=process evil 'sockopt set' "$socket" SO_KEEPALIVE=on
	what=process evil 'sockopt set' "$socket" "$bytes"
	what=process evil 'sockopt diff' "$socket" "$socket"
	what=process evil 'sockopt diff' "$bytes" "$bytes"
	what='an interface' evil 'sockopt set' "$socket" "SO_BINDTODEVICE=$comm"
	[ -z "$world" ] || interface
	netipc sockopt exec -v SO_KEEPALIVE=1 -- "$tmp/d/$lines" >"$tmp/out" 2>"$tmp/err"
	what='no command' look 'sockopt exec' ''
fi
for verb in '' ' list' ' try' ' probe'; do
	what=operands evil "sockopt$verb" "$bytes" "$bytes=$bytes"
done
what='a value' evil 'sockopt try' "SO_BINDTODEVICE=$comm" "TCP_CONGESTION=$comm"

# row COMMAND OUTSIDE MADE - its columns of text: those that were seen here with such bytes, "@" if
# that takes the interface or the files of /etc, and those that are netipc's own words, canonical
# addresses and numbers
row() {
	for _column in $2; do
		_name=${_column#@}
		echo "$1|$_name" >>"$tmp/rows"
		case $1 in 'sockopt list') ;; sockopt\ *) ! emulated || continue ;; esac
		[ "$_name" = "$_column" ] || [ -n "$world" ] || continue
		ok "$1: $_name is from outside, and was seen" grep -qxF "$1|$_name" "$tmp/seen"
	done
	for _column in $3; do
		echo "$1|$_column" >>"$tmp/rows"
		if grep -qxF "$1|$_column" "$tmp/seen"; then
			fail "$1: $_column is said to be made here, and has bytes from outside"
		fi
	done
}
# never COMMAND COLUMN REASON - what would come from outside, but nobody can set
never() {
	row "$1" '' "$2"
}
for verb in '' ' info'; do
	row "addr$verb" 'address c error input path zone' \
		'allocated as_of block broadcast class classes destination embedded embedded_class
		embedded_ipv4 embedded_mac embedded_prefix enclosing expanded family first first_host
		form forwardable global hex host_order kind last last_host multicast_flags
		multicast_mac netmask network network_order prefixes registry rendezvous_point
		reserved reverse rfc scope sets sockaddr solicited_node source teredo_flags
		teredo_server terminated wildcard'
done
for verb in agg gaps list next nth prev rand range set split super; do
	row "addr $verb" 'error input' 'family first last prefix'
done
row 'addr compare' 'error input' 'family in prefix'
row 'addr contains' 'error input' 'family first last prefix relation'
row 'addr conv' 'error input output zone' 'address family form last'
row 'addr count' 'error input' 'family'
row 'addr grep' 'error file label text' 'address family net'
row 'addr sort' 'error input label' 'family first last prefix'
row 'echo-client' 'detail error @local peer' 'check errno record reordered result status what'
row 'echo-server' 'address peer' 'error event kind'
row 'hosts' 'address aliases error file input name text zone' \
	'agrees call code diff family grade source'
row 'protos' 'aliases comment error file input name text' 'agrees call code diff grade source'
# A libc without modules does not read nsswitch.conf, whose words these are.
words='@side @source' fixed=
if netipc resolve --explain localhost | grep -q '^Sources (this libc'; then
	words='' fixed='side source'
fi
row 'resolve' "@address @addresses canonname data edns error input name @note qname service $words
	@source_address @zone" \
	"action call change class errno family $fixed flags h_errno kind local proto rcode record scope
	section server socktype status time type validated"
row 'rresolve' '@address error host input names @service @zone' 'fcrdns rcode server status'
row 'services' 'aliases comment error file input name proto text' 'agrees call code diff grade source'
row 'sockopt' 'error option' 'capability effect level meaning since type unit'
row 'sockopt diff' '@first @second' 'level option unit'
row 'sockopt get' '@value' 'error option unit'
row 'sockopt list' 'error option' \
	'c_type capability default effect level meaning since sysctl type unit'
row 'sockopt probe' '' \
	'asked call came detail domain flag function lecture level option protocol reason result
	socket type'
row 'sockopt set' 'asked @got process @was' 'error note option unit'
row 'sockopt show' '@before local peer process @value' \
	'family holders level note option protocol state type unit'
row 'sockopt try' 'asked error @got option @was' 'type unit why'
never 'sockopt' value 'a fresh socket has no name but that of an algorithm of the kernel'
never 'sockopt show' default 'it is that of a fresh socket'
awk -F '\t' '$1 == "command" { c = $2 } $1 == "column" && $3 ~ /string|list|any/ { print c "|" $2 }' \
	"$tmp/dump" | sort -u >"$tmp/columns"
same 'each column has a row' "$(cat "$tmp/columns")" "$(sort -u "$tmp/rows")"
done_testing
