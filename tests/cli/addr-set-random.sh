#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr agg, sort, count, set and compare on random lists, beside Python's ipaddress
. "${srcdir:?run by make check}/tests/lib.sh"
need python3

rounds=60
emulated && rounds=12

# For each round: lists N.a and N.b, and what their value is, N.OPERATION.
cat >"$tmp/make.py" <<'END'
import ipaddress, os, random, sys

where, rounds = sys.argv[1], int(sys.argv[2])
random.seed(20260718)
BITS = {4: 32, 6: 128}


def address(family, n):
    return str((ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address)(n))


def networks(family, first, last):
    kind = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
    return list(ipaddress.summarize_address_range(kind(first), kind(last)))


def text(net):
    return str(net.network_address) if net.num_addresses == 1 else str(net)


def spelled(family, first, last):
    """One of the ways to write a range, as a line of a list."""
    forms = ["%s-%s" % (address(family, first), address(family, last)),
             "%s+%d" % (address(family, first), last - first + 1),
             "  %s - %s  label" % (address(family, first), address(family, last))]
    nets = networks(family, first, last)
    if len(nets) == 1:
        net = nets[0]
        forms += [str(net), "ip%d:%s ; label" % (family, net)] * 3
        forms.append("%s/%d" % (address(family, random.randint(first, last)), net.prefixlen))
        if 0 < net.prefixlen < BITS[family]:
            forms.append("%s %s" % (net.network_address, net.netmask))
            forms.append("%s/%s" % (net.network_address, net.hostmask))
    if first == last:
        forms += [address(family, first)] * 3
    return random.choice(forms)


def runs(members):
    """The ranges that a set of numbers is."""
    out = []
    for n in sorted(members):
        if out and out[-1][1] == n - 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return out


def cover(sets):
    return [text(net) for family in (4, 6) for first, last in runs(sets[family])
            for net in networks(family, first, last)]


def write(name, lines):
    with open(os.path.join(where, name), "w") as f:
        f.writelines(line + random.choice(["\n", "\n", "\r\n"]) if name[-2:] in (".a", ".b")
                     else line + "\n" for line in lines)


def dense(i):
    """Sets in a window of a few hundred addresses, which Python's sets of numbers compute."""
    window = {f: random.choice([0, 2**BITS[f] - 400, random.getrandbits(BITS[f] - 9) << 9])
              for f in (4, 6)}
    sets, keyed = [], []
    for name in "ab":
        s, lines = {4: set(), 6: set()}, []
        for _ in range(random.randrange(30)):
            family = random.choice([4, 6])
            first = window[family] + random.randrange(400)
            last = min(first + random.choice([0, 0, 1, 3, 7, 15, random.randrange(60)]),
                       window[family] + 399)
            s[family].update(range(first, last + 1))
            lines.append(spelled(family, first, last))
            keyed.append(((family, first, -last), lines[-1]))
        write("%d.%s" % (i, name), lines)
        sets.append(s)
    keyed.sort(key=lambda k: k[0])
    write("%d.sort" % i, [line.strip() for _, line in keyed])
    a, b = sets
    for name, op in (("agg", lambda x, y: x), ("union", set.union), ("and", set.intersection),
                     ("minus", set.difference), ("xor", set.symmetric_difference)):
        write("%d.%s" % (i, name), cover({f: op(a[f], b[f]) for f in (4, 6)}))
    write("%d.count" % i, [str(len(a[4]) + len(a[6]))])
    write("%d.compare" % i, ["%s\t%s\t%d" % (name, f, len(s)) for name, op in
          (("a", set.difference), ("b", lambda x, y: y - x), ("both", set.intersection))
          for f, s in (("ipv4", op(a[4], b[4])), ("ipv6", op(a[6], b[6]))) if s])


def sparse(i):
    """Random prefixes of any length, which ipaddress collapses, and their complement."""
    nets, lines = {4: [], 6: []}, []
    for _ in range(random.randrange(200)):
        family = random.choice([4, 6])
        length = random.choice([random.randint(0 if i % 8 == 0 else 3, BITS[family]), 24])
        shift = BITS[family] - length
        first = random.getrandbits(BITS[family]) >> shift << shift
        found = networks(family, first, first + 2**shift - 1)
        nets[family] += found
        lines.append(spelled(family, first, first + 2**shift - 1))
        if length and random.random() < .3:  # its other half
            first ^= 2**shift
            nets[family] += networks(family, first, first + 2**shift - 1)
            lines.append(spelled(family, first, first + 2**shift - 1))
    write("%d.a" % i, lines)
    write("%d.b" % i, [])
    flat = {f: list(ipaddress.collapse_addresses(nets[f])) for f in (4, 6)}
    rest = []
    for f in (4, 6):
        left = [ipaddress.ip_network("0.0.0.0/0" if f == 4 else "::/0")]
        for net in flat[f]:
            left = [part for whole in left for part in
                    (whole.address_exclude(net) if net.subnet_of(whole) else [whole])]
        rest += sorted(left)
    write("%d.agg" % i, [text(n) for f in (4, 6) for n in flat[f]])
    write("%d.not" % i, [text(n) for n in rest])
    write("%d.count" % i, [str(sum(n.num_addresses for f in (4, 6) for n in flat[f]))])


for i in range(rounds):
    (sparse if i % 3 == 2 else dense)(i)
END
mkdir "$tmp/r"
ok "the lists are made" python3 "$tmp/make.py" "$tmp/r" "$rounds"

# like_python ROUND OPERATION ARG... - the output is what Python computed
like_python() {
	_want=$tmp/r/$1.$2
	_what="$2 of lists $1"
	shift 2
	[ -f "$_want" ] || return 0
	netipc addr "$@" >"$tmp/out" 2>"$tmp/err"
	cmp -s "$_want" "$tmp/out" && [ ! -s "$tmp/err" ] && return 0
	fail "$_what: netipc addr $*"
	head -n 3 "$tmp/err"
	diff -u "$_want" "$tmp/out" | head -n 20
	bad=$((bad + 1))
}

bad=0
i=0
while [ "$i" -lt "$rounds" ]; do
	a=$tmp/r/$i.a b=$tmp/r/$i.b
	like_python "$i" agg agg "$a"
	like_python "$i" sort sort "$a" "$b"
	like_python "$i" union set "$a" + "$b"
	like_python "$i" and set "$a" and "$b"
	like_python "$i" minus set "$a" - "$b"
	like_python "$i" xor set "$a" xor "$b"
	like_python "$i" not set not "$a"
	like_python "$i" count count "$a"
	like_python "$i" compare compare --tsv -H -o in,family,count "$a" "$b"
	i=$((i + 1))
done
same "as ipaddress computes, of $rounds pairs of lists" 0 "$bad"
done_testing
