#!/bin/sh
# SPDX-License-Identifier: MIT
# Our order of addresses is libc's: a network namespace in which each rule has a pair of
# addresses to decide on, and then some with random addresses, routes, hosts and gai.conf, in each
# of which libc resolves and sorts 20 names.  WORLDS is how many, SEED the first.
. "${srcdir:?run by make check}/tests/lib.sh"
: "${ORDERING:?run by make check}"

WORLDS=${WORLDS:-6}
SEED=${SEED:-1}
need ip awk

# What a world is made of, as commands for ip, its hosts file and its gai.conf.
cat >"$tmp/make.awk" <<'AWK'
function r(n) { return int(rand() * n) }
function pick(list,    a) { return a[1 + r(split(list, a, " "))] }
function hex() { return sprintf("%x", 1 + r(65535)) }

# One of few networks, so that addresses share them
function net6() {
	return pick("2001:db8:1:1 2001:db8:1:2 2001:db8:8000:1 2a00:1:2:3 fd00:1:2:3 fd12:1:2:3 " \
		"fec0:1:2:3 2002:c000:201:1 2001:0:1:2 fe80:0:0:0")
}
function net4() { return pick("10.1.1 10.1.128 10.2.1 192.168.1 172.16.5 203.0.113 198.51.100 169.254.7") }
function ip6() { return net6() ":" pick("0 1 8000 " hex()) ":0:" pick("0 8 " hex()) ":" hex() }
function ip4() { return net4() "." (1 + r(254)) }
function other() {
	return pick("::1 127.0.0.1 127.0.0.9 127.8.0.1 ::ffff:10.1.1.7 ff02::1 ff05::2 ff0e::3 224.0.0.5 " \
		"::192.0.2.1 ::2 64:ff9b::1 3ffe::1 255.255.255.255 0.0.0.0 2001:0:1::1 2002:a01:101::1")
}
function address(    a) {
	a = rand()
	a = a < 0.5 ? ip6() : a < 0.8 ? ip4() : other()
	if (a ~ /^(fe80|ff02)/ && r(3))
		a = a "%" pick("v0 lo v1")
	return a
}
function prefix(    a) {
	a = rand()
	if (a < 0.3)
		return net6() "::/" pick("64 48 32 20 7")
	if (a < 0.5)
		return "::ffff:" net4() ".0/" pick("96 104 112 120 128")
	return pick("::1/128 ::/0 ::/96 ::ffff:0:0/96 2002::/16 2001::/32 fc00::/7 fec0::/10 2000::/3")
}

BEGIN {
	srand(seed)
	print "ip link add v0 type veth peer name v1 && ip link set v0 addrgenmode none && " \
		"ip link set v1 addrgenmode none && ip link set v0 up && ip link set v1 up || exit 1" >setup
	devices = "v0 v1 lo"
	if (r(2)) {
		print "\"$ORDERING\" tunnel t0 2>/dev/null && ip link set t0 addrgenmode none && ip link set t0 up" >setup
		devices = devices " t0"
	}
	for (i = r(4) ? r(8) : 0; i > 0; i--)
		print "ip addr add " ip6() "/" pick("64 64 48 128 10") " dev " pick(devices) " nodad" \
			pick("- - +preferred_lft+0 +home") >raw
	for (i = r(4) ? r(5) : 0; i > 0; i--)
		print "ip addr add " ip4() "/" pick("24 24 16 25 8 32") " dev " pick(devices) >raw
	if (r(4))
		print "ip route add default dev " pick(devices) >raw
	if (r(4))
		print "ip -6 route add default dev " pick(devices) >raw
	for (i = r(4); i > 0; i--)
		print "ip route add " pick("unreachable blackhole throw prohibit") " " net4() ".0/24" >raw
	for (i = r(4); i > 0; i--)
		print "ip -6 route add " net6() "::/64 dev " pick(devices) >raw
	close(raw)
	while ((getline line <raw) > 0) {
		gsub(/\+/, " ", line)
		sub(/-$/, "", line)
		print line " 2>/dev/null" >setup
	}
	print ":" >setup
	for (i = 1; i <= 20; i++) {
		split("", seen)
		for (j = 2 + r(9); j > 0; j--) {
			a = address()
			if (!((a in seen) || ("::ffff:" a) in seen)) {
				seen[a] = 1
				print a " n" i ".test" >hosts
			}
		}
		if (r(2))
			print pick("2001:db8:1:1::1 10.1.1.1") " m" i ".test" >hosts
	}
	printf "" >gai
	if (r(3)) {
		for (i = r(6); i > 0; i--)
			print pick("label precedence precedence") " " prefix() " " pick("1 10 40 100") >gai
		for (i = r(3); i > 0; i--) {
			line = pick("precedence_10.0.0.0/8_100 label_::/129_1 _precedence__fc00::/7__+45_#_x " \
				"foo_bar label_::/0_99999999999 precedence_::1/128_-1 scopev4_10.0.0.0/33_2 " \
				"scopev4_::/96_2 label_x_1 precedence_2001::/16_7_8 #label_::/0_5 precedence reload_no")
			gsub(/_/, " ", line)
			print line >gai
		}
		for (i = r(3); i > 0; i--)
			print "scopev4 " pick("10.0.0.0/8 ::ffff:192.168.0.0/112 127.0.0.0/8 " \
				"::ffff:0:0/96 10.1.128.0/17") " " pick("2 5 14") >gai
	}
}
AWK

