/* SPDX-License-Identifier: MIT */
/* value_struct.c - the types that are structs, strings or bytes */
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/sa.h"
#include "sockopt/value_impl.h"

/* Number I of an array of 32-bit numbers. */
static uint32_t word(const struct value *v, size_t i)
{
	uint32_t n;

	memcpy(&n, v->bytes + i * sizeof(n), sizeof(n));
	return n;
}

static void set_words(struct value *v, uint32_t first, uint32_t second)
{
	memcpy(v->bytes, &first, sizeof(first));
	memcpy(v->bytes + sizeof(first), &second, sizeof(second));
	v->len = sizeof(first) + sizeof(second);
}

/* libc's struct timeval, the kernel's with 64 bits, or that of a 32-bit kernel. */
int64_t value_timeval_ns(const struct value *v)
{
	int64_t pair[2], seconds, rest;
	struct timeval tv;

	if (v->type == VALUE_TIMEVAL && v->len == sizeof(tv)) {
		memcpy(&tv, v->bytes, sizeof(tv));
		pair[0] = tv.tv_sec;
		pair[1] = tv.tv_usec;
	} else if (v->len >= sizeof(pair)) {
		memcpy(pair, v->bytes, sizeof(pair));
	} else {
		pair[0] = (int32_t)word(v, 0);
		pair[1] = (int32_t)word(v, 1);
	}
	seconds = value_ns(pair[0], 1000000000);
	rest = value_ns(pair[1], 1000);
	if (rest > 0 ? seconds > INT64_MAX - rest : seconds < INT64_MIN - rest)
		return seconds; /* no time that a kernel would give */
	return seconds + rest;
}

void value_text_timeval(struct buf *b, const struct value *v)
{
	value_put_secs(b, value_timeval_ns(v));
	buf_addc(b, 's');
}

void value_json_timeval(struct buf *b, const struct value *v)
{
	value_put_secs(b, value_timeval_ns(v));
}

int value_set_timeval(struct value *v, int64_t us)
{
	int64_t pair[2] = { us / 1000000, us % 1000000 };
	struct timeval tv;

	if (v->type == VALUE_TIMEVAL64) {
		memcpy(v->bytes, pair, sizeof(pair));
		v->len = sizeof(pair);
		return 0;
	}
	memset(&tv, 0, sizeof(tv));
	tv.tv_sec = (time_t)pair[0];
	tv.tv_usec = (suseconds_t)pair[1];
	memcpy(v->bytes, &tv, sizeof(tv));
	v->len = sizeof(tv);
	return tv.tv_sec == pair[0] ? 0 : -1;
}

int value_parse_timeval(struct value *v, const char *what, const char *text, struct err *err)
{
	bool minus = *text == '-';
	uint64_t ns;

	if (scan_duration_all(text + minus, what, &ns, err) < 0)
		return -1;
	if (ns % 1000) /* rounded to 0 it would mean no time-out at all */
		return value_bad(what, text, "a whole number of microseconds", err);
	if (value_set_timeval(v, (int64_t)(ns / 1000) * (minus ? -1 : 1)) < 0)
		return value_bad(what, text, "a time that this system can hold", err);
	return 0;
}

void value_text_linger(struct buf *b, const struct value *v)
{
	buf_printf(b, "{%" PRId32 ",%" PRId32 "s}", (int32_t)word(v, 0), (int32_t)word(v, 1));
}

void value_json_linger(struct buf *b, const struct value *v)
{
	buf_printf(b, "{\"onoff\":%s,\"linger_s\":%" PRId32 "}", word(v, 0) ? "true" : "false",
		   (int32_t)word(v, 1));
}

/*
 * Takes "{FIRST,SECOND}" apart, the braces may be left out, into WORDS of 24 bytes.
 * False if it is not so.
 */
static bool scan_pair(const char *text, char words[2][24])
{
	size_t n = strlen(text), first;

	if (n >= 2 && text[0] == '{' && text[n - 1] == '}') {
		text++;
		n -= 2;
	}
	first = strcspn(text, ",");
	if (first >= n || first >= 24 || n - first - 1 >= 24)
		return false;
	memcpy(words[0], text, first);
	words[0][first] = '\0';
	memcpy(words[1], text + first + 1, n - first - 1);
	words[1][n - first - 1] = '\0';
	return true;
}

