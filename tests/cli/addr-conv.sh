#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr conv: every form each way, every format, bad lines, odd bytes
. "${srcdir:?run by make check}/tests/lib.sh"

# lines TEXT... - the input of the next t or tj, one a line
lines() {
	printf '%s\n' "$@" >"$tmp/in"
	input=$tmp/in
}

little=$(printf '\1\0' | od -An -tu2 | tr -d ' ')
[ "$little" = 1 ] && ! { emulated && like '*s390x*' "$NETIPC_EXEC"; } && little=yes || little=no

# The first column is read (auto), and the others are what it becomes; - is nothing
while IFS='|' read -r in canon full int hex arpa; do
	set -- canon "$canon" full "$full" int "$int" hex "$hex" arpa "$arpa"
	while [ $# -gt 0 ]; do
		lines "$in"
		if [ "$2" = - ]; then
			t "$1 of $in" 1 '' '*has no form*' addr conv -t "$1"
		else
			t "$1 of $in" 0 "$2" '' addr conv -t "$1"
		fi
		shift 2
	done
done <<'END'
192.0.2.1|192.0.2.1|192.0.2.1|3221225985|0xc0000201|1.2.0.192.in-addr.arpa
192.0.2.1:80|192.0.2.1:80|192.0.2.1:80|3221225985|0xc0000201|1.2.0.192.in-addr.arpa
192.0.2.0/24|192.0.2.0/24|192.0.2.0/24|3221225984/24|0xc0000200/24|2.0.192.in-addr.arpa
192.0.2.0/255.255.255.0|192.0.2.0/24|192.0.2.0/24|3221225984/24|0xc0000200/24|2.0.192.in-addr.arpa
192.0.2.0/25|192.0.2.0/25|192.0.2.0/25|3221225984/25|0xc0000200/25|-
192.0.2.1-192.0.2.2|192.0.2.1-192.0.2.2|192.0.2.1-192.0.2.2|3221225985-3221225986|0xc0000201-0xc0000202|-
192.0.2.1+2|192.0.2.1-192.0.2.2|192.0.2.1-192.0.2.2|3221225985-3221225986|0xc0000201-0xc0000202|-
0xC0000201|192.0.2.1|192.0.2.1|3221225985|0xc0000201|1.2.0.192.in-addr.arpa
2.0.192.in-addr.arpa.|192.0.2.0/24|192.0.2.0/24|3221225984/24|0xc0000200/24|2.0.192.in-addr.arpa
http://192.0.2.1:8080/x?y|192.0.2.1:8080|192.0.2.1:8080|3221225985|0xc0000201|1.2.0.192.in-addr.arpa
https://[2001:DB8::1]:80/|[2001:db8::1]:80|[2001:0db8:0000:0000:0000:0000:0000:0001]:80|42540766411282592856903984951653826561|0x20010db8000000000000000000000001|1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa
2001:DB8:0:0::/32|2001:db8::/32|2001:0db8:0000:0000:0000:0000:0000:0000/32|42540766411282592856903984951653826560/32|0x20010db8000000000000000000000000/32|8.b.d.0.1.0.0.2.ip6.arpa
fe80::1%eth0|fe80::1%eth0|fe80:0000:0000:0000:0000:0000:0000:0001%eth0|338288524927261089654018896841347694593|0xfe800000000000000000000000000001|1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa
::FFFF:C000:201|::ffff:192.0.2.1|0000:0000:0000:0000:0000:ffff:c000:0201|281473902969345|0x00000000000000000000ffffc0000201|1.0.2.0.0.0.0.c.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa
unix:@name|unix:@name|unix:@name|-|-|-
END

# Each is read by its name, which auto may not dare, and written again
while IFS='|' read -r form option in canon out; do
	lines "$in"
	t "$form is read: $in" 0 "$canon" '' addr conv -i "$form" ${option:+"$option"}
	lines "$in"
	t "$form is written: $in" 0 "$out" '' addr conv -i "$form" ${option:+"$option"} -t "$form"
done <<'END'
int||3221225985|192.0.2.1|3221225985
int||4294967296|::1:0:0|4294967296
int|-6|1|::1|1
int|-4|1|0.0.0.1|1
hex||c0000201|192.0.2.1|0xc0000201
hex|-6|1|::1|0x00000000000000000000000000000001
bin||11000000.00000000.00000010.00000001|192.0.2.1|0b11000000000000000000001000000001
bin|-6|0b1|::1|0b00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001
arpa||1.2.0.192.IN-ADDR.ARPA|192.0.2.1|1.2.0.192.in-addr.arpa
mac||00-00-5E-00-53-01|fe80::200:5eff:fe00:5301|00:00:5e:00:53:01
mac||0000.5e00.5301|fe80::200:5eff:fe00:5301|00:00:5e:00:53:01
eui64||00:00:5e:ff:fe:00:53:01|fe80::200:5eff:fe00:5301|00-00-5e-ff-fe-00-53-01
canon||2001:db8::1|2001:db8::1|2001:db8::1
full||2001:0db8:0000:0000:0000:0000:0000:0001|2001:db8::1|2001:0db8:0000:0000:0000:0000:0000:0001
c||{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("192.0.2.1")}|192.0.2.1:80|{ .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(0xc0000201) }
c||{ .sin6_family = AF_INET6, .sin6_addr.s6_addr = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, .sin6_scope_id = 3 }|fe80::1%3|{ .sin6_family = AF_INET6, .sin6_addr.s6_addr = { 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01 }, .sin6_scope_id = 3 }
unix||unix:/run/x|unix:/run/x|unix:/run/x
END

# A sockaddr goes both ways; its bytes are this machine's
lines 192.0.2.1:80 '[fe80::1%77777]:443' unix:/run/x
netipc addr conv -t sockaddr <"$tmp/in" >"$tmp/sockaddr"
same 'sockaddr: three lines' 3 "$(wc -l <"$tmp/sockaddr" | tr -d ' ')"
input=$tmp/sockaddr
t 'sockaddr and back' 0 '192.0.2.1:80
[fe80::1%77777]:443
unix:/run/x' '' addr conv
[ "$little" = no ] || same 'sockaddr: the bytes' '02 00 00 50 c0 00 02 01 00 00 00 00 00 00 00 00' \
	"$(head -n 1 "$tmp/sockaddr")"
lines '00 02 00 50 c0 00 02 01' '02 00 00 50 c0 00 02 01'
t 'sockaddr of either byte order' 0 '192.0.2.1:80
192.0.2.1:80' '' addr conv

# A compiler takes an initialiser for what it was made of
cat >"$tmp/c.c" <<END
#include <netinet/in.h>
#include <net/if.h>
#include <sys/un.h>
int main(void)
{
	struct sockaddr_in a = $(echo 192.0.2.1:80 | netipc addr conv -t c);
	struct sockaddr_in6 b = $(echo '[fe80::1%lo]:443' | netipc addr conv -t c);
	struct sockaddr_un c = $(echo 'unix:@a"b\c' | netipc addr conv -t c);
	return !(a.sin_port == htons(80) && a.sin_addr.s_addr == htonl(0xc0000201) &&
		 b.sin6_addr.s6_addr[15] == 1 && c.sun_path[0] == 0 && c.sun_path[2] == '"');
}
END
if cc -o "$tmp/c" "$tmp/c.c" 2>"$tmp/err"; then
	ok 'c: initialisers are compiled' "$tmp/c"
elif command -v cc >/dev/null; then
	fail "c: initialisers are not compiled: $(cat "$tmp/err")"
else
	left_out 'c: initialisers are compiled' 'there is no compiler'
fi

# What has no such form
while IFS='|' read -r form in message; do
	lines "$in"
	t "$form of $in" 1 '' "netipc addr conv: standard input:1: $in has no form $form: $message" \
		addr conv -t "$form"
done <<'END'
mac|2001:db8::1|no ff:fe is in the middle of its interface identifier
mac|192.0.2.1|an IPv4 address has no interface identifier
eui64|2001:db8::/64|it is a prefix
sockaddr|192.0.2.0/24|it is a prefix
sockaddr|fe80::1%nosuch0|its zone is no interface of this machine
c|192.0.2.1-192.0.2.2|it is a range
arpa|192.0.2.0/25|a zone of in-addr.arpa is of /0, /8, /16, /24 or /32
unix|192.0.2.1|it is no UNIX address
int|unix:/x|it is a UNIX address
END

# Forms that are read in two ways: refused with both, or taken with a note
while IFS='|' read -r in aton note reason; do
	lines "$in"
	t "refused: $in" 2 '' "netipc addr conv: standard input:1: \"$in\" is not an address: $reason" \
		addr conv
	lines "$in"
	t "--legacy: $in" 0 "$aton" \
		"netipc addr conv: standard input:1: \"$in\" is read as $note" addr conv --legacy
done <<'END'
1.2.3|1.2.0.3|1.2.0.3, as inet_aton does; others read 1.2.3.0|3 octets instead of four (column 6); inet_aton reads 1.2.0.3, others read 1.2.3.0; --legacy takes the first
010.0.0.1|8.0.0.1|8.0.0.1, as inet_aton does; others read 10.0.0.1|an octet with a leading zero, which some read as octal (column 1); inet_aton reads 8.0.0.1, others read 10.0.0.1; --legacy takes the first
127.1|127.0.0.1|127.0.0.1, as inet_aton does; others read 127.1.0.0|2 octets instead of four (column 6); inet_aton reads 127.0.0.1, others read 127.1.0.0; --legacy takes the first
0x7f.1|127.0.0.1|127.0.0.1, as inet_aton does|"x" where a dot should be (column 2); inet_aton reads 127.0.0.1; --legacy takes it
2130706433|127.0.0.1|127.0.0.1, as inet_aton does|octet 2130706433 is over 255 (column 1); inet_aton reads 127.0.0.1; --legacy takes it
END
lines 192.0.2.1 256.1.1.1
t '--legacy has nothing to say of what is strict' 2 192.0.2.1 \
	'netipc addr conv: standard input:2: "256.1.1.1" is not an address: octet 256 is over 255 (column 1)' \
	addr conv --legacy

lines 192.0.2.1/24 192.0.2.0/24
t '--strict' 2 192.0.2.0/24 '*standard input:1: "192.0.2.1/24" is not a prefix: bits behind the length*' \
	addr conv --strict
lines 192.0.2.1/24 2001:db8::1/33 192.0.2.1 192.0.2.1-192.0.2.9 fe80::1%lo/64
t '--network' 0 '192.0.2.0/24
2001:db8::/33
192.0.2.1
192.0.2.1-192.0.2.9
fe80::%lo/64' '' addr conv --network
lines 192.0.2.1 ::1 unix:/x
t '-4' 1 192.0.2.1 '*:2: "::1" is not IPv4
*:3: "unix:/x" is not IPv4' addr conv -4
lines 192.0.2.1 ::1
t '-6' 1 ::1 '*:1: "192.0.2.1" is not IPv6' addr conv -6
lines 192.0.2.1 ::1
t '-46' 0 '192.0.2.1
::1' '' addr conv -46
lines 2001:DB8::1
t '-i canon' 2 '' '*"2001:DB8::1" is not in form canon: that is 2001:db8::1' addr conv -i canon
lines x
t '-i with no such form' 2 '' '*"morse" is not one of auto, *' addr conv -i morse
lines x
t '-t with no such form' 2 '' '*"url" is not one of canon, *' addr conv -t url

# Bad lines
bad=$(printf '1.1.1.1\n bad\t\n2.2.2.2')
while IFS='|' read -r policy status out err; do
	lines "$bad"
	t "--err=$policy" "$status" "$(printf %b "$out")" "$err" addr conv --err="$policy"
done <<'END'
warn|2|1.1.1.1\n2.2.2.2|netipc addr conv: standard input:2: "bad" is not an address: it begins with neither a digit nor a colon (column 1)
abort|2|1.1.1.1|netipc addr conv: standard input:2: "bad" is not an address: it begins with neither a digit nor a colon (column 1)
skip|0|1.1.1.1\n2.2.2.2|
print|0|1.1.1.1\n bad\t\n2.2.2.2|
END

# Files, each with its own lines
lines 1.1.1.1 bad
cp "$tmp/in" "$tmp/one"
lines ::1 bad
cp "$tmp/in" "$tmp/two"
lines 3.3.3.3
t 'files and standard input' 2 '1.1.1.1
::1
3.3.3.3' "netipc addr conv: $tmp/one:2: *
netipc addr conv: $tmp/two:2: *" addr conv "$tmp/one" "$tmp/two" -
t 'an address as operand' 3 '' \
	'netipc addr conv: 192.0.2.1, an address where a file is wanted: No such file or directory' \
	addr conv 192.0.2.1
t 'a file that is not there' 3 1.1.1.1 "netipc addr conv: $tmp/none: No such file or directory
*" addr conv "$tmp/none" "$tmp/one"

t 'a directory' 3 1.1.1.1 "netipc addr conv: $tmp: Is a directory
*" addr conv "$tmp" "$tmp/one"

# What is known is printed before waiting for more
mkfifo "$tmp/fifo"
start slow addr conv "$tmp/fifo"
exec 3>"$tmp/fifo"
printf '1.1.1.1\n2001:DB8::\n2.2' >&3
ok 'lines are printed while the input is open' poll grep -q 2001:db8:: "$tmp/slow.out"
printf '.2.2\n' >&3
exec 3>&-
wait "$pid"
same 'lines are whole' '1.1.1.1 2001:db8:: 2.2.2.2 ' "$(tr '\n' ' ' <"$tmp/slow.out")"

# Bytes that are no text, ends of lines, long lines
printf '1.1.1.1\r\n  ::0001\t\r\n\n \n\r\n2.2.2.2' >"$tmp/in"
input=$tmp/in
t 'CRLF, blanks, empty lines, no last newline' 0 '1.1.1.1
::1
2.2.2.2' '' addr conv
printf '1.1.1.1\n1.1\0.1.1\n1.1.1.1\0\n2.2.2.2\n' >"$tmp/in"
input=$tmp/in
t 'NUL bytes in lines' 2 '1.1.1.1
2.2.2.2' '*:2: "1.1\\x00.1.1" is not *
*:3: "1.1.1.1\\x00" is not *' addr conv
printf '1.1.1.1\0002001:DB8::\000\000::ffff:1.2.3.4\0fe80::1%%lo' >"$tmp/in"
netipc addr conv -0 <"$tmp/in" | tr '\0\n' '\n!' >"$tmp/got"
same 'lines that end with NUL' '1.1.1.1 2001:db8:: ::ffff:1.2.3.4 fe80::1%lo ' "$(tr '\n' ' ' <"$tmp/got")"
{
	echo 1.1.1.1
	head -c 1048576 /dev/zero | tr '\0' 1
	echo
	head -c 1048576 /dev/zero | tr '\0' ' '
	echo 2.2.2.2
} >"$tmp/in"
input=$tmp/in
t 'a line of a megabyte' 2 '1.1.1.1
2.2.2.2' '*:2: "1111*..." is not an address: octet 111111111111... is over 255 (column 1)' addr conv
printf 'unix:/a\033b\nfe80::1%%\033\n' >"$tmp/in"
input=$tmp/in
t 'no byte of others reaches a terminal' 0 'unix:/a\x1bb
fe80::1%\x1b' '' addr conv

# More than one block of input, in which plain runs, rewritten lines and bad ones take turns
i=0
while [ $i -lt 6000 ]; do
	echo "10.0.$((i / 256)).$((i % 256))"
	echo "2001:db8::$((i % 9999 + 1))"
	echo "2001:DB8:0::$((i % 9999 + 1))"
	[ $((i % 1000)) -ne 500 ] || echo bad
	i=$((i + 1))
done >"$tmp/in"
tr D d <"$tmp/in" | sed 's/:dB8:0::/:db8::/; /bad/d' >"$tmp/all"
netipc addr conv <"$tmp/in" >"$tmp/got" 2>"$tmp/err"
same 'a long file: status' 2 $?
ok 'a long file: every line' cmp "$tmp/all" "$tmp/got"
same 'a long file: the numbers of bad lines' '1504 4505 7506 10507 13508 16509' \
	"$(sed 's/.*input:\([0-9]*\):.*/\1/' "$tmp/err" | tr '\n' ' ' | sed 's/ $//')"

# Formats
lines '[2001:DB8::1]:80' bad 192.0.2.1/24
t 'table' 2 'INPUT             FORM   FAMILY  OUTPUT
[2001:DB8::1]:80  text   ipv6    [2001:db8::1]:80
192.0.2.1/24      canon  ipv4    192.0.2.1/24' '*:2: "bad" *' addr conv -o input,form,family,output
lines 192.0.2.1 bad
t 'table with the errors' 2 '192.0.2.1  -
bad        "bad" is not an address: it begins with neither a digit nor a colon (column 1)' \
	'*:2: "bad" *' addr conv -H -o input,error
cr=$(printf '\r')
lines '[fe80::1%lo]:80' bad 192.0.2.1-192.0.2.9
t 'csv' 2 "input,form,family,address,output,length,last,zone,port,error$cr
[fe80::1%lo]:80,canon,ipv6,fe80::1,[fe80::1%lo]:80,,,lo,80,$cr
bad,,,,,,,,,\"\"\"bad\"\" is not an address: it begins with neither a digit nor a colon (column 1)\"$cr
192.0.2.1-192.0.2.9,canon,ipv4,192.0.2.1,192.0.2.1-192.0.2.9,,192.0.2.9,,,$cr" '*:2: *' addr conv --csv
lines bad 192.0.2.1
t 'csv --err=skip' 0 "input,output$cr
192.0.2.1,192.0.2.1$cr" '' addr conv --csv --err=skip -o input,output
lines bad 192.0.2.1
t 'csv --err=print' 0 "input,output$cr
bad,$cr
192.0.2.1,192.0.2.1$cr" '' addr conv --csv --err=print -o input,output
lines bad 192.0.2.1
t 'csv --err=abort' 2 "input,output$cr
bad,$cr" '*input:1: "bad"*' addr conv --csv --err=abort -o input,output
lines 192.0.2.1/24
t 'tsv' 0 "$(printf 'form\toutput\tlength\ncanon\t3221225985/24\t24')" '' \
	addr conv --tsv -t int -o form,output,length
need jq
lines 010.0.0.1 unix:/x 'fe80::1%lo'
tj 'json' 0 '[.input,.form,.family,.address,.output,.zone]' \
	'["010.0.0.1","legacy","ipv4","8.0.0.1","8.0.0.1",null]
["unix:/x","unix","unix","unix:/x","unix:/x",null]
["fe80::1%lo","canon","ipv6","fe80::1","fe80::1%lo","lo"]' '*is read as 8.0.0.1*' \
	addr conv -j --legacy

# Output that cannot be written
if [ -e /dev/full ]; then
	netipc addr conv "$tmp/all" >/dev/full 2>"$tmp/err"
	same '/dev/full' 3 $?
fi
# What strace prints of another program's connect
if command -v strace >/dev/null && command -v socat >/dev/null && strace -o /dev/null true 2>/dev/null; then
	strace -e trace=connect socat -u /dev/null TCP4:127.0.0.1:1 2>&1 |
		grep -o '{sa_family=AF_INET[^}]*}' >"$tmp/calls"
	input=$tmp/calls t 'of strace itself' 0 '127.0.0.1:1' '' addr conv
else
	left_out 'of strace itself' 'strace or socat is not installed, or ptrace is refused'
fi
done_testing
