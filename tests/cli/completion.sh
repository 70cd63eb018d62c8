#!/bin/sh
# SPDX-License-Identifier: MIT
# Completion, really done by each shell
. "${srcdir:?run by make check}/tests/lib.sh"

mkdir "$tmp/bin" "$tmp/empty"
cat >"$tmp/bin/netipc" <<EOF
#!/bin/sh
exec $NETIPC_EXEC "$NETIPC" "\$@"
EOF
chmod +x "$tmp/bin/netipc"
PATH=$tmp/bin:$PATH
export PATH
echo x >"$tmp/empty/a-file"
cd "$tmp/empty" || exit 99

# The helper that the shells ask
t "commands" 0 'addr	print, filter and compute with addresses' '' __complete ad
t "an option's columns" 0 '+input	the operand
+integer	the address as a decimal number' '' __complete addr -o +in
t "the last name of a list" 0 \
	'--columns=input,address	the address in its canonical form, with its zone' '' \
	__complete addr --columns=input,ad
t "columns of another view" 0 'column	the byte of the line, from 1
code	what it is, for ever the same' '' __complete hosts --check -o co
t "a column of both, once" 0 'file	the file that was read' '' __complete hosts -o fil
t "operands: an option to be set" 0 'SO_KEEPALIVE=	send keepalive probes on an idle connection' '' \
	__complete sockopt try SO_KEEP
t "the whole of it" 0 '' '' __complete sockopt exec SO_KEEPALIVE=
t "an option or a level to be read" 0 "$(printf 'IPPROTO_UDP\t\nIPPROTO_UDPLITE\t')" \
	'' __complete sockopt IPPROTO_U
t "behind a selector only" 0 '' '' __complete sockopt set SO_KEEP
t "a list of options" 0 'SO_LINGER,TCP_NODELAY	no Nagle algorithm' '' \
	__complete sockopt show --options SO_LINGER,TCP_NOD
t "the same behind =" 0 '--options=TCP_NODELAY	no Nagle algorithm' '' \
	__complete sockopt --options=TCP_NOD
t "an option that others set" 0 '--sockopt=TCP_NODELAY=	no Nagle algorithm' '' \
	__complete echo-client --sockopt=TCP_NOD
t "behind a selector" 0 'TCP_NODELAY=	no Nagle algorithm' '' __complete sockopt set :80 TCP_NOD
t "to be read, behind a selector" 0 'IPPROTO_UDPLITE	' '' __complete sockopt get :80 IPPROTO_UDPL
t "a selector" 0 '' '' __complete sockopt get TCP_NOD
t "behind --" 0 '' '' __complete addr -- --js
t "an option that is none" 0 '' '' __complete addr --nosuch=
t "a short option that is none" 0 '' '' __complete addr -% x
t "behind a letter" 0 '' '' __complete services -f
t "commands of help" 0 'addr	print, filter and compute with addresses' '' __complete help ad
t "verbs of help" 0 'list	list the socket options that are known' '' __complete help sockopt l
t "help about nothing" 0 '' '' __complete help nosuch l
t "more than help has" 0 '' '' __complete help sockopt list l
t "verbs are not hidden by them" 0 'list	list the socket options that are known' '' \
	__complete sockopt l
t "nothing to complete" 0 '' '' __complete addr 1.2
t "no word" 0 '' '' __complete
t "unknown command" 0 '' '' __complete nosuch --

# Processes: a name of their own, and one that a shell would run
if emulated; then
	left_out processes 'the emulator has a /proc of its own'
else
	mkdir "$tmp/names"
	for name in tabletop 'taboo;id' 'tab lets'; do
		cp "$HOLDER" "$tmp/names/$name"
		HOLDER=$tmp/names/$name holder "$name" listen
	done
	start other addr - # has no socket
	t 'a process by name' 0 'tabletop	the sockets of these processes' '' \
		__complete sockopt show tab
	holder_pid=$(pgrep -x -f "$tmp/names/tabletop listen")
	t 'a process by its id' 0 "$holder_pid	tabletop" '' __complete sockopt show "$holder_pid"
	for verb in get set diff; do
		t "$verb: a process" 0 'tabletop	the sockets of these processes' '' \
			__complete sockopt "$verb" tablet
	done
	t 'the second of two' 0 'tabletop	the sockets of these processes' '' \
		__complete sockopt diff 1 tablet
	t 'show has one' 0 '' '' __complete sockopt show 1 tablet
	same 'ids to who begins with one' 0 \
		"$(netipc __complete sockopt show '' | grep -c '^[0-9]')"
	t 'a network by a process' 0 "--netns=$holder_pid	tabletop" '' \
		__complete sockopt show --netns="$holder_pid"
fi

# Links as --install makes them; another program has the name of one
mkdir "$tmp/links"
t 'links' 0 '*' '' --install="$tmp/links"
rm "$tmp/links/hosts"
printf '#!/bin/sh\n' >"$tmp/links/hosts"
chmod +x "$tmp/links/hosts"
ln -s addr "$tmp/links/netipc-addr"
PATH=$PATH:$tmp/links

# The completions as they are installed
mkdir "$tmp/share" "$tmp/share/completions" "$tmp/zsh" "$tmp/fish"
cp "$srcdir/completion/netipc" "$tmp/share/completions"
cp "$srcdir/completion/_netipc" "$tmp/zsh"
cp "$srcdir/completion/netipc.fish" "$tmp/fish"
same 'the links that make install makes' "$(netipc --list | sort)" \
	"$(sed -n 's/^linked = //p' "$srcdir/Makefile.am" | tr ' ' '\n')"
