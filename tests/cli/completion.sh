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
t "behind a selector" 0 'TCP_NODELAY=	no Nagle algorithm' '' __complete sockopt set :80 TCP_NOD
t "verbs are not hidden by them" 0 'list	list the socket options that are known' '' \
	__complete sockopt l
t "nothing to complete" 0 '' '' __complete addr 1.2
t "no word" 0 '' '' __complete
t "unknown command" 0 '' '' __complete nosuch --

# bash: fill in what readline would, call the function, read COMPREPLY
bash_complete() {
	bash --norc --noprofile -c '
		. "$1/completion/netipc"
		shift
		COMP_WORDS=(netipc "$@")
		COMP_CWORD=$#
		_netipc
		printf "%s\n" "${COMPREPLY[@]}"' bash "$srcdir" "$@" 2>&1
}
if command -v bash >/dev/null; then
	same "bash: command" addr "$(bash_complete ad)"
	same "bash: option" "--json" "$(bash_complete addr --js)"
	same "bash: option with a value" "--columns=" "$(bash_complete addr --col)"
	same "bash: a value behind =" "input,address" \
		"$(bash_complete addr --columns = input,addr)"
	same "bash: nothing behind =" "input" "$(bash_complete addr --columns = | head -n 1)"
	same "bash: an operand" "SO_KEEPALIVE=" "$(bash_complete sockopt try SO_KEEP)"
	same "bash: a file" "a-file" "$(bash_complete hosts --file '')"
	same "bash: a file behind =" "a-file" "$(bash_complete hosts --file = a)"
else
	echo "SKIP: bash is not installed"
	exit 77
fi

# fish: complete -C says what TAB would offer
fish_complete() {
	HOME=$tmp fish --no-config -c "source '$srcdir/completion/netipc.fish'
		complete -C '$1'" 2>&1 | cut -f 1
}
need fish
same "fish: command" addr "$(fish_complete 'netipc ad')"
same "fish: option" "--json" "$(fish_complete 'netipc addr --js')"
same "fish: a value behind =" "--columns=input,address" \
	"$(fish_complete 'netipc addr --columns=input,addr')"
same "fish: a file" "a-file" "$(fish_complete 'netipc hosts --file ')"

# zsh: a real TAB in a terminal of its own; ^X then shows the line
need zsh
zsh_line() {
	cat >"$tmp/z" <<EOF
zmodload zsh/zpty
zpty z "TERM=dumb zsh -f -i"
zpty -w z "PS1=; fpath=($srcdir/completion \\\$fpath); autoload -U compinit; compinit -D -u"
zpty -w z "show() { print -r -- \"BUF<\\\$BUFFER>BUF\"; }; zle -N show; bindkey '^X' show"
zpty -w z "print LOA''DED"
got= n=400
while (( n-- )); do
	zpty -r -t z chunk && got+=\$chunk || sleep 0.05
	[[ \$got == *LOADED* ]] && break
done
zpty -w -n z \$'$1\t\x18'
got= n=400
while (( n-- )); do
	zpty -r -t z chunk && got+=\$chunk || sleep 0.05
	[[ \$got == *BUF\<*\>BUF* ]] && break
done
print -r -- \${\${got##*BUF<}%%>BUF*}
EOF
	timeout 60 zsh -f "$tmp/z" 2>&1
}
same "zsh: command" "netipc addr " "$(zsh_line 'netipc ad')"
same "zsh: option" "netipc addr --json " "$(zsh_line 'netipc addr --js')"
same "zsh: a value behind =" "netipc addr --columns=input,address " \
	"$(zsh_line 'netipc addr --columns=input,addr')"
same "zsh: a file" "netipc hosts --file a-file " "$(zsh_line 'netipc hosts --file a-')"

done_testing
