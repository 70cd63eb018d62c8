/* SPDX-License-Identifier: MIT */
/*
 * signals.h - SIGINT and SIGTERM of a batch command: private to cli/
 *
 * The first signal makes cli_interrupted() true: the command stops reading, prints what
 * it has, and returns; then the process dies by that signal, as its parent expects.
 */
#ifndef NETIPC_CLI_SIGNALS_H
#define NETIPC_CLI_SIGNALS_H

#include <stdbool.h>

/* Catches both signals, unless they are ignored (nohup, a background job of sh). */
void signals_catch(void);

/*
 * To be called around what writes to standard output and may block: where cli_hold_signals() holds
 * them back they are let through meanwhile, the second to end the process.
 */
void signals_write(bool begins);

/* Dies by the signal that came; returns if none did. */
void signals_die(void);

#endif
