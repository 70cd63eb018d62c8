/* SPDX-License-Identifier: MIT */
/* metrics.h - a file of counters in Prometheus' text form, for --metrics: private to cmd/ */
#ifndef NETIPC_CMD_METRICS_H
#define NETIPC_CMD_METRICS_H

#include "base/buf.h"
#include "base/err.h"
#include "ev/hist.h"

/*
 * Append a metric: NAME without its suffix ("netipc_echo_connections"), HELP a sentence, LABELS by
 * metrics_label() or "".  A counter only grows; a gauge does not.
 */
void metrics_counter(struct buf *b, const char *name, const char *help, const char *labels,
		     uint64_t value);
void metrics_gauge(struct buf *b, const char *name, const char *help, uint64_t value);

/* Percentiles of H, nanoseconds, as seconds: NAME ends in "_seconds". */
void metrics_summary(struct buf *b, const char *name, const char *help, const char *labels,
		     const struct hist *h);

/* Appends KEY="VALUE" to LABELS; VALUE may be any bytes. */
void metrics_label(struct buf *labels, const char *key, const char *value);

/* The folder of PATH, for sandbox_enter(); free it. */
char *metrics_folder(const char *path);

#endif
