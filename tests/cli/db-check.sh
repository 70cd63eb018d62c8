#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts, protos and services: --check, --strict and --fix
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
cd "$srcdir/tests/data" || exit 99

# of CODE - the command whose files have CODE
of() {
	case $1 in S*) echo services ;; P*) echo protos ;; *) echo hosts ;; esac
}

# Each row of lint.def: its fixture has that finding and no other, with its grade; --fix does
# with it what the row says, and leaves what it prints as it is.
codes=0
while IFS=' ' read -r code grade fix; do
	codes=$((codes + 1))
	cmd=$(of "$code")
	file=lint/$code
	case $grade in error) status=1 ;; *) status=0 ;; esac
	netipc "$cmd" --check --file "$file" --json >"$tmp/json"
	same "$code: status" $status $?
	same "$code: the fixture has it alone" "$code $grade" \
		"$(jq -r '"\(.code) \(.grade)"' "$tmp/json" | sort -u)"
	case $grade in note) status=0 ;; *) status=1 ;; esac
	netipc "$cmd" --check --strict --file "$file" >/dev/null
	same "$code: status of --strict" $status $?
	netipc "$cmd" --fix --file "$file" >"$tmp/fixed" 2>"$tmp/left"
	status=$?
	netipc "$cmd" --check --file "$tmp/fixed" -j >"$tmp/again"
	case $fix in
	KEEP)
		ok "$code: kept" cmp "$file" "$tmp/fixed"
		grep -q "\[$code\]\$" "$tmp/left" && pass "$code: said" || fail "$code: said"
		;;
	OUT)
		grep -q "^# $code: " "$tmp/fixed" && pass "$code: a comment" || fail "$code: a comment"
		grep -q "\[$code\]\$" "$tmp/left" && pass "$code: said" || fail "$code: said"
		same "$code: status of --fix" 1 $status
		same "$code: nothing is left" '' "$(cat "$tmp/again")"
		;;
	EDIT)
		same "$code: status of --fix" '0 ' "$status $(cat "$tmp/left")"
		same "$code: nothing is left" '' "$(cat "$tmp/again")"
		cmp -s "$file" "$tmp/fixed" && fail "$code: mended" || pass "$code: mended"
		;;
	esac
	netipc "$cmd" --fix --file "$tmp/fixed" >"$tmp/fixed2" 2>/dev/null
	ok "$code: a fixed file stays as it is" cmp "$tmp/fixed" "$tmp/fixed2"
	# The page has it, under the letter of its database or, if it is for all, in each.
	case $code in F*) pages='hosts services protos' ;; *) pages=$cmd ;; esac
	case $fix in KEEP) does=kept ;; EDIT) does=mended ;; OUT) does=comment ;; esac
	for page in $pages; do
		case $code$page in F007protos | F010protos) continue ;; esac
		grep -qx "\.It $code , $grade , $does" "$srcdir/man/netipc-$page.1" &&
			pass "$code: netipc-$page(1)" || fail "$code: netipc-$page(1)"
	done
done <<EOF
$(sed -n 's/^LINT(\([A-Z0-9]*\), \([A-Z]*\), \([A-Z]*\),.*/\1 \2 \3/p' "$srcdir/src/db/lint.def" |
	sed 's/ ERROR / error /; s/ WARNING / warning /; s/ NOTE / note /')
EOF
same "every row was looked at" "$(grep -c '^LINT(' "$srcdir/src/db/lint.def")" "$codes"
same "every fixture has its row" "$codes" "$(find lint -type f | wc -l | xargs)"

# Files as systems come with them have no finding, and --fix prints them as they are
clean() {
	cat >"$tmp/clean"
	t "$1: nothing is wrong" 0 '' '' "$2" --check --strict --file "$tmp/clean"
	netipc "$2" --fix --file "$tmp/clean" >"$tmp/fixed"
	ok "$1: nothing is mended" cmp "$tmp/clean" "$tmp/fixed"
}
clean Debian hosts <<'EOF'
127.0.0.1	localhost
127.0.1.1	db.example.org	db

# The following lines are desirable for IPv6 capable hosts
::1     localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
EOF
clean Fedora hosts <<'EOF'
127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4
::1         localhost localhost.localdomain localhost6 localhost6.localdomain6
EOF
clean 'a container' hosts <<'EOF'
127.0.0.1	localhost
::1	localhost ip6-localhost ip6-loopback
fe00::0	ip6-localnet
ff00::0	ip6-mcastprefix
172.17.0.2	0123456789ab
EOF
clean 'a name over both families, several lines of one address' hosts <<'EOF'
127.0.0.1 localhost
192.0.2.1 db
2001:db8::1 db
192.0.2.1 db base
192.0.2.1 DB sql
2001:DB8:0::1 db web
EOF
clean 'a list of what to block' hosts <<'EOF'
127.0.0.1 localhost
0.0.0.0 ads.example.com
0.0.0.0 banners.example.com
:: ads.example.com
EOF
# shellcheck disable=SC2094 # a command and a file of one name
clean services services <services
# shellcheck disable=SC2094
clean protocols protos <protocols

