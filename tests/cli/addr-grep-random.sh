#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr grep on random logs, beside a slow reader of the same rules in Python
. "${srcdir:?run by make check}/tests/lib.sh"
need python3

lines=8000
emulated && lines=3000

# LOG, LIST, and the lines that have an address of it: all, -v, -o, -k 2, --anchor.
cat >"$tmp/make.py" <<'END'
import ipaddress, random, re, sys

where, count = sys.argv[1], int(sys.argv[2])
random.seed(20261122)
WORD = re.compile(rb"[0-9A-Za-z_]")
HEX = b"0123456789abcdefABCDEF"
RUN = HEX + b":"
QUAD = re.compile(rb"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}(?!\d)")
ESCAPE = re.compile(rb"(?:\\[abefnrtv]|%([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})|"
                    rb"\\u00([0-9A-Fa-f]{2})|[\\#]0[0-3][0-7]|"
                    rb"\033\[[0-9;]*[mK]|\[[0-9;]+[mK])\Z")
HERE = re.compile(rb"%([0-9A-Fa-f]{2})|[\\#]0[0-3][0-7]")


def is_word(line, i):
    return 0 <= i < len(line) and WORD.match(line[i:i + 1]) is not None


def plain(code):
    """The byte that two digits stand for is no word byte."""
    return WORD.match(bytes([int(code, 16)])) is None


def may_begin(line, i):
    if i == 0:
        return True
    if is_word(line, i - 1):
        m = ESCAPE.search(line[max(0, i - 16):i])
        return m is not None and all(plain(g) for g in m.groups() if g)
    if line[i - 1:i] == b".":
        return not is_word(line, i - 2)
    m = HERE.match(line, i - 1)
    if m and len(line) - i > 3:
        return not (plain(m.group(1)) if m.group(1) else True)
    return True


def may_end(line, i):
    if line[i:i + 1] == b".":
        return not is_word(line, i + 1)
    return not is_word(line, i)


def quad(line, i):
    m = QUAD.match(line, i)
    if not m or any(int(octet) > 255 for octet in m.group().split(b".")):
        return None
    return m.group()


def read4(line, i):
    text = quad(line, i)
    return text if text and may_end(line, i + len(text)) else None


def six(text):
    try:
        return ipaddress.IPv6Address(text.decode())
    except (ValueError, UnicodeDecodeError):
        return None


def read6(line, i):
    """The longest address from I on whose groups are whole, with its zone."""
    end = i
    while end < len(line) and line[end] in RUN:
        end += 1
    ends = list(range(end, i + 1, -1))
    colon = line.rfind(b":", i, end)
    if colon >= i and line[end:end + 1] == b".":
        text = quad(line, colon + 1)
        if text:
            ends.insert(0, colon + 1 + len(text))
    for e in ends:
        if e <= end and e < len(line) and line[e] in HEX and line[e - 1] in HEX:
            continue
        if six(line[i:e]):
            break
    else:
        return None
    text, dotted = line[i:e], b"." in line[i:e]
    if line[e:e + 1] == b":":
        if not dotted and e + 1 < len(line) and line[e + 1] in RUN:
            return None
    elif not may_end(line, e):
        m = re.compile(rb"\.\d{1,5}(?!\d)").match(line, e)
        if dotted or not m or not may_end(line, m.end()):
            return None
    if text == b"::" and not (line[i - 1:i] == b"[" and i and line[e:e + 1] == b"]" or
                              re.compile(rb"/\d").match(line, e)):
        return None
    if re.fullmatch(rb"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){7}", text):
        return None
    m = re.compile(rb"%([0-9A-Za-z_][0-9A-Za-z_.-]*)").match(line, e)
    if m:
        zone = m.group(1).rstrip(b".-")
        if i and line[i - 1:i] == b"[" and re.match(rb"25[^0-9]", zone):
            return text + b"%" + zone if len(zone) <= 17 else text
        if len(zone) <= 15:
            return text + b"%" + zone
    return text


def begin6(line, r, colon):
    if colon + 1 == len(line):
        return None
    if colon == r and line[r + 1:r + 2] != b":":
        return r + 1
    three = line[colon:colon + 3] == b":::"
    if may_begin(line, r):
        return None if colon == r and three else r
    for digits in range(min(4, colon - r), -1, -1):
        if may_begin(line, colon - digits):
            return colon - digits
    if r and is_word(line, r - 1) and (line[colon + 1:colon + 2] != b":" or three):
        return colon + 1
    return None


def addresses(line):
    """(place, text) of each address, from left to right."""
    found, i, last, dead = [], 0, 0, 0
    while i < len(line):
        hit = None
        if line[i] in RUN and i >= dead:
            end = i
            while end < len(line) and line[end] in RUN:
                end += 1
            colon = line.find(b":", i, end)
            dead = end
            if colon >= 0 and line.count(b":", i, end) > 1:
                s = begin6(line, i, colon)
                text = read6(line, s) if s is not None and end - i <= 60 else None
                if text:
                    hit = (s, text)
        if not hit and line[i:i + 1].isdigit() and i >= last and may_begin(line, i):
            text = read4(line, i)
            hit = (i, text) if text else None
        if hit:
            found.append(hit)
            i = last = dead = hit[0] + len(hit[1])
        else:
            i += 1
    return found


def value(text):
    text = text.split(b"%")[0]
    return ipaddress.ip_address(text.decode())


def some4():
    return b"%d.%d.%d.%d" % (random.choice((10, 10, 192, 203)), random.randrange(4),
                             random.randrange(256), random.randrange(256))


