#!/bin/sh
# SPDX-License-Identifier: MIT
# Our readers of resolv.conf and nsswitch.conf take what glibc's take: random files, each in turn
# in the place of /etc's.  FILES is how many of each, SEED where the numbers begin.
. "${srcdir:?run by make check}/tests/lib.sh"
: "${LIBCCONF:?run by make check}"

FILES=${FILES:-60}
SEED=${SEED:-1}
emulated && FILES=15

cat >"$tmp/make.awk" <<'AWK'
function r(n) { return int(rand() * n) }
function pick(list,    a) { return a[1 + r(split(list, a, " "))] }
function blank() { return pick("1 1 1 2") == 1 ? " " : "\t " }
function word() { return pick("a.example b.example. . c d.e # x;y 10.0.0.1") }
function server() {
	return pick("192.0.2.1 2001:db8::1 ::1 127.1 0x7f.1 010.0.0.1 fe80::1%lo fe80::1%no ::1%lo " \
		"10.0.0.1:53 [::1] x ::ffff:10.0.0.1 1.2.3 1 4294967295 192.0.2.256")
}
function option() {
	return pick("ndots: timeout: attempts: ndots: timeout: attempts:") pick("0 1 2 9 15 16 31 99 x 3x 007")
}
function flag() {
	return pick("rotate rotates edns0 use-vc use-vcx trust-ad no-reload no_tld_query no-tld-query " \
		"single-request single-request-reopen single-requests inet6 debug nonsense ROTATE")
}
# glibc never comes back from "x/255.0.0.0", nor from a carriage return there
function net() {
	if (!r(5))
		return "x"
	return pick("10.0.0.0 128.1.0.0 192.0.2.0 127.1") pick("| /255.255.0.0 &255.0.0.0 /x /")
}
function words(what, n,    s) {
	s = ""
	for (; n > 0; n--)
		s = s blank() (what == "word" ? word() : what == "net" ? net() : r(2) ? option() : flag())
	return s
}
function resolv(    a) {
	a = r(12)
	if (a < 4) return "nameserver" blank() server() pick("| |_#x |_192.0.2.9 |;x")
	if (a < 6) return "search" words("word", r(9))
	if (a < 7) return "domain" words("word", r(3))
	if (a < 10) return "options" words("option", r(4))
	if (a < 11) return "sortlist" words("net", r(4)) pick("| ;")
	return pick("#x ;x foo _nameserver_::1 nameserver nameservers_::1 options search |")
}
function status() { return pick("SUCCESS NOTFOUND UNAVAIL UNAVAIL UNAVAIL unavail TRYAGAIN GONE") }
function action() {
	return pick("| | !") status() pick("= = = _=_ _") pick("return return continue merge Return stop")
}
function source(    s, n) {
	s = pick("qa qb qc qd files #")
	if (!r(3)) {
		s = s pick("| _") "["
		for (n = 1 + r(2); n > 0; n--)
			s = s pick("| _") action() "_"
		s = s pick("] ] ] ] ] ]] |")
	}
	return s pick("_ _ _ __")
}
function nss(    s, n, db) {
	db = pick("hosts hosts hosts hosts _hosts hostsx passwd automount #hosts host")
	s = db pick(": : : _:_ _ ::")
	for (n = r(6); n > 0; n--)
		s = s source()
	return s
}
BEGIN {
	srand(seed)
	for (i = 1; i <= files; i++) {
		file = dir "/" kind "." i
		printf "" >file
		for (n = r(9); n >= 0; n--) {
			line = kind == "resolv" ? resolv() : nss()
			gsub(/_/, " ", line)
			gsub(/no tld query/, "no_tld_query", line)
			gsub(/[|]/, "", line)
			printf "%s%s", line, n || r(5) ? "\n" : "" >file
		}
		close(file)
	}
}
AWK

mkdir "$tmp/etc" "$tmp/files"
for kind in resolv nsswitch; do
	awk -v seed="$SEED" -v files="$FILES" -v kind="$kind" -v dir="$tmp/files" -f "$tmp/make.awk" ||
		fail "$kind files are made"
	[ ! -e "/etc/$kind.conf" ] || : >"$tmp/etc/$kind.conf"
done
[ -e "$tmp/etc/resolv.conf" ] || skip 'no /etc/resolv.conf, in whose place others could stand'

# each KIND COMMAND - COMMAND is run with each file; it says what is wrong
cat >"$tmp/each.sh" <<'SH'
kind=$1 files=$2 bad=0 same=0
shift 2
for file in "$files/$kind".*; do
	cat "$file" >"/etc/$kind.conf"
	timeout 10 "$@" >"$file-out" 2>&1
	case $? in
	0) same=$((same + 1)) ;;
	77) exit 77 ;;
	*)
		bad=$((bad + 1))
		echo "${file##*/}:"
		cat "$file" "$file-out"
		;;
	esac
done
echo "$kind: $same files are read as libc does, $bad are not"
[ "$bad" -eq 0 ] && [ "$same" -gt 0 ]
SH

cat >"$tmp/resolv.sh" <<'SH'
$NETIPC_EXEC "$LIBCCONF" resolv && LOCALDOMAIN='x.example  y' RES_OPTIONS='ndots:4 rotate' \
	$NETIPC_EXEC "$LIBCCONF" resolv
SH
in_world "$tmp/etc" sh "$tmp/each.sh" resolv "$tmp/files" sh "$tmp/resolv.sh" >"$tmp/out" 2>&1
status=$?
tail -40 "$tmp/out"
case $status in
0) pass 'resolv.conf' ;;
77) left_out resolv.conf 'this libc keeps no state of it that could be compared' ;;
99) skip 'no file of /etc can be replaced here' ;;
*) fail 'resolv.conf' ;;
esac

# Modules that are not there are UNAVAIL; strace sees which ones glibc looks for.
cat >"$tmp/nsswitch.sh" <<'SH'
$NETIPC_EXEC "$LIBCCONF" nsswitch | sed -n '/^q[a-d]$/p' >"$1/ours"
strace -f -o "$1/trace" -e trace=openat,open,stat,access getent ahosts name.invalid
sed -n 's/.*libnss_\(q[a-d]\)\.so.*/\1/p' "$1/trace" | awk '!seen[$0]++' >"$1/libcs"
cmp -s "$1/ours" "$1/libcs" || { echo "libc: $(tr '\n' ' ' <"$1/libcs") ours: $(tr '\n' ' ' <"$1/ours")"; exit 1; }
SH
if [ ! -e "$tmp/etc/nsswitch.conf" ] || ! "$LIBCCONF" nsswitch >/dev/null 2>&1; then
	left_out nsswitch.conf 'this system has none'
elif ! command -v getent >/dev/null || ! strace -o /dev/null true 2>/dev/null; then
	left_out nsswitch.conf 'it takes strace and getent'
else
	in_world "$tmp/etc" sh "$tmp/each.sh" nsswitch "$tmp/files" sh "$tmp/nsswitch.sh" "$tmp" \
		>"$tmp/out" 2>&1
	status=$?
	tail -40 "$tmp/out"
	if [ "$status" -eq 0 ]; then
		pass 'nsswitch.conf'
	else
		fail 'nsswitch.conf'
	fi
fi

done_testing
