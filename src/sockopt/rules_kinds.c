/* SPDX-License-Identifier: MIT */
/* rules_kinds.c - the kinds of rules: each as sock_setsockopt() and its like of Linux have it */
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "sockopt/rules_impl.h"

static bool number_comes(const struct rule_facts *f, long long number, struct ruling *out)
{
	out->what = RULING_VALUE;
	out->would.type = f->asked->type;
	value_set_number(&out->would, number);
	return !value_equal(&out->would, f->asked);
}

static bool about(const struct rule_facts *f, long long number, struct ruling *out)
{
	bool other = number_comes(f, number, out);

	out->what = RULING_ABOUT;
	return other;
}

static bool refuse(struct ruling *out, int code)
{
	out->what = RULING_CODE;
	out->code = code;
	return true;
}

static bool need(struct ruling *out, int code)
{
	out->what = RULING_NEEDS;
	out->code = code;
	return true;
}

static bool tell(struct ruling *out)
{
	out->what = RULING_TELL;
	return true;
}

/* The socket is a stream, or its kind is not known. */
static bool may_stream(const struct rule_facts *f)
{
	return !f->c->kind || f->c->kind->type < 0 || f->c->kind->type == SOCK_STREAM;
}

static bool may_tcp(const struct rule_facts *f)
{
	return !f->c->kind || f->c->kind->protocol < 0 || f->c->kind->protocol == IPPROTO_TCP;
}

static bool fits_most(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return f->number > r->a && number_comes(f, r->a, out);
}

static bool fits_most_sysctl(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	long long most;

	return rule_sysctl_number(f->env, r->sysctl, &most) && f->number > most &&
	       number_comes(f, most, out);
}

static bool fits_least_or_0(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return f->number < r->a && f->number != 0 && about(f, r->a, out);
}

static bool fits_means(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return f->number == r->a && number_comes(f, r->b, out);
}

static bool fits_default(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	long long number;

	return f->number == r->a && rule_sysctl_number(f->env, r->sysctl, &number) &&
	       number_comes(f, number, out);
}

static bool fits_below(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return f->number < r->a && number_comes(f, r->b, out);
}

static bool fits_always(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return number_comes(f, r->a, out);
}

/* The limit is compared without a sign. */
static bool fits_buffer_most(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	long long most;

	return rule_sysctl_number(f->env, r->sysctl, &most) &&
	       (f->number < 0 || f->number > most) && number_comes(f, 2 * most, out);
}

static bool fits_buffer_least(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return (f->number >= 0 || r->b) && 2 * f->number < r->a && about(f, r->a, out);
}

static bool fits_buffer_full(const struct rule *r UNUSED, const struct rule_facts *f,
			     struct ruling *out)
{
	return f->number > INT_MAX / 2 && number_comes(f, INT_MAX / 2 * 2, out);
}

static bool fits_lowat_most(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	long long most;

	return may_tcp(f) && rule_sysctl_number(f->env, r->sysctl, &most) &&
	       (f->number < 0 || f->number > most / 2) && number_comes(f, most / 2, out);
}

static bool fits_tos_stream(const struct rule *r UNUSED, const struct rule_facts *f,
			    struct ruling *out)
{
	long long was;

	if (!may_stream(f) || !f->was || !value_number(f->was, &was))
		return false;
	return number_comes(f, (f->number & 0xfc) | (was & 3), out);
}

static bool fits_tos_byte(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	struct ruling stream;

	if (fits_tos_stream(r, f, &stream) && (f->number & 0xff) != (f->number & 0xfc))
		return false;
	return number_comes(f, f->number & 0xff, out);
}

struct pair {
	int32_t first, second;
};

static struct pair linger_of(const struct value *v)
{
	struct pair pair = { 0, 0 };

	if (v->len >= sizeof(pair))
		memcpy(&pair, v->bytes, sizeof(pair));
	return pair;
}