cat >"$tmp/run.sh" <<'SH'
. "$1/setup"
exec $NETIPC_EXEC "$ORDERING" check /etc/hosts /etc/gai.conf
SH

# run NAME - libc is asked in world $tmp/NAME; $status and $tmp/NAME/out are what it came to
run() {
	dir=$tmp/$1
	echo 'hosts: files' >"$dir/etc/nsswitch.conf"
	for _file in gai.conf nsswitch.conf; do
		[ -e "/etc/$_file" ] || rm -f "$dir/etc/$_file"
	done
	in_world "$dir/etc" sh "$tmp/run.sh" "$dir" >"$dir/out" 2>&1
	status=$?
	[ "$status" -ne 99 ] || skip 'no file of /etc can be replaced here'
	[ "$status" -eq 0 ] || cat "$dir/out"
}

# Each rule

mkdir -p "$tmp/rules/etc"
cat >"$tmp/rules/setup" <<'SH'
{
	ip link add v0 type veth peer name v1 && ip link add v2 type veth peer name v3
	for device in v0 v1 v2 v3; do
		ip link set "$device" addrgenmode none && ip link set "$device" up
	done
	ip addr add 2001:db8:1::1/64 dev v0 nodad home || ip addr add 2001:db8:1::1/64 dev v0 nodad
	ip -6 route add default dev v0
	ip addr add 10.8.0.1/16 dev v1 preferred_lft 0
	ip addr add 10.9.0.1/16 dev v2
	if "$ORDERING" tunnel t0; then
		ip link set t0 addrgenmode none && ip link set t0 up
		ip addr add 10.6.0.1/16 dev t0
	fi
} 2>/dev/null
SH
# Of each pair the second one goes first, but for rule 10.
cat >"$tmp/rules/etc/hosts" <<'HOSTS'
192.0.2.1 r1.test
2001:db8:1::5 r1.test
fec0::9 r2.test
2001:db8:1::5 r2.test
10.8.0.9 r3.test
10.9.0.9 r3.test
10.9.0.9 r4.test
2001:db8:1::5 r4.test
2002:c000:201::9 r5.test
2001:db8:1::5 r5.test
127.0.0.1 r6.test
::1 r6.test
10.6.0.9 r7.test
10.9.0.9 r7.test
10.9.0.9 r8.test
127.0.0.1 r8.test
2a00::1 r9.test
2001:db8:1::5 r9.test
2a00::1 r10.test
2a00::2 r10.test
HOSTS
: >"$tmp/rules/etc/gai.conf"
run rules
if [ "$status" -eq 0 ]; then
	pass 'libc agrees on pairs'
else
	fail 'libc agrees on pairs'
fi
for rule in 1 2 3 4 5 6 7 8 9 10; do
	line=$(grep "^r$rule.test " "$tmp/rules/out")
	case $rule,$(sed -n 's/^libc //p' "$tmp/rules/out"),$line in
	"$rule,"*",r$rule.test rule $rule") pass "rule $rule decides" ;;
	[3478],other,*) left_out "rule $rule" 'this libc does not have it' ;;
	7,*) left_out 'rule 7' 'no tunnel can be made here' ;;
	4,*) left_out 'rule 4' 'this kernel has no home addresses' ;;
	*) fail "rule $rule decides: $line" ;;
	esac
done

# Random worlds

world=0
while [ "$world" -lt "$WORLDS" ]; do
	number=$((SEED + world))
	world=$((world + 1))
	dir=$tmp/world$number
	mkdir -p "$dir/etc"
	awk -v seed="$number" -v setup="$dir/setup" -v raw="$dir/raw" -v hosts="$dir/etc/hosts" \
		-v gai="$dir/etc/gai.conf" -f "$tmp/make.awk" || fail "world $number is made"
	run "world$number"
	if [ "$status" -eq 0 ]; then
		pass "world $number"
	else
		fail "world $number"
	fi
done

# A world that decides nothing tests nothing.
if cat "$tmp"/world*/out | awk '
	/^rule/ { n[$2] += $4 }
	/^names/ { names += $2; addresses += $4 }
	END {
		print names " names, " addresses " addresses"
		for (i = 1; i <= 10; i++)
			printf "rule %d: %d\n", i, n[i]
		exit !(names > 15 * '"$WORLDS"' && n[1] && n[6] && n[9] && n[10])
	}'; then
	pass 'the worlds ask something'
else
	fail 'the worlds ask something'
fi

done_testing
