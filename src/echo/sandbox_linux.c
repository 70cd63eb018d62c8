/* SPDX-License-Identifier: MIT */
/*
 * sandbox_linux.c - landlock and seccomp by their system calls
 *
 * The structs and numbers of landlock are the kernel's (include/uapi/linux/landlock.h), which
 * older headers do not have.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/str.h"
#include "echo/sandbox.h"

#ifdef __linux__

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static const struct call {
	const char *name;
	uint32_t number;
} calls[] = {
#define CALL(call) { #call, (uint32_t)__NR_##call },
#include "echo/sandbox.def"
#undef CALL
};

const char *sandbox_call(size_t i)
{
	return i < ARRAY_SIZE(calls) ? calls[i].name : NULL;
}

enum {
	LANDLOCK_CREATE = 444, /* the same number on each architecture */
	LANDLOCK_ADD_RULE = 445,
	LANDLOCK_RESTRICT = 446,
	LANDLOCK_VERSION = 1 << 0,
	LANDLOCK_PATH_BENEATH = 1,

	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_REG = 1 << 8,
	FS_TRUNCATE = 1 << 14,
	NET_TCP = 3, /* bind and connect */
};

struct landlock_rules {
	uint64_t fs, net;
};

struct landlock_folder {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* The rights of files that ABI knows, as a mask: 13 in the first, then refer and truncate. */
static uint64_t fs_rights(int abi)
{
	unsigned bits = abi >= 3 ? 15 : abi == 2 ? 14 : 13;

	return (UINT64_C(1) << bits) - 1;
}

static int add_folder(int rules, const char *folder, uint64_t rights, struct err *err)
{
	struct landlock_folder rule = {
		.allowed = rights & (FS_WRITE_FILE | FS_READ_FILE | FS_REMOVE_FILE | FS_MAKE_REG |
				     FS_TRUNCATE),
	};
	char show[STR_SHOW];
	int rc;

	rule.fd = open(folder, O_PATH | O_CLOEXEC);
	if (rule.fd < 0)
		return err_sys(err, "%s", str_show(show, folder));
	rc = (int)syscall(LANDLOCK_ADD_RULE, rules, LANDLOCK_PATH_BENEATH, &rule, 0);
	if (rc < 0)
		err_sys(err, "landlock_add_rule %s", str_show(show, folder));
	close(rule.fd);
	return rc;
}

#ifdef HAVE_SANITIZERS
static const bool instrumented = true; /* its runtime opens files and makes calls of its own */
#else
static const bool instrumented = false;
#endif

static int enter_landlock(struct sandbox *box, const char *const *folders, size_t n,
			  struct err *err)
{
	long abi = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION);
	struct landlock_rules how;
	int rules, rc = 0;

	if (abi <= 0)
		return 0; /* not in this kernel, or not switched on */
	box->landlock_abi = (int)abi;
	how.fs = fs_rights(box->landlock_abi);
	how.net = abi >= 4 ? NET_TCP : 0;
	rules = (int)syscall(LANDLOCK_CREATE, &how, abi >= 4 ? sizeof(how) : sizeof(how.fs), 0);
	if (rules < 0)
		return err_sys(err, "landlock_create_ruleset");
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_folder(rules, folders[i], how.fs, err);
	if (rc == 0 && syscall(LANDLOCK_RESTRICT, rules, 0) < 0)
		rc = err_sys(err, "landlock_restrict_self");
	close(rules);
	box->landlock = rc == 0;
	return rc;
}

/* The architecture that a filter must see, since numbers differ; 0 if it is not known here. */
static const uint32_t this_arch =
#if defined(__x86_64__)
	AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
	AUDIT_ARCH_AARCH64
#elif defined(__i386__)
	AUDIT_ARCH_I386
#elif defined(__arm__) && defined(__ARMEL__)
	AUDIT_ARCH_ARM
#elif defined(__s390x__)
	AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
	AUDIT_ARCH_PPC64LE
#elif defined(__riscv) && __riscv_xlen == 64
	AUDIT_ARCH_RISCV64
#else
	0
#endif
	;

static int enter_seccomp(struct sandbox *box, struct err *err)
{
	enum {
		BEFORE = 4,
		PER_CALL = 2,
		BEHIND = 1
	};
	struct sock_filter filter[BEFORE + PER_CALL * ARRAY_SIZE(calls) + BEHIND];
	struct sock_fprog program = { .filter = filter };
	size_t n = 0;

	if (this_arch == 0)
		return 0;
#define OP(code, k)            filter[n++] = (struct sock_filter)BPF_STMT(code, k)
#define JUMP(code, k, yes, no) filter[n++] = (struct sock_filter)BPF_JUMP(code, k, yes, no)
	OP(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	JUMP(BPF_JMP | BPF_JEQ | BPF_K, this_arch, 1, 0);
	OP(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	OP(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
		OP(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	OP(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
#undef OP
#undef JUMP
	program.len = (unsigned short)n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		if (errno == EINVAL || errno == ENOSYS)
			return 0; /* built without it, or an emulator */
		return err_sys(err, "prctl PR_SET_SECCOMP");
	}
	box->seccomp = true;
	return 0;
}

int sandbox_enter(struct sandbox *box, const char *const *folders, size_t n, struct err *err)
{
	memset(box, 0, sizeof(*box));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		if (errno == EINVAL)
			return 0; /* and so neither of the others */
		return err_sys(err, "prctl PR_SET_NO_NEW_PRIVS");
	}
	box->no_new_privs = true;
	box->instrumented = instrumented;
	if (instrumented)
		return 0;
	if (enter_landlock(box, folders, n, err) < 0)
		return -1;
	return enter_seccomp(box, err);
}

#else

const char *sandbox_call(size_t i UNUSED)
{
	return NULL;
}

int sandbox_enter(struct sandbox *box, const char *const *folders UNUSED, size_t n UNUSED,
		  struct err *err UNUSED)
{
	memset(box, 0, sizeof(*box));
	return 0;
}

#endif