/* ON and TIME come of it. */
static bool linger_comes(struct ruling *out, int32_t on, int32_t time)
{
	const struct pair pair = { on, time };

	out->what = RULING_VALUE;
	out->would.type = VALUE_LINGER;
	out->would.len = sizeof(pair);
	memcpy(out->would.bytes, &pair, sizeof(pair));
	return true;
}

static bool fits_linger_nonzero(const struct rule *r UNUSED, const struct rule_facts *f,
				struct ruling *out)
{
	struct pair asked = linger_of(f->asked);

	return asked.first != 0 && asked.first != 1 && asked.second >= 0 &&
	       linger_comes(out, 1, asked.second);
}

static bool fits_linger_off(const struct rule *r UNUSED, const struct rule_facts *f,
			    struct ruling *out)
{
	struct pair asked = linger_of(f->asked);
	int32_t was = f->was ? linger_of(f->was).second : 0;

	return asked.first == 0 && asked.second != was && linger_comes(out, 0, was);
}

/* MAX_SCHEDULE_TIMEOUT, in seconds again and cut to an int. */
static bool fits_linger_negative(const struct rule *r UNUSED, const struct rule_facts *f,
				 struct ruling *out)
{
	struct pair asked = linger_of(f->asked);
	uint64_t hz = f->env->tick_ns ? 1000000000 / f->env->tick_ns : 1;

	if (asked.first == 0 || asked.second >= 0)
		return false;
	linger_comes(out, 1, (int32_t)(uint32_t)((uint64_t)LONG_MAX / hz));
	out->what = RULING_ABOUT;
	return true;
}

static bool time_comes(const struct rule_facts *f, int64_t ns, struct ruling *out)
{
	out->what = RULING_VALUE;
	out->would.type = f->asked->type;
	value_set_time(&out->would, ns);
	return !value_equal(&out->would, f->asked);
}

static bool fits_time_negative(const struct rule *r UNUSED, const struct rule_facts *f,
			       struct ruling *out)
{
	int64_t ns;

	return value_time(f->asked, &ns) && ns < 0 && time_comes(f, 0, out);
}

static bool fits_time_split(const struct rule *r UNUSED, const struct rule_facts *f,
			    struct ruling *out)
{
	int64_t ns;

	return value_time(f->asked, &ns) && ns < 0 && ns % 1000000000 != 0 && refuse(out, EDOM);
}

static bool fits_ticks(const struct rule *r UNUSED, const struct rule_facts *f, struct ruling *out)
{
	int64_t tick = (int64_t)f->env->tick_ns, ns;

	if (tick == 0 || !value_time(f->asked, &ns) || ns < 0 || ns > INT64_MAX - tick)
		return false;
	return time_comes(f, (ns + tick - 1) / tick * tick, out);
}

/* As secs_to_retrans() and retrans_to_secs() of net/ipv4/tcp.c. */
static bool fits_syn_backoff(const struct rule *r UNUSED, const struct rule_facts *f,
			     struct ruling *out)
{
	enum {
		RTO_MAX = 120,
		RETRIES_MAX = 255
	};
	long long timeout = 1, period = 1;

	if (f->number <= 0)
		return number_comes(f, 0, out);
	for (int n = 1; f->number > period && n < RETRIES_MAX; n++) {
		timeout = 2 * timeout < RTO_MAX ? 2 * timeout : RTO_MAX;
		period += timeout;
	}
	return number_comes(f, period, out);
}

/* What came of it, as the only sign. */
static bool came(const struct rule_facts *f, const struct value *v, struct ruling *out)
{
	if (!v)
		return false;
	out->what = RULING_VALUE;
	out->would = *v;
	return !value_equal(v, f->asked);
}

static bool fits_lower(const struct rule *r UNUSED, const struct rule_facts *f, struct ruling *out)
{
	long long got;

	return f->got && value_number(f->got, &got) && (got < f->number || f->number < 0) &&
	       came(f, f->got, out);
}

static bool fits_unchanged(const struct rule *r UNUSED, const struct rule_facts *f,
			   struct ruling *out)
{
	return f->got && came(f, f->was, out);
}

