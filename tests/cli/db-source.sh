#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts, protos and services: --source, and what answers when a file is missing
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
cd "$srcdir/tests/data" || exit 99

t "builtin protocols" 0 'NAME  NUMBER  ALIASES  SOURCE   FILE  LINE  COMMENT
tcp        6  TCP      builtin  -        -  Transmission Control' '' protos --source builtin 6
t "builtin protocols: the lecture's line" 0 'name=udp (17), alias={ UDP }' '' \
	protos --source=builtin --classic UDP
t "builtin services: every match" 0 'shell	514	tcp
syslog	514	udp' '' services --source builtin --tsv -H -o name,port,proto syslog
tj "builtin hosts: JSON" 0 . '{"address":"::1","zone":null,"family":"ipv6","name":"localhost","aliases":[],"source":"builtin","file":null,"line":null,"input":"0::1","error":null,"agrees":null}' '' \
	hosts --source builtin --json 0::1
t "builtin: no match" 1 '' 'netipc services: no service "nosuch" in the built-in table' \
	services --source builtin nosuch
printf '1\n\ntcp\n' >"$tmp/keys"
input=$tmp/keys
t "builtin: keys of standard input" 0 'icmp
tcp' '' protos --source builtin -H -o name -
same "builtin protocols: all of them" 153 "$(netipc protos --source builtin -H -o number | wc -l)"
t "files is the default" 0 "$(netipc services --file services)" '' \
	services --file services --source files
for command in hosts protos services; do
	for source in --source=files --source=builtin --libc --check; do
		t "$command $source waits for no answer" 2 '' '*: --timeout is for --source=nss, all or*' \
			"$command" "$source" --timeout=1s
	done
done
t "builtin reads no file" 2 '' '*: --source=builtin reads no --file*' \
	protos --source builtin --file protocols
t "NSS reads no file" 2 '' '*: --source=nss reads no --file*' hosts --source nss --file hosts
t "no name of a module" 2 '' '*: "a/b" is no source and no module*' hosts --source a/b x
t "no name of a module: none" 2 '' '*: "nss:" is no source and no module*' hosts --source nss: x
t "libc as the column has it" 2 '' '*: the source libc is --libc *' hosts --source=libc
t "libc is no --source" 2 '' '*: --libc is a source of its own: no --source*' \
	protos --source files --libc
t "a --file that is missing is an error" 3 '' \
	'netipc services: nosuch/services: No such file or directory' \
	services --file nosuch/services http

# In a world of its own: an empty /etc

if unshare -rm mount -t tmpfs none /etc 2>/dev/null; then
	cat >"$tmp/bare" <<EOF
#!/bin/sh
exec unshare -rnm sh -c 'mount -t tmpfs none /etc && exec "\$@"' sh $NETIPC_EXEC "$NETIPC" "\$@"
EOF
	chmod +x "$tmp/bare"
	while read -r cmd file key; do
		"$tmp/bare" "$cmd" -j "$key" >"$tmp/out" 2>"$tmp/err"
		same "$cmd without its file: status" 0 $?
		same "$cmd without its file: the built-in table" \
			"$(netipc "$cmd" --source builtin -j "$key")" "$(cat "$tmp/out")"
		same "$cmd without its file: a note" \
			"netipc $cmd: $file: No such file or directory; the built-in table is used" \
			"$(cat "$tmp/err")"
		"$tmp/bare" "$cmd" --file "$file" "$key" >"$tmp/out" 2>"$tmp/err"
		same "$cmd --file of that name: status" 3 $?
		same "$cmd --file of that name: output" '' "$(cat "$tmp/out")"
		same "$cmd --file of that name: error" \
			"netipc $cmd: $file: No such file or directory" "$(cat "$tmp/err")"
	done <<-'EOF'
		hosts /etc/hosts localhost
		protos /etc/protocols tcp
		services /etc/services domain
	EOF
else
	left_out "an empty /etc" "no mount namespace can be made here"
fi

# Files of our own in /etc, whose name servers are out of reach

mkdir "$tmp/etc"
cp hosts protocols services "$tmp/etc"
echo '127.0.0.1 other' >>"$tmp/etc/hosts" # which the built-in table does not have
printf 'hosts: files [NOTFOUND=continue] dns\nprotocols: nosuch files\nservices: files\n' \
	>"$tmp/etc/nsswitch.conf"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$tmp/etc/resolv.conf"
if [ -z "$netns" ] || ! in_world "$tmp/etc" true 2>/dev/null; then
	left_out "NSS" "no file can be put in the place of one of /etc"
	done_testing
fi
cat >"$tmp/world" <<EOF
#!/bin/sh
exec $netns -m sh "$tmp/inside" "$tmp/etc" $NETIPC_EXEC "$NETIPC" "\$@"
EOF
cat >"$tmp/inside" <<'EOF'
ip link set lo up || exit 99
etc=$1
shift
for f in "$etc"/*; do
	mount --bind "$f" "/etc/${f##*/}" || exit 99
done
exec "$@"
EOF
chmod +x "$tmp/world"
NETIPC=$tmp/world
NETIPC_EXEC=

t "NSS: a protocol" 0 'NAME  NUMBER  SOURCE  FILE  LINE
tcp        6  nss     -        -' '' protos --source nss -o name,number,source,file,line 6
t "NSS: both families of a name" 0 '192.0.2.11    beta.example.org  nss
2001:db8::11  beta.example.org  nss' '' hosts --source nss -H -o address,name,source \
	--sort address beta
t "NSS: an address" 0 'name=beta.example.org, addr={ 2001:db8::11 }' '' \
	hosts --source nss --classic 2001:db8::11
