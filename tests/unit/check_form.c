/* SPDX-License-Identifier: MIT */
#include "net/form.h"

#include <string.h>

#include "unit.h"

/* What a text is read as, and what it is in canonical form. */
static const struct {
	const char *in;
	enum form form;
	const char *canon;
} reads[] = {
	{ "192.0.2.1", FORM_TEXT, "192.0.2.1" },
	{ "192.0.2.1:80", FORM_TEXT, "192.0.2.1:80" },
	{ "2001:DB8:0::1", FORM_TEXT, "2001:db8::1" },
	{ "[2001:DB8::1]:443", FORM_TEXT, "[2001:db8::1]:443" },
	{ "fe80::1%eth0", FORM_TEXT, "fe80::1%eth0" },
	{ "[fe80::1%eth-0]:22", FORM_TEXT, "[fe80::1%eth-0]:22" },
	{ "fe80::1%eth0/64", FORM_TEXT, "fe80::1%eth0/64" },
	{ "192.0.2.5/24", FORM_TEXT, "192.0.2.5/24" },
	{ "192.0.2.0/255.255.255.0", FORM_TEXT, "192.0.2.0/24" },
	{ "192.0.2.0 0.0.0.255", FORM_TEXT, "192.0.2.0/24" },
	{ "192.0.2.1-192.0.2.9", FORM_TEXT, "192.0.2.1-192.0.2.9" },
	{ "192.0.2.1+9", FORM_TEXT, "192.0.2.1-192.0.2.9" },
	{ "ip6:2001:DB8::/32", FORM_TEXT, "2001:db8::/32" },
	{ "ip4:192.0.2.1", FORM_TEXT, "192.0.2.1" },
	{ "0xC0000201", FORM_HEX, "192.0.2.1" },
	{ "0x20010db8000000000000000000000001", FORM_HEX, "2001:db8::1" },
	{ "0xc0000200/24", FORM_HEX, "192.0.2.0/24" },
	{ "0xc0000201-0xc0000209", FORM_HEX, "192.0.2.1-192.0.2.9" },
	{ "0b11000000000000000000001000000001", FORM_BIN, "192.0.2.1" },
	{ "11000000.00000000.00000010.00000001", FORM_BIN, "192.0.2.1" },
	{ "11000000.00000000.00000010.00000000/24", FORM_BIN, "192.0.2.0/24" },
	{ "1.2.0.192.in-addr.arpa", FORM_ARPA, "192.0.2.1" },
	{ "1.2.0.192.IN-ADDR.ARPA.", FORM_ARPA, "192.0.2.1" },
	{ "2.0.192.in-addr.arpa", FORM_ARPA, "192.0.2.0/24" },
	{ "in-addr.arpa", FORM_ARPA, "0.0.0.0/0" },
	{ "8.b.d.0.1.0.0.2.ip6.arpa", FORM_ARPA, "2001:db8::/32" },
	{ "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", FORM_ARPA,
	  "2001:db8::567:89ab" },
	{ "00:00:5e:00:53:01", FORM_MAC, "fe80::200:5eff:fe00:5301" },
	{ "00-00-5E-00-53-01", FORM_MAC, "fe80::200:5eff:fe00:5301" },
	{ "0000.5e00.5301", FORM_MAC, "fe80::200:5eff:fe00:5301" },
	{ "0:0:5e:0:53:1", FORM_MAC, "fe80::200:5eff:fe00:5301" },
	{ "02-00-5e-10-00-00-00-01", FORM_EUI64, "fe80::5e10:0:1" },
	{ "00:00:5e:00:53:01:02:03", FORM_TEXT, "::5e:0:53:1:2:3" },
	{ "02 00 00 50 c0 00 02 01 00 00 00 00 00 00 00 00", FORM_SOCKADDR, "192.0.2.1:80" },
	{ "00 02 00 50 c0 00 02 01 00 00 00 00 00 00 00 00", FORM_SOCKADDR, "192.0.2.1:80" },
	{ "10 02 00 50 c0 00 02 01 00 00 00 00 00 00 00 00", FORM_SOCKADDR, "192.0.2.1:80" },
	{ "02 00 00 00 c0 00 02 01", FORM_SOCKADDR, "192.0.2.1" },
	{ "0a 00 01 bb 00 00 00 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 02 00 00 00",
	  FORM_SOCKADDR, "[fe80::1%2]:443" },
	{ "00 0a 01 bb 00 00 00 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 02",
	  FORM_SOCKADDR, "[fe80::1%2]:443" },
	{ "1c 1e 01 bb 00 00 00 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 02 00 00 00",
	  FORM_SOCKADDR, "[fe80::1%2]:443" },
	{ "01 00 2f 72 75 6e 00", FORM_SOCKADDR, "unix:/run" },
	{ "01 00 00 6e 61 6d 65", FORM_SOCKADDR, "unix:@name" },
	{ "{ .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(0xc0000201) }",
	  FORM_C, "192.0.2.1:80" },
	{ "(struct sockaddr_in){.sin_addr={htonl(0xC0000201)},.sin_family=AF_INET};", FORM_C,
	  "192.0.2.1" },
	{ "{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"192.0.2.1\")}", FORM_C,
	  "192.0.2.1:80" },
	{ "{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
	  "inet_pton(AF_INET6, \"fe80::1\", &sin6_addr), "
	  "sin6_scope_id=if_nametoindex(\"eth0\")}",
	  FORM_C, "[fe80::1%eth0]:443" },
	{ "{sa_family=AF_UNIX, sun_path=\"/run/AF_INET\"}", FORM_C, "unix:/run/AF_INET" },
	{ "{sa_family=AF_UNIX, sun_path=@\"a\\\"\\x2fb\\57\"}", FORM_C, "unix:@a\"/b/" },
	{ "{ .sun_family = AF_UNIX, .sun_path = \"\\000name\" }", FORM_C, "unix:@name" },
	{ "{sa_family=AF_UNIX, sun_path=\"@x\"}", FORM_C, "unix:./@x" },
	{ "{sa_family=AF_UNIX, sun_path=\"/a\\\\\\qb\"}", FORM_C, "unix:/a\\qb" },
	{ "unix:/run/a-b", FORM_UNIX, "unix:/run/a-b" },
	{ "unix:@abstract", FORM_UNIX, "unix:@abstract" },
	{ "http://192.0.2.1/", FORM_URL, "192.0.2.1" },
	{ "https://user:pw@[2001:DB8::1]:8443/a@b?c#d", FORM_URL, "[2001:db8::1]:8443" },
	{ "http://[fe80::1%25eth0]:80/", FORM_URL, "[fe80::1%eth0]:80" },
	{ "http://[fe80::1%eth0]", FORM_URL, "fe80::1%eth0" },
	{ "redis://192.0.2.1:", FORM_URL, "192.0.2.1" },
};