static bool fits_different(const struct rule *r UNUSED, const struct rule_facts *f,
			   struct ruling *out)
{
	return came(f, f->got, out);
}

static bool fits_range(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return (f->number < r->a || f->number > r->b) && refuse(out, EINVAL);
}

static bool fits_range_or_0(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return f->number != 0 && fits_range(r, f, out);
}

static bool fits_range_or_less1(const struct rule *r, const struct rule_facts *f,
				struct ruling *out)
{
	return f->number != -1 && fits_range(r, f, out);
}

static bool fits_tick_range(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	int64_t tick = (int64_t)f->env->tick_ns, ns;

	if (!value_time(f->asked, &ns))
		return false;
	return (ns <= 0 || f->number > r->b || (tick && (ns + tick - 1) / tick < r->a)) &&
	       refuse(out, EINVAL);
}

static bool fits_no_stream(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return f->c->kind && f->c->kind->type == SOCK_STREAM && refuse(out, r->a);
}

static bool fits_ports(const struct rule *r UNUSED, const struct rule_facts *f, struct ruling *out)
{
	long long low = f->number & 0xffff, high = f->number >> 16 & 0xffff;

	return low && high && low > high && refuse(out, EINVAL);
}

/* SYSCTL is known and lacks the bits A. */
static bool lacks_bits(const struct rule *r, const struct rule_facts *f)
{
	long long bits;

	return f->number != 0 && rule_sysctl_number(f->env, r->sysctl, &bits) && !(bits & r->a);
}

static bool fits_bit_off(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return lacks_bits(r, f) && refuse(out, r->b);
}

/* The name that F asks for is none of SYSCTL's words; false if that cannot be read. */
static bool is_no_word(const struct rule *r, const struct rule_facts *f)
{
	size_t n = strnlen((const char *)f->asked->bytes, f->asked->len);
	struct buf words = { 0 };
	bool none = rules_sysctl(&words, r->sysctl, f->env);

	for (const char *s = none ? buf_str(&words) : ""; *s && none; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		none = len != n || memcmp(s, f->asked->bytes, n) != 0;
		s += len;
	}
	buf_fini(&words);
	return none;
}

static bool fits_unknown_cc(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return is_no_word(r, f) && refuse(out, ENOENT);
}

static bool fits_forbidden_cc(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return is_no_word(r, f) && need(out, EPERM);
}

static bool fits_refused(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return f->code == r->a && refuse(out, r->a);
}

static bool fits_needs(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return (!f->is_number || f->number > r->b) && need(out, r->a);
}

static bool fits_needs_below(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return f->number < r->b && need(out, r->a);
}

static bool fits_needs_more(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	long long was;

	return f->was && value_number(f->was, &was) && f->number > was && need(out, r->a);
}

static bool fits_tell(const struct rule *r UNUSED, const struct rule_facts *f UNUSED,
		      struct ruling *out)
{
	return tell(out);
}

static bool fits_tell_tcp(const struct rule *r UNUSED, const struct rule_facts *f,
			  struct ruling *out)
{
	return f->c->kind && f->c->kind->protocol == IPPROTO_TCP && tell(out);
}

static bool fits_tell_twice(const struct rule *r UNUSED, const struct rule_facts *f,
			    struct ruling *out)
{
	long long got;

	return f->got && value_number(f->got, &got) && got == 2 * f->number && got > 0 && tell(out);
}

static bool fits_tell_nonzero(const struct rule *r UNUSED, const struct rule_facts *f,
			      struct ruling *out)
{
	return f->number != 0 && f->number != 1 && tell(out);
}

static bool fits_tell_change(const struct rule *r UNUSED, const struct rule_facts *f,
			     struct ruling *out)
{
	return f->was && f->got && !value_equal(f->was, f->got) && tell(out);
}

static bool fits_tell_linger_reset(const struct rule *r UNUSED, const struct rule_facts *f,
				   struct ruling *out)
{
	struct pair asked = linger_of(f->asked);

