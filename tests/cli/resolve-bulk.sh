#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve -f FILE and -: a record a line, answered by threads
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

printf '192.0.2.1 80\n\n  2001:db8::1\t 22  \n192.0.2.2\n' >"$tmp/list"
input=$tmp/list
t "lines of standard input" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 [2001:db8::1]:22
192.0.2.2 192.0.2.2' '' resolve -
input=$tmp/list
t "a service for the lines without one" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 [2001:db8::1]:22
192.0.2.2 192.0.2.2:443' '' resolve - 443
t "lines of a file" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 [2001:db8::1]:22
192.0.2.2 192.0.2.2' '' resolve -f "$tmp/list"
t "lines of a file and a service" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 [2001:db8::1]:22
192.0.2.2 192.0.2.2:443' '' resolve "--file=$tmp/list" 443
input=$tmp/list
t "-f - is standard input" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 [2001:db8::1]:22
192.0.2.2 192.0.2.2:443' '' resolve -f - 443
printf '192.0.2.1 80\000192.0.2.2\00' >"$tmp/list0"
input=$tmp/list0
t "NUL-separated input" 0 '192.0.2.1 192.0.2.1:80
192.0.2.2 192.0.2.2' '' resolve -0 -
t "NUL-separated lines of a file" 0 '192.0.2.1 192.0.2.1:80
192.0.2.2 192.0.2.2' '' resolve -0 -f "$tmp/list0"
printf '192.0.2.1\000\000192.0.2.2\00' >"$tmp/empty0"
t "NUL-separated, an empty one" 2 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' "netipc resolve: $tmp/empty0:2: the name is empty" resolve -0 -f "$tmp/empty0"
printf '\357\273\277192.0.2.1\r\n192.0.2.2' >"$tmp/dos"
t "a byte order mark, CR LF, no newline at the end" 0 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' '' resolve -f "$tmp/dos"
: >"$tmp/none"
t "an empty file" 0 '' '' resolve -f "$tmp/none"
t "an empty file, CSV" 0 "$(printf 'input,name,service,status,addresses,port,canonname,time_s,error\r')" \
	'' resolve --csv -f "$tmp/none"

# Bad lines
printf '192.0.2.1\nnot-a-number\n::1 22 23\nx\000y\n192.0.2.2' >"$tmp/bad"
input=$tmp/bad
t "a bad line does not end the batch" 2 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' 'netipc resolve: standard input:2: not-a-number: *(EAI_NONAME)
netipc resolve: standard input:3: "::1 22 23": unexpected "23" after the service
netipc resolve: standard input:4: "x\\x00y" has a NUL byte (column 2)' resolve --numerichost -
t "bad lines of a file" 2 '*' "netipc resolve: $tmp/bad:2: *
netipc resolve: $tmp/bad:3: *
netipc resolve: $tmp/bad:4: *" resolve --numerichost -f "$tmp/bad"
tj "each bad line has its record" 2 '[.input,.name,.status,.addresses,.error != null]' \
	'["192.0.2.1","192.0.2.1","ok",["192.0.2.1"],false]
["not-a-number","not-a-number","nxdomain",[],true]
["::1 22 23",null,"invalid",null,true]
["x\u0000y",null,"invalid",null,true]
["192.0.2.2","192.0.2.2","ok",["192.0.2.2"],false]' '*' resolve --numerichost -j -f "$tmp/bad"
t "a table has them" 2 'NAME          STATUS    ADDRESSES
192.0.2.1     ok        192.0.2.1
not-a-number  nxdomain  -
-             invalid   -
-             invalid   -
192.0.2.2     ok        192.0.2.2' '*' \
	resolve --numerichost -o name,status,addresses -f "$tmp/bad"
printf '192.0.2.1 http-no-such\n192.0.2.1 65536\n' >"$tmp/services"
tj "bad services" 2 '[.name,.service,.status]' '["192.0.2.1","http-no-such","noservice"]
["192.0.2.1","65536","invalid"]' '*' resolve -j -f "$tmp/services"
printf '192.0.2.1 80\n2001:db8::1 22\n' >"$tmp/two"
t "CSV" 0 "$(printf 'input,status,addresses,port\r\n192.0.2.1 80,ok,192.0.2.1,80\r\n2001:db8::1 22,ok,2001:db8::1,22\r')" \
	'' resolve --csv -o input,status,addresses,port -f "$tmp/two"
