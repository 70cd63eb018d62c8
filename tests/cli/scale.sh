#!/bin/sh
# SPDX-License-Identifier: MIT
# The scripts of docs/scale.md: two hosts behind an sshd on loopback, GNU parallel over them, what
# Slurm and Kubernetes would start; what comes is what one run prints
#
# All of it runs in a network namespace of its own, where 192.0.2.53 has a name server and 192.0.2.7 an
# echo server; host1 and host2 are 127.0.0.1 and 127.0.0.2.  The user logs in as himself, with a key
# made here.  The sshd of root needs root, that of another user no rights.
. "${srcdir:?run by make check}/tests/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need parallel sshd ssh ssh-keygen jq ip awk perl
parallel --version 2>/dev/null | grep -q '^GNU parallel' || skip 'parallel is not GNU parallel'
sshd=$(command -v sshd)
user=$(id -un) || skip 'this user has no name'

# As lib.sh's, but the user stays who he is.
if [ "$(id -u)" = 0 ]; then
	netns='unshare -nm'
else
	netns='unshare -cnm --keep-caps'
fi
if [ "${1-}" != inside ]; then
	$netns true 2>/dev/null || skip 'no network namespace with this user can be made here'
	$netns sh "$0" inside
	exit $?
fi

for address in 192.0.2.53 192.0.2.7; do
	ip address add "$address/32" dev lo || skip 'no address can be set in a namespace here'
done
ip link set lo up
# The user of a build machine may have a shell that lets nobody in.
awk -F : -v OFS=: -v home="$tmp" -v user="$user" \
	'$1 == user { $6 = home; $7 = "/bin/sh" } 1' /etc/passwd >"$tmp/passwd"
mount --bind "$tmp/passwd" /etc/passwd || skip "the shell of $user cannot be replaced here"
# It separates its rights there, where not the system starts it.
if [ "$(id -u)" = 0 ] && ! [ -d /run/sshd ]; then
	mount -t tmpfs run /run || skip 'nothing can be mounted on /run here'
	mkdir -m 755 /run/sshd
fi

lines=100000 messages=10000
if emulated || netipc --version | grep -q sanitizers; then
	lines=5000 messages=200
	left_out "100,000 names, 10,000 messages" 'it would take minutes here: 5,000 and 200'
fi

# The names of hosts and commands that the scripts use
mkdir "$tmp/bin" "$tmp/work"
cat >"$tmp/bin/netipc" <<END
#!/bin/sh
exec $NETIPC_EXEC "$NETIPC" "\$@"
END
cat >"$tmp/bin/parallel" <<END
#!/bin/sh
exec $(command -v parallel) --will-cite --ssh "ssh -F $tmp/ssh_config" "\$@"
END
chmod +x "$tmp/bin/netipc" "$tmp/bin/parallel"
PATH=$tmp/bin:$PATH
PARALLEL_HOME=$tmp/parallel HOME=$tmp
export PATH PARALLEL_HOME HOME
mkdir "$PARALLEL_HOME"

for key in hostkey userkey; do
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/$key" || { fail "no key: $key"; exit 1; }
done
cat >"$tmp/sshd_config" <<END
ListenAddress 127.0.0.1:2222
ListenAddress 127.0.0.2:2222
HostKey $tmp/hostkey
AuthorizedKeysFile $tmp/userkey.pub
AuthenticationMethods publickey
PermitRootLogin yes
AllowUsers $user
StrictModes no
UsePAM no
PidFile none
PrintMotd no
MaxStartups 100
SetEnv PATH=$PATH
END
cat >"$tmp/ssh_config" <<END
Host host1
	HostName 127.0.0.1
Host host2
	HostName 127.0.0.2
Host *
	Port 2222
	User $user
	IdentityFile $tmp/userkey
	IdentitiesOnly yes
	UserKnownHostsFile $tmp/known_hosts
	GlobalKnownHostsFile /dev/null
	StrictHostKeyChecking accept-new
	BatchMode yes
	ConnectTimeout 60
END
"$sshd" -D -e -f "$tmp/sshd_config" 2>"$tmp/sshd.log" &
pids="$pids $!"
poll grep -q 'listening on 127.0.0.1' "$tmp/sshd.log" || { fail "sshd: $(cat "$tmp/sshd.log")"; exit 1; }
for host in host1 host2; do
	# A log-in that the system forbids this user is no fault of ours.
	ssh -F "$tmp/ssh_config" "$host" true 2>"$tmp/ssh.log" ||
		skip "$user cannot log in: $(tail -n 1 "$tmp/ssh.log")"
done
# shellcheck disable=SC2016 # a variable of the host
same 'host2 is another one' 127.0.0.2 \
	"$(ssh -F "$tmp/ssh_config" host2 'echo "$SSH_CONNECTION"' | cut -d' ' -f3)"

