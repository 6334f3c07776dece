/* SPDX-License-Identifier: MIT */
/*
 * files.c - whatever file is read, this is in it: status, cgroup, mountinfo,
 * limits, command lines, passwd, group, the --state of zombiecheck.
 *
 * product: libbb-lite/procfs.c libbb-lite/procstatus.c libbb-lite/lines.c
 * product: libbb-lite/role.c libbb-lite/cgroup.c libbb-lite/cgroupfs.c
 * product: libbb-lite/passwd.c libbb-lite/memory.c libbb-lite/output.c
 * product: applets/zombiecheck/state.c applets/zombiecheck/scan.c
 */
#include "fuzz.h"
#include "zombiecheck.h"
#include <unistd.h>

static void check_groups(int root)
{
	static struct cgroup_mounts mounts;
	struct cgroup_paths paths;
	struct pids_usage pids;

	cgroup_mounts_read(&mounts, root, true);
	HOLDS(mounts.count <= CGROUP_MOUNTS_MAX);
	for (unsigned i = 0; i < mounts.count; i++)
		HOLDS(memchr(mounts.mount[i].point, '\0', CGROUP_PATH_BYTES));
	HOLDS(cgroup_paths_read(&paths, root, 1));
	pids_read(&mounts, &paths, &pids);
	HOLDS(pids.current >= -1 && pids.max >= -1 && pids.peak >= -1);
	HOLDS(pids_basis_points(&pids) >= -2);
	cgroup_is_frozen(&mounts, &paths);
}

static void check_accounts(void)
{
	struct account account;
	gid_t list[4];

	if (passwd_find("/etc/passwd", "web", &account) == 0)
		HOLDS(account.name[0] || account.uid != (uid_t)-1);
	passwd_find("/etc/passwd", "1000", &account);
	group_find("/etc/group", "web", list);
	HOLDS(group_list("/etc/group", "web", list, ARRAY_LEN(list)) <=
		ARRAY_LEN(list));
}

static void check_command(int root)
{
	char buffer[600];
	struct text t = TEXT_ON(buffer);

	buffer[0] = '\0';
	text_command(&t, root, 7);
	HOLDS(fuzz_is_text(buffer, t.used, true));
	HOLDS(!strchr(buffer, '\n'));
	HOLDS(proc_role(root, 7) <= ROLE_WRAPPER);
	proc_pid_namespace(root, 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct array zombies; /* its memory is used again */
	struct proc_status status;
	int root;

	fuzz_files(data, size, false);
	root = fuzz_root();
	proc_read_status(root, 7, &status);
	check_groups(root);
	check_command(root);
	check_accounts();
	HOLDS(state_read("state", &zombies, 0) == 0);
	close(root);
	return 0;
}