static void canon(struct buf *b, const struct form_value *v)
{
	struct err err;

	b->len = 0;
	ck_assert_int_eq(form_write(b, v, FORM_CANON, &err), 0);
}

START_TEST(reads_every_form)
{
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++) {
		const char *in = reads[i].in;
		struct buf b = { 0 };
		struct form_value v;
		struct err err;

		ck_assert_msg(form_read(&v, FORM_AUTO, 0, in, strlen(in), &err) == 0, "%s: %s", in,
			      err.text);
		ck_assert_msg(v.form == reads[i].form, "%s: read as %s", in, form_name(v.form));
		canon(&b, &v);
		ck_assert_str_eq(buf_str(&b), reads[i].canon);
		/* Who names the form gets the same. */
		ck_assert_msg(form_read(&v, reads[i].form, 0, in, strlen(in), &err) == 0, "%s: %s",
			      in, err.text);
		canon(&b, &v);
		ck_assert_str_eq(buf_str(&b), reads[i].canon);
		buf_fini(&b);
	}
}
END_TEST

/* What only its reader takes, and what FLAGS change. */
START_TEST(reads_by_name)
{
	static const struct {
		enum form form;
		unsigned flags;
		const char *in, *canon;
	} rows[] = {
		{ FORM_INT, 0, "3221225985", "192.0.2.1" },
		{ FORM_INT, 0, "0", "0.0.0.0" },
		{ FORM_INT, 0, "4294967295", "255.255.255.255" },
		{ FORM_INT, 0, "4294967296", "::1:0:0" },
		{ FORM_INT, 0, "340282366920938463463374607431768211455",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ FORM_INT, FORM_NUMBER_6, "1", "::1" },
		{ FORM_INT, FORM_NUMBER_4, "1", "0.0.0.1" },
		{ FORM_INT, 0, "3221225984/24", "192.0.2.0/24" },
		{ FORM_INT, 0, "3221225984-3221225985", "192.0.2.0-192.0.2.1" },
		{ FORM_HEX, 0, "c0000201", "192.0.2.1" },
		{ FORM_HEX, FORM_NUMBER_6, "0x1", "::1" },
		{ FORM_HEX, FORM_NUMBER_4, "7f", "0.0.0.127" },
		{ FORM_BIN, FORM_NUMBER_4, "101", "0.0.0.5" },
		{ FORM_MAC, 0, "00:00:5e:ff:fe:00:53:01", "fe80::200:5eff:fe00:5301" },
		{ FORM_SOCKADDR, 0, "02000050c0000201", "192.0.2.1:80" },
		{ FORM_SOCKADDR, 0, "\\x02\\x00\\x00\\x50\\xc0\\x00\\x02\\x01", "192.0.2.1:80" },
		{ FORM_SOCKADDR, 0, "0x02, 0x00, 0x00,0x50,0xc0,0x00,0x02,0x01", "192.0.2.1:80" },
		{ FORM_LEGACY, 0, "010.0.0.1", "8.0.0.1" },
		{ FORM_LEGACY, 0, "192.0.2.1", "192.0.2.1" },
		{ FORM_AUTO, FORM_TAKE_LEGACY, "1.2.3", "1.2.0.3" },
		{ FORM_AUTO, FORM_TAKE_LEGACY, "2130706433", "127.0.0.1" },
		{ FORM_AUTO, FORM_TAKE_LEGACY, "0x7f.1:80", "127.0.0.1:80" },
		{ FORM_AUTO, FORM_TAKE_LEGACY, "010.0.0.0/8", "8.0.0.0/8" },
		{ FORM_AUTO, FORM_TAKE_LEGACY, "010.0.0.1-010.0.0.9", "8.0.0.1-8.0.0.9" },
		{ FORM_AUTO, FORM_TAKE_LEGACY, "http://0x7f.1/", "127.0.0.1" },
		{ FORM_CANON, 0, "2001:db8::/32", "2001:db8::/32" },
		{ FORM_FULL, 0, "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *in = rows[i].in;
		struct buf b = { 0 };
		struct form_value v;
		struct err err;

		ck_assert_msg(form_read(&v, rows[i].form, rows[i].flags, in, strlen(in), &err) == 0,
			      "%s: %s", in, err.text);
		canon(&b, &v);
		ck_assert_str_eq(buf_str(&b), rows[i].canon);
		buf_fini(&b);
	}
}
END_TEST

#define TWENTY "12345678901234567890"
#define LONG   TWENTY TWENTY TWENTY TWENTY TWENTY

static const struct {
	enum form form;
	unsigned flags;
	const char *in, *reason;
} refusals[] = {
	{ FORM_AUTO, 0, "", "it is empty" },
	{ FORM_AUTO, 0, "example.org", "neither a digit nor a colon (column 1)" },
	{ FORM_AUTO, 0, "1.2.3",
	  "3 octets instead of four (column 6); inet_aton reads "
	  "1.2.0.3, others read 1.2.3.0; --legacy takes the first" },
	{ FORM_AUTO, 0, "010.0.0.1",
	  "some read as octal (column 1); inet_aton reads 8.0.0.1, others read 10.0.0.1; "
	  "--legacy takes the first" },
	{ FORM_AUTO, 0, "2130706433", "; inet_aton reads 127.0.0.1; --legacy takes it" },
	{ FORM_AUTO, 0, "0x7f000001.", "where a dot should be" },
	{ FORM_AUTO, 0, "http://0x7f.1/", "; inet_aton reads 127.0.0.1; --legacy takes" },
	{ FORM_AUTO, 0, "010.0.0.0/8",
	  "(column 1); inet_aton reads 8.0.0.0, others read "
	  "10.0.0.0; --legacy takes the first" },
	{ FORM_AUTO, 0, "0x7f.1:80", "; inet_aton reads 127.0.0.1; --legacy takes it" },
	{ FORM_AUTO, FORM_TAKE_LEGACY, "256.1.1.1", "octet 256 is over 255 (column 1)" },
	{ FORM_AUTO, FORM_TAKE_LEGACY, "12345::1", "more than four digits (column 5)" },
	{ FORM_AUTO, FORM_TAKE_LEGACY, "1.2.3/33",
	  "the length is not a number from 0 to 32 (column 7)" },
	{ FORM_AUTO, FORM_TAKE_LEGACY, "010.0.0.9-010.0.0.1", "it ends before it begins" },
	{ FORM_AUTO, 0, "192.0.2.0/33", "length 33 is over 32 (column 11)" },
	{ FORM_AUTO, 0, "fe80::%lo/129", "from 0 to 128 (column 11)" },
	{ FORM_AUTO, 0, "fe80::%lo/064", "leading zero" },
	{ FORM_AUTO, FORM_STRICT, "192.0.2.1/24", "bits behind the length" },
	{ FORM_AUTO, FORM_STRICT, "fe80::1%lo/64", "bits behind the length" },
	{ FORM_AUTO, FORM_STRICT, "0xc0000201/24", "bits behind the length" },
	{ FORM_INT, 0, "", "it ends where a digit should be" },
	{ FORM_INT, 0, "1x", "\"x\" where a digit should be (column 2)" },
	{ FORM_INT, 0, "-1", "ends where a digit should be (column 1)" },
	{ FORM_INT, 0, "340282366920938463463374607431768211456", "more than 128 bits" },
	{ FORM_INT, FORM_NUMBER_4, "4294967296", "over 4294967295" },
	{ FORM_INT, 0, "2-1", "it ends before it begins" },
	{ FORM_INT, 0, "1-2-3", "more than a range" },
	{ FORM_HEX, 0, "0x7f", "2 digits; IPv4 has 8, IPv6 32" },
	{ FORM_HEX, 0, "0x", "where a hexadecimal digit should be (column 2)" },
	{ FORM_BIN, 0, "11000000..00000000.00000010.00000001",
	  "\".\" where a binary digit should be (column 9)" },
	{ FORM_BIN, 0, "11000000.00000000.00000010.00000001.",
	  "\".\" where a binary digit should be (column 36)" },
	{ FORM_BIN, 0, "0b12", "\"2\" where a binary digit should be (column 4)" },
	{ FORM_ARPA, 0, "1.0.0.127", "neither in-addr.arpa nor ip6.arpa" },
	{ FORM_AUTO, 0, "xin-addr.arpa", "neither in-addr.arpa nor ip6.arpa" },
	{ FORM_AUTO, 0, "256.in-addr.arpa", "not a number from 0 to 255 (column 1)" },
	{ FORM_AUTO, 0, "01.in-addr.arpa", "leading zero (column 1)" },
	{ FORM_AUTO, 0, "1.2.3.4.5.in-addr.arpa", "more than 4 labels" },
	{ FORM_AUTO, 0, "0-31.2.0.192.in-addr.arpa", "(column 1)" },
	{ FORM_AUTO, 0, "g.ip6.arpa", "not one hexadecimal digit (column 1)" },
	{ FORM_AUTO, 0, "1..ip6.arpa", "not one hexadecimal digit (column 3)" },
	{ FORM_MAC, 0, "00:00:5e:00:53", "neither 6 nor 8 bytes" },
	{ FORM_MAC, 0, "00:00:5e:00:53:01:", "neither 6 nor 8 bytes" },
	{ FORM_SOCKADDR, 0, "ff 00", "no known family" },
	{ FORM_SOCKADDR, 0, "", "no known family" },
	{ FORM_SOCKADDR, 0, "02 00 0", "a byte is two digits (column 7)" },
	{ FORM_SOCKADDR, 0, "02 00 xx", "where a hexadecimal digit should be (column 7)" },
	{ FORM_SOCKADDR, 0, "02 00 00 50", "4 bytes; a struct sockaddr_in has 16" },
	{ FORM_SOCKADDR, 0, "0a 00 00 50", "4 bytes; a struct sockaddr_in6 has 28" },
	{ FORM_SOCKADDR, 0, "01 00", "it has no name" },
	{ FORM_C, 0, "{ AF_INET", "does not end with \"}\"" },
	{ FORM_C, 0, "{ AF_INET }", "no sin_addr" },
	{ FORM_C, 0, "{ AF_INET6 }", "neither s6_addr nor inet_pton()" },
	{ FORM_C, 0, "{ AF_UNIX }", "no sun_path" },
	{ FORM_C, 0, "{ AF_APPLETALK }", "none of AF_INET" },
	{ FORM_C, 0, "{ AF_INET, sin_addr = 1 }", "neither htonl() nor inet_addr()" },
	{ FORM_C, 0, "{ AF_INET, sin_addr=htonl(1), sin_port=80 }", "sin_port is not htons" },
	{ FORM_C, 0, "{ AF_INET, sin_addr=inet_addr(\"1.2.3\") }", "3 octets" },
	{ FORM_C, 0, "{ AF_INET6, s6_addr = { 1, 2 } }", "not 16 numbers" },
	{ FORM_C, 0, "{ AF_UNIX, sun_path = \"", "does not end with" },
	{ FORM_C, 0, "{ AF_UNIX, sun_path = \"}", "no string" },
	{ FORM_C, 0, "{ AF_INET, sin_addr=inet_addr(\"" LONG "\") }", "a string of more than" },
	{ FORM_C, 0, "{ AF_INET, sin_addr=inet_addr(\"::1\") }", "an IPv6 address" },
	{ FORM_C, 0, "{ AF_INET6, inet_pton(AF_INET6) }", "no string" },
	{ FORM_C, 0, "{ AF_INET6, inet_pton(AF_INET6, \"1::2::3\", &a) }", "\"::\"" },
	{ FORM_C, 0, "{ AF_INET6, inet_pton(AF_INET6, \"1.2.3.4\", &a) }", "an IPv4 address" },
	{ FORM_C, 0, "{ AF_INET6, inet_pton(\"::1\"), sin6_port=80 }", "sin6_port is not htons" },
	{ FORM_C, 0, "{ AF_INET6, inet_pton(\"::1\"), sin6_scope_id=eth0 }", "is no number" },
	{ FORM_C, 0, "{ AF_INET6, inet_pton(\"::1\"), sin6_scope_id=if_nametoindex(eth0) }",
	  "no string" },
	{ FORM_C, 0, "{ AF_INET6, inet_pton(\"::1\"), sin6_scope_id=if_nametoindex(\"a b\") }",
	  "no interface's name" },
	{ FORM_C, 0, "{ AF_UNIX, sun_path = \"\" }", "it has no name" },
	{ FORM_C, 0, "{ AF_UNIX, sun_path = @\"" LONG LONG "\" }", "a string of more than" },
	{ FORM_C, 0, "{ AF_UNIX, sun_path = \"" LONG "12345678\" }", "the name is too long" },
	{ FORM_UNIX, 0, "/run/x", "does not begin with \"unix:\"" },
	{ FORM_URL, 0, "192.0.2.1", "no \"scheme://\"" },
	{ FORM_AUTO, 0, "http://example.org/", "neither a digit nor a colon (column 8)" },
	{ FORM_AUTO, 0, "http://[::1/", "\"[\" without \"]\" (column 8)" },
	{ FORM_AUTO, 0, "http://[::1]x/", "no \":\" behind the address (column 13)" },
	{ FORM_AUTO, 0, "http://[1.2.3.4]/", "brackets are for IPv6" },
	{ FORM_AUTO, 0, "http://1.2.3.4:x/", "is not a number from 0 to 65535 (column 16)" },
	{ FORM_CANON, 0, "2001:DB8::1", "is not in form canon: that is 2001:db8::1" },
	{ FORM_FULL, 0, "2001:db8::1", "is not in form full: that is 2001:0db8:" },
};

START_TEST(refuses)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const char *in = refusals[i].in;
		struct form_value v;
		struct err err = { 0 };

		ck_assert_msg(form_read(&v, refusals[i].form, refusals[i].flags, in, strlen(in),
					&err) < 0,
			      "\"%s\" was taken", in);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_msg(strstr(err.text, refusals[i].reason) != NULL, "%s: %s", in, err.text);
	}
}
END_TEST

