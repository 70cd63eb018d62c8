/* SPDX-License-Identifier: MIT */
/*
 * fuzz_scan.c - numbers, durations, sizes and shares in the text of a user
 *
 * A number is what strtoull(3) and strtoll(3) make of it, a duration and a share what floating
 * point comes to, and each value that is written in its smallest unit is read as itself.
 */
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "echo/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_error(const struct err *err)
{
	require(err->kind == ERR_USAGE && *err->text);
}

static void check_uint(const char *text)
{
	struct err err = { 0 };
	uint64_t value = 77, want;
	char *end;

	errno = 0;
	want = strtoull(text, &end, 10);
	if (scan_uint_all(text, "X", 0, UINT64_MAX, &value, &err) < 0) {
		check_error(&err);
		require(!str_is_digit(*text) || *end || errno == ERANGE);
		require(value == 77);
		return;
	}
	require(str_is_digit(*text) && !*end && errno == 0 && value == want);
	require(scan_uint_all(text, "X", value, value, &want, &err) == 0 && want == value);
	require(value == 0 || scan_uint_all(text, "X", 0, value - 1, &want, &err) < 0);
	require(value == UINT64_MAX ||
		scan_uint_all(text, "X", value + 1, UINT64_MAX, &want, &err) < 0);
}

static void check_hex(const char *text)
{
	size_t digits = strspn(text, "0123456789abcdefABCDEF");
	uint64_t value = 77;
	size_t n = scan_hex(text, text + strlen(text), UINT64_MAX, &value);

	errno = 0;
	if (n == 0) {
		require(value == 77);
		require(digits == 0 || (strtoull(text, NULL, 16) == ULLONG_MAX && errno == ERANGE));
	} else {
		char *copy = xstrndup(text, n);

		require(n == digits && strtoull(copy, NULL, 16) == value && errno == 0);
		free(copy);
	}
}

static void check_int(const char *text)
{
	const char *s = text + (*text == '-');
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	int64_t value = 77;
	char *end;
	long long want;

	errno = 0;
	want = strtoll(text, &end, hex ? 16 : 10);
	if (scan_int_all(text, &value))
		require(!*end && errno == 0 && value == want);
	else
		require(value == 77 && (!str_is_digit(*s) || *end || errno == ERANGE));
}

/* What the bytes are in floating point, up to their unit, which is END. */
static long double number(const char *text, const char **end)
{
	char *digits = xstrndup(text, strspn(text, "0123456789."));
	long double value = strtold(digits, NULL);

	*end = text + strlen(digits);
	free(digits);
	return value;
}

/* A fraction of a unit has at most nine digits that count. */
static bool near(long double a, long double b, long double unit)
{
	return fabsl(a - b) <= 1 + unit / 1e9L + fabsl(a) * 8 * DBL_EPSILON;
}

static void check_duration(const char *text)
{
	static const struct {
		const char *name;
		long double ns;
	} units[] = { { "ns", 1 },  { "us", 1e3L }, { "ms", 1e6L },   { "s", 1e9L },
		      { "", 1e9L }, { "m", 6e10L }, { "h", 3.6e12L }, { "d", 8.64e13L } };
	struct err err = { 0 };
	uint64_t ns, again;
	const char *unit;
	long double want;
	char shown[32];
	size_t i = 0;

	if (scan_duration_all(text, "X", &ns, &err) < 0) {
		check_error(&err);
		return;
	}
	want = number(text, &unit);
	while (strcmp(units[i].name, unit) != 0)
		require(++i < ARRAY_SIZE(units));
	require(ns <= INT64_MAX && near(want * units[i].ns, (long double)ns, units[i].ns));
	snprintf(shown, sizeof(shown), "%" PRIu64 "ns", ns);
	require(ns == INT64_MAX ||
		(scan_duration_all(shown, "X", &again, &err) == 0 && again == ns));
}

static void check_size(const char *text)
{
	struct err err = { 0 };
	uint64_t bytes, again;
	char shown[32];
	char *end;

	if (scan_size_all(text, "X", &bytes, &err) < 0) {
		check_error(&err);
		return;
	}
	errno = 0;
	again = strtoull(text, &end, 10);
	require(errno == 0 && strspn(end, "kKmMgGtT") == strlen(end) && strlen(end) < 2);
	for (const char *u = "kmgt"; *end && *u != str_lower(*end); u++)
		again *= 1024;
	again *= *end ? 1024 : 1;
	require(again == bytes && bytes <= INT64_MAX);
	snprintf(shown, sizeof(shown), "%" PRIu64, bytes);
	require(scan_size_all(shown, "X", &again, &err) == 0 && again == bytes);
}

static void check_share(const char *text)
{
	uint32_t share = 77, again;
	const char *behind;
	long double want;
	char shown[32];

	if (!fault_share(text, &share)) {
		require(share == 77);
		return;
	}
	require(share <= FAULT_WHOLE);
	want = number(text, &behind) * FAULT_WHOLE;
	if (*behind == '%')
		want /= 100;
	else if (*behind == '/')
		want /= strtold(behind + 1, NULL);
	require(fabsl(want - share) <= 2);
	snprintf(shown, sizeof(shown), "%u/%u", (unsigned)share, (unsigned)FAULT_WHOLE);
	require(fault_share(shown, &again) && again == share);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	check_uint(text);
	check_hex(text);
	check_int(text);
	check_duration(text);
	check_size(text);
	check_share(text);
	free(text);
	return 0;
}