int value_parse_linger(struct value *v, const char *what, const char *text, struct err *err)
{
	static const char wanted[] = "off or ON,TIME such as 1,5s (whole seconds)";
	char words[2][24];
	int64_t on, time;

	if (value_scan_bool(text, &on) && on == 0) {
		set_words(v, 0, 0);
		return 0;
	}
	if (!scan_pair(text, words) || !value_scan_bool(words[0], &on))
		return value_bad(what, text, wanted, err);
	if (value_scan_time(words[1], what, 1000000000, &time, err) < 0)
		return value_bad(what, text, wanted, err);
	if (on != (int32_t)on || time != (int32_t)time)
		return value_bad(what, text, wanted, err);
	set_words(v, (uint32_t)on, (uint32_t)time);
	return 0;
}

void value_text_txtime(struct buf *b, const struct value *v)
{
	buf_printf(b, "{%" PRId32 ",0x%" PRIx32 "}", (int32_t)word(v, 0), word(v, 1));
}

void value_json_txtime(struct buf *b, const struct value *v)
{
	buf_printf(b, "{\"clockid\":%" PRId32 ",\"flags\":%" PRIu32 "}", (int32_t)word(v, 0),
		   word(v, 1));
}

int value_parse_txtime(struct value *v, const char *what, const char *text, struct err *err)
{
	char words[2][24];
	int64_t clock, flags;

	if (!scan_pair(text, words) || !scan_int_all(words[0], &clock) ||
	    !scan_int_all(words[1], &flags) || clock != (int32_t)clock ||
	    flags != (int64_t)(uint32_t)flags)
		return value_bad(what, text, "CLOCKID,FLAGS such as 1,0x0", err);
	set_words(v, (uint32_t)clock, (uint32_t)flags);
	return 0;
}

/* Before Linux 5.14 an int, the flags; since then the index of a clock behind it. */
static uint32_t clock_index(const struct value *v)
{
	return v->len >= 8 ? word(v, 1) : 0;
}

void value_text_tstamping(struct buf *b, const struct value *v)
{
	buf_printf(b, "0x%" PRIx32, word(v, 0));
	if (clock_index(v))
		buf_printf(b, " (clock %" PRId32 ")", (int32_t)clock_index(v));
}

void value_json_tstamping(struct buf *b, const struct value *v)
{
	buf_printf(b, "{\"flags\":%" PRIu32 ",\"bind_phc\":%" PRId32 "}", word(v, 0),
		   (int32_t)clock_index(v));
}

int value_parse_tstamping(struct value *v, const char *what, const char *text, struct err *err)
{
	int64_t flags;

	if (!scan_int_all(text, &flags) || flags != (int64_t)(uint32_t)flags)
		return value_bad(what, text, "a number of SOF_TIMESTAMPING flags", err);
	set_words(v, (uint32_t)flags, 0);
	return 0;
}

void value_text_ucred(struct buf *b, const struct value *v)
{
	buf_printf(b, "{pid=%" PRId32 ",uid=%" PRId32 ",gid=%" PRId32 "}", (int32_t)word(v, 0),
		   (int32_t)word(v, 1), (int32_t)word(v, 2));
}

void value_json_ucred(struct buf *b, const struct value *v)
{
	buf_printf(b, "{\"pid\":%" PRId32 ",\"uid\":%" PRId32 ",\"gid\":%" PRId32 "}",
		   (int32_t)word(v, 0), (int32_t)word(v, 1), (int32_t)word(v, 2));
}

static void put_gids(struct buf *b, const struct value *v, char between)
{
	for (size_t i = 0; i < v->len / 4; i++) {
		if (i)
			buf_addc(b, between);
		buf_printf(b, "%" PRIu32, word(v, i));
	}
}

void value_text_gids(struct buf *b, const struct value *v)
{
	buf_addc(b, '{');
	put_gids(b, v, ',');
	buf_addc(b, '}');
}

void value_json_gids(struct buf *b, const struct value *v)
{
	buf_addc(b, '[');
	put_gids(b, v, ',');
	buf_addc(b, ']');
}

/* SK_MEMINFO_ of linux/sock_diag.h, in their order. */
static const char *const memory_names[] = {
	"rmem_alloc_bytes",  "rcvbuf_bytes", "wmem_alloc_bytes", "sndbuf_bytes", "fwd_alloc_bytes",
	"wmem_queued_bytes", "optmem_bytes", "backlog_bytes",    "drops",
};

