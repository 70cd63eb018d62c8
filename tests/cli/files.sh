#!/bin/sh
# SPDX-License-Identifier: MIT
# Every file that netipc makes: its mode, and what others may have put in its place: links, pipes,
# folders, files of their own.  Nothing but the named file is ever written, replaced or removed.
. "${srcdir:?run by make check}/tests/lib.sh"
need stat mkfifo

mode() {
	stat -c %a "$1"
}

# kind FILE - what it is, and of a link where it leads
kind() {
	if [ -L "$1" ]; then
		echo "link to $(readlink "$1")"
	else
		stat -c %F "$1" 2>/dev/null || echo nothing
	fi
}

# what runs a command as another user; empty where that cannot be
other=
if [ "$(id -u)" -eq 0 ] && command -v setpriv >"$tmp/which" 2>&1 &&
	setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	other='setpriv --reuid 65534 --regid 65534 --clear-groups'
	cp "$NETIPC" "$tmp/netipc"
	chmod 755 "$tmp" "$tmp/netipc"
	# shellcheck disable=SC2086
	$other $NETIPC_EXEC "$tmp/netipc" --version >"$tmp/which" 2>&1 || other=
fi
[ -n "$other" ] || left_out 'files of other users' 'only root can be another user'
# bait FILE MODE - a file of another user
bait() {
	echo bait >"$1"
	chmod "$2" "$1"
	chown 65534:65534 "$1"
}

start server echo-server -q 127.0.0.1:0
wait_ready server
server=$ready