fakedns dns -a '192.0.2.53#53' --synth bulk.test
wait_ready dns
start echo echo-server -q 192.0.2.7:7
wait_ready echo

cd "$tmp/work" || exit 1
awk -v n="$lines" 'BEGIN { for (i = 1; i <= n; i++) print (i % 100 ? "n" : "nx-") i ".bulk.test" }' >names
# records FILE... - all records of them, in an order, without what differs from run to run
records() {
	cat "$@" | sed 's/,"[a-z]*_s":[0-9.e-]*//g; s/,"tries":[0-9]*//' | sort
}
netipc resolve --json @192.0.2.53 - <names >single 2>"$tmp/err"
records single >"$tmp/want"
same 'one run has a record for each name' "$lines" "$(wc -l <"$tmp/want")"
same 'and some have no address' "$((lines / 100))" "$(grep -c '"status":"nxdomain"' "$tmp/want")"

# block NAME - the script NAME of the page, in a file of that name
page=$srcdir/docs/scale.md
block() {
	sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/{ /^\`\`\`/d; p; }" "$page" | sed "s/-c 10000/-c $messages/" >"$tmp/$1"
	[ -s "$tmp/$1" ] || { fail "no script $1 in $page"; exit 1; }
}

# answers NAME FILE... - they are what one run prints
answers() {
	_what=$1
	shift
	records "$@" >"$tmp/got"
	ok "$_what: all records, each once" cmp "$tmp/want" "$tmp/got"
}

block pipe
sh "$tmp/pipe" 2>"$tmp/err"
answers 'parallel --pipe' answers
: >answers
block shard
sh "$tmp/shard" 2>"$tmp/err"
answers 'parallel with --shard' answers
ok 'messages have the numbers of the whole list' grep -q " names:$lines: nx-$lines.bulk.test: " "$tmp/err"
# shellcheck disable=SC2016 # a variable of the host
same 'each host can do some of it' '127.0.0.1 127.0.0.2' "$(parallel --nonall --sshlogin host1,host2 \
	'echo $SSH_CONNECTION' | cut -d' ' -f3 | sort | paste -sd ' ' -)"

# A part of it is enough for what is no other machine.
head -n "$((lines / 10))" names >part && mv part names
head -n "$((lines / 10))" single >part && mv part single
records single >"$tmp/want"

awk 'BEGIN { for (i = 0; i < 60000; i++) printf "10.%d.%d.%d\n", i % 3, i / 250 % 250, i % 250 }' >addresses
netipc addr agg addresses >"$tmp/networks"
block aggregate
sh "$tmp/aggregate"
ok 'addr agg of the blocks' cmp "$tmp/networks" networks
ok 'addr agg printed something' test -s networks

block slurm
for SLURM_ARRAY_TASK_ID in 0 1 2 3; do
	export SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT=4
	sh "$tmp/slurm" 2>/dev/null
done
answers 'tasks of Slurm' answers.?
# One was ended in the middle of a line.
size=$(wc -c <answers.2)
head -c "$((size / 2 + 1))" answers.2 >part && mv part answers.2
SLURM_ARRAY_TASK_ID=2 sh "$tmp/slurm" 2>/dev/null
answers 'a task that is started again' answers.?

# The arguments are a list of JSON on one line.
args=$(sed -n 's/^ *args: //p' "$page")
completions=$(sed -n 's/^ *completions: //p' "$page")
index=0
while [ "$index" -lt "$completions" ]; do
	echo "$args" | jq -r .[] | sed "s/\$(JOB_COMPLETION_INDEX)/$index/" | tr '\n' '\0' |
		xargs -0 "$tmp/bin/netipc" 2>/dev/null
	index=$((index + 1))
done >answers
answers 'pods of Kubernetes' answers

block load
sh "$tmp/load" >report 2>"$tmp/err"
same 'a load from two hosts' "2 $messages $messages $((2 * messages))" "$(jq -s -r \
	'"\(length) \(.[0].received) \(.[1].received) \([.[].latency.n] | add)"' results)"
same 'its report' "192.0.2.7:7: $((2 * messages)) messages returned" "$(sed -n '1s/,.*//p' report)"
netipc echo-client --merge --json --save=merged results >summary
same 'its record' "$((2 * messages)) $((2 * messages)) 16 0" \
	"$(jq -r '"\(.sent) \(.received) \(.connections) \(.missing)"' summary)"
same 'its buckets are the sums' "$(jq -sc '[.[].latency.buckets[]] | group_by(.[0]) |
	map([.[0][0], (map(.[1]) | add)])' results)" "$(jq -c .latency.buckets merged)"
netipc echo-client --load -n 16 -c "$((2 * messages))" --save=single 192.0.2.7 7 >/dev/null
counted='[.sent, .received, .connections, .bytes_out, .bytes_in, .missing, .different, .latency.n]'
same 'its counts are those of a single run' "$(jq -c "$counted" single)" "$(jq -c "$counted" merged)"
done_testing