	return asked.first != 0 && asked.second == 0 && tell(out);
}

static bool fits_tell_no_interface(const struct rule *r UNUSED, const struct rule_facts *f,
				   struct ruling *out)
{
	char name[IF_NAMESIZE];

	return f->env->sysctls && f->number > 0 && !if_indextoname((unsigned)f->number, name) &&
	       tell(out);
}

static bool fits_tell_bit_off(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return lacks_bits(r, f) && tell(out);
}

/* NUMBER: it is for values that are one. */
static const struct {
	bool (*fits)(const struct rule *r, const struct rule_facts *f, struct ruling *out);
	bool number;
} kinds[] = {
	[RULE_MOST] = { fits_most, true },
	[RULE_MOST_SYSCTL] = { fits_most_sysctl, true },
	[RULE_LEAST_OR_0] = { fits_least_or_0, true },
	[RULE_MEANS] = { fits_means, true },
	[RULE_DEFAULT] = { fits_default, true },
	[RULE_BELOW] = { fits_below, true },
	[RULE_ALWAYS] = { fits_always, true },
	[RULE_BUFFER_MOST] = { fits_buffer_most, true },
	[RULE_BUFFER_LEAST] = { fits_buffer_least, true },
	[RULE_BUFFER_FULL] = { fits_buffer_full, true },
	[RULE_LOWAT_MOST] = { fits_lowat_most, true },
	[RULE_TOS_STREAM] = { fits_tos_stream, true },
	[RULE_TOS_BYTE] = { fits_tos_byte, true },
	[RULE_LINGER_NONZERO] = { fits_linger_nonzero, false },
	[RULE_LINGER_OFF] = { fits_linger_off, false },
	[RULE_LINGER_NEGATIVE] = { fits_linger_negative, false },
	[RULE_TIME_NEGATIVE] = { fits_time_negative, false },
	[RULE_TICKS] = { fits_ticks, false },
	[RULE_SYN_BACKOFF] = { fits_syn_backoff, true },
	[RULE_LOWER] = { fits_lower, true },
	[RULE_UNCHANGED] = { fits_unchanged, false },
	[RULE_DIFFERENT] = { fits_different, false },
	[RULE_RANGE] = { fits_range, true },
	[RULE_RANGE_OR_0] = { fits_range_or_0, true },
	[RULE_RANGE_OR_LESS1] = { fits_range_or_less1, true },
	[RULE_TICK_RANGE] = { fits_tick_range, true },
	[RULE_TIME_SPLIT] = { fits_time_split, false },
	[RULE_NO_STREAM] = { fits_no_stream, false },
	[RULE_PORTS] = { fits_ports, true },
	[RULE_BIT_OFF] = { fits_bit_off, true },
	[RULE_UNKNOWN_CC] = { fits_unknown_cc, false },
	[RULE_REFUSED] = { fits_refused, false },
	[RULE_NEEDS] = { fits_needs, false },
	[RULE_NEEDS_BELOW] = { fits_needs_below, true },
	[RULE_NEEDS_MORE] = { fits_needs_more, true },
	[RULE_FORBIDDEN_CC] = { fits_forbidden_cc, false },
	[RULE_TELL] = { fits_tell, false },
	[RULE_TELL_TCP] = { fits_tell_tcp, false },
	[RULE_TELL_TWICE] = { fits_tell_twice, true },
	[RULE_TELL_NONZERO] = { fits_tell_nonzero, true },
	[RULE_TELL_CHANGE] = { fits_tell_change, false },
	[RULE_TELL_LINGER_RESET] = { fits_tell_linger_reset, false },
	[RULE_TELL_NO_INTERFACE] = { fits_tell_no_interface, true },
	[RULE_TELL_BIT_OFF] = { fits_tell_bit_off, true },
};

bool rule_fits(const struct rule *r, const struct rule_facts *f, struct ruling *out)
{
	return (f->is_number || !kinds[r->kind].number) && kinds[r->kind].fits(r, f, out);
}
