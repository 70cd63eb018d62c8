#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts, protos and services --libc: the lecture's calls, on files of our own
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
cd "$srcdir/tests/data" || exit 99

# What libc gives for the machine's own files; the files may be missing, and musl lists no
# hosts and no services, so a list is either that or rows.
for cmd in hosts protos services; do
	netipc "$cmd" --libc -H -o source >"$tmp/out" 2>"$tmp/err"
	status=$?
	same "$cmd --libc: only libc's rows" '' "$(grep -v '^libc *$' "$tmp/out")"
	if [ -s "$tmp/out" ]; then
		same "$cmd --libc: status of a list" 0 $status
	else
		same "$cmd --libc: status of nothing" 1 $status
		ok "$cmd --libc: nothing is said" grep -q '^netipc .*: get.*ent lists nothing$' "$tmp/err"
	fi
done
t "no protocol of the name" 1 '' 'netipc protos: no protocol "nosuch" (getprotobyname)' \
	protos --libc nosuch
t "no protocol of the number" 1 '' '*no protocol "254" (getprotobynumber)' protos --libc 254
t "no service of the name" 1 '' 'netipc services: no service "nosuch" (getservbyname)' \
	services --libc nosuch
t "no service over the protocol" 1 '' '*no service "/nosuch" (getservent)' services --libc /nosuch
t "no service of the port" 1 '' '*no service "0/udp" (getservbyport)' services --libc 0/udp
t "a zone" 2 '' '*"fe80::1%lo": gethostbyaddr knows no zone' hosts --libc fe80::1%lo
# In the file, so that no name server is asked
if grep -qE '^127\.0\.0\.1[[:space:]]+localhost([[:space:]]|$)' /etc/hosts; then
	# glibc makes 127.0.0.1 of a line with ::1 too
	ok "the lecture's loopback" like 'name=localhost, addr={ 127.0.0.1* }' \
		"$(netipc hosts --libc --classic localhost)"
	t "an address to its name" 0 'localhost' '' hosts --libc -H -o name 127.0.0.1
fi

# --diff has the file's side from any file: all that the machine's own list has is in it
for cmd in hosts protos services; do
	netipc "$cmd" --libc --tsv -H -o name >"$tmp/list" 2>/dev/null
	netipc "$cmd" --diff --file - --tsv -H -o name,source,diff >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	same "$cmd --diff with an empty file: all is added" \
		"$(sed 's/$/	libc	added/' "$tmp/list")" "$(cat "$tmp/out")"
	if [ -s "$tmp/list" ]; then
		same "$cmd --diff with an empty file: status" 1 $status
	else
		same "$cmd --diff of nothing and nothing: status" 0 $status
	fi
done
t "--diff of no match anywhere" 1 '' 'netipc services: no service "nosuch" (getservbyname)' \
	services --diff nosuch
t "--diff: libc cannot be asked" 2 '' '*"fe80::1%lo": gethostbyaddr knows no zone' \
	hosts --diff fe80::1%lo
t "--diff: no such file" 3 '' '*nosuch: No such file or directory' hosts --diff --file nosuch

# --count: the calls, and how often they were made; how often the file is opened is libc's matter
while read -r cmd file set list keys want; do
	[ -f "$file" ] || { left_out "$cmd --count" "there is no $file"; continue; }
	echo "$keys" | tr , '\n' >"$tmp/keys"
	input=$tmp/keys
	tj "$cmd --count: the calls" 0 '[.call,.times,.file]' \
		"[\"$set(1)\",1,\"$file\"]
$(echo "$want" | tr ';' '\n' | sed "s,.*,[&\,\"$file\"],")" \
		'' "$cmd" --stayopen --count -j -
	netipc "$cmd" --libc -j 2>/dev/null | jq -c . >"$tmp/out"
	tj "$cmd --count of a list" 0 '[.call,.times]' \
		"[\"$set(1)\",1]
