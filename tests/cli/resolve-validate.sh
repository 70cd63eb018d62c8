#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --validate: signatures that are right, wrong, too old or missing, of the zone
# tests/data/secure.zone below the trust anchor tests/data/secure.key
. "${srcdir:?run by make check}/tests/lib.sh"
data=$srcdir/tests/data

netipc resolve --validate --anchor "$data/secure.key" @127.0.0.1#9 localhost >"$tmp/out" 2>"$tmp/err"
case $(cat "$tmp/err") in
*'built without libunbound'*)
	t "without libunbound" 2 '' \
		'netipc resolve: built without libunbound, which checks signatures (configure --with-unbound)' \
		resolve --validate www.secure.test
	done_testing
	;;
*'cannot load libunbound'*) skip "$(cat "$tmp/err")" ;;
esac

fakedns signed --zone "$data/secure.zone"
wait_ready signed
v="@$ready --validate --anchor $data/secure.key"

# shellcheck disable=SC2086 # V is a list of arguments
{
	t "signed" 0 '*' '' resolve $v www.secure.test
	if [ "$(sort "$tmp/out" | tr '\n' ' ')" = '192.0.2.1 192.0.2.2 ' ]; then
		pass "both addresses"
	else
		fail "both addresses: $(cat "$tmp/out")"
	fi
	t "by way of a CNAME" 0 '*' '' resolve $v alias.secure.test
	t "the verdict" 0 "$(printf 'secure\nsecure')" '' \
		resolve $v -H -o validated -4 --socktype stream www.secure.test
	t "no such type, signed" 1 '' '*www.secure.test: *NODATA*' resolve $v -t TXT www.secure.test
	t "no such name, signed" 1 '' '*aaa.secure.test: no such name (NXDOMAIN)' \
		resolve $v aaa.secure.test
	t "another address than the signed one" 1 '' \
		'*forged.secure.test: the answer is bogus: *signature verification failed*' \
		resolve $v -t A forged.secure.test
	t "a signature that has expired" 1 '' \
		'*old.secure.test: the answer is bogus: *signature expired*' \
		resolve $v -t A old.secure.test
	t "a signature that is missing" 1 '' '*bare.secure.test: the answer is bogus: *' \
		resolve $v -t A bare.secure.test
	t "a zone without signatures" 0 'insecure' '' \
		resolve $v -H -o validated -t A www.plain.test
	t "the same without --validate" 0 'forged.secure.test. 300 IN A 192.0.2.99' '' \
		resolve "@$ready" -t A forged.secure.test

	t "no trust anchor" 3 '' '*none.key: No such file*' \
		resolve "@$ready" --validate --anchor "$tmp/none.key" www.secure.test
	echo garbage >"$tmp/bad.key"
	t "a trust anchor that is none" 3 '' "*libunbound does not take the trust anchor $tmp/bad.key" \
		resolve "@$ready" --validate --anchor "$tmp/bad.key" www.secure.test
}
done_testing
