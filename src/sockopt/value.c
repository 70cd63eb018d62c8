/* SPDX-License-Identifier: MIT */
/* value.c - the table of types, and the types that are one number */
#include "sockopt/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "sockopt/value_impl.h"

static const struct value_ops types[VALUE_TYPES];

int64_t value_load(const struct value *v)
{
	bool is_unsigned = types[v->type].is_unsigned;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (v->len) {
	case sizeof(u8): /* IP_TTL and its like give one byte if asked for less than an int */
		return v->bytes[0];
	case sizeof(u16):
		memcpy(&u16, v->bytes, sizeof(u16));
		return u16;
	case sizeof(u32):
		memcpy(&u32, v->bytes, sizeof(u32));
		return is_unsigned ? (int64_t)u32 : (int32_t)u32;
	case sizeof(u64):
		memcpy(&u64, v->bytes, sizeof(u64));
		return (int64_t)u64;
	}
	return 0;
}

void value_store(struct value *v, int64_t number)
{
	uint16_t u16 = (uint16_t)number;
	uint32_t u32 = (uint32_t)number;

	v->len = types[v->type].width;
	if (v->len == sizeof(u16))
		memcpy(v->bytes, &u16, sizeof(u16));
	else if (v->len == sizeof(u32))
		memcpy(v->bytes, &u32, sizeof(u32));
	else
		memcpy(v->bytes, &number, sizeof(number));
}

int value_bad(const char *what, const char *text, const char *wanted, struct err *err)
{
	char show[STR_SHOW];

	return err_set(err, ERR_USAGE, "%s: \"%s\" is not %s", what, str_show(show, text), wanted);
}

int value_store_checked(struct value *v, int64_t number, const char *what, const char *text,
			struct err *err)
{
	const struct value_ops *t = &types[v->type];
	unsigned bits = 8U * t->width;
	int64_t min = t->is_unsigned ? 0 : bits == 64 ? INT64_MIN : -(INT64_C(1) << (bits - 1));
	int64_t max = bits == 64     ? INT64_MAX :
		      t->is_unsigned ? (INT64_C(1) << bits) - 1 :
				       (INT64_C(1) << (bits - 1)) - 1;
	char wanted[80];

	if (number < min || number > max) {
		snprintf(wanted, sizeof(wanted), "from %" PRId64 " to %" PRId64, min, max);
		return value_bad(what, text, wanted, err);
	}
	value_store(v, number);
	return 0;
}

bool value_scan_bool(const char *text, int64_t *number)
{
	static const struct value_name words[] = {
		{ 1, "on" }, { 1, "yes" }, { 1, "true" }, { 0, "off" }, { 0, "no" }, { 0, "false" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!str_eq_nocase(words[i].name, text))
			continue;
		*number = words[i].number;
		return true;
	}
	return scan_int_all(text, number);
}