static const struct {
	const char *in;
	enum form form;
	const char *out;    /* NULL: there is none */
	const char *reason; /* then for this */
} writings[] = {
	{ "2001:db8::1", FORM_FULL, "2001:0db8:0000:0000:0000:0000:0000:0001", NULL },
	{ "[::1]:80", FORM_FULL, "[0000:0000:0000:0000:0000:0000:0000:0001]:80", NULL },
	{ "192.0.2.1:80", FORM_INT, "3221225985", NULL },
	{ "192.0.2.0/24", FORM_INT, "3221225984/24", NULL },
	{ "192.0.2.1-192.0.2.2", FORM_HEX, "0xc0000201-0xc0000202", NULL },
	{ "::1", FORM_HEX, "0x00000000000000000000000000000001", NULL },
	{ "192.0.2.1", FORM_BIN, "0b11000000000000000000001000000001", NULL },
	{ "192.0.2.1", FORM_ARPA, "1.2.0.192.in-addr.arpa", NULL },
	{ "192.0.2.0/24", FORM_ARPA, "2.0.192.in-addr.arpa", NULL },
	{ "0.0.0.0/0", FORM_ARPA, "in-addr.arpa", NULL },
	{ "2001:db8::/32", FORM_ARPA, "8.b.d.0.1.0.0.2.ip6.arpa", NULL },
	{ "192.0.2.0/25", FORM_ARPA, NULL, "a zone of in-addr.arpa is of /0" },
	{ "2001:db8::/33", FORM_ARPA, NULL, "a multiple of 4" },
	{ "192.0.2.1+2", FORM_ARPA, NULL, "it is a range" },
	{ "fe80::200:5eff:fe00:5301", FORM_MAC, "00:00:5e:00:53:01", NULL },
	{ "2001:db8::200:5eff:fe00:5301", FORM_EUI64, "00-00-5e-ff-fe-00-53-01", NULL },
	{ "2001:db8::1", FORM_EUI64, "02-00-00-00-00-00-00-01", NULL },
	{ "2001:db8::1", FORM_MAC, NULL, "no ff:fe" },
	{ "2001:db8::/64", FORM_MAC, NULL, "it is a prefix" },
	{ "192.0.2.1", FORM_MAC, NULL, "an IPv4 address has no" },
	{ "192.0.2.0/24", FORM_SOCKADDR, NULL, "192.0.2.0/24 has no form sockaddr: it is a" },
	{ "fe80::1%nosuch0", FORM_SOCKADDR, NULL, "no interface" },
	{ "192.0.2.1+2", FORM_C, NULL, "it is a range" },
	{ "192.0.2.1", FORM_C, "{ .sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201) }",
	  NULL },
	{ "[fe80::1%eth0]:80", FORM_C,
	  "{ .sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_addr.s6_addr = { 0xfe, "
	  "0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, "
	  "0x00, 0x01 }, .sin6_scope_id = if_nametoindex(\"eth0\") }",
	  NULL },
	{ "unix:/a\"b\\c\n", FORM_C, "{ .sun_family = AF_UNIX, .sun_path = \"/a\\\"b\\\\c\\012\" }",
	  NULL },
	{ "unix:/run/x", FORM_UNIX, "unix:/run/x", NULL },
	{ "unix:/run/x", FORM_INT, NULL, "it is a UNIX address" },
	{ "unix:/run/x", FORM_ARPA, NULL, "it is a UNIX address" },
	{ "unix:/run/x", FORM_MAC, NULL, "it is a UNIX address" },
	{ "192.0.2.1", FORM_UNIX, NULL, "it is no UNIX address" },
};

