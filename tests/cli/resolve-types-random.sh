#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve -t: random records of the types that have a form of their own, beside dig
. "${srcdir:?run by make check}/tests/lib.sh"
need python3 dig
case $(dig -v 2>&1) in
"DiG 9.18."*) ;;
*) skip 'dig 9.18 is not installed' ;;
esac

cat >"$tmp/make.py" <<'END'
import random
from struct import pack

random.seed(20261122)
NASTY = b'\0\x1f ."();@$\\\x7f\x80\xff\x1b,=/-_aZ09'


def some(n):
    return bytes(random.randrange(256) for _ in range(n))


def number(n):
    return random.choice([bytes(n), b"\xff" * n, some(n)])


def text(n):
    return bytes(random.choice([random.choice(NASTY), random.randrange(256)]) for _ in range(n))


def counted(data):
    return bytes([len(data)]) + data


def string():
    return counted(text(random.choice([0, 1, 3, 10, 40, 255])))


def name():
    out = b""
    for _ in range(random.randrange(5)):
        n = random.choice([1, 2, 5, 5, 8, 20, 63])
        label = text(n) if random.random() < .4 else bytes(random.choices(b"aZ09-_", k=n))
        if len(out) + n + 2 <= 255:
            out += counted(label)
    return out + b"\0"


def bitmap():
    # Without the types that have names in the newest releases of dig only.
    out = b""
    for window in sorted(random.sample([0] + list(range(2, 256)), random.randint(1, 3))):
        bits = bytearray(some(random.randint(1, 32) if window else 8))
        bits[0] = (bits[0] | 1) & 0x7f
        bits[-1] |= 1
        out += bytes([window, len(bits)]) + bytes(bits)
    return out


def ip6():
    words = [random.choice([b"\0\0", b"\0" + some(1), some(2)]) for _ in range(8)]
    mapped = bytes(10) + b"\xff\xff" + some(4)
    return random.choice([b"".join(words)] * 3 + [mapped, bytes(12) + some(4)])


def parameters():
    values = {
        1: b"".join(counted(text(random.randint(1, 9))) for _ in range(random.randint(1, 3))),
        3: some(2),
        4: some(4 * random.randint(1, 3)),
        5: some(random.randint(1, 80)),
        6: b"".join(ip6() for _ in range(random.randint(1, 3))),
        8: text(random.randrange(30)),
        65534: text(random.randrange(30)),
    }
    for key in random.sample(sorted(values), random.randrange(len(values))):
        del values[key]
    if 1 in values and random.random() < .3:
        values[2] = b""
    if random.random() < .4:
        keys = sorted(random.sample(sorted(values), random.randint(1, len(values))))
        values[0] = b"".join(pack(">H", key) for key in keys)
    return b"".join(pack(">HH", key, len(values[key])) + values[key] for key in sorted(values))


def location():
    sizes = [random.choice([0, 16 * random.randint(1, 9) + random.randrange(10)])
             for _ in range(3)]
    return pack(">BBBBIII", 0, *sizes, 2**31 + random.randint(-90, 90) * 3600000,
                2**31 + random.randrange(-180 * 3600000, 180 * 3600000),
                random.choice([random.randrange(2**32), random.randrange(20000000)]))


def signature():
    covered = random.choice([1, 2, 5, 6, 15, 16, 28, 48, 65, 258, 1000, 65280])
    times = [random.randrange(3900000000) for _ in range(2)]
    return pack(">HBBIIIH", covered, random.randrange(128), random.randrange(256),
                random.randrange(2**32), *times, random.randrange(2**16)) + \
        name() + some(random.randint(1, 150))


TYPES = {
    1: lambda: some(4),
    2: name,
    6: lambda: name() + name() + b"".join(number(4) for _ in range(5)),
    12: name,
    13: lambda: string() + string(),
    15: lambda: number(2) + name(),
    16: lambda: b"".join(string() for _ in range(random.randint(1, 3))),
    28: ip6,
    29: location,
    33: lambda: number(6) + name(),
    35: lambda: number(4) + string() + string() + b"\0" + name(),
    43: lambda: some(3) + b"\xc8" + some(random.randint(1, 100)),
    44: lambda: some(1) + b"\xc8" + some(random.randint(1, 60)),
    46: signature,
    47: lambda: name() + bitmap(),
    48: lambda: some(3) + b"\xc8" + some(random.randint(1, 200)),
    50: lambda: some(4) + counted(some(random.choice([0, 1, 8, 255]))) + counted(some(20)) +
    random.choice([b"", bitmap()]),
    52: lambda: some(2) + b"\xc8" + some(random.randint(1, 100)),
    61: lambda: some(random.randint(1, 300)),
    64: lambda: number(2) + name() + parameters(),
    65: lambda: number(2) + name() + parameters(),
    106: lambda: some(10),
    256: lambda: some(4) + text(random.randrange(60)),
    257: lambda: some(1) + counted(bytes(random.choices(b"abXY09", k=random.randint(1, 15)))) +
    text(random.randrange(60)),
    65280: lambda: some(random.randrange(120)),
}

print("rr.test 300 SOA rr.test rr.test 1 2 3 4 5")
for kind, rdata in TYPES.items():
    for i in range(40):
        data = rdata()
        print("%032d.rr.test 300 TYPE%d \\# %d %s" % (i, kind, len(data), data.hex()))
END
python3 "$tmp/make.py" >"$tmp/zone" || fail "the zone is made"
fakedns zone --zone "$tmp/zone"
wait_ready zone

sed -nE 's/^(0[^ ]*) 300 (TYPE[0-9]+) .*/\1 \2/p' "$tmp/zone" >"$tmp/names"
lines='s/^([^[:space:]]+)[[:space:]]+300[[:space:]]+IN[[:space:]]+([^[:space:]]+)[[:space:]]+/\1 300 IN \2 /'
dig "@${ready%#*}" -p "${ready#*#}" +noall +answer +nocookie -f "$tmp/names" 2>&1 |
	sed -E "$lines" >"$tmp/dig"
cut -d ' ' -f 2 "$tmp/names" | uniq | while read -r type; do
	# shellcheck disable=SC2046 # a list of names
	netipc resolve "@$ready" -t "$type" $(sed -n "s/ $type\$//p" "$tmp/names") ||
		echo "$type: status $?"
done >"$tmp/netipc" 2>&1
if [ "$(wc -l <"$tmp/netipc")" -eq 1000 ]; then
	pass "each record is shown"
else
	fail "each record is shown: $(wc -l <"$tmp/netipc") lines"
fi
if cmp -s "$tmp/dig" "$tmp/netipc"; then
	pass "all are as dig shows them"
else
	fail "all are as dig shows them"
	diff "$tmp/dig" "$tmp/netipc" | head -n 20
fi
done_testing