void value_text_meminfo(struct buf *b, const struct value *v)
{
	const char *between = "{";

	for (size_t i = 0; i < ARRAY_SIZE(memory_names) && i < v->len / 4; i++) {
		const char *name = memory_names[i], *end = strstr(name, "_bytes");

		buf_printf(b, "%s%.*s=%" PRIu32, between,
			   (int)(end ? (size_t)(end - name) : strlen(name)), name, word(v, i));
		between = ",";
	}
	buf_addc(b, '}');
}

void value_json_meminfo(struct buf *b, const struct value *v)
{
	const char *between = "{";

	for (size_t i = 0; i < ARRAY_SIZE(memory_names) && i < v->len / 4; i++) {
		buf_printf(b, "%s\"%s\":%" PRIu32, between, memory_names[i], word(v, i));
		between = ",";
	}
	buf_addc(b, '}');
}

/* What of a struct tcp_info is shown.  A time is in microseconds there. */
static const struct info_field {
	const char *key, *words;
	size_t offset, size;
	bool is_time;
	bool brief; /* in the text too */
} info_fields[] = {
#define INFO(key, words, field, is_time, brief)                                \
	{                                                                      \
		key, words, offsetof(struct tcp_info, field),                  \
			sizeof(((struct tcp_info *)0)->field), is_time, brief, \
	}
	INFO("retransmits", "retransmits now", tcpi_retransmits, false, false),
	INFO("probes", "probes unanswered", tcpi_probes, false, false),
	INFO("backoff", "back-off", tcpi_backoff, false, false),
	INFO("rto_s", "retransmit after", tcpi_rto, true, true),
	INFO("snd_mss_bytes", "sent segments", tcpi_snd_mss, false, true),
	INFO("rcv_mss_bytes", "received segments", tcpi_rcv_mss, false, false),
	INFO("unacked", "unacknowledged", tcpi_unacked, false, false),
	INFO("lost", "lost", tcpi_lost, false, false),
	INFO("retrans", "being retransmitted", tcpi_retrans, false, false),
	INFO("pmtu_bytes", "path MTU", tcpi_pmtu, false, false),
	INFO("rtt_s", "round trip", tcpi_rtt, true, true),
	INFO("rttvar_s", "its variation", tcpi_rttvar, true, false),
	INFO("snd_ssthresh", "slow start until", tcpi_snd_ssthresh, false, false),
	INFO("snd_cwnd", "congestion window", tcpi_snd_cwnd, false, true),
	INFO("total_retrans", "retransmits in all", tcpi_total_retrans, false, true),
#undef INFO
};

/* RFC 9293 section 3.3.2, numbered as Linux does. */
static const char *const tcp_states[] = {
	"unknown",    "established", "syn-sent",         "syn-received", "fin-wait-1",
	"fin-wait-2", "time-wait",   "closed",           "close-wait",   "last-ack",
	"listen",     "closing",     "new-syn-received",
};

static const char *tcp_state(const struct value *v)
{
	return tcp_states[v->bytes[0] < ARRAY_SIZE(tcp_states) ? v->bytes[0] : 0];
}

/* Field F of V; false if the kernel gave less. */
static bool info_get(const struct value *v, const struct info_field *f, uint32_t *number)
{
	if (f->offset + f->size > v->len)
		return false;
	if (f->size == 1)
		*number = v->bytes[f->offset];
	else
		memcpy(number, v->bytes + f->offset, sizeof(*number));
	return true;
}

void value_text_tcpinfo(struct buf *b, const struct value *v)
{
	uint32_t n;

	buf_adds(b, "{state=");
	buf_adds(b, tcp_state(v));
	for (size_t i = 0; i < ARRAY_SIZE(info_fields); i++) {
		const struct info_field *f = &info_fields[i];
		const char *tail = f->is_time ? strstr(f->key, "_s") : strstr(f->key, "_bytes");

		if (!f->brief || !info_get(v, f, &n))
			continue;
		buf_addc(b, ',');
		buf_add(b, f->key, tail ? (size_t)(tail - f->key) : strlen(f->key));
		buf_addc(b, '=');
		if (f->is_time)
			value_put_secs(b, n * INT64_C(1000));
		else
			buf_uint(b, n);
		if (f->is_time)
			buf_addc(b, 's');
	}
	buf_addc(b, '}');
}

