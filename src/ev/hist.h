/* SPDX-License-Identifier: MIT */
/*
 * hist.h - a histogram of durations, from which percentiles are read
 *
 * Log-linear: each power of two has 64 buckets of equal width, so that a value is known to
 * 1.6 % of itself; values below 128 are exact.  Any uint64_t can be added.  Two histograms
 * merge without a further error, and the order in which values come makes no difference: what is
 * read from those of parts is, to the last bit, what is read from one of the whole.
 */
#ifndef NETIPC_EV_HIST_H
#define NETIPC_EV_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	HIST_SUB = 64, /* buckets of each power of two */
	HIST_BUCKETS = (64 - 6) * HIST_SUB + HIST_SUB,
};

/* 30 KiB; zeroed it is empty. */
struct hist {
	uint64_t n, min, max;
	uint64_t sum, wraps; /* of the values: SUM + WRAPS * 2^64, so that merging is exact */
	uint64_t count[HIST_BUCKETS];
};

/* Adds VALUE, N times. */
void hist_add(struct hist *h, uint64_t value);
void hist_add_n(struct hist *h, uint64_t value, uint64_t n);

/*
 * Adds VALUE and what a sender that waited for it has missed: VALUE - INTERVAL, VALUE - 2 *
 * INTERVAL and so on down to INTERVAL (coordinated omission).  0 for INTERVAL adds VALUE alone.
 */
void hist_add_corrected(struct hist *h, uint64_t value, uint64_t interval);

/* Adds all of FROM. */
void hist_merge(struct hist *h, const struct hist *from);

/*
 * Makes TO what was added to NOW since it was as BEFORE, a copy of it; minimum and maximum are
 * those of their buckets.
 */
void hist_since(struct hist *to, const struct hist *now, const struct hist *before);

/*
 * The least value of which it is known that the share Q (0 to 1) of all values is not above it:
 * the end of its bucket, at most the maximum.  0 of an empty histogram.
 */
uint64_t hist_quantile(const struct hist *h, double q);

/* The sum of all values. */
double hist_sum(const struct hist *h);

/* 0 of an empty histogram.  The deviation takes each value for the middle of its bucket. */
double hist_mean(const struct hist *h);
double hist_deviation(const struct hist *h);

/*
 * H can be what values came to: N is the sum of the counts, MIN and MAX are in the first and the
 * last bucket that has some, and SUM is between N times MIN and N times MAX.
 */
bool hist_is_sound(const struct hist *h);

/* The bucket of VALUE, and the first and last value of bucket I. */
size_t hist_bucket(uint64_t value);
uint64_t hist_first(size_t i);
uint64_t hist_last(size_t i);

/*
 * Appends H in the text form of HdrHistogram, "Value Percentile TotalCount 1/(1-Percentile)",
 * which its plotters read: values divided by UNIT (1000 for microseconds from nanoseconds), with
 * three decimals.
 */
void hist_hdr(struct buf *b, const struct hist *h, double unit);

#endif
