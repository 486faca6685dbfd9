#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int cl_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cl_pidfd_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int cl_pidfd_descriptor(int pidfd, int descriptor) {
  return (int)syscall(SYS_pidfd_getfd, pidfd, descriptor, 0);
}

// <linux/pidfd.h> of this Debian does not have it yet.
struct info {
  uint64_t mask;
  uint64_t cgroup;
  uint32_t pid, tgid, ppid;
  uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
  int32_t status;
};
#define GET_INFO _IOWR(0xFF, 11, struct info)
#define INFO_EXIT (UINT64_C(1) << 3)

int cl_pidfd_status(int pidfd, int *status) {
  struct info info = {.mask = INFO_EXIT};
  if (ioctl(pidfd, GET_INFO, &info) != 0) return errno == ESRCH ? 0 : -1;
  if (!(info.mask & INFO_EXIT)) return 0;
  *status = info.status;
  return 1;
}
