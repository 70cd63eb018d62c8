#!/bin/sh
# SPDX-License-Identifier: MIT
# html.sh - the manual as HTML
#
#	html.sh DIR PAGE...	writes DIR/PAGE.html for each page, index.html and manual.css
#
# A reference to one of the PAGEs is a link to its file; to others it is plain text, for where they
# are nobody can say.
set -eu
dir=$1
shift
top=$(dirname -- "$0")
mkdir -p "$dir"
cp "$top/manual.css" "$dir/manual.css"
chmod u+w "$dir/manual.css"

# The names of the pages, "netipc-addr.1", as a list in sed's form
known=
for page in "$@"; do
	name=$(basename -- "$page" | sed 's/\./\\./g')
	known="${known:+$known|}$name"
done

# title PAGE - what its .Nd says
title() {
	sed -n 's/^\.Nd //p' "$1"
}

for page in "$@"; do
	name=$(basename -- "$page")
	mandoc -T html -O style=manual.css,man=%N.%S.html "$page" |
		sed -E "s!<a class=\"Xr\" href=\"($known)\.html\">!<A class=\"Xr\" href=\"\1.html\">!g
			s!<a class=\"Xr\" href=\"[^\"]*\">([^<]*)</a>!<span class=\"Xr\">\1</span>!g
			s!<A class!<a class!g
			s!^<body>!<body><nav><a href=\"index.html\">netipc: the manual</a></nav>!" \
			>"$dir/$name.html"
done
{
	cat <<-END
		<!DOCTYPE html>
		<html lang="en">
		<head>
		  <meta charset="utf-8"/>
		  <meta name="viewport" content="width=device-width, initial-scale=1.0"/>
		  <link rel="stylesheet" href="manual.css" type="text/css"/>
		  <title>netipc: the manual</title>
		</head>
		<body>
		<h1>netipc: the manual</h1>
		<dl class="index">
	END
	for page in "$@"; do
		name=$(basename -- "$page")
		printf '<dt><a href="%s.html">%s(%s)</a></dt>\n<dd>%s</dd>\n' \
			"$name" "${name%.*}" "${name##*.}" "$(title "$page")"
	done
	printf '</dl>\n</body>\n</html>\n'
} >"$dir/index.html"
