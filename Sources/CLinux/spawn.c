#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The child runs on this stack while the parent waits (CLONE_VFORK); one child at a time, whichever thread asks.
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static char stack[64 * 1024] __attribute__((aligned(16)));
// Cleared for good when the kernel lacks close_range (before 5.9).
static int shares_table = 1;

// As a system call: a sanitizer's _exit would clean up in the memory that is the parent's.
static void leave(void) {
  for (;;) syscall(SYS_exit_group, 127);
}

static void fail(struct cl_spawn *r, int stage) {
  r->stage = stage;
  r->error = errno;
  if (r->statusEnd >= 0) {
    int words[3] = {r->stage, r->error, r->index};
    // A parent that has stopped waiting sees an exit status of 127.
    if (write(r->statusEnd, words, sizeof words) < 0) leave();
  }
  leave();
}

// Own descriptor table first: cheap even when the daemon has ten thousand descriptors open.
static void own_table(struct cl_spawn *r) {
  if (r->statusEnd >= 0) {
    // A copy already, of which exec closes what is to be closed; kernels before 5.11 know no more.
    syscall(SYS_close_range, r->closeFrom, ~0U, CLOSE_RANGE_CLOEXEC);
    return;
  }
  if (!shares_table) return;
  if (syscall(SYS_close_range, r->closeFrom, ~0U, CLOSE_RANGE_UNSHARE) != 0)
    fail(r, CL_STAGE_CLONE);
}

static void place_descriptors(struct cl_spawn *r) {
  for (int i = 0; i < 3; i++)
    if (r->stdio[i] >= 0 && dup2(r->stdio[i], i) < 0) fail(r, CL_STAGE_DESCRIPTORS);
  for (int i = 0; i < r->keepCount; i++) {
    const struct cl_kept *kept = &r->keep[i];
    int failed = kept->source == kept->target ? fcntl(kept->target, F_SETFD, 0)
                                              : dup2(kept->source, kept->target);
    if (failed < 0) fail(r, CL_STAGE_DESCRIPTORS);
  }
}

// LISTEN_PID must name the process that was meant, and only it knows its number.
static void tell_pid(struct cl_spawn *r) {
  if (!r->ownPid) return;
  char digits[12];
  int count = 0;
  for (long pid = syscall(SYS_getpid); pid > 0; pid /= 10) digits[count++] = (char)('0' + pid % 10);
  for (int i = 0; i < count; i++) r->ownPid[i] = digits[count - 1 - i];
  r->ownPid[count] = 0;
}

// Raw system calls: glibc's wrappers would ask the threads of the parent, which are not here.
static void take_identity(struct cl_spawn *r) {
  if (r->setGroups && syscall(SYS_setgroups, (size_t)r->groupCount, r->groups) != 0)
    fail(r, CL_STAGE_GROUPS);
  if (r->setGroup && syscall(SYS_setresgid, r->group, r->group, r->group) != 0)
    fail(r, CL_STAGE_GROUP);
  if (r->setUser && syscall(SYS_setresuid, r->user, r->user, r->user) != 0)
    fail(r, CL_STAGE_USER);
}

static void execute(struct cl_spawn *r) {
  int kept = ENOENT;
  for (char *const *path = r->candidates; *path; path++) {
    execve(*path, r->argv, r->envp);
    // As execvp: a directory of PATH that lacks the file is no reason to stop looking.
    if (errno != ENOENT && errno != ENOTDIR) kept = errno;
  }
  errno = kept;
  fail(r, CL_STAGE_EXEC);
}

static int child(void *argument) {
  struct cl_spawn *r = argument;
  own_table(r);
  signal(SIGPIPE, r->ignoresPipe ? SIG_IGN : SIG_DFL);
  signal(SIGXFSZ, r->ignoresPipe ? SIG_IGN : SIG_DFL);
  place_descriptors(r);
  tell_pid(r);
  if (r->directory && chdir(r->directory) != 0) fail(r, CL_STAGE_DIRECTORY);
  if (r->newSession ? setsid() < 0 : setpgid(0, 0) != 0) fail(r, CL_STAGE_SESSION);
  // All signals are blocked here, SIGTTOU with them, which would stop a process that is not in the foreground.
  if (r->takesTerminal && isatty(0)) tcsetpgrp(0, getpid());
  for (int i = 0; i < r->limitCount; i++) {
    struct rlimit64 value = {r->limits[i].soft, r->limits[i].hard};
    if (syscall(SYS_prlimit64, 0, r->limits[i].resource, &value, NULL) != 0) {
      r->index = i;
      fail(r, CL_STAGE_LIMIT);
    }
  }
  if (r->setMask) umask(r->mask);
  if (r->adoptsOrphans) prctl(PR_SET_CHILD_SUBREAPER, 1);
  take_identity(r);
  // Last: a change of identity clears it. The parent may be gone already.
  if (r->diesWithParent && (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != r->parent)) leave();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execute(r);
  return 127;
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// The sanitizer takes every clone for a fork, which one that shares memory is not.
extern int __clone(int (*)(void *), void *, int, void *, ...);
#define clone __clone
#endif
#endif

// Milliseconds the parent waits for the exec of a child with rights of its own.
static const int patience = 50;

// A child that gives up rights can be stopped by the user it becomes. It shares no memory with us,
// and its exec is waited for no longer than it should take: a child that is stopped before it counts as started.
static pid_t start_apart(struct cl_spawn *r) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  // Out of the way of the descriptors that the child is given.
  int high = fcntl(ends[1], F_DUPFD_CLOEXEC, r->closeFrom);
  if (high >= 0) {
    close(ends[1]);
    ends[1] = high;
  }
  r->statusEnd = ends[1];
  int flags = SIGCHLD | (r->pidPlace ? CLONE_PARENT_SETTID : 0);
  pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, r->pidPlace, NULL, NULL);
  if (pid == 0) {
    child(r);
    leave();
  }
  int error = errno;
  close(ends[1]);
  r->statusEnd = -1;
  if (pid > 0) {
    struct pollfd wait = {ends[0], POLLIN, 0};
    int words[3];
    if (poll(&wait, 1, patience) > 0 && read(ends[0], words, sizeof words) == sizeof words) {
      r->stage = words[0];
      r->error = words[1];
      r->index = words[2];
    }
  }
  close(ends[0]);
  errno = error;
  return pid;
}

static pid_t start(struct cl_spawn *r) {
  if (r->setUser || r->setGroup || r->setGroups) return start_apart(r);
  int flags = CLONE_VM | CLONE_VFORK | SIGCHLD | (shares_table ? CLONE_FILES : 0);
  if (r->pidPlace) flags |= CLONE_PARENT_SETTID;
  return clone(child, stack + sizeof stack, flags, r, r->pidPlace);
}

pid_t cl_spawn(struct cl_spawn *r) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_mutex_lock(&one_at_a_time);
  r->stage = CL_STAGE_NONE;
  r->parent = getpid();
  r->statusEnd = -1;
  pid_t pid = start(r);
  if (pid > 0 && r->stage == CL_STAGE_CLONE && (r->error == ENOSYS || r->error == EINVAL || r->error == EPERM)) {
    waitpid(pid, NULL, 0);
    shares_table = 0;
    r->stage = CL_STAGE_NONE;
    pid = start(r);
  }
  if (pid < 0) {
    r->stage = CL_STAGE_CLONE;
    r->error = errno;
  } else if (r->stage != CL_STAGE_NONE) {
    waitpid(pid, NULL, 0);
    pid = -1;
  }
  pthread_mutex_unlock(&one_at_a_time);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pid;
}
