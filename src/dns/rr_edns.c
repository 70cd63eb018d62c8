/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "dns/rr_impl.h"
#include "dns/wire_impl.h"

enum {
	NSID = 3,
	SUBNET = 8,
	EDE = 15,
};

bool rr_option_next(struct rr_option *option, const uint8_t *msg, const struct wire_edns *edns,
		    size_t *at)
{
	struct rdata r = { msg, 0, edns->options + *at, edns->options + edns->options_len };
	uint16_t n;

	if (!rr_take16(&r, &option->code) || !rr_take16(&r, &n))
		return false;
	option->len = n;
	option->data = rr_take(&r, n);
	if (!option->data)
		return false;
	*at = r.at - edns->options;
	return true;
}

/* N bits of an address, then how many of them the answer is for. */
static bool put_subnet(struct buf *b, const struct rr_option *o)
{
	const uint8_t *s = o->data;
	size_t family = o->len >= 4 ? wire_get16(s) : 0, size = family == 1 ? 4 : 16;
	struct ip ip = { .family = family == 1 ? 4 : 6 };
	char text[IP_STRLEN];

	if ((family != 1 && family != 2) || s[2] > 8 * size || o->len - 4 != ((size_t)s[2] + 7) / 8)
		return false;
	memcpy(ip.b, s + 4, o->len - 4);
	buf_printf(b, "%s/%u/%u", ip_format(&ip, text), s[2], s[3]);
	return true;
}

static bool put_error(struct buf *b, const struct rr_option *o)
{
	char word[RR_WORD];
	unsigned code;

	if (o->len < 2)
		return false;
	code = wire_get16(o->data);
	buf_printf(b, "%u", code);
	rr_word(word, RR_ERROR, code);
	if (strncmp(word, "EDE", 3) != 0)
		buf_printf(b, " (%s)", word);
	if (o->len > 2) {
		buf_adds(b, ": ");
		rr_put_quoted(b, o->data + 2, o->len - 2);
	}
	return true;
}

void rr_option_text(struct buf *b, const struct rr_option *option)
{
	if (option->code == NSID && option->len)
		rr_put_quoted(b, option->data, option->len);
	else if ((option->code != SUBNET || !put_subnet(b, option)) &&
		 (option->code != EDE || !put_error(b, option)))
		rr_put_hex(b, option->data, option->len);
}