# write OPTION FILE - netipc writes FILE as its OPTION says; as another user if $as_other is set
as_other=
# shellcheck disable=SC2086
write() {
	if [ -n "$as_other" ]; then
		set -- "$@" "$tmp/netipc"
	else
		set -- "$@" "$NETIPC"
	fi
	${as_other:+$other} timeout 60 $NETIPC_EXEC "$3" echo-client --load -c 2 -t 30 "$1" "$2" \
		"$server" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

# refused NAME WHY - the last command said so and ended with 3
refused() {
	same "$1: status" 3 "$status"
	if like "$2" "$(cat "$tmp/err")"; then
		pass "$1: told"
	else
		fail "$1: told: $(cat "$tmp/err")"
	fi
}

echo precious >"$tmp/victim"
untouched() {
	same "$1: the other file is as it was" precious "$(cat "$tmp/victim")"
}

for option in --metrics --hdr; do
	dir=$tmp/$option
	mkdir "$dir"
	for mask in 022,644 077,600 000,644; do
		rm -f "$dir/f"
		(umask "${mask%,*}" && write $option "$dir/f")
		same "$option: mode under umask ${mask%,*}" "${mask#*,}" "$(mode "$dir/f")"
		same "$option: nothing else is left" f "$(ls "$dir")"
	done
	echo old >"$dir/f"
	chmod 666 "$dir/f"
	write $option "$dir/f"
	same "$option: one that is there is replaced" '0 644' "$status $(mode "$dir/f")"

	# The name under which it is made has been taken
	ln -s "$tmp/victim" "$dir/f.new"
	write $option "$dir/f"
	same "$option: a link at the temporary name: status" 0 "$status"
	same "$option: a link at the temporary name: gone" 'f' "$(ls "$dir")"
	same "$option: a link at the temporary name: a file" 'regular file' "$(kind "$dir/f")"
	untouched "$option: a link at the temporary name"
	ln "$tmp/victim" "$dir/f.new"
	write $option "$dir/f"
	same "$option: a hard link at the temporary name: status" 0 "$status"
	untouched "$option: a hard link at the temporary name"
	mkfifo "$dir/f.new"
	write $option "$dir/f"
	same "$option: a pipe at the temporary name: status" 0 "$status"
	same "$option: a pipe at the temporary name: a file" 'f regular file' \
		"$(ls "$dir") $(kind "$dir/f")"
	mkdir "$dir/f.new"
	write $option "$dir/f"
	refused "$option: a folder at the temporary name" "*$option/f: *"
	same "$option: a folder at the temporary name stays" directory "$(kind "$dir/f.new")"
	rmdir "$dir/f.new"

	# What is there is no file of its kind
	rm "$dir/f"
	ln -s "$tmp/victim" "$dir/f"
	write $option "$dir/f"
	refused "$option: a link" '*: it is no regular file*'
	same "$option: a link stays" "link to $tmp/victim" "$(kind "$dir/f")"
	untouched "$option: a link"
	ln -sf "$tmp/nowhere" "$dir/f"
	write $option "$dir/f"
	refused "$option: a link to nothing" '*: it is no regular file*'
	same "$option: a link to nothing: nothing is made" nothing "$(kind "$tmp/nowhere")"
	rm "$dir/f"
	mkfifo "$dir/f"
	write $option "$dir/f"
	refused "$option: a pipe" '*: it is no regular file*'
	same "$option: a pipe stays" fifo "$(kind "$dir/f")"
	rm "$dir/f"
	mkdir "$dir/f"
	write $option "$dir/f"
	refused "$option: a folder" '*: it is no regular file*'
	rmdir "$dir/f"
	write $option "$dir/none/f"
	refused "$option: no folder" '*: No such file or directory*'
	same "$option: nothing is left of all that" '' "$(ls "$dir")"

	# A folder that everybody may write to
	[ -n "$other" ] || continue
	chmod 1777 "$dir"
	echo theirs >"$dir/f"
	as_other=yes
	write $option "$dir/f"
	refused "$option: another's file" '*: Operation not permitted*'
	same "$option: another's file stays" 'theirs f' "$(cat "$dir/f") $(ls "$dir")"
	rm "$dir/f"
	echo theirs >"$dir/f.new"
	chmod 666 "$dir/f.new"
	write $option "$dir/f"
	refused "$option: another's at the temporary name" '*'
	same "$option: another's at the temporary name stays" 'theirs f.new' \
		"$(cat "$dir/f.new") $(ls "$dir")"
	rm "$dir/f.new"
	as_other=
	bait "$dir/f.new" 666
	write $option "$dir/f"
	same "$option: root takes none of another's" '0 0 644' \
		"$status $(stat -c %u "$dir/f") $(mode "$dir/f")"
	bait "$dir/g" 666
	write $option "$dir/g"
	same "$option: root replaces another's" '0 0 644' \
		"$status $(stat -c %u "$dir/g") $(mode "$dir/g")"
done
write --hdr /dev/null
same '--hdr: a device is written to' '0 character special file' "$status $(kind /dev/null)"

# --resume reads; nothing is made, and nothing is cut off a file that is not standard output
printf '192.0.2.1 torn' >"$tmp/part"
ln -s "$tmp/part" "$tmp/link"
for file in part link none; do
	echo 192.0.2.1 >"$tmp/in"
	input=$tmp/in
	t "--resume: $file" 0 '*' '*' rresolve --numerichost -f - --resume "$tmp/$file"
done
same '--resume: what is torn stays' '192.0.2.1 torn' "$(cat "$tmp/part")"
same '--resume: nothing is made' nothing "$(kind "$tmp/none")"

# --undo-file: its commands will be run, perhaps by root
mkdir "$tmp/undo"
undo() {
	# shellcheck disable=SC2086
	timeout 60 $NETIPC_EXEC "$NETIPC" sockopt set --undo-file "$1" "$socket" keepalive="$2" \
		>"$tmp/out" 2>"$tmp/err"
	status=$?
}
keepalive() {
	netipc sockopt get "$socket" SO_KEEPALIVE 2>&1
}
# no_undo NAME WHY FILE - nothing is set when FILE cannot be taken
no_undo() {
	undo "$3" on
	refused "--undo-file: $1" "$2"
	same "--undo-file: $1: nothing is set" off "$(keepalive)"
}
if emulated; then
	left_out '--undo-file' 'the emulator does not pass pidfd_getfd on'
else
	holder held tcp
	socket=$pid:$(held held tcp fd)
	(umask 000 && undo "$tmp/undo/f" on)
	same '--undo-file: mode under umask 000' 600 "$(mode "$tmp/undo/f")"
	undo "$tmp/undo/f" off
	same '--undo-file: appended to' "0 2 600" \
		"$status $(grep -c SO_KEEPALIVE= "$tmp/undo/f") $(mode "$tmp/undo/f")"
	ln -s "$tmp/victim" "$tmp/undo/link"
	no_undo 'a link' '*: it is no regular file*' "$tmp/undo/link"
	untouched '--undo-file: a link'
	ln -sf "$tmp/nowhere" "$tmp/undo/link"
	no_undo 'a link to nothing' '*: it is no regular file*' "$tmp/undo/link"
	same '--undo-file: a link to nothing: nothing is made' nothing "$(kind "$tmp/nowhere")"
	mkfifo "$tmp/undo/fifo"
	no_undo 'a pipe' '*: it is no regular file*' "$tmp/undo/fifo"
	no_undo 'a folder' '*: Is a directory*' "$tmp/undo"
	no_undo 'a device' '*: it is no regular file*' /dev/null
	ln "$tmp/victim" "$tmp/undo/hard"
	no_undo 'a file with two names' '*: it has another name too*' "$tmp/undo/hard"
	untouched '--undo-file: a file with two names'
	for bits in 620 602; do
		: >"$tmp/undo/open"
		chmod $bits "$tmp/undo/open"
		no_undo "mode $bits" '*: others may write to it*' "$tmp/undo/open"
		same "--undo-file: mode $bits: nothing is written" 0 "$(wc -c <"$tmp/undo/open")"
	done
	if [ -n "$other" ]; then
		chmod 777 "$tmp/undo"
		bait "$tmp/undo/theirs" 644
		no_undo "another's" '*: it belongs to another user*' "$tmp/undo/theirs"
		chmod 1777 "$tmp/undo"
		no_undo "another's in a sticky folder" '*' "$tmp/undo/theirs"
		same "--undo-file: another's: as it was" bait "$(cat "$tmp/undo/theirs")"
	fi

	# An interface may have a name that is a command
	# shellcheck disable=SC2016 # the inner shell expands it
	script='. "$srcdir/tests/lib.sh"
		bad="a'\'';touch\${IFS}b"
		ip link set lo down && ip link set lo name "$bad" && ip link set "$bad" up || exit 98
		holder here "tcp+SO_BINDTODEVICE=$bad" || exit 98
		cd "$tmp" || exit 99
		netipc sockopt set --undo-file=undo "$pid:$(held here tcp fd)" SO_BINDTODEVICE= \
			>out 2>&1 || { cat out; exit 97; }
		mkdir bin && printf "#!/bin/sh\nprintf %%s\\\\\\\\n \"\$4\"\n" >bin/netipc && chmod 755 bin/netipc
		PATH=$tmp/bin:$PATH sh undo
		ls b 2>/dev/null'
	if [ -n "$netns" ]; then
		out=$(in_netns sh -c "$script" 2>&1)
		case $? in
		98) left_out 'the name of an interface' 'none can be made here' ;;
		*) same 'the name of an interface is no command' "SO_BINDTODEVICE=a';touch\${IFS}b" \
			"$out" ;;
		esac
	else
		left_out 'the name of an interface' 'no network namespace can be made here'
	fi
