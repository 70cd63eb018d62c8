/* SPDX-License-Identifier: MIT */
/*
 * builtin.h - the databases as this program knows them by itself
 *
 * Protocols and services are those of IANA's registries, in builtin_protocols.def and
 * builtin_services.def; of hosts there is localhost, which has these addresses everywhere
 * (RFC 6761 section 6.3).
 */
#ifndef NETIPC_DB_BUILTIN_H
#define NETIPC_DB_BUILTIN_H

struct db;

/* Adds all rows of the built-in table for DB's type; their LINE is 0. */
void db_builtin(struct db *db);

#endif