void value_json_tcpinfo(struct buf *b, const struct value *v)
{
	uint32_t n;

	buf_printf(b, "{\"state\":\"%s\"", tcp_state(v));
	for (size_t i = 0; i < ARRAY_SIZE(info_fields); i++) {
		const struct info_field *f = &info_fields[i];

		if (!info_get(v, f, &n))
			continue;
		buf_printf(b, ",\"%s\":", f->key);
		if (f->is_time)
			value_put_secs(b, n * INT64_C(1000));
		else
			buf_printf(b, "%" PRIu32, n);
	}
	buf_addc(b, '}');
}

void value_lines(struct buf *b, const char *indent, const struct value *v)
{
	uint32_t n;

	if (v->type != VALUE_TCPINFO || v->len == 0)
		return;
	buf_printf(b, "%s%-20s %s\n", indent, "state", tcp_state(v));
	for (size_t i = 0; i < ARRAY_SIZE(info_fields); i++) {
		const struct info_field *f = &info_fields[i];

		if (!info_get(v, f, &n))
			continue;
		buf_printf(b, "%s%-20s ", indent, f->words);
		if (f->is_time)
			value_put_secs(b, n * INT64_C(1000));
		else
			buf_uint(b, n);
		buf_adds(b, f->is_time ? "s\n" : "\n");
	}
}

void value_text_in_addr(struct buf *b, const struct value *v)
{
	struct ip ip = { .family = 4 };
	char text[IP_STRLEN];

	memcpy(ip.b, v->bytes, 4);
	buf_adds(b, ip_format(&ip, text));
}

void value_json_in_addr(struct buf *b, const struct value *v)
{
	buf_addc(b, '"');
	value_text_in_addr(b, v);
	buf_addc(b, '"');
}

int value_parse_in_addr(struct value *v, const char *what, const char *text, struct err *err)
{
	struct ip ip;

	if (ip_parse(&ip, text, strlen(text), 0, err) < 0)
		return err_prefix(err, "%s: ", what);
	if (ip.family != 4)
		return value_bad(what, text, "an IPv4 address", err);
	memcpy(v->bytes, ip.b, 4);
	v->len = 4;
	return 0;
}

void value_text_sockaddr(struct buf *b, const struct value *v)
{
	char text[SA_STRLEN];
	struct sa sa;

	sa_from_raw(&sa, v->bytes, (socklen_t)v->len);
	buf_adds(b, sa_format(&sa, text));
}

void value_json_sockaddr(struct buf *b, const struct value *v)
{
	struct buf text = { 0 };

	value_text_sockaddr(&text, v);
	str_json(b, text.data, text.len);
	buf_fini(&text);
}

/* Without the NUL, which the kernel counts for some options. */
static size_t str_length(const struct value *v)
{
	return strnlen((const char *)v->bytes, v->len);
}

void value_text_str(struct buf *b, const struct value *v)
{
	size_t n = str_length(v);

	if (n)
		str_safe(b, (const char *)v->bytes, n);
	else
		buf_adds(b, "\"\"");
}

void value_json_str(struct buf *b, const struct value *v)
{
	str_json(b, (const char *)v->bytes, str_length(v));
}

int value_parse_str(struct value *v, const char *what, const char *text, struct err *err)
{
	size_t n = strcmp(text, "\"\"") == 0 ? 0 : strlen(text), max = value_room(v->type);

	if (n >= max || (v->type == VALUE_STR && n >= 16))
		return value_bad(what, text, "a name of at most 15 bytes", err);
	memcpy(v->bytes, text, n);
	v->bytes[n] = '\0';
	v->len = n + 1;
	return 0;
}

void value_text_raw(struct buf *b, const struct value *v)
{
	buf_adds(b, "0x");
	for (size_t i = 0; i < v->len; i++)
		buf_hex(b, v->bytes[i], 2);
}

void value_json_raw(struct buf *b, const struct value *v)
{
	buf_addc(b, '"');
	value_text_raw(b, v);
	buf_addc(b, '"');
}

int value_parse_raw(struct value *v, const char *what, const char *text, struct err *err)
{
	size_t n = strlen(text);
	bool bad = n % 2 || n < 2 || text[0] != '0' || str_lower(text[1]) != 'x' ||
		   n / 2 - 1 > VALUE_MAX;

	for (size_t i = 2; i < n && !bad; i += 2) {
		int high = str_hex_digit(text[i]), low = str_hex_digit(text[i + 1]);

		bad = high < 0 || low < 0;
		if (!bad)
			v->bytes[i / 2 - 1] = (unsigned char)(high << 4 | low);
	}
	if (bad)
		return value_bad(what, text, "bytes such as 0x0144", err);
	v->len = n / 2 - 1;
	return 0;
}
