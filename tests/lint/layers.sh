#!/bin/sh
# SPDX-License-Identifier: MIT
# The layers of src/: which folder may include which, what no folder below cli/ may do,
# and what no file may call.
set -eu
: "${srcdir:?run by make check}" "${builddir:?run by make check}" "${NM:?run by make check}"
cd "$srcdir/src"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0

complain() {
	echo "$*"
	bad=1
}

# Layers

below='base net out ev db dns sockopt echo'

# may FOLDER ALLOWED... - every #include "x/..." in FOLDER is of FOLDER or ALLOWED
may() {
	[ -d "$1" ] || return 0
	_from=$1
	_ok=$(echo "$@" | tr ' ' '|')
	shift
	if grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$_from"/*.[ch] |
		grep -vE "\"($_ok)/[a-z0-9_]+\.(h|def)\""; then
		complain "src/$_from may include: $_from $*"
	fi
}

may base
may net base
may out base
may ev base
may db base net
may dns base net ev
may sockopt base net
may echo base net ev
may cli base out
# shellcheck disable=SC2086 # a list of folders
may cmd $below cli

for folder in */; do
	case " $below cli cmd " in
	*" ${folder%/} "*) ;;
	*) complain "src/$folder is no layer: design it into this test first" ;;
	esac
done
# What several commands share is a module of cmd/ that is no command itself.
shared=cmd/commands.h
for header in cmd/*.h; do
	grep -q '^const struct command cmd_' "${header%.h}.c" || shared="$shared|$header"
done
if grep -nE '#[[:space:]]*include "cmd/' cmd/*.[ch] | grep -vE "\"($shared)\"" |
	grep -vE '^cmd/([a-z0-9]+)[a-z0-9_]*\.[ch]:[0-9]+:.*"cmd/\1[a-z0-9_]*\.h"'; then
	complain "a command never includes another command"
fi
if grep -n '#include "' main.c | grep -v '"cmd/commands.h"'; then
	complain "main.c includes cmd/commands.h only"
fi

# Words: the sources without comments and literals, as FILE:LINE:TEXT

cat >"$tmp/strip.awk" <<'AWK'
FNR == 1 { comment = 0 }
{
	out = ""
	text = $0
	while (text != "") {
		if (comment) {
			if (!(at = index(text, "*/")))
				break
			text = substr(text, at + 2)
			comment = 0
		} else if (match(text, /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|\/\*|\/\//)) {
			token = substr(text, RSTART, RLENGTH)
			out = out substr(text, 1, RSTART - 1)
			text = substr(text, RSTART + RLENGTH)
			if (token == "//")
				break
			comment = token == "/*"
			if (!comment)
				out = out "\"\""
		} else {
			out = out text
			break
		}
	}
	print FILENAME ":" FNR ":" out
}
AWK

# words FOLDER... - the code of these folders
words() {
	for _folder in "$@"; do
		[ ! -d "$_folder" ] || find "$_folder" -name '*.[ch]' -exec awk -f "$tmp/strip.awk" {} +
	done
}

# never WHY CALLS WORDS EXCEPT FOLDER... - the code calls no function that matches CALLS
# and has no word that matches WORDS, but in files that match EXCEPT; all are extended
# regular expressions
never() {
	_why=$1 _calls=$2 _words=$3 _except=$4
	shift 4
	words "$@" >"$tmp/words"
	if grep -E ":[0-9]+:(.*[^A-Za-z0-9_.>])?(($_calls)[[:space:]]*\\(|($_words)([^A-Za-z0-9_]|\$))" \
		"$tmp/words" | grep -vE "^(\./)?($_except):"; then
		complain "$_why"
	fi
}

# xalloc.c ends the process when there is no memory to say so in any other way; *_child.c are
# a process of their own, as a part of server_fork.c is.
# shellcheck disable=SC2086 # a list of folders
never 'below cli/ nothing prints, exits or reads the environment' \
	'v?d?printf|puts|putchar|perror|psignal|v?errx?|v?warnx?|error|v?syslog|_?exit|_Exit|quick_exit|abort|assert|(secure_)?getenv|setenv|putenv|setlocale' \
	'stdin|stdout|stderr|STD(IN|OUT|ERR)_FILENO|environ' \
	'base/xalloc\.c|base/io_child\.c|db/(libc|nss)_child\.c|dns/source_child\.c|echo/server_fork\.c|sockopt/force_child\.c' $below

# What to use instead: scan_, buf_, str_, xalloc, clock_.
never 'a banned function' \
	'strcpy|stpcpy|strcat|strncpy|strncat|v?sprintf|gets|strtok(_r)?|v?[sf]?scanf|ato[ifl]|atoll|strtou?ll?|gettimeofday|localtime|gmtime|ctime|asctime|tmpnam|tempnam|mktemp|s?rand|alloca|system|popen|inet_(ntoa|addr|aton|lnaof|netof|network|makeaddr)' \
	'strtok|tmpnam' 'no/such/file' .

# The lecture's obsolete calls, which netipc shows with --libc, are in one file.
never 'the obsolete resolver calls belong in db/libc.c' \
	'gethostby(name2?|addr)(_r)?|(get|set|end)(host|net|proto|serv|netgr)ent(_r)?|get(net|proto)by(name|number|addr)(_r)?|getservby(name|port)(_r)?|herror|hstrerror|innetgr' \
	h_errno 'db/libc\.c' .

# Globals: what the compiler put into writable sections.  What a sanitizer or the coverage
# counters add is not ours.

if grep -q '^#define HAVE_SANITIZERS' "$builddir/config.h" || [ "${COVERAGE-no}" = yes ]; then
	echo 'instrumented build: globals not looked at'
else
	objects=0
	for folder in $below; do
		for object in "$builddir/src/$folder"/*.o; do
			[ -e "$object" ] || continue
			objects=$((objects + 1))
			$NM -f sysv "$object" | tr -d ' ' |
				awk -F '|' -v object="src/$folder/${object##*/}" '
				$4 == "OBJECT" || $4 == "TLS" || $4 == "COMMON" {
					if ($7 ~ /^(\.t?data|\.t?bss|\*COM\*|\.l?comm)/ && $7 !~ /^\.data\.rel\.ro/)
						print object ": " $1 " in " $7
				}' >"$tmp/globals"
			if [ -s "$tmp/globals" ]; then
				cat "$tmp/globals"
				complain "below cli/ there is no mutable global"
			fi
		done
	done
	[ "$objects" -gt 0 ] || complain "no object in $builddir/src"
fi

exit $bad