[\"$list\",$(($(jq -r '.name + .line + "x" | length' "$tmp/out" 2>/dev/null | wc -l) + 1))]" \
		'' "$cmd" --count --json
done <<'EOF'
hosts /etc/hosts sethostent gethostent localhost,127.0.0.1,::1 "gethostbyname",1;"gethostbyaddr",2
protos /etc/protocols setprotoent getprotoent tcp,6,udp "getprotobyname",2;"getprotobynumber",1
services /etc/services setservent getservent http,80,80/udp,ftp "getservbyname",2;"getservbyport",2
EOF

# Without files, as in a small container; an empty /etc needs a mount namespace.
if unshare -rm mount -t tmpfs none /etc 2>/dev/null; then
	cat >"$tmp/bare" <<EOF
#!/bin/sh
exec unshare -rnm sh -c 'mount -t tmpfs none /etc && exec "\$@"' sh $NETIPC_EXEC "$NETIPC" "\$@"
EOF
	chmod +x "$tmp/bare"
	"$tmp/bare" services --libc >"$tmp/out" 2>"$tmp/err"
	same "services --libc without its file: status" 1 $?
	same "services --libc without its file: error" \
		'netipc services: getservent lists nothing' "$(cat "$tmp/err")"
	"$tmp/bare" services --diff http >"$tmp/out" 2>"$tmp/err"
	same "services --diff without its file: status" 1 $?
	same "services --diff without its file: errors" \
		'netipc services: /etc/services: No such file or directory; it has no entries then
netipc services: no service "http" (getservbyname)' "$(cat "$tmp/err")"
	"$tmp/bare" services --diff >"$tmp/out" 2>"$tmp/err"
	same "services --diff of nothing: status" 0 $?
	same "services --diff of nothing: it is said once" 1 "$(grep -c 'lists nothing$' "$tmp/err")"
	"$tmp/bare" services --count http >"$tmp/out" 2>"$tmp/err"
	same "services --count without its file: status" 3 $?
	same "services --count without its file: error" \
		'netipc services: /etc/services: No such file or directory' "$(cat "$tmp/err")"
	same "services --count without its file: no record" '' "$(cat "$tmp/out")"
	"$tmp/bare" protos --diff --tsv -H -o source,diff >"$tmp/out" 2>/dev/null # musl has its own
	same "protos --diff without its file: all that there is was added" '' \
		"$(grep -v '^libc	added$' "$tmp/out")"
else
	left_out "an empty /etc" 'no mount namespace can be made here'
fi

# Files of our own in /etc, in a mount namespace; the name servers are out of reach there.
unshare -rnm true 2>/dev/null || {
	left_out "files of our own in /etc" 'no mount namespace can be made here'
	done_testing
}
printf 'hosts: files dns\nprotocols: files\nservices: files\n' >"$tmp/nsswitch"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$tmp/resolv"
# Every oddity that libc makes something else of
cat >"$tmp/hosts" <<'EOF'
127.0.0.1 localhost
::1 localhost ip6-localhost
192.0.2.1 one
2001:db8::1 multi six
192.0.2.2 multi m2
192.0.2.3 multi
::ffff:192.0.2.9 mapped
192.0.2.8
192.0.2.1 again
fe80::1%lo zoned
010.0.0.1 octal
192.0.2.1 one uno
EOF
cat >"$tmp/inside" <<'EOF'
while [ "$1" != -- ]; do
	mount --bind "$1" "$2" || exit 99
	shift 2
done
shift
exec "$@"
EOF
cp hosts "$tmp/etc-hosts" # so that it can be another one later
set -- "$tmp/etc-hosts" /etc/hosts protocols /etc/protocols services /etc/services \
	"$tmp/nsswitch" /etc/nsswitch.conf "$tmp/resolv" /etc/resolv.conf
for target in /etc/hosts /etc/protocols /etc/services /etc/nsswitch.conf /etc/resolv.conf; do
	[ -f "$target" ] || {
		left_out "files of our own in /etc" "there is no $target to mount them on"
		done_testing
	}
done
cat >"$tmp/netipc" <<EOF
#!/bin/sh
exec unshare -rnm sh "$tmp/inside" $* -- $NETIPC_EXEC "$NETIPC" "\$@"
EOF
chmod +x "$tmp/netipc"
"$tmp/netipc" --version >/dev/null 2>&1 || {
	left_out "files of our own in /etc" 'a mount is refused here'
	done_testing
}
NETIPC_EXEC=""
NETIPC=$tmp/netipc

libc_lists=$(netipc hosts --libc 2>/dev/null)
t "our own reader sees the same files" 0 '2
3' '' hosts -H -o line localhost
t "gethostbyname" 0 'name=alpha.example.org, addr={ 192.0.2.10 }' '' hosts --libc --classic alpha
t "gethostbyaddr" 0 'beta.example.org' '' hosts --libc -H -o name 2001:db8::11
t "the same with sethostent(1)" 0 'beta.example.org
beta.example.org' '' hosts --libc --stayopen -H -o name 192.0.2.11 beta
t "HOST_NOT_FOUND is an answer" 1 '' \
	'netipc hosts: gethostbyname "*...": *ost* (HOST_NOT_FOUND)' \
	hosts --libc "$(head -c 300 /dev/zero | tr '\0' a)"
t "TRY_AGAIN is a failure, and the rest goes on" 3 'alpha.example.org' \
	'netipc hosts: gethostbyname "nosuch.example": * (TRY_AGAIN)' \
	hosts --libc -H -o name nosuch.example alpha
t "getprotobyname" 0 'tcp  6' '' protos --libc -H -o name,number tcp
t "getprotobynumber" 0 'udp' '' protos --libc -H -o name 17
t "getservbyname" 0 '25	tcp
53	udp' '' services --libc --stayopen --tsv -H -o port,proto smtp domain/udp
t "getservbyport" 0 'telnet' '' services --libc -H -o name 23/tcp

# --diff and --count where every libc is the same: look-ups in these files
t "--diff: the first match alone" 1 \
	'NAME    PORT  PROTO  ALIASES  SOURCE  FILE           LINE  COMMENT             DIFF
domain    53  tcp    -        files   /etc/services     4  Domain Name Server  kept
domain    53  udp    -        files   /etc/services     5  -                   not-first' '' services --diff domain
t "--diff: no difference" 0 'domain	5	kept' '' \
	services --diff domain/udp --tsv -H -o name,line,diff
cr=$(printf '\r')
printf 'smtp 26/tcp\n' >"$tmp/other"
t "--diff: libc has another value" 1 'smtp	26	files	1	changed
smtp	25	libc	1	changed' '' services --diff --file "$tmp/other" --tsv -H \
	-o name,port,source,line,diff smtp/tcp
tj "--diff: libc has what the file has not" 1 '[.name,.source,.file,.line,.input,.diff]' \
	'["telnet","libc",null,null,"23","added"]' '' services --diff --file "$tmp/other" -j 23
input=$tmp/other
t "--diff: the lecture's lines" 1 "-name=smtp (tcp/26), alias={ }
+$(netipc services --libc --classic smtp)" '' services --diff --file - --classic smtp
t "--diff: IPv6 is dropped, by name" 1 "address,diff$cr
192.0.2.11,kept$cr
2001:db8::11,dropped$cr" '' hosts --diff --csv -o address,diff beta
ok "--diff: not the first match, by address" like '*
alpha-old.example.org	9	not-first' "$(netipc hosts --diff --tsv -H -o name,line,diff 192.0.2.10)"
tj "--diff: libc fails, and the rest goes on" 3 '[.name,.source,.diff,(.error != null)]' \
	'[null,null,null,true]
["alpha-old.example.org","files","kept",false]' \
	'netipc hosts: gethostbyname "nosuch.example": * (TRY_AGAIN)' \
	hosts --diff -j nosuch.example alpha-old.example.org
if [ "$libc_lists" ]; then # musl ends at the line that it cannot use
	t "--diff: libc fails where the file has an entry" 3 'gamma.example.org	dropped' \
		'netipc hosts: gethostbyname "gamma.example.org": * (TRY_AGAIN)' \
		hosts --diff --tsv -H -o name,diff gamma.example.org
fi
set=1 # set*ent(1) opens the file, where it does anything: not musl's
[ "$libc_lists" ] || set=0
t "--count: nothing is saved" 0 'getservbyname	3	3	3
getservbyport	1	1	1
setservent(1)	1		'"$set" '' services --count --tsv -H --sort -opens \
	-o call,times,opens,opens_stayopen http 23 http/tcp domain
t "--count: a bad key" 2 'gethostbyaddr	1	1	1
sethostent(1)	1		'"$set" '*"256.1.1.1"*' hosts --stayopen --count \
	--tsv -H --sort -opens -o call,times,opens,opens_stayopen 256.1.1.1 192.0.2.10
t "--count: no key that is one" 2 '' '*"65536"*' services --count 65536

# --diff of lists, by libc
if [ -z "$libc_lists" ]; then # musl
	for cmd in hosts services; do
		netipc "$cmd" --tsv -H -o line 2>/dev/null | sed 's/$/	dropped/' >"$tmp/want"
		t "$cmd --diff: every line is dropped, and it is said once" 1 "$(cat "$tmp/want")" \
			"netipc $cmd: get*ent lists nothing" "$cmd" --diff --tsv -H -o line,diff
	done
	netipc protos --diff --tsv -H -o name,aliases,source,diff >"$tmp/out" 2>"$tmp/err"
	same "protos --diff: status" 1 $?
	same "protos --diff: musl has a table without aliases" 'tcp	TCP	files	changed
tcp		libc	changed
sctp	SCTP	files	dropped
ospf		libc	added' "$(grep -E '^(tcp|sctp|ospf)	' "$tmp/out")"
	same "protos --diff: the file is not opened" 'getprotobyname	0' \
		"$(netipc protos --count --tsv -H -o call,opens tcp | tail -n 1)"
	done_testing
fi

t "gethostent drops what is not IPv4, and gives ::1 as 127.0.0.1" 0 \
	'name=localhost, addr={ 127.0.0.1 }
name=localhost, addr={ 127.0.0.1 }
name=alpha.example.org, addr={ 192.0.2.10 }
name=beta.example.org, addr={ 192.0.2.11 }
name=alpha-old.example.org, addr={ 192.0.2.10 }' '' hosts --libc --classic
tj "a host with its aliases" 0 '[.address,.name,.aliases,.source,.file,.line,.input]' \
	'["192.0.2.10","alpha.example.org",["alpha"],"libc",null,null,"ALPHA"]' '' \
	hosts --libc -j ALPHA
t "getprotoent lists what the file has" 0 "$(netipc protos --file protocols --classic)" '' \
	protos --libc --classic
t "getservent lists what the file has" 0 "$(netipc services --file services --classic)" '' \
	services --libc --classic
t "the same with setservent(1)" 0 "$(netipc services --file services --classic)" '' \
	services --libc --stayopen --classic
t "by protocol, after another look-up" 0 'telnet
domain
syslog
rtmp' '' services --libc --stayopen -H -o name 23 /udp /ddp
t "the first match only" 0 'name=shell (tcp/514), alias={ cmd syslog }' '' \
	services --libc --classic syslog
t "protocol by alias" 0 'name=tcp (6), alias={ TCP }' '' protos --libc --classic TCP

t "hosts --diff" 1 'ADDRESS       FAMILY  NAME                   ALIASES                     SOURCE  FILE        LINE  DIFF
127.0.0.1     ipv4    localhost              -                           files   /etc/hosts     2  kept
::1           ipv6    localhost              ip6-localhost ip6-loopback  files   /etc/hosts     3  changed
127.0.0.1     ipv4    localhost              ip6-localhost ip6-loopback  libc    /etc/hosts     3  changed
192.0.2.10    ipv4    alpha.example.org      alpha                       files   /etc/hosts     4  kept
192.0.2.11    ipv4    beta.example.org       beta                        files   /etc/hosts     5  kept
2001:db8::11  ipv6    beta.example.org       beta                        files   /etc/hosts     6  dropped
2001:db8::12  ipv6    gamma.example.org      -                           files   /etc/hosts     7  dropped
fe80::1%eth0  ipv6    router.example.org     router                      files   /etc/hosts     8  dropped
192.0.2.10    ipv4    alpha-old.example.org  -                           files   /etc/hosts     9  kept' \
	'' hosts --libc --diff
t "hosts --diff: the lecture's lines" 1 ' name=localhost, addr={ 127.0.0.1 }
-name=localhost, addr={ ::1 }
+name=localhost, addr={ 127.0.0.1 }
 name=alpha.example.org, addr={ 192.0.2.10 }
 name=beta.example.org, addr={ 192.0.2.11 }
-name=beta.example.org, addr={ 2001:db8::11 }
-name=gamma.example.org, addr={ 2001:db8::12 }
-name=router.example.org, addr={ fe80::1%eth0 }
 name=alpha-old.example.org, addr={ 192.0.2.10 }' '' hosts --diff --classic
for cmd in protos services; do
	t "$cmd --diff: no difference" 0 "$(netipc "$cmd" --tsv -o line | sed '1s/$/	diff/
		1!s/$/	kept/')" '' "$cmd" --diff --tsv -o line,diff
done
t "a range is taken from the list" 0 'kept
kept' '' services --diff -H -o diff 20-30
t "--count of a list" 0 'setservent(1)		1
getservent	1	0' '' services --count --tsv -H -o call,opens,opens_stayopen
tj "--count: setservent(1) itself opens the file" 0 '[.call,.opens,.opens_stayopen]' \
	'["setservent(1)",null,1]
["getservbyname",2,2]' '' services --count --json http smtp

# Every oddity of a file that libc makes something else of; DNS is not asked
printf 'hosts: files\n' >"$tmp/nsswitch"
grep -v '^::1 ' "$tmp/hosts" >"$tmp/etc-hosts"
t "odd lines: the list" 1 '127.0.0.1	localhost	files	1	kept
192.0.2.1	one	files	2	kept
2001:db8::1	multi	files	3	dropped
192.0.2.2	multi	files	4	kept
192.0.2.3	multi	files	5	kept
::ffff:192.0.2.9	mapped	files	6	changed
192.0.2.9	mapped	libc	6	changed
		files	7	nameless
192.0.2.8		libc	7	nameless
192.0.2.1	again	files	8	kept
fe80::1%lo	zoned	files	9	dropped
	octal	files	10	dropped
192.0.2.1	one	files	11	kept' 'netipc hosts: /etc/hosts:7: no name *
netipc hosts: /etc/hosts:10: "010.0.0.1" is not an address: *' \
	hosts --diff --tsv -H -o address,name,source,line,diff
tj "odd lines: one answer of several" 1 '[.address,.aliases,.source,.line,.diff]' '["2001:db8::1",["six"],"files",3,"dropped"]
["192.0.2.2",["m2"],"files",4,"merged"]
["192.0.2.3",[],"files",5,"merged"]
["192.0.2.2",["m2"],"libc",null,"merged"]
["192.0.2.3",["m2"],"libc",null,"merged"]' \
	'netipc hosts: /etc/hosts:7: * (column 10); 1 more such line' \
	hosts --diff -j multi
t "odd lines: mapped, nameless, by its IPv6 name, and nowhere" 1 'files	6	changed
libc	6	changed
files	7	nameless
libc	7	nameless
files	3	dropped
		' '*
netipc hosts: gethostbyname "six": *
netipc hosts: gethostbyname "nosuch": *' \
	hosts --diff --tsv -H -o source,line,diff mapped 192.0.2.8 six nosuch
done_testing