t "TSV" 0 "$(printf 'name\tservice\taddresses\n192.0.2.1\t80\t192.0.2.1\n2001:db8::1\t22\t2001:db8::1')" \
	'' resolve --tsv -o name,service,addresses -f "$tmp/two"
t "no heading" 0 '192.0.2.1    80  192.0.2.1
2001:db8::1  22  2001:db8::1' '' resolve -H -o name,port,addresses -f "$tmp/two"
tj "the time it took" 0 '.time_s >= 0' 'true
true' '' resolve -j -f "$tmp/two"
t "the lecture's lines" 1 '192.0.2.1:80' "netipc resolve: $tmp/two:2: 2001:db8::1*" \
	resolve --classic -f "$tmp/two"
t "the lecture's lines of IPv6" 1 '[2001:db8::1]:22' "netipc resolve: $tmp/two:1: 192.0.2.1*" \
	resolve --classic -6 -f "$tmp/two"
printf 'a\033[31m\n' >"$tmp/escape"
t "a name with an escape sequence" 1 '' "netipc resolve: $tmp/escape:1: a\\\\x1b\[31m: *" \
	resolve --numerichost -f "$tmp/escape"

# Errors
t "no such file" 3 '' "netipc resolve: $tmp/nosuch: *" resolve -f "$tmp/nosuch"
t "a directory" 3 '' "netipc resolve: $tmp: *" resolve -f "$tmp"
t "too many operands" 2 '' '*unexpected operand "x"*' resolve -f "$tmp/two" 80 x
t "too many operands behind -" 2 '' '*unexpected operand "x"*' resolve - 80 x
t "no threads" 2 '' '*--threads: "0" is not a number from 1 to 1024*' resolve -T 0 -f "$tmp/two"
t "a column that the batch does not have" 2 '' '*no column "address"*' resolve -o address -f "$tmp/two"

# Many: in order, whatever the number of threads; unordered, none is lost; duplicates are equal
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "10.%d.%d.%d\n", i % 3, (i / 256) % 256, i % 256 }' \
	>"$tmp/many"
awk '{ print $1, $1 }' "$tmp/many" >"$tmp/want"
for threads in 1 4 40; do
	netipc resolve -T $threads -f "$tmp/many" >"$tmp/out" 2>"$tmp/err"
	same "$threads threads: status" 0 $?
	ok "$threads threads: in order" cmp "$tmp/want" "$tmp/out"
done
netipc resolve -f - <"$tmp/many" >"$tmp/out"
ok "standard input: in order" cmp "$tmp/want" "$tmp/out"
sort "$tmp/want" >"$tmp/sorted"
netipc resolve --unordered -f "$tmp/many" | sort >"$tmp/out"
ok "unordered: each line is there" cmp "$tmp/sorted" "$tmp/out"

# Input that comes slowly: each answer is printed before the next line is there
mkfifo "$tmp/in"
$NETIPC_EXEC "$NETIPC" resolve - <"$tmp/in" >"$tmp/slow" 2>"$tmp/err" &
pid=$!
pids="$pids $pid"
exec 3>"$tmp/in"
for i in 1 2 3; do
	printf '192.0.2.%d\n192.' $i >&3
	ok "slow input: answer $i" poll grep -qx "192.0.2.$i 192.0.2.$i" "$tmp/slow"
	printf '0.2.1\n' >&3
done
poll awk 'END { exit NR < 6 }' "$tmp/slow"
printf '192.0.2.9' >&3
kill -s TERM "$pid"
wait "$pid"
same "SIGTERM while it waits for input: status" 143 $?
exec 3>&-
same "SIGTERM while it waits for input: lines" 6 "$(wc -l <"$tmp/slow")"

# -s
if netipc --version | grep -q ' glibc'; then
	t "--source=files" 0 '*' '' resolve -s files localhost
	t "a list of sources" 0 '*' '' resolve --source=files,dns localhost
	t "no such source" 3 '' 'netipc resolve: --source=nosuch: there is no such module *' \
		resolve -s nosuch localhost
	t "no such source in a list" 3 '' '*there is no such module *' \
		resolve -s files,nosuch localhost
else
	t "--source without modules" 3 '' '*this libc cannot*' resolve -s files localhost
fi
for source in '' ',' 'files,' ',files' 'files dns' ../x; do
	t "no source: '$source'" 2 '' '*is no source and no list of them' \
		resolve -s "$source" localhost
done
done_testing
