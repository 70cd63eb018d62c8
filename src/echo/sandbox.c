/* SPDX-License-Identifier: MIT */
#include "echo/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/scan.h"
#include "base/str.h"

/* "UID:GID"; false if NAME is a name. */
static bool numbers(const char *name, uid_t *uid, gid_t *gid)
{
	const char *end = name + strlen(name);
	uint64_t user, group;
	size_t n = scan_uint(name, end, UINT32_MAX - 1, &user);

	if (n == 0 || name[n] != ':' ||
	    n + 1 + scan_uint(name + n + 1, end, UINT32_MAX - 1, &group) != (size_t)(end - name) ||
	    name + n + 1 == end)
		return false;
	*uid = (uid_t)user;
	*gid = (gid_t)group;
	return true;
}

static int find_user(const char *name, uid_t *uid, gid_t *gid, struct err *err)
{
	char show[STR_SHOW];
	struct passwd *pw;

	if (numbers(name, uid, gid))
		return 0;
	errno = 0;
	pw = getpwnam(name);
	if (!pw && errno && errno != ENOENT && errno != ESRCH)
		return err_sys(err, "look for user \"%s\"", str_show(show, name));
	if (!pw)
		return err_set(err, ERR_USAGE, "no user \"%s\"", str_show(show, name));
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return 0;
}

int sandbox_become(const char *name, struct err *err)
{
	char show[STR_SHOW];
	uid_t uid;
	gid_t gid;

	if (find_user(name, &uid, &gid, err) < 0)
		return -1;
	str_show(show, name);
	/* Who is that user already has nothing to give up, and may not set groups. */
	if (getuid() == uid && geteuid() == uid && getgid() == gid && getegid() == gid)
		return 0;
	if (setgroups(1, &gid) < 0)
		return err_sys(err, "become user \"%s\": setgroups", show);
	if (setgid(gid) < 0)
		return err_sys(err, "become user \"%s\": setgid", show);
	if (setuid(uid) < 0)
		return err_sys(err, "become user \"%s\": setuid", show);
	if (uid != 0 && (setuid(0) == 0 || geteuid() != uid))
		return err_set(err, ERR_SYSTEM, "become user \"%s\": root's rights are still there",
			       show);
	return 0;
}