t "NSS: a service over each protocol" 0 'domain	53	tcp
domain	53	udp
domain	53	udp' '' services --source nss --tsv -H -o name,port,proto domain 53/udp
tj "NSS: no match" 1 '[.input,.source,.error]' \
	'["253",null,"nss: no protocol \"253\" (getprotobynumber)"]' \
	'netipc protos: nss: no protocol "253" (getprotobynumber)' protos --source nss -j 253
t "NSS: a bad key is none" 2 'tcp' '*"65536"*' protos --source nss -H -o name 65536 tcp
printf 'tcp\nnosuch\n17\n' >"$tmp/keys"
input=$tmp/keys
t "NSS: keys of standard input" 1 'tcp
udp' '*standard input:2: nss: no protocol "nosuch" *' protos --source nss -H -o name -
t "NSS: the first match alone" 0 'tcp' '' services --source nss --first -H -o proto domain
t "all: in no source" 1 '' 'netipc services: no service "nosuch" in any source' \
	services --source all nosuch
# musl gives a name as an alias of itself
same "all: the lecture's lines" 'name=telnet (tcp/23), alias={ }' \
	"$(netipc services --source all --classic telnet | sed 's/{ telnet }/{ }/' | sort -u)"
t "all: the builtin has more" 0 'homa  builtin  only here' '*' \
	protos --source all -H -o name,source,agrees 146
t "all: a bad key" 2 '' '*"256.1.1.1"*' hosts --source all 256.1.1.1
t "all: a --file that is missing" 3 '' '*nosuch/file: No such file*' \
	protos --source all --file nosuch/file 6

# One module alone

netipc protos --source nss:files 6 >"$tmp/out" 2>"$tmp/err"
if grep -q 'no NSS modules' "$tmp/err"; then
	t "no modules: a module" 3 '' 'netipc hosts: this libc has no NSS modules *' \
		hosts --source dns localhost
	t "no modules: no list either" 1 '' 'netipc services: nss: it lists nothing' \
		services --source nss
	t "no modules: all" 0 'files
nss
builtin' '' protos --source all -H -o source tcp
	done_testing
fi
t "a module: files" 0 'tcp  nss:files' '' protos --source nss:files -H -o name,source 6
t "a module that is not there" 3 '' 'netipc protos: nss:nosuch: there is no such module' \
	protos --source nosuch tcp
t "a module that is not there: its list" 3 '' '*: nss:nosuch: there is no such module' \
	hosts --source nss:nosuch
t "dns does not read files" 3 '' 'netipc hosts: nss:dns: getaddrinfo "alpha": *' \
	hosts --source dns alpha
t "dns has no list" 1 '' 'netipc hosts: nss:dns: it lists nothing' hosts --source dns
t "the list of libc drops IPv6" 0 '127.0.0.1
127.0.0.1
192.0.2.10
192.0.2.11
192.0.2.10
127.0.0.1' '' hosts --source nss:files -H -o address
t "a list is the file's" 0 "$(netipc services --classic)" '' services --source nss --classic
t "all: each source, and where they differ" 3 'NAME                   ADDRESS     SOURCE     LINE  AGREES
alpha.example.org      192.0.2.10  files         4  yes
alpha-old.example.org  192.0.2.10  files         9  name
alpha.example.org      192.0.2.10  nss:files     -  yes
alpha.example.org      192.0.2.10  nss           -  yes' 'netipc hosts: nss:dns: gethostbyaddr *' \
	hosts --source all -o name,address,source,line,agrees 192.0.2.10
t "all: the column is in the table by default" 0 \
	'NAME  NUMBER  ALIASES  SOURCE     FILE            LINE  COMMENT                            AGREES
icmp       1  ICMP     files      /etc/protocols     4  internet control message protocol  yes
icmp       1  ICMP     nss:files  -                  -  -                                  yes
icmp       1  ICMP     nss        -                  -  -                                  yes
icmp       1  ICMP     builtin    -                  -  Internet Control Message           yes' \
	'netipc protos: nss:nosuch: there is no such module' protos --source all icmp
netipc hosts --source all --tsv -H -o address,source,agrees >"$tmp/list"
same "all: a list: status" 0 $?
same "all: a list" '::1	files	address
2001:db8::11	files	address
2001:db8::12	files	only here
fe80::1%eth0	files	only here
::1	builtin	address' "$(grep -v 'yes$' "$tmp/list")"
same "all: a list: all rows" 23 "$(wc -l <"$tmp/list")"
t "all: no source answers" 3 '' '*nss: getaddrinfo*: no host "nosuch.example" in any source that answers' \
	hosts --source all nosuch.example
if [ -c /dev/full ]; then
	for source in nss all; do
		printf '6\n17\n' | netipc protos --source $source -j - >/dev/full 2>"$tmp/err"
		same "$source >/dev/full: status" 3 $?
		same "$source >/dev/full: it is no failure of the source" 1 \
			"$(grep -c ': write: ' "$tmp/err")"
	done
fi
printf 'udp 17 UDP other\n' >"$tmp/protocols"
tj "all: aliases" 0 '[.source,.agrees]' '["files","aliases"]
["nss:files","aliases"]
["nss","aliases"]
["builtin","aliases"]' '*' protos --source all --file "$tmp/protocols" -j udp
printf 'tcp 7 TCP\ncbt 70\n' >"$tmp/protocols"
t "all: another file" 0 'tcp	7	files	number
tcp	6	nss:files	number
tcp	6	nss	number
tcp	6	builtin	number' '*' protos --source all --file "$tmp/protocols" \
	-o name,number,source,agrees --tsv -H tcp
done_testing
