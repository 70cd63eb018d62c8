#!/bin/sh
# SPDX-License-Identifier: MIT
# Bytes that act on a terminal, in everything that comes from outside: escape sequences, C1 controls
# as a byte and as UTF-8, carriage return, bell, delete, direction marks, no UTF-8 at all.  Each
# column of each command is in a row here, as made by netipc or as coming from outside; the latter
# must have been seen with such bytes, and no output and no message may let one through.
. "${srcdir:?run by make check}/tests/lib.sh"
need jq perl

# In a line, in a name of 15 bytes, and what no line can have; EVIL says where it went
bytes=$(printf 'EVIL\033[31m\233\302\233\r\007\177\342\200\256\342\201\247\302\205\377\342\200\010EVIL')
comm=$(printf '\033[m\233\r\377\342\200\256EVIL')
word=$(printf '%s' "$bytes" | tr -d '\r')
lines=$(printf '%s\n\013\nEVIL\n\014.' "$bytes")
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

# evil COMMAND ARG... - in each format; how to stop a server is its own affair.  $what tells what.
what=
evil() {
	_evil=$1
	shift
	_all=$(awk -F '\t' -v of="$_evil" '$1 == "command" { here = $2 == of }
		here && $1 == "option" && $3 == "classic" { print $3 }' "$tmp/dump")
	emulated && _all='' # it is slow
	for _format in '' --json $(emulated || echo --csv --tsv) ${_all:+--classic}; do
		# shellcheck disable=SC2086 # a command and its verb
		netipc $_evil ${_format:+"$_format"} "$@" <"${evil_in:-/dev/null}" \
			>"$tmp/out" 2>"$tmp/err"
		look "$_evil" "$_format"
	done
}

netipc __dump >"$tmp/dump"

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
	what='a zone' evil "addr$verb" "fe80::1%$bytes"
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
what='a zone' evil 'addr conv' --input text "$file"
for format in --json --csv --tsv -oprefix,label; do
	netipc addr sort "$file" $format >"$tmp/out" 2>"$tmp/err"
	what='a file' look 'addr sort' $format
done
# Lines are printed as they are by the plain form, as grep(1) does
grep_as_is() {
	netipc addr grep "$@" "$file" >"$tmp/out" 2>"$tmp/err"
}
for format in --json --csv --tsv; do
	grep_as_is -f "$file" --err skip $format --with-filename
	what='lines, labels, a file' look 'addr grep' $format
done
netipc addr grep -e "$bytes" "$file.none" >"$tmp/out" 2>"$tmp/err"
what='a missing file' look 'addr grep' ''
netipc addr grep -e 192.0.2.0/24 "$file.none" --json >"$tmp/out" 2>"$tmp/err"
what='a missing file' look 'addr grep' --json
grep_as_is -e 192.0.2.0/24
same 'addr grep: the plain form is the line itself' "$(grep 192.0.2.0 "$file")" \
	"$(grep 192.0.2.0 "$tmp/out")"

# The databases
printf '192.0.2.1 n%s a%s # c%s\nfe80::1%%%s z\n%s\n' "$word" "$word" "$bytes" "$word" "$bytes" \
	>"$tmp/d/hosts$lines"
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
	stop "$pid"
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

# Processes: their name, the names of their sockets, the addresses of their peers
if emulated; then
	left_out 'processes and their sockets' 'the emulator does not pass pidfd_getfd on'
else
	cp "${HOLDER:?run by make check}" "$tmp/d/$comm"
	HOLDER=$tmp/d/$comm holder named tcp local listen connect
	socket=$pid:$(held named tcp fd)
	for command in show 'show -a'; do
		# shellcheck disable=SC2086
		what=process evil 'sockopt show' ${command#show} "$pid"
	done
	start seen echo-server -q --unix "$tmp/d/v$lines"
	wait_ready seen
	what='a path' evil 'sockopt show' "$pid"
	what=process evil 'sockopt get' "$socket" "$bytes"
	what=process evil 'sockopt set' "$socket" SO_KEEPALIVE=on
	what=process evil 'sockopt set' "$socket" "$bytes"
	what=process evil 'sockopt diff' "$socket" "$socket"
	what=process evil 'sockopt diff' "$bytes" "$bytes"
	what='an interface' evil 'sockopt set' "$socket" "SO_BINDTODEVICE=$comm"
	netipc sockopt exec -v SO_KEEPALIVE=1 -- "$tmp/d/$lines" >"$tmp/out" 2>"$tmp/err"
	what='no command' look 'sockopt exec' ''
fi
for verb in '' ' list' ' try' ' probe'; do
	what=operands evil "sockopt$verb" "$bytes" "$bytes=$bytes"
done
what='a value' evil 'sockopt try' "SO_BINDTODEVICE=$comm" "TCP_CONGESTION=$comm"

# row COMMAND OUTSIDE UNREACHED MADE - its columns of text: those that were seen here with such bytes,
# those that come from outside too and have had none here, and those that are netipc's own words,
# canonical addresses and numbers
row() {
	for _column in $2 $3 $4; do
		echo "$1|$_column"
	done >>"$tmp/rows"
	for _column in $2; do
		case $1 in sockopt\ s*) emulated && continue ;; esac
		ok "$1: $_column is from outside, and was seen" grep -qxF "$1|$_column" "$tmp/seen"
	done
	for _column in $4; do
		if grep -qxF "$1|$_column" "$tmp/seen"; then
			fail "$1: $_column is said to be made here, and has bytes from outside"
		fi
	done
}
row 'addr agg' '' 'input error' \
	'family first last prefix'
row 'addr compare' '' 'input error' \
	'family in prefix'
row 'addr contains' 'error input' '' \
	'family first last prefix relation'
row 'addr conv' 'error input' 'zone output' \
	'address family form last'
row 'addr count' '' 'input error' \
	'family'
row 'addr gaps' '' 'input error' \
	'family first last prefix'
row 'addr grep' 'file label text' 'error' \
	'address family net'
row 'addr info' 'address c error input path' 'zone sockaddr' \
	'allocated as_of block broadcast class classes destination embedded embedded_class
	embedded_ipv4 embedded_mac embedded_prefix enclosing expanded family first first_host
	form forwardable global hex host_order kind last last_host multicast_flags
	multicast_mac netmask network network_order prefixes registry rendezvous_point
	reserved reverse rfc scope sets solicited_node source teredo_flags teredo_server
	terminated wildcard'
row 'addr list' 'error input' '' \
	'family first last prefix'
row 'addr next' 'error input' '' \
	'family first last prefix'
row 'addr nth' 'error input' '' \
	'family first last prefix'
row 'addr prev' 'error input' '' \
	'family first last prefix'
row 'addr rand' 'error input' '' \
	'family first last prefix'
row 'addr range' 'error input' '' \
	'family first last prefix'
row 'addr set' '' 'input error' \
	'family first last prefix'
row 'addr sort' 'input label' 'error' \
	'family first last prefix'
row 'addr split' 'error input' '' \
	'family first last prefix'
row 'addr super' 'error input' '' \
	'family first last prefix'
row 'addr' 'address c error input path' 'zone sockaddr' \
	'allocated as_of block broadcast class classes destination embedded embedded_class
	embedded_ipv4 embedded_mac embedded_prefix enclosing expanded family first first_host
	form forwardable global hex host_order kind last last_host multicast_flags
	multicast_mac netmask network network_order prefixes registry rendezvous_point
	reserved reverse rfc scope sets solicited_node source teredo_flags teredo_server
	terminated wildcard'
row 'echo-client' 'error peer' 'local detail' \
	'check errno record reordered result status what'
row 'echo-server' 'address' 'peer error' \
	'event kind'
row 'hosts' 'aliases error file input name text' 'zone diff' \
	'address agrees call code family grade source'
row 'protos' 'aliases comment error file input name text' 'diff' \
	'agrees call code grade source'
row 'resolve' 'canonname data edns error input name qname service' 'zone note' \
	'action address addresses call change class errno family flags h_errno kind local proto
	rcode record scope section server side socktype source source_address status time type
	validated'
row 'rresolve' 'error host input names' 'service zone' \
	'address fcrdns rcode server status'
row 'services' 'aliases comment error file input name proto text' 'diff' \
	'agrees call code grade source'
row 'sockopt diff' '' 'first second' \
	'level option unit'
row 'sockopt get' '' 'value error' \
	'option unit'
row 'sockopt list' 'error option' '' \
	'c_type capability default effect level meaning since sysctl type unit'
row 'sockopt probe' '' 'reason' \
	'asked call came detail domain flag function lecture level option protocol result
	socket type'
row 'sockopt set' 'asked process' 'was got note' \
	'error option unit'
row 'sockopt show' 'local process' 'value default before holders peer' \
	'family level note option protocol state type unit'
row 'sockopt try' 'asked error option' 'got was' \
	'type unit why'
row 'sockopt' 'error option' 'value' \
	'capability effect level meaning since type unit'
awk -F '\t' '$1 == "command" { c = $2 } $1 == "column" && $3 ~ /string|list|any/ { print c "|" $2 }' \
	"$tmp/dump" | sort -u >"$tmp/columns"
same 'each column has a row' "$(cat "$tmp/columns")" "$(sort -u "$tmp/rows")"
done_testing
