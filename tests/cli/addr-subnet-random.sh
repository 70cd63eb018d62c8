#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr split, nth, next, prev, super, range, list, rand, contains, gaps: the same as
# Python's ipaddress on seeded random nets
. "${srcdir:?run by make check}/tests/lib.sh"
need python3

cat >"$tmp/check.py" <<'EOF'
import ipaddress, os, random, subprocess, sys

command = os.environ.get("NETIPC_EXEC", "").split() + [os.environ["NETIPC"], "addr"]
rounds = int(sys.argv[1])
verbs = {}


def run(*args, status=0, stdin=""):
    done = subprocess.run(command + [str(a) for a in args], input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != status:
        sys.exit(f"{args}: status {done.returncode}, wanted {status}: {done.stderr}")
    return done.stdout.splitlines()


def same(what, got, want):
    if got != want:
        sys.exit(f"{what}:\n got  {got[:9]}\n want {want[:9]}")


bits_of = {4: 32, 6: 128}
address_of = {4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}


def text(version, n):
    """An address as netipc writes it: Python does not know the mapped form."""
    a = address_of[version](n)
    if version == 6 and a.ipv4_mapped:
        return f"::ffff:{a.ipv4_mapped}"
    return str(a)


def net_text(net):
    whole = net.prefixlen == net.max_prefixlen
    return text(net.version, int(net[0])) + ("" if whole else f"/{net.prefixlen}")


def a_number(bits):
    """Of every size; often with long runs of ones or zeros."""
    n = random.getrandbits(bits)
    for _ in range(random.randrange(3)):
        run = ((1 << random.randint(0, bits)) - 1) << random.randint(0, bits)
        n = n | run if random.random() < .5 else n & ~run
    return n & ((1 << bits) - 1)


def a_net(least=0):
    version = random.choice((4, 6))
    bits = bits_of[version]
    length = random.randint(min(least, bits), bits)
    kind = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
    return kind((a_number(bits), length), strict=False)


def a_range(span):
    version = random.choice((4, 6))
    bits = bits_of[version]
    first = a_number(bits)
    last = min(first + random.randint(0, span), (1 << bits) - 1)
    return version, first, last


def range_text(version, first, last):
    return f"{text(version, first)}-{text(version, last)}"


def cover(version, first, last):
    a = address_of[version]
    return list(ipaddress.summarize_address_range(a(first), a(last)))


def parse(line):
    """A line of output as (version, first, last)."""
    if "-" in line:
        a, b = map(ipaddress.ip_address, line.split("-"))
        return a.version, int(a), int(b)
    net = ipaddress.ip_network(line)
    return net.version, int(net[0]), int(net[-1])


def tile(what, parts, version, first, last):
    """The parts are disjoint and together the whole."""
    at = first
    for v, a, b in sorted(parts):
        if v != version or a != at or b < a:
            sys.exit(f"{what}: {parts[:9]}")
        at = b + 1
    if at != last + 1:
        sys.exit(f"{what}: it ends at {at - 1}, not at {last}")


def split():
    net = a_net()
    length = min(net.prefixlen + random.randint(0, 8), net.max_prefixlen)
    want = [net_text(n) for n in net.subnets(new_prefix=length)]
    same(f"split {net} /{length}", run("split", net, f"/{length}"), want)


def split_range():
    version, first, last = a_range(5000)
    length = bits_of[version] - random.randint(0, 13)
    want = []
    for net in cover(version, first, last):
        want += [net] if net.prefixlen >= length else net.subnets(new_prefix=length)
    if len(cover(version, first, last)) == 1 and want[0].prefixlen > length:
        return
    args = ("split", range_text(version, first, last), f"/{length}")
    same(args, run(*args), [net_text(n) for n in want])


def into():
    net = a_net()
    n = random.randint(1, min(net.num_addresses, 300))
    got = [ipaddress.ip_network(line) for line in run("split", net, "--into", n)]
    lengths = [g.prefixlen for g in got]
    if len(got) != n or max(lengths) - min(lengths) > 1 or lengths != sorted(lengths):
        sys.exit(f"split {net} --into {n}: {lengths}")
    tile(f"split {net} --into {n}", [parse(str(g)) for g in got], net.version, int(net[0]),
         int(net[-1]))


def into_range():
    version, first, last = a_range(1 << random.randint(1, 32))
    if len(cover(version, first, last)) == 1:
        return
    n = random.randint(1, min(last - first + 1, 300))
    args = ("split", range_text(version, first, last), "--into", n)
    got = [parse(line) for line in run(*args)]
    sizes = [b - a for _, a, b in got]
    if len(got) != n or max(sizes) - min(sizes) > 1 or sizes != sorted(sizes, reverse=True):
        sys.exit(f"{args}: {sizes}")
    tile(args, got, version, first, last)


def fits(version, length, hosts):
    size = 1 << (bits_of[version] - length)
    return size - (2 if version == 4 and size > 2 else 0) >= hosts


def hosts():
    if random.random() < .5:
        net = a_net(8)
        version, first, last = net.version, int(net[0]), int(net[-1])
        operand = str(net)
    else:
        version, first, last = a_range(1 << random.randint(1, 20))
        operand = range_text(version, first, last)
    room = last - first + 1
    asked = [random.randint(1, max(1, min(room >> random.randint(0, 5), 1 << 40)))
             for _ in range(random.randint(1, 12))]
    lengths = []
    for n in asked:
        length = max((l for l in range(bits_of[version] + 1) if fits(version, l, n)), default=-1)
        lengths.append(length)
    args = ("split", operand, "--hosts", ",".join(map(str, asked)), "--free", "--tsv",
            "-o", "prefix,hosts,free")
    sizes = [1 << (bits_of[version] - l) for l in lengths if l >= 0]
    pieces = cover(version, first, last)
    if -1 in lengths:
        run(*args, status=2)
        return
    # Largest first into a single prefix always fits if the sum does.
    left = sorted(p.prefixlen for p in pieces)
    ok = True
    for length in sorted(lengths):
        room_in = [p for p in left if p <= length]
        if not room_in:
            ok = False
            break
        best = max(room_in)
        left.remove(best)
        left += range(best + 1, length + 1)
    if len(pieces) == 1 and ok != (sum(sizes) <= room):
        sys.exit(f"{args}: the check is wrong")
    lines = run(*args, status=0 if ok else 1)[1:]
    if not ok:
        same(args, lines, ["\t\t"])
        return
    rows = [line.split("\t") for line in lines]
    got = [ipaddress.ip_network(r[0]) for r in rows]
    same(args, [g.prefixlen for g in got[:len(asked)]], lengths)
    same(args, [r[1:] for r in rows[:len(asked)]], [[str(n), "false"] for n in asked])
    same(args, sorted(g.prefixlen for g in got[len(asked):]), sorted(left))
    same(args, {r[2] for r in rows[len(asked):]}, {"true"} if left else set())
    tile(args, [parse(str(g)) for g in got], version, first, last)


def nth():
    net = a_net()
    count = net.num_addresses
    i = random.choice((0, 1, count - 1, count, random.randrange(count)))
    if random.random() < .5:
        i = -i - 1
    want = [text(net.version, int(net[i]))] if -count <= i < count else []
    if i >= 1 << 128 or i <= -(1 << 128):
        return
    same(f"nth {net} {i}", run("nth", net, i, status=0 if want else 1), want)


def move():
    net = a_net()
    n = random.choice((0, 1, 2, 1 << random.randint(0, net.prefixlen), random.getrandbits(20)))
    back = random.random() < .5
    at = int(net[0]) + (-n if back else n) * net.num_addresses
    inside = 0 <= at < 1 << net.max_prefixlen
    want = [net_text(type(net)((at, net.prefixlen)))] if inside else []
    verb = "prev" if back else "next"
    if n < 1 << 128:
        same(f"{verb} {net} {n}", run(verb, net, n, status=0 if inside else 1), want)


def super_():
    net = a_net(1)
    length = random.randint(0, net.prefixlen)
    want = net.supernet(new_prefix=length)
    same(f"super {net} /{length}", run("super", net, f"/{length}"), [net_text(want)])
    same(f"super {net} N", run("super", net, net.prefixlen - length), [net_text(want)])


def common():
    nets = [a_net(8)]
    while random.random() < .8:
        n = int(nets[0][0]) ^ random.getrandbits(random.randint(1, nets[0].max_prefixlen))
        nets.append(type(nets[0])((n, random.randint(8, nets[0].max_prefixlen)), strict=False))
    want = nets[0]
    while not all(n.subnet_of(want) for n in nets):
        want = want.supernet()
    got = run("super", "--common", "-", stdin="\n".join(map(str, nets)))
    same(f"super --common {nets}", got, [net_text(want)])


def range_():
    version, first, last = a_range(1 << random.randint(1, 128))
    operand = range_text(version, first, last)
    nets = [net_text(n) for n in cover(version, first, last)]
    same(f"range {operand}", run("range", operand), nets)
    net = a_net()
    want = [range_text(net.version, int(net[0]), int(net[-1]))]
    same(f"range {net}", run("range", net), want)


def list_():
    version, first, last = a_range(1 << random.randint(1, 18))
    step = random.choice((1, 1, 2, 3, 255, 256, 257, 65536, random.getrandbits(17) + 1))
    limit = random.randint(0, 5000)
    want = [text(version, n) for n in range(first, last + 1, step)[:limit]]
    args = ("list", range_text(version, first, last), "--step", step, "--limit", limit)
    same(args, run(*args), want)


def rand():
    net = a_net()
    length = random.randint(net.prefixlen, net.max_prefixlen)
    most = 1 << (length - net.prefixlen)
    n = random.randint(1, 50)
    args = ("rand", net, "-n", n, "--length", length, "--seed", random.getrandbits(64))
    got = run(*args)
    same(args, run(*args), got)
    parts = [ipaddress.ip_network(line) for line in got]
    if len(got) != n or not all(p.prefixlen == length and p.subnet_of(net) for p in parts):
        sys.exit(f"{args}: {got}")
    got = run(*args, "--unique", status=0 if n <= most else 1)
    same(args, len(set(got)), n if n <= most else 0)


def contains():
    net = a_net()
    others = [a_net() for _ in range(3)]
    for _ in range(5):
        n = int(net[0]) ^ random.getrandbits(random.randint(1, net.max_prefixlen))
        length = random.randint(0, net.max_prefixlen)
        others.append(type(net)((n, length), strict=False))
    want = []
    for o in others:
        if o.version != net.version or not o.overlaps(net):
            words = "is not in"
        elif o == net:
            words = "equals"
        else:
            words = "is in" if o.subnet_of(net) else "is around"
        want.append(f"{net_text(o)} {words} {net_text(net)}")
    ok = all(" is in " in w or " equals " in w for w in want)
    same(f"contains {net}", run("contains", net, *others, status=0 if ok else 1), want)


def contains_list():
    """Small nets, so that all addresses can be counted."""
    version = random.choice((4, 6))
    base = a_number(bits_of[version]) >> 8 << 8

    def part():
        first = random.randrange(256)
        return first, min(255, first + random.choice((0, 1, 3, 31, 255)))

    listed = [part() for _ in range(random.randint(1, 4))]
    has = {n for a, b in listed for n in range(a, b + 1)}
    want, operands = [], []
    for first, last in [part() for _ in range(8)]:
        asked = set(range(first, last + 1))
        relation = ("equal" if asked == has else "inside" if asked <= has else
                    "around" if asked >= has else "partly" if asked & has else "outside")
        operands.append(range_text(version, base + first, base + last))
        want.append(f"{relation}\t{'true' if asked <= has else 'false'}")
    lines = "\n".join(range_text(version, base + a, base + b) for a, b in listed)
    ok = all(w.endswith("true") for w in want)
    args = ("contains", "-", *operands, "--tsv", "-H", "-o", "relation,contained")
    same((args, lines), run(*args, status=0 if ok else 1, stdin=lines), want)


def gaps():
    net = a_net()
    bits = net.max_prefixlen
    cuts = []
    for _ in range(random.randint(0, 6)):
        n = int(net[0]) ^ random.getrandbits(max(1, bits - net.prefixlen))
        cuts.append(type(net)((n, random.randint(net.prefixlen, bits)), strict=False))
    left = [net]
    for cut in cuts:
        left = [part for n in left for part in
                (n.address_exclude(cut) if cut.subnet_of(n) else
                 [] if n.subnet_of(cut) else [n])]
    want = [net_text(n) for n in sorted(ipaddress.collapse_addresses(left))]
    got = run("gaps", net, stdin="\n".join(map(str, cuts)) + "\n")
    same(f"gaps {net} {cuts}", got, want)


checks = [split, split_range, into, into_range, hosts, nth, move, super_, common, range_,
          list_, rand, contains, contains_list, gaps]
for check in checks:
    random.seed(check.__name__)
    for _ in range(rounds):
        check()
    print(f"{check.__name__}: {rounds} rounds")
EOF
if emulated; then rounds=8; else rounds=30; fi
NETIPC=$NETIPC NETIPC_EXEC=$NETIPC_EXEC ok "the same as Python" python3 "$tmp/check.py" $rounds
cat "$tmp/ok"
done_testing
