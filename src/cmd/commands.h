/* SPDX-License-Identifier: MIT */
/* commands.h - every command; to add one, add its file, a line here and one in commands.c */
#ifndef NETIPC_CMD_COMMANDS_H
#define NETIPC_CMD_COMMANDS_H

#include "cli/command.h"

extern const struct command cmd_addr;
extern const struct command cmd_hosts;
extern const struct command cmd_protos;
extern const struct command cmd_services;
extern const struct command cmd_resolve;
extern const struct command cmd_rresolve;
extern const struct command cmd_echo_server;
extern const struct command cmd_echo_client;
extern const struct command cmd_sockopt;

/* All of them, in the order of help; NULL ends the list. */
extern const struct command *const commands[];

#endif
