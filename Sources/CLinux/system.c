#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <arpa/inet.h>
#include <link.h>
#include <netinet/in.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/auxv.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t cl_reap(int *code, int *status) {
  siginfo_t info;
  info.si_pid = 0;
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0) return -1;
  *code = info.si_code;
  *status = info.si_status;
  return info.si_pid;
}

int cl_signal_descriptor(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int cl_next_signal(int descriptor, pid_t *sender) {
  struct signalfd_siginfo info;
  ssize_t size = read(descriptor, &info, sizeof info);
  if (size != (ssize_t)sizeof info) return 0;
  *sender = (pid_t)info.ssi_pid;
  return (int)info.ssi_signo;
}

void cl_block_all_signals(void) {
  sigset_t all;
  sigfillset(&all);
  // Faults stay deliverable, so that a crash says where it happened.
  const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&all, faults[i]);
  sigprocmask(SIG_SETMASK, &all, NULL);
  // What the process that started us ignores (nohup, a script's `&`) is no business of our children; and SIGCHLD ignored would
  // let the kernel collect them unseen.
  for (int number = 1; number < SIGRTMIN; number++) signal(number, SIG_DFL);
}

void cl_settle_descriptors(void) {
  int fd;
  while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd < 3) {}
  if (fd >= 0) close(fd);
  if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  for (fd = 3; fd < 1024; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int cl_readable_bytes(int fd) {
  int count = 0;
  return ioctl(fd, FIONREAD, &count) == 0 ? count : 0;
}

void cl_ignore_signal(int number) { signal(number, SIG_IGN); }
// A static program asks Swift's runtime where it is installed by /proc, and is ended where there is none. Before the
// runtime begins it is told; the children are not.
static int tells_root;
__attribute__((constructor(101))) static void tell_root(void) {
  if (getauxval(AT_BASE) != 0 || access("/proc/self/exe", F_OK) == 0 || getenv("SWIFT_ROOT")) return;
  setenv("SWIFT_ROOT", "/", 1);
  tells_root = 1;
}

// In an object that `make` links with a release; a plain `swift build` has none.
extern const char cl_linked_revision[] __attribute__((weak));
const char *cl_revision(void) { return cl_linked_revision ? cl_linked_revision : ""; }

static int holds_many_programs;
int cl_holds_many_programs(void) { return holds_many_programs; }
void cl_set_holds_many_programs(int value) {
  holds_many_programs = value;
  if (tells_root) unsetenv("SWIFT_ROOT");
}

void cl_set_process_name(const char *name) { prctl(PR_SET_NAME, name); }

int cl_memory_file(void) { return memfd_create("circus", 0); }
int cl_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }
int cl_dup_above(int fd, int lowest) { return fcntl(fd, F_DUPFD_CLOEXEC, lowest); }
int cl_dup_onto(int fd, int target) { return dup3(fd, target, O_CLOEXEC); }
int cl_set_pipe_size(int fd, int bytes) { return fcntl(fd, F_SETPIPE_SZ, bytes); }
int cl_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
int cl_last_error(void) { return errno; }
char *const *cl_environment(void) { return environ; }
rlim_t cl_unlimited(void) { return RLIM_INFINITY; }
void cl_trim_heap(void) { malloc_trim(0); }
void cl_limit_arenas(void) { mallopt(M_ARENA_MAX, 1); }

// Read-only segments are backed by their files: dropping their pages loses nothing.
static int release_segments(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  (void)context;
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
    uintptr_t begin = (info->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    uintptr_t end = info->dlpi_addr + segment->p_vaddr + segment->p_memsz;
    madvise((void *)begin, end - begin, MADV_DONTNEED);
  }
  return 0;
}

void cl_release_code_pages(void) { dl_iterate_phdr(release_segments, NULL); }

// Returns 1 in the process that may go, 0 in the daemon, -1 on failure. The classic second fork, for a daemon that must
// not lead its session, is optional.
int cl_daemonize(int leads) {
  pid_t pid = fork();
  if (pid != 0) return pid < 0 ? -1 : 1;
  setsid();
  if (leads) return 0;
  pid = fork();
  if (pid < 0) return -1;
  if (pid > 0) _exit(0);
  return 0;
}

int cl_limit_number(const char *name) {
  static const struct {
    const char *name;
    int number;
  } known[] = {
      {"as", RLIMIT_AS},           {"core", RLIMIT_CORE},
      {"cpu", RLIMIT_CPU},         {"data", RLIMIT_DATA},
      {"fsize", RLIMIT_FSIZE},     {"memlock", RLIMIT_MEMLOCK},
      {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
      {"nofile", RLIMIT_NOFILE},   {"ofile", RLIMIT_OFILE},
      {"nproc", RLIMIT_NPROC},     {"rss", RLIMIT_RSS},
      {"rtprio", RLIMIT_RTPRIO},   {"rttime", RLIMIT_RTTIME},
      {"sigpending", RLIMIT_SIGPENDING}, {"stack", RLIMIT_STACK},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcasecmp(known[i].name, name) == 0) return known[i].number;
  return -1;
}

int cl_get_limit(int resource, rlim_t *soft, rlim_t *hard) {
  struct rlimit value;
  if (getrlimit(resource, &value) != 0) return -1;
  *soft = value.rlim_cur;
  *hard = value.rlim_max;
  return 0;
}

int cl_set_limit(int resource, rlim_t soft, rlim_t hard) {
  struct rlimit value = {soft, hard};
  return setrlimit(resource, &value);
}

int cl_user_groups(const char *user, gid_t primary, gid_t *groups, int capacity) {
  int count = capacity;
  return getgrouplist(user, primary, groups, &count) < 0 ? -1 : count;
}

void cl_use_files_and_dns(void) {
  static const char *const databases[] = {"passwd", "group", "initgroups", "services", "protocols", "networks"};
  for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) __nss_configure_lookup(databases[i], "files");
  __nss_configure_lookup("hosts", "files dns");
}

int cl_parse_time(const char *text, const char *format, struct tm *parts) {
  const char *end = strptime(text, format, parts);
  return end && !*end;
}

int cl_bind_to_device(int fd, const char *device) {
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device) + 1);
}

int cl_allow_reuse(int fd, int port_too) {
  int yes = 1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0) return -1;
  return port_too ? setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) : 0;
}

static int udp_socket(const char *group, int port, struct sockaddr_in *address) {
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_port = htons((uint16_t)port);
  if (inet_pton(AF_INET, group, &address->sin_addr) != 1) {
    errno = EINVAL;
    return -1;
  }
  return socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int cl_multicast_socket(const char *group, int port) {
  struct sockaddr_in address;
  int fd = udp_socket(group, port, &address);
  if (fd < 0) return -1;
  struct ip_mreq membership = {address.sin_addr, {htonl(INADDR_ANY)}};
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (cl_allow_reuse(fd, 1) == 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
      setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) == 0)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int cl_multicast_ask(const char *group, int port) {
  struct sockaddr_in address;
  int fd = udp_socket(group, port, &address);
  if (fd < 0) return -1;
  unsigned char hops = 255;
  setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops);
  if (sendto(fd, "\"\"", 2, 0, (struct sockaddr *)&address, sizeof address) >= 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int cl_path_flag(void) { return O_PATH; }
