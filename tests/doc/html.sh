#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual as HTML: whole, with an index, and every link of it leads somewhere
. "${srcdir:?run by make check}/tests/lib.sh"
need mandoc python3

# The pages that make install installs
pages=
for page in man/netipc-sockopt.7 "$srcdir"/man/*.[17]; do
	case "$pages " in
	*"/${page##*/} "*) continue ;; # built where its source is
	esac
	pages="$pages $page"
done
# shellcheck disable=SC2086 # a list of pages
ok 'it is made' sh "$srcdir/man/html.sh" "$tmp/html" $pages
# shellcheck disable=SC2086
set -- $pages
same 'a file a page, and an index' "$(($# + 1))" "$(find "$tmp/html" -name '*.html' | wc -l | tr -d ' ')"
for page in "$@"; do
	name=${page##*/}
	ok "$name: in the index" grep -qF "<a href=\"$name.html\">" "$tmp/html/index.html"
done
same 'what the index says of a page' 1 \
	"$(grep -cxF '<dd>print, filter and compute with addresses</dd>' "$tmp/html/index.html")"

# links DIR - each link within DIR that leads nowhere, and the number of links
cat >"$tmp/links" <<'END'
import html.parser, pathlib, sys, urllib.parse

class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.open = set(), [], []
        self.feed(path.read_text("utf-8"))
        self.close()

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if key == "id":
                self.ids.add(value)
            if key in ("href", "src"):
                self.links.append(value)

folder = pathlib.Path(sys.argv[1])
pages = {path.name: Page(path) for path in folder.glob("*.html")}
bad = outside = crossing = 0
for name, page in sorted(pages.items()):
    for link in page.links:
        url = urllib.parse.urlparse(link)
        if url.scheme or url.netloc:
            outside += 1
            continue
        target = url.path or name
        crossing += target.endswith(".html") and target != name
        if not (folder / target).is_file():
            why = "no such file"
        elif url.fragment and urllib.parse.unquote(url.fragment) not in pages[target].ids:
            why = "no such place"
        else:
            continue
        print(f"{name}: {link}: {why}")
        bad += 1
print(f"{sum(len(p.links) for p in pages.values())} links, {crossing} to other pages, {outside} outside")
sys.exit(bad > 0)
END
ok 'no link is dead' python3 "$tmp/links" "$tmp/html"
cat "$tmp/ok"
same 'there are links between pages' yes \
	"$(python3 "$tmp/links" "$tmp/html" | awk '/ links, / { print ($3 > 50 ? "yes" : "no") }')"
rm "$tmp/html/netipc-addr.1.html"
ok 'a dead one would be found' sh -c '! python3 "$@"' sh "$tmp/links" "$tmp/html"

# A reference that leads to no page of ours in the section that it names
for page in "$@"; do
	sed -n 's/^\.Xr \(netipc[^ ]*\) \([0-9]\).*/\1.\2/p' "$page"
done | sort -u >"$tmp/named"
for page in "$@"; do
	echo "${page##*/}"
done | sort -u >"$tmp/there"
same 'every page of ours that is referred to is there' '' "$(comm -23 "$tmp/named" "$tmp/there")"
same 'every page is referred to' '' "$(comm -13 "$tmp/named" "$tmp/there")"
done_testing