void value_text_int(struct buf *b, const struct value *v)
{
	int64_t n = value_load(v);

	if (n < 0)
		buf_addc(b, '-');
	buf_uint(b, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

static int parse_int(struct value *v, const char *what, const char *text, struct err *err)
{
	int64_t n;

	if (!scan_int_all(text, &n))
		return value_bad(what, text, "a number such as 5 or 0x10", err);
	return value_store_checked(v, n, what, text, err);
}

/* RFC 8259: above 2^53 a number would be rounded, so it is a string. */
static void json_uint(struct buf *b, const struct value *v)
{
	uint64_t n = (uint64_t)value_load(v);
	const char *quote = n < UINT64_C(1) << 53 ? "" : "\"";

	buf_printf(b, "%s%" PRIu64 "%s", quote, n, quote);
}

static void text_uint(struct buf *b, const struct value *v)
{
	buf_uint(b, (uint64_t)value_load(v));
}

static void text_hex(struct buf *b, const struct value *v)
{
	buf_adds(b, "0x");
	buf_hex(b, (uint64_t)value_load(v), 1);
}

static void text_bool(struct buf *b, const struct value *v)
{
	int64_t n = value_load(v);

	if (n == 0 || n == 1)
		buf_adds(b, n ? "on" : "off");
	else
		value_text_int(b, v);
}

static void json_bool(struct buf *b, const struct value *v)
{
	int64_t n = value_load(v);

	if (n == 0 || n == 1)
		buf_adds(b, n ? "true" : "false");
	else
		value_text_int(b, v);
}

static int parse_bool(struct value *v, const char *what, const char *text, struct err *err)
{
	int64_t n;

	if (!value_scan_bool(text, &n))
		return value_bad(what, text, "on, off or a number", err);
	return value_store_checked(v, n, what, text, err);
}

static int parse_bytes(struct value *v, const char *what, const char *text, struct err *err)
{
	uint64_t size;
	int64_t n;

	if (!scan_int_all(text, &n)) {
		if (scan_size_all(text, what, &size, err) < 0)
			return -1;
		n = (int64_t)size;
	}
	return value_store_checked(v, n, what, text, err);
}

/* SO_MAX_PACING_RATE: all ones means that there is no limit. */
static bool is_unlimited(const struct value *v)
{
	return value_load(v) == (v->len == 4 ? (int64_t)UINT32_MAX : -1);
}

static void text_rate(struct buf *b, const struct value *v)
{
	if (is_unlimited(v))
		buf_adds(b, "unlimited");
	else
		text_uint(b, v);
}

static void json_rate(struct buf *b, const struct value *v)
{
	if (is_unlimited(v))
		buf_adds(b, "\"unlimited\"");
	else
		json_uint(b, v);
}

static int parse_rate(struct value *v, const char *what, const char *text, struct err *err)
{
	if (!str_eq_nocase(text, "unlimited"))
		return parse_bytes(v, what, text, err);
	value_store(v, -1);
	return 0;
}

int64_t value_ns(int64_t n, int64_t unit)
{
	int64_t limit = INT64_MAX / unit;

	return unit * (n > limit ? limit : n < -limit ? -limit : n);
}

void value_put_secs(struct buf *b, int64_t ns)
{
	uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t rest = n % 1000000000, digit = 100000000;

	if (ns < 0)
		buf_addc(b, '-');
	buf_uint(b, n / 1000000000);
	if (rest)
		buf_addc(b, '.');
	for (; rest; rest %= digit, digit /= 10)
		buf_addc(b, (char)('0' + rest / digit));
}

/* Nanoseconds of the unit in which an option of TYPE counts. */
static int64_t unit_ns(enum value_type type)
{
	return type == VALUE_SEC ? 1000000000 : type == VALUE_MSEC ? 1000000 : 1000;
}

/* In the greatest unit that needs no fraction. */
static void text_time(struct buf *b, const struct value *v)
{
	int64_t n = value_load(v), unit = unit_ns(v->type);

	for (; n % 1000 == 0 && unit < 1000000000; n /= 1000)
		unit *= 1000;
	buf_printf(b, "%" PRId64 "%s", n, unit == 1000 ? "us" : unit == 1000000 ? "ms" : "s");
}

static void json_time(struct buf *b, const struct value *v)
{
	value_put_secs(b, value_ns(value_load(v), unit_ns(v->type)));
}

int value_scan_time(const char *text, const char *what, int64_t unit_ns, int64_t *number,
		    struct err *err)
{
	bool minus = *text == '-';
	uint64_t ns;

	if (scan_int_all(text, number))
		return 0;
	if (scan_duration_all(text + minus, what, &ns, err) < 0)
		return -1;
	if (ns % (uint64_t)unit_ns != 0)
		return value_bad(what, text,
				 unit_ns == 1000000000 ? "a number of whole seconds" :
				 unit_ns == 1000000    ? "a number of whole milliseconds" :
							 "a number of whole microseconds",
				 err);
	*number = (int64_t)(ns / (uint64_t)unit_ns) * (minus ? -1 : 1);
	return 0;
}

static int parse_time(struct value *v, const char *what, const char *text, struct err *err)
{
	int64_t n;

	if (value_scan_time(text, what, unit_ns(v->type), &n, err) < 0)
		return -1;
	return value_store_checked(v, n, what, text, err);
}

/* The high port in the upper half, the low one in the lower. */
static void text_portrange(struct buf *b, const struct value *v)
{
	uint32_t n = (uint32_t)value_load(v);

	buf_printf(b, "%" PRIu32 "-%" PRIu32, n & 0xffff, n >> 16);
}

static void json_portrange(struct buf *b, const struct value *v)
{
	uint32_t n = (uint32_t)value_load(v);

	buf_printf(b, "{\"low\":%" PRIu32 ",\"high\":%" PRIu32 "}", n & 0xffff, n >> 16);
}

static int parse_portrange(struct value *v, const char *what, const char *text, struct err *err)
{
	const char *end = text + strlen(text);
	uint64_t low, high;
	size_t n = scan_uint(text, end, UINT16_MAX, &low);

	if (n == 0 || text[n] != '-' || text + n + 1 == end ||
	    scan_uint(text + n + 1, end, UINT16_MAX, &high) != (size_t)(end - text) - n - 1)
		return value_bad(what, text, "LOW-HIGH such as 1024-2047", err);
	value_store(v, (int64_t)(high << 16 | low));
	return 0;
}

static void text_cbpf(struct buf *b, const struct value *v)
{
	int64_t n = value_load(v);

	buf_printf(b, "%" PRId64 " instruction%s", n, n == 1 ? "" : "s");
}

static int parse_void(struct value *v, const char *what, const char *text, struct err *err)
{
	if (*text)
		return parse_int(v, what, text, err);
	value_store(v, 0);
	return 0;
}

/* clang-format off */
#define NUMBER(name, c, unit, room, width, is_unsigned, text, json, parse) \
	{ name, c, unit, room, 1, width, is_unsigned, text, json, parse }
#define STRUCT(name, c, unit, room, least, stem, parse) \
	{ name, c, unit, room, least, 0, false, value_text_##stem, value_json_##stem, parse }
/* clang-format on */

static const struct value_ops types[VALUE_TYPES] = {
	[VALUE_BOOL] = NUMBER("bool", "int", NULL, 4, 4, false, text_bool, json_bool, parse_bool),
	[VALUE_INT] =
		NUMBER("int", "int", NULL, 4, 4, false, value_text_int, value_text_int, parse_int),
	[VALUE_UINT] =
		NUMBER("uint", "uint32_t", NULL, 4, 4, true, text_uint, text_uint, parse_int),
	[VALUE_UINT64] =
		NUMBER("uint64", "uint64_t", NULL, 8, 8, true, text_uint, json_uint, parse_int),
	[VALUE_HEX] = NUMBER("hex", "uint32_t", NULL, 4, 4, true, text_hex, text_uint, parse_int),
	[VALUE_COOKIE] =
		NUMBER("cookie", "uint64_t", NULL, 8, 8, true, text_hex, json_uint, parse_int),
	[VALUE_BYTES] = NUMBER("bytes", "int", "bytes", 4, 4, false, value_text_int, value_text_int,
			       parse_bytes),
	[VALUE_BYTES16] = NUMBER("bytes", "uint16_t", "bytes", 2, 2, true, value_text_int,
				 value_text_int, parse_bytes),
	[VALUE_BYTES64] =
		NUMBER("bytes", "uint64_t", "bytes", 8, 8, true, text_uint, json_uint, parse_bytes),
	[VALUE_RATE] = NUMBER("rate", "unsigned long", "bytes/s", sizeof(long), sizeof(long), true,
			      text_rate, json_rate, parse_rate),
	[VALUE_SEC] = NUMBER("seconds", "int", "s", 4, 4, false, text_time, json_time, parse_time),
	[VALUE_MSEC] =
		NUMBER("milliseconds", "int", "s", 4, 4, false, text_time, json_time, parse_time),
	[VALUE_USEC] =
		NUMBER("microseconds", "int", "s", 4, 4, false, text_time, json_time, parse_time),
	[VALUE_SOCKTYPE] = NUMBER("socktype", "int", NULL, 4, 4, false, value_text_constant,
				  value_json_constant, value_parse_constant),
	[VALUE_PROTO] = NUMBER("protocol", "int", NULL, 4, 4, false, value_text_constant,
			       value_json_constant, value_parse_constant),
	[VALUE_FAMILY] = NUMBER("family", "int", NULL, 4, 4, false, value_text_constant,
				value_json_constant, value_parse_constant),
	[VALUE_ERRNO] = NUMBER("errno", "int", NULL, 4, 4, false, value_text_constant,
			       value_json_constant, NULL),
	[VALUE_TOS] = NUMBER("tos", "int", NULL, 4, 4, false, value_text_tos, value_text_int,
			     value_parse_tos),
	[VALUE_PMTUD] = NUMBER("pmtud", "int", NULL, 4, 4, false, value_text_pmtud,
			       value_json_pmtud, value_parse_pmtud),
	[VALUE_BUFLOCK] = NUMBER("buflock", "int", NULL, 4, 4, true, value_text_bits,
				 value_json_bits, value_parse_bits),
	[VALUE_ADDRPREF] = NUMBER("addrpref", "int", NULL, 4, 4, true, value_text_bits,
				  value_json_bits, value_parse_bits),
	[VALUE_IFINDEX] = NUMBER("ifindex", "int", NULL, 4, 4, false, value_text_ifindex,
				 value_json_ifindex, value_parse_ifindex),
	[VALUE_IFINDEX_BE] = NUMBER("ifindex", "int", NULL, 4, 4, false, value_text_ifindex,
				    value_json_ifindex, value_parse_ifindex),
	[VALUE_CBPF] = NUMBER("filter", "struct sock_fprog", NULL, 0, 4, false, text_cbpf,
			      value_text_int, NULL),
	[VALUE_VOID] = NUMBER("void", "int", NULL, 4, 4, false, value_text_int, value_text_int,
			      parse_void),
	[VALUE_TIMEVAL] =
		STRUCT("timeval", "struct timeval", "s", 16, 8, timeval, value_parse_timeval),
	[VALUE_TIMEVAL64] = STRUCT("timeval", "struct __kernel_sock_timeval", "s", 16, 16, timeval,
				   value_parse_timeval),
	[VALUE_LINGER] = STRUCT("linger", "struct linger", NULL, 8, 8, linger, value_parse_linger),
	[VALUE_PORTRANGE] = NUMBER("portrange", "uint32_t", NULL, 4, 4, true, text_portrange,
				   json_portrange, parse_portrange),
	[VALUE_TSTAMPING] = STRUCT("timestamping", "struct so_timestamping", NULL, 8, 4, tstamping,
				   value_parse_tstamping),
	[VALUE_TXTIME] =
		STRUCT("txtime", "struct sock_txtime", NULL, 8, 8, txtime, value_parse_txtime),
	[VALUE_UCRED] = STRUCT("ucred", "struct ucred", NULL, 12, 12, ucred, NULL),
	[VALUE_GIDS] = STRUCT("gids", "gid_t[]", NULL, VALUE_MAX, 0, gids, NULL),
	[VALUE_MEMINFO] = STRUCT("meminfo", "uint32_t[9]", NULL, 64, 4, meminfo, NULL),
	[VALUE_TCPINFO] = STRUCT("tcp_info", "struct tcp_info", NULL, 512, 8, tcpinfo, NULL),
	[VALUE_IN_ADDR] =
		STRUCT("in_addr", "struct in_addr", NULL, 4, 4, in_addr, value_parse_in_addr),
	[VALUE_SOCKADDR] = STRUCT("sockaddr", "struct sockaddr", NULL, 16, 2, sockaddr, NULL),
	[VALUE_IFNAME] = STRUCT("ifname", "char[16]", NULL, 16, 0, str, value_parse_str),
	[VALUE_STR] = STRUCT("string", "char[]", NULL, 256, 0, str, value_parse_str),
	[VALUE_RAW] = STRUCT("hex", "bytes", NULL, VALUE_MAX, 0, raw, value_parse_raw),
	[VALUE_OPAQUE] = STRUCT("struct", "struct", NULL, 0, 0, raw, NULL),
	[VALUE_SECRET] = STRUCT("secret", "struct", NULL, 0, 0, raw, NULL),
};

const char *value_type_name(enum value_type type)
{
	return types[type].name;
}

const char *value_type_c(enum value_type type)
{
	return types[type].c_type;
}

const char *value_type_unit(enum value_type type)
{
	return types[type].unit;
}

bool value_type_parses(enum value_type type)
{
	return types[type].parse != NULL;
}

size_t value_room(enum value_type type)
{
	return types[type].room;
}

void value_got(struct value *v, size_t len)
{
	if (v->type == VALUE_CBPF) /* asked with no room, the kernel returns how many there are */
		value_store(v, (int64_t)len);
	else
		v->len = len < VALUE_MAX ? len : VALUE_MAX;
}

/* The bytes of V are what its type expects. */
static bool is_sound(const struct value *v)
{
	const struct value_ops *t = &types[v->type];

	if (t->width)
		return v->len == 1 || v->len == 2 || v->len == 4 || v->len == 8;
	return v->len >= t->least;
}

void value_text(struct buf *b, const struct value *v)
{
	(is_sound(v) ? types[v->type].text : value_text_raw)(b, v);
}

void value_json(struct buf *b, const struct value *v)
{
	(is_sound(v) ? types[v->type].json : value_json_raw)(b, v);
}

int value_parse(struct value *v, enum value_type type, const char *what, const char *text,
		struct err *err)
{
	v->type = type;
	v->len = 0;
	if (!types[type].parse)
		return err_set(err, ERR_USAGE, "%s takes a %s, which cannot be written", what,
			       types[type].c_type);
	return types[type].parse(v, what, text, err);
}

bool value_number(const struct value *v, long long *number)
{
	if (!types[v->type].width || !is_sound(v))
		return false;
	*number = value_load(v);
	return true;
}

static bool is_timeval(enum value_type type)
{
	return type == VALUE_TIMEVAL || type == VALUE_TIMEVAL64;
}

bool value_time(const struct value *v, int64_t *ns)
{
	bool is_number = v->type == VALUE_SEC || v->type == VALUE_MSEC || v->type == VALUE_USEC;

	if ((!is_number && !is_timeval(v->type)) || !is_sound(v))
		return false;
	*ns = is_number ? value_ns(value_load(v), unit_ns(v->type)) : value_timeval_ns(v);
	return true;
}

void value_set_time(struct value *v, int64_t ns)
{
	if (!is_timeval(v->type))
		value_store(v, ns / unit_ns(v->type));
	else if (value_set_timeval(v, ns / 1000) < 0)
		v->len = 0; /* none can be set that far */
}

/* Byte I of V; what lies behind its end is 0, as a kernel with a longer struct has it. */
static unsigned char byte(const struct value *v, size_t i)
{
	return i < v->len ? v->bytes[i] : 0;
}

bool value_equal(const struct value *a, const struct value *b)
{
	long long x, y;

	if (a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0)
		return true;
	if (value_number(a, &x) && value_number(b, &y))
		return a->type == VALUE_BOOL ? (x != 0) == (y != 0) : x == y;
	if (a->type == VALUE_STR || a->type == VALUE_IFNAME) {
		size_t n = strnlen((const char *)a->bytes, a->len);

		return n == strnlen((const char *)b->bytes, b->len) &&
		       memcmp(a->bytes, b->bytes, n) == 0;
	}
	for (size_t i = 0; i < a->len || i < b->len; i++)
		if (byte(a, i) != byte(b, i))
			return false;
	return true;
}

void value_set_number(struct value *v, long long number)
{
	value_store(v, number);
}