def some6():
    n = random.getrandbits(128) & random.choice((0xffff, 0xffffffff, (1 << 128) - 1))
    n |= random.choice((0x20010db8, 0x20010db9, 0xfe800000)) << 96
    a = ipaddress.IPv6Address(n % (1 << 128))
    return random.choice((str(a), a.exploded, str(a).upper())).encode()


PIECES = [b"192.0.2.1", b"::1", b"::ffff:10.0.0.1", b"64:ff9b::10.1.2.3", b"10.0.0.1.5",
          b"v10.0.0.1", b"10.0.0.256", b"010.0.0.1", b"12:34:56", b"2026-11-22T12:34:56+00:00",
          b"00:53:00:aa:bb:cc", b"aa:bb:cc:dd:ee:ff:00:11", b"std::dead", b"WARN ::", b"[::]:80",
          b"IPv6:2001:db8::5", b"client:2001:db8::5", b"fe80::1%eth0", b"[fe80::1%25eth0]:80",
          b"\\n10.0.0.1", b"-\\u003e10.0.0.2:443", b"%3A%2F%2F10.0.0.3%2F", b"%2010.0.0.4",
          b"#01110.0.0.5", b"\033[31m10.0.0.6\033[0m", b"10.0.0.7.example.net", b"2001:db8::1.443",
          b"10.0.0.8:", b"10.0.0.9.", b"(10.0.0.10)", b"10.0.0.0/24", b"10.0.0.1-10.0.0.9",
          b"1::2::3", b"12345::1", b"2001:db8::1:", b"x", b"the", b"\xe2\x82\xac", b"\0", b"HTTP/1.1",
          b"\\x2210.0.0.1\\x22", b"a,b", b"key=10.0.0.1", b"feed:10.0.0.1"]
BITS = [b"1", b"10", b"192", b"256", b"0", b".", b".", b".", b":", b":", b"::", b"a", b"db8",
        b"ffff", b"g", b"_", b"-", b"%", b"[", b"]", b"/", b" ", b"2001:db8::1", b"10.0.0.1",
        b"\\n", b"%20", b"#011", b"eth0"]


def piece():
    kind = random.randrange(10)
    if kind < 2:
        return some4()
    if kind < 3:
        return some6()
    if kind < 4:
        return b"".join(random.choice(BITS) for _ in range(random.randrange(1, 12)))
    return random.choice(PIECES)


NETS = ["10.0.0.0/9", "192.0.2.0/25", "203.0.0.0/16", "2001:db8::/32", "::1", "fe80::/64"]
nets = [ipaddress.ip_network(n) for n in NETS]


def in_set(text):
    a = value(text)
    mapped = a.ipv4_mapped if a.version == 6 else None
    return any(b in n for n in nets for b in (a, mapped) if b is not None and
               b.version == n.version)


out = {name: open("%s/want.%s" % (where, name), "wb") for name in
       ("all", "v", "o", "k", "anchor", "outside")}
with open(where + "/list", "w") as f:
    f.write("\n".join(NETS) + "\n")
with open(where + "/log", "wb") as log:
    for i in range(count):
        line = b" ".join(piece() for _ in range(random.randrange(12)))
        if i % 1000 == 0:
            line += b" filler" * random.randrange(60000)  # longer than a read
        if i % 7 == 0:
            line = line.replace(b" ", b"\t")
        line = line.replace(b"\n", b"")
        if random.randrange(20) == 0:
            line += b"\r"
        log.write(line + b"\n")
        found = addresses(line)
        hits = [text for at, text in found if in_set(text)]
        out["all" if hits else "v"].write(line + b"\n")
        for text in hits:
            out["o"].write(text + b"\n")
        if len(hits) < len(found):
            out["outside"].write(line + b"\n")
        fields = line[:-1] if line.endswith(b"\r") else line
        fields = re.split(rb"[ \t]+", fields.strip(b" \t"))
        if len(fields) > 1 and any(in_set(text) for at, text in addresses(fields[1])):
            out["k"].write(line + b"\n")
        start = len(line) - len(line.lstrip(b" \t"))
        start += line[start:start + 1] == b"["
        text = read4(line, start) or read6(line, start)
        if text and in_set(text):
            out["anchor"].write(line + b"\n")
END
python3 "$tmp/make.py" "$tmp" "$lines" || exit 99

# compare NAME ARG... - netipc addr grep ARG... prints what Python says
compare() {
	_what=$1
	shift
	netipc addr grep "$@" -f "$tmp/list" "$tmp/log" >"$tmp/got" 2>"$tmp/err"
	if cmp -s "$tmp/want.$_what" "$tmp/got" && [ -s "$tmp/got" ]; then
		pass "$_what: $* ($(wc -l <"$tmp/got") lines)"
	else
		fail "$_what: $*: $(cat "$tmp/err")"
		diff -a "$tmp/want.$_what" "$tmp/got" | cut -c 1-200 | head -n 20
	fi
}
compare all
compare v -v
compare o -o
compare outside --outside
compare k -k 2
compare anchor --anchor

# The same through a pipe that brings it in odd pieces.
dd if="$tmp/log" bs=4099 2>/dev/null | netipc addr grep -f "$tmp/list" >"$tmp/got"
ok "from a pipe" cmp "$tmp/want.all" "$tmp/got"
same "-c" "$(grep -ac '' "$tmp/want.all")" "$(netipc addr grep -c -f "$tmp/list" "$tmp/log")"
netipc addr grep -n -f "$tmp/list" "$tmp/log" >"$tmp/got"
netipc addr grep -n -v -f "$tmp/list" "$tmp/log" >>"$tmp/got"
sort -n -t : -k 1,1 "$tmp/got" | sed 's/^[0-9]*://' >"$tmp/again"
ok "both halves are the log" cmp "$tmp/log" "$tmp/again"

done_testing
