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
fi

# Files of our own in /etc, in a mount namespace; the name servers are out of reach there.
unshare -rnm true 2>/dev/null || done_testing
printf 'hosts: files dns\nprotocols: files\nservices: files\n' >"$tmp/nsswitch"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$tmp/resolv"
cat >"$tmp/inside" <<'EOF'
while [ "$1" != -- ]; do
	mount --bind "$1" "$2" || exit 99
	shift 2
done
shift
exec "$@"
EOF
set -- 'hosts' /etc/hosts protocols /etc/protocols services /etc/services \
	"$tmp/nsswitch" /etc/nsswitch.conf "$tmp/resolv" /etc/resolv.conf
for target in /etc/hosts /etc/protocols /etc/services /etc/nsswitch.conf /etc/resolv.conf; do
	[ -f "$target" ] || done_testing # nothing to mount on
done
cat >"$tmp/netipc" <<EOF
#!/bin/sh
exec unshare -rnm sh "$tmp/inside" $* -- $NETIPC_EXEC "$NETIPC" "\$@"
EOF
chmod +x "$tmp/netipc"
"$tmp/netipc" --version >/dev/null 2>&1 || done_testing # a mount is refused
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
[ "$libc_lists" ] || done_testing # the rest is for a libc with lists, not for musl

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
done_testing