# Formats
t "plain: as compilers print it" 0 \
	'lint/H006:5:11: warning: name "BASE" stands on line 3 with 192.0.2.1; this address is not found by that name unless multi is on [H006]' \
	'' hosts --check --file lint/H006
tj "JSON" 1 . '{"file":"lint/P003","line":4,"column":1,"grade":"error","code":"P003","text":"number 6 has the name \"tcp\" on line 3; a look-up of the number does not find \"udp\""}' \
	'' protos --check --file lint/P003 --json
crlf=$(printf '\r')
t "CSV" 1 "file,line,column,grade,code,text$crlf
lint/S001,2,6,error,S001,no port behind the name$crlf" '' services --check --file lint/S001 --csv
t "TSV" 1 'line	code
2	S001' '' services --check --file lint/S001 --tsv -o line,code
t "table" 1 'LINE  GRADE  TEXT
   2  error  no port behind the name' '' services --check --file lint/S001 -o line,grade,text
t "table without a heading" 1 '2' '' services --check --file lint/S001 -H -o line
t "CSV of a clean file" 0 "file,line,column,grade,code,text$crlf" '' \
	services --check --file services --csv
t "a column that only entries have" 2 '' '*no column "address"*' \
	hosts --check --file hosts -o address
same "the help has its columns" 6 \
	"$(netipc hosts --help | sed '1,/^Columns with --check:$/d; /^$/q' | grep -c '^  [a-z]')"


# --sort goes by what a grade weighs, in every form
same "sorted by grade" 'warning error' \
	"$(netipc hosts --check --file hosts.bad -j --sort grade | jq -r .grade | uniq | xargs)"
same "sorted by grade, the worst first" '  error  warning' \
	"$(netipc hosts --check --file hosts.bad --sort -grade | cut -d : -f 4 | uniq | tr '\n' ' ' |
		sed 's/ $//; s/^/ /')"
t "sorted by an unknown column" 2 '' '*--sort: no column "nosuch"*' \
	hosts --check --file hosts --sort nosuch

# Files
for cmd in hosts services protos; do
	case $cmd in protos) file=protocols ;; *) file=$cmd ;; esac
	netipc $cmd --fix --file $file >"$tmp/out" 2>/dev/null
	ok "$cmd: a file without anything to mend comes out byte for byte" cmp $file "$tmp/out"
	t "$cmd: an empty file" 0 '*' '' $cmd --check --file /dev/null
	t "$cmd: an empty file is mended to itself" 0 '' '*' $cmd --fix --file /dev/null
	t "$cmd: missing file" 3 '' "netipc $cmd: nosuch: No such file or directory" \
		$cmd --check --file nosuch
	t "$cmd: a directory" 3 '' "netipc $cmd: .: Is a directory" $cmd --fix --file .
	# The system's own file, whatever is in it: only what it says is wrong.
	netipc $cmd --check >"$tmp/out" 2>"$tmp/err"
	case $? in
	0 | 1) pass "$cmd: the system's file" ;;
	3) grep -q 'No such file' "$tmp/err" && pass "$cmd: the system has no file" ||
		fail "$cmd: the system's file: $(cat "$tmp/err")" ;;
	*) fail "$cmd: the system's file: $(cat "$tmp/err")" ;;
	esac
	same "$cmd: nothing but findings" '' \
		"$(grep -vE '^/etc/[a-z]+:[0-9]+:[0-9]+: (note|warning|error): .* \[[FHSP][0-9]{3}\]$' \
			"$tmp/out")"
	for opts in --check --fix '--check --csv' '--check --sort line'; do
		# shellcheck disable=SC2086 # several options
		netipc $cmd $opts --file $file.bad >/dev/full 2>"$tmp/err"
		same "$cmd $opts >/dev/full: status" 3 $?
		same "$cmd $opts >/dev/full: one line about it" 1 \
			"$(grep -c 'No space left' "$tmp/err")"
	done
done
t "no end of a line" 2 '' '*line 1 is longer than 64 MiB' hosts --check --file /dev/zero
t "the other spelling of a protocol" 0 'protocol "tpc" is none that IANA knows; did you mean "tcp"?
protocol "quarkquark" is none that IANA knows
protocol "local" is none that IANA knows' '' services --check --file lint/S010 -H --tsv -o text
t "hosts: a file with warnings" 0 '*' '' hosts --check --file hosts
t "hosts: --strict" 1 '*' '' hosts --check --strict --file hosts
t "--fix says what it leaves" 0 '*' \
	'netipc hosts: lint/H005:3:8: warning: "fe80::1%eth0": *[[]H005]' \
	hosts --fix --file lint/H005
