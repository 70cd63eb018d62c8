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
	same "$code: the fixture has it alone" "$code $grade" \
		"$(netipc "$cmd" --check --file "$file" --json | jq -r '"\(.code) \(.grade)"' | sort -u)"
	case $grade in error) status=1 ;; *) status=0 ;; esac
	netipc "$cmd" --check --file "$file" >/dev/null
	same "$code: status" $status $?
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

done_testing