START_TEST(writes)
{
	for (size_t i = 0; i < ARRAY_SIZE(writings); i++) {
		const char *in = writings[i].in;
		struct buf b = { 0 };
		struct form_value v;
		struct err err;
		int rc;

		ck_assert_int_eq(form_read(&v, FORM_AUTO, 0, in, strlen(in), &err), 0);
		rc = form_write(&b, &v, writings[i].form, &err);
		ck_assert_msg((rc == 0) == (writings[i].out != NULL), "%s", in);
		if (rc == 0) {
			ck_assert_str_eq(buf_str(&b), writings[i].out);
		} else {
			ck_assert_int_eq(err.kind, ERR_NEGATIVE);
			ck_assert_uint_eq(b.len, 0);
			ck_assert_msg(strstr(err.text, writings[i].reason) != NULL, "%s", err.text);
		}
		buf_fini(&b);
	}
}
END_TEST

/* Whatever is written in a form is read again as what it was. */
START_TEST(round_trips)
{
	static const char *const values[] = {
		"0.0.0.0",
		"192.0.2.1",
		"255.255.255.255",
		"192.0.2.1:65535",
		"192.0.2.128/25",
		"10.0.0.0/8",
		"0.0.0.0-255.255.255.255",
		"::",
		"2001:db8::567:89ab",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"::ffff:192.0.2.1",
		"::/0",
		"2001:db8::/32",
		"2001:db8::/33",
		"::-::ffff",
		"[2001:db8::1]:80",
		"[fe80::1%77777]:80",
		"fe80::200:5eff:fe00:5301",
		"unix:/run/x",
		"unix:@a\001\"b",
	};
	static const struct {
		enum form form;
		bool has_port; /* and the zone */
	} ways[] = {
		{ FORM_CANON, true }, { FORM_FULL, true },     { FORM_INT, false },
		{ FORM_HEX, false },  { FORM_BIN, false },     { FORM_ARPA, false },
		{ FORM_MAC, false },  { FORM_EUI64, false },   { FORM_C, true },
		{ FORM_UNIX, true },  { FORM_SOCKADDR, true },
	};
	unsigned trips = 0;

	for (size_t i = 0; i < ARRAY_SIZE(values) * ARRAY_SIZE(ways); i++) {
		const char *in = values[i / ARRAY_SIZE(ways)];
		const enum form form = ways[i % ARRAY_SIZE(ways)].form;
		struct buf there = { 0 }, back = { 0 };
		struct form_value v, again;
		struct err err;
		bool local;
		unsigned flags;

		ck_assert_int_eq(form_read(&v, FORM_AUTO, 0, in, strlen(in), &err), 0);
		flags = v.ep.ip.family == 6 ? FORM_NUMBER_6 : FORM_NUMBER_4;
		local = v.ep.ip.family == 6 && v.ep.ip.b[0] == 0xfe;
		if (form_write(&there, &v, form, &err) < 0)
			continue;
		if ((form != FORM_MAC && form != FORM_EUI64) || local) {
			ck_assert_msg(form_read(&again, form, flags, there.data, there.len, &err) ==
					      0,
				      "%s: %s", in, err.text);
			if (!ways[i % ARRAY_SIZE(ways)].has_port) {
				v.ep.has_port = false;
				v.ep.zone[0] = '\0';
			}
			there.len = 0;
			canon(&there, &v);
			canon(&back, &again);
			ck_assert_str_eq(buf_str(&back), buf_str(&there));
			trips++;
		}
		buf_fini(&there);
		buf_fini(&back);
	}
	ck_assert_uint_gt(trips, 100);
}
END_TEST

UNIT_MAIN("form", reads_every_form, reads_by_name, refuses, writes, round_trips)