t "--fix --strict" 1 '*' '*H005]' hosts --fix --strict --file lint/H005
input=lint/H004
t "standard input" 0 '-	3
-	4
-	5' '' hosts --check --file - --tsv -H -o file,line
printf 'a 1\nb 65536\n' >"$tmp/x"
t "the reader's own reason, at its column" 1 \
	"$tmp/x"':2:3: error: protocol "65536" is not a number from 0 to 65535 [P002]' '' \
	protos --check --file "$tmp/x"
input=lint/H001
t "standard input in the plain form" 1 \
	'standard input:3:9: error: "192.0.2.256" is not an address: octet 256 is over 255 [H001]' \
	'' hosts --check --file -
input=lint/F006
t "standard input, mended" 0 "$(cat lint/F006)" '' hosts --fix --file -
# Other formats than that of /etc are for reading
for opt in --check --fix; do
	t "services $opt of IANA's" 2 '' \
		'netipc services: service-names-port-numbers.csv is not in the format of /etc/services' \
		services $opt --file service-names-port-numbers.csv
	t "protos $opt of IANA's" 2 '' '*-1.csv is not in the format of /etc/protocols' \
		protos $opt --file protocol-numbers-1.csv
	t "protos $opt of IANA's services" 2 '' "*.csv: IANA's services, and no protocols" \
		protos $opt --file service-names-port-numbers.csv
	t "services $opt of nmap's" 2 '*' '*nmap-services is not in the format of /etc/services' \
		services $opt --file nmap-services
done
cp lint/H001 "$tmp/file"
netipc hosts --fix --file "$tmp/file" >/dev/null 2>&1
ok "the file itself stays as it is" cmp lint/H001 "$tmp/file"

# Bytes that act on a terminal are shown, not sent; the file that --fix prints has them
printf '127.0.0.1 localhost\n\033[2J a\n192.0.2.1 \033[2J\n' >"$tmp/$(printf 'a\033b')"
netipc hosts --check --file "$tmp/$(printf 'a\033b')" >"$tmp/out"
same "nothing that acts is printed" '' "$(tr -d '\n -~' <"$tmp/out")"
same "it is shown" 2 "$(grep -c 'a\\x1bb:.*\\x1b\[2J' "$tmp/out")"
netipc hosts --fix --file "$tmp/$(printf 'a\033b')" 2>"$tmp/err" >"$tmp/out"
same "nor complained of" '' "$(tr -d '\n -~' <"$tmp/err")"
same "--fix prints it" 2 "$(grep -c "$(printf '\033')" "$tmp/out")"

# A line of 2 MiB of names, and many lines
{
	printf '192.0.2.1'
	yes ' name' | head -c 2097150 | tr -d '\n'
	printf '\n127.0.0.1 localhost\n'
} >"$tmp/long"
netipc hosts --check --file "$tmp/long" -o code -H >"$tmp/out"
same "a line of 2 MiB" '1 F007 349524 F009' "$(sort "$tmp/out" | uniq -c | xargs)"
same "it is mended" '192.0.2.1 name' "$(netipc hosts --fix --file "$tmp/long" 2>/dev/null | head -n 1)"
awk 'BEGIN { for (i = 0; i < 20000; i++) print "192.0." int(i / 250) "." i % 250 " h" i }' >"$tmp/many"
echo '127.0.0.1 localhost' >>"$tmp/many"
t "20,000 lines without a finding" 0 '' '' hosts --check --strict --file "$tmp/many"
netipc hosts --fix --file "$tmp/many" >"$tmp/out"
ok "they come out byte for byte" cmp "$tmp/many" "$tmp/out"

# Options
t "--strict alone" 2 '' '*--strict is for --check*' hosts --strict
t "--check with a key" 2 '' '*--check is for a whole file, not for an operand*' hosts --check a
t "--check with --libc" 2 '' '*--check is for a file, not for --libc*' hosts --check --libc
t "--check of another source" 2 '' '*--check is for a file, not for --source*' \
	hosts --check --source=builtin
t "--check of the files" 0 '*' '' hosts --check --source=files --file hosts
t "--check in the lecture's lines" 2 '' '*--check has no lines of the lecture*' \
	hosts --check --classic
for opt in --json --csv --tsv --columns=line --sort=line; do
	t "--fix $opt" 2 '' '*--fix prints the file, and no records*' hosts --fix $opt
done
done_testing
