#!/bin/sh
# SPDX-License-Identifier: MIT
# An installed netipc: its pages, its completions, and every example of README and of the pages
# that need no world of their own.
#
#	srcdir=TREE NETIPC=/usr/bin/netipc tests/doc/installed.sh
#
# DATADIR is where the pages are, /usr/share if it is not set; make installcheck, the package's
# own tests and ci/check.sh package run it.
. "${srcdir:?the tree with tests/ and README.md}/tests/lib.sh"
share=${DATADIR-/usr/share}

# page NAME - the text of the page, which a package may have packed, into $tmp/NAME
page() {
	for _file in "$share"/man/man?/"$1" "$share"/man/man?/"$1".gz; do
		case $_file in
		*.gz) [ ! -e "$_file" ] || gzip -dc "$_file" >"$tmp/$1" ;;
		*) [ ! -e "$_file" ] || cp "$_file" "$tmp/$1" ;;
		esac
	done
	[ -s "$tmp/$1" ]
}

netipc --list >"$tmp/commands" || fail 'netipc --list'
same 'nine commands' 9 "$(wc -l <"$tmp/commands")"
ok 'netipc(1)' page netipc.1
ok 'netipc-sockopt(7)' page netipc-sockopt.7
pages=$srcdir/README.md
while read -r command _; do
	ok "netipc-$command(1)" page "netipc-$command.1"
	case $command in
	*resolve | echo-*) ;; # in a world of their own: tests/doc/examples.sh
	*) pages="$pages $tmp/netipc-$command.1" ;;
	esac
done <"$tmp/commands"
for file in bash-completion/completions/netipc fish/vendor_completions.d/netipc.fish; do
	ok "$file" [ -s "$share/$file" ]
done
ok 'completion of zsh' [ -s "$share/zsh/site-functions/_netipc" -o -s "$share/zsh/vendor-completions/_netipc" ]
# Those of servers have ports of their own, if that can be.
room=
if [ -n "$netns" ] && command -v ip >/dev/null; then
	room=in_netns
fi
# shellcheck disable=SC2086 # a list of pages
ok 'every example' $room sh "$srcdir/tests/doc/examples.sh" here $pages
cat "$tmp/ok"
done_testing