same 'the names that zsh knows' "$(netipc --list | sort)" \
	"$(sed -n '1s/.*netipc-sockopt //p' "$srcdir/completion/_netipc" | tr ' ' '\n')"
for command in $(netipc --list); do
	ln -s netipc "$tmp/share/completions/netipc-$command"
	ln -s netipc.fish "$tmp/fish/netipc-$command.fish"
done

# What is typed, and what a TAB makes of it, with a bar at the end.  Behind "=" nothing is added; the shells add a blank
# otherwise.
cat >"$tmp/cases" <<'END'
netipc ad|netipc addr |
netipc sockopt sh|netipc sockopt show |
netipc addr gr|netipc addr grep |
netipc help echo-s|netipc help echo-server |
netipc help sockopt tr|netipc help sockopt try |
netipc addr --js|netipc addr --json |
netipc addr --no-h|netipc addr --no-header |
netipc addr --colu|netipc addr --columns=|
netipc addr --columns=input,addr|netipc addr --columns=input,address |
netipc addr -o input,addr|netipc addr -o input,address |
netipc hosts --check -o co|netipc hosts --check -o co|
netipc resolve --socktype str|netipc resolve --socktype stream |
netipc sockopt try SO_KEEP|netipc sockopt try SO_KEEPALIVE=|
netipc sockopt TCP_NOD|netipc sockopt TCP_NODELAY |
netipc sockopt set :80 TCP_NOD|netipc sockopt set :80 TCP_NODELAY=|
netipc sockopt get 127.0.0.1:80 TCP_NOD|netipc sockopt get 127.0.0.1:80 TCP_NODELAY |
netipc sockopt show --options=SO_LINGER,TCP_NOD|netipc sockopt show --options=SO_LINGER,TCP_NODELAY |
netipc echo-server --sockopt SO_KEEP|netipc echo-server --sockopt SO_KEEPALIVE=|
netipc hosts --file a-|netipc hosts --file a-file |
netipc hosts --file=a-|netipc hosts --file=a-file |
netipc-addr --js|netipc-addr --json |
netipc-addr gr|netipc-addr grep |
netipc-sockopt try SO_KEEP|netipc-sockopt try SO_KEEPALIVE=|
addr --js|addr --json |
sockopt sh|sockopt show |
sockopt show --tab|sockopt show --table |
hosts --js|hosts --js|
netipc addr --nosuch|netipc addr --nosuch|
END
emulated || cat >>"$tmp/cases" <<'END'
netipc sockopt show tab|netipc sockopt show tabletop |
netipc sockopt set tab|netipc sockopt set tabletop |
END
sed 's/|.*//' "$tmp/cases" >"$tmp/typed"

# compared SHELL - its answers are in $tmp/SHELL.out, a line a case
compared() {
	if [ "$(wc -l <"$tmp/$1.out")" -ne "$(wc -l <"$tmp/typed")" ]; then
		fail "$1: $(cat "$tmp/$1.out" "$tmp/$1.err")"
		return
	fi
	while IFS='|' read -r typed want _ && IFS= read -r got <&3; do
		same "$1: $typed" "$want" "$got"
	done <"$tmp/cases" 3<"$tmp/$1.out"
}

# tabs SHELL ARG... - a real TAB, in a terminal; $tmp/SHELL.setup prepares the shell
tabs() {
	_shell=$1
	shift
	HOME=$tmp TERM=dumb timeout 300 "$srcdir/tests/tab.py" "$tmp/$_shell.setup" "$_shell" "$@" \
		<"$tmp/typed" >"$tmp/$_shell.out" 2>"$tmp/$_shell.err"
	compared "$_shell"
}
[ "$failures" -eq 0 ] || done_testing
need python3 bash zsh fish

# bash, which loads a completion at the first TAB behind its command, by bash-completion; the short
# names are known from then on
loader=/usr/share/bash-completion/bash_completion
[ -e "$loader" ] || skip 'bash-completion is not installed'
cat >"$tmp/bash.setup" <<END
PS1= HISTFILE= BASH_COMPLETION_USER_DIR=$tmp/share
. $loader
show() { echo "BUF<\$READLINE_LINE>BUF"; }
bind 'set completion-query-items 0' 'set page-completions off' 'set bell-style none'
bind -x '"\C-t": show'
END
tabs bash --norc --noprofile -i

# Who takes = and : out of the word breaks gets whole words
# shellcheck disable=SC2016 # bash expands it
sed -i '1s/^/COMP_WORDBREAKS=${COMP_WORDBREAKS\/\/[=:]}\n/' "$tmp/bash.setup"
tabs bash --norc --noprofile -i

cat >"$tmp/zsh.setup" <<END
PS1= fpath=($tmp/zsh \$fpath)
autoload -U compinit
compinit -D -u
show() { print -r -- "BUF<\$BUFFER>BUF"; }
zle -N show
bindkey '^T' show
unsetopt beep
END
tabs zsh -f -i

# fish: complete -C says what TAB would offer
cat >"$tmp/fish.setup" <<END
set fish_complete_path $tmp/fish
complete -C 'netipc ' >/dev/null
while read --line typed
	set -l found (complete -C \$typed | string replace -r '\t.*' '')
	if test (count \$found) -ne 1
		printf '%s\n' \$typed
	else
		set -l word (string match -r '[^ ]*\$' -- \$typed)
		set -l rest (string replace -r '[^ ]*\$' '' -- \$typed)
		string match -q '*=' -- \$found; or set found "\$found "
		printf '%s%s\n' \$rest \$found
	end
end
END
HOME=$tmp fish --no-config "$tmp/fish.setup" <"$tmp/typed" >"$tmp/fish.out" 2>"$tmp/fish.err"
compared fish

done_testing