fi

# UNIX sockets of echo-server
un=$tmp/un
mkdir "$un"
serve() {
	# shellcheck disable=SC2046,SC2086 # an option or none
	timeout 60 $NETIPC_EXEC "$NETIPC" echo-server $(emulated && echo --no-sandbox) -q "$1" \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
}
for mask in 022,755 077,700; do
	(umask "${mask%,*}" && start mask echo-server -q --unix "$un/s" && echo "$pid" >"$tmp/pid")
	wait_ready mask
	same "socket: mode under umask ${mask%,*}" "${mask#*,}" "$(mode "$un/s")"
	pid=$(cat "$tmp/pid")
	kill "$pid"
	ok 'socket: removed at the end' poll test ! -e "$un/s"
done
start first echo-server -q --unix "$un/s"
wait_ready first
first=$pid
serve --unix="$un/s"
refused 'socket: somebody listens' '*: Address *in use*'
t 'socket: and goes on' 0 '*' '*' echo-client --ping -c 1 -t 30 --unix "$un/s"
kill -s KILL "$first"
wait "$first" 2>/dev/null
same 'socket: left behind' socket "$(kind "$un/s")"
start second echo-server -q --unix "$un/s"
wait_ready second
second=$pid
t 'socket: one that was left behind is replaced' 0 '*' '*' \
	echo-client --ping -c 1 -t 30 --unix "$un/s"
rm "$un/s"
echo precious >"$un/s"
stop "$second"
same 'socket: another file of its name stays at the end' precious "$(cat "$un/s")"
serve --unix="$un/s"
refused 'socket: a file' '*: there is a file that is no socket*'
same 'socket: a file stays' precious "$(cat "$un/s")"
rm "$un/s"
for made in 'ln -s victim' 'ln -s nowhere' mkfifo mkdir; do
	# shellcheck disable=SC2086
	(cd "$un" && $made s)
	was=$(kind "$un/s")
	serve --unix="$un/s"
	refused "socket: $made" '*: there is a file that is no socket*'
	same "socket: $made: it stays" "$was" "$(kind "$un/s")"
	rm -r "$un/s"
done
same 'socket: nothing is made where a link leads' nothing "$(kind "$un/nowhere")"
if [ -n "$other" ]; then
	chmod 1777 "$un"
	start killed echo-server -q --unix "$un/s"
	wait_ready killed
	chmod 777 "$un/s"
	kill -s KILL "$pid"
	wait "$pid" 2>/dev/null
	NETIPC=$tmp/netipc NETIPC_EXEC="$other $NETIPC_EXEC" serve --unix="$un/s"
	refused "socket: another's that was left behind" '*: remove the old socket *'
	same "socket: another's stays" socket "$(kind "$un/s")"
fi

# --install never replaces anything
mkdir "$tmp/links" "$tmp/links/protos"
ln -s "$tmp/victim" "$tmp/links/addr"
ln -s "$tmp/nowhere" "$tmp/links/resolve"
echo precious >"$tmp/links/hosts"
t '--install: what is there stays' 1 '*' '*exists and is left as it is*' --install="$tmp/links"
same '--install: a link stays' "link to $tmp/victim" "$(kind "$tmp/links/addr")"
same '--install: a link to nothing stays' "link to $tmp/nowhere" "$(kind "$tmp/links/resolve")"
same '--install: a file stays' precious "$(cat "$tmp/links/hosts")"
same '--install: a folder stays empty' '' "$(ls "$tmp/links/protos")"
same '--install: the others are links' symbolic "$(stat -c %F "$tmp/links/sockopt" | sed 's/ .*//')"
same '--install: nothing is made where a link leads' nothing "$(kind "$tmp/nowhere")"
t '--install: no folder' 3 '' '*: No such file or directory' --install="$tmp/none"
same '--install: no folder is made' nothing "$(kind "$tmp/none")"
untouched 'at the end'
done_testing
