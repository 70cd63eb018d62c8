#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts, protos and services: --source, and what answers when a file is missing
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
cd "$srcdir/tests/data" || exit 99

t "builtin protocols" 0 'NAME  NUMBER  ALIASES  SOURCE   FILE  LINE
tcp        6  TCP      builtin  -        -' '' protos --source builtin 6
t "builtin protocols: the lecture's line" 0 'name=udp (17), alias={ UDP }' '' \
	protos --source=builtin --classic UDP
t "builtin services: every match" 0 'shell	514	tcp
syslog	514	udp' '' services --source builtin --tsv -H -o name,port,proto syslog
tj "builtin hosts: JSON" 0 . '{"address":"::1","zone":null,"family":"ipv6","name":"localhost","aliases":[],"source":"builtin","file":null,"line":null,"input":"0::1","error":null}' '' \
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
t "builtin reads no file" 2 '' '*: --source=builtin reads no --file*' \
	protos --source builtin --file protocols
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
done_testing
