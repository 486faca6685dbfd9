// What Swift's Glibc module cannot see, and what must run between clone and exec.
// Nothing here decides anything; LinuxSystem is the only room that imports it.
#ifndef CLINUX_H
#define CLINUX_H

#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

// The step of the child's preparation that failed; mirrored by LinuxSystem's SpawnError.Stage.
enum cl_spawn_stage {
  CL_STAGE_NONE = 0,
  CL_STAGE_CLONE,
  CL_STAGE_DESCRIPTORS,
  CL_STAGE_DIRECTORY,
  CL_STAGE_SESSION,
  CL_STAGE_LIMIT,
  CL_STAGE_GROUPS,
  CL_STAGE_GROUP,
  CL_STAGE_USER,
  CL_STAGE_EXEC,
};

// A descriptor the child finds at another number, or at its own.
struct cl_kept {
  int source;
  int target;
};

struct cl_limit {
  int resource;
  rlim_t soft;
  rlim_t hard;
};

// One child to start. `stdio[i]` is the descriptor that becomes fd i, or -1 to leave fd i as it
// is. Descriptors below `closeFrom` that are close-on-exec vanish at exec; those in `keep` stay, each
// at its target, which is no other's source. `ownPid`, if any, is where the child writes its pid in
// decimal: room inside its environment, which only the child can fill in.
struct cl_spawn {
  char *const *candidates;
  char *const *argv;
  char *const *envp;
  const char *directory;
  int stdio[3];
  const struct cl_kept *keep;
  int keepCount;
  int closeFrom;
  char *ownPid;
  // Where the kernel writes the child's number before the child runs; NULL: nowhere.
  pid_t *pidPlace;
  // The child is killed when the thread that starts it ends.
  int diesWithParent;
  pid_t parent;
  int newSession;
  // Its process group becomes the foreground one of the terminal on its stdin, where there is one.
  int takesTerminal;
  // What loses its parent below the child becomes the child's own (PR_SET_CHILD_SUBREAPER).
  int adoptsOrphans;
  // SIGPIPE and SIGXFSZ are ignored; else they end the child, as everywhere.
  int ignoresPipe;
  int setMask;
  mode_t mask;
  const struct cl_limit *limits;
  int limitCount;
  int setGroups;
  const gid_t *groups;
  int groupCount;
  int setGroup;
  gid_t group;
  int setUser;
  uid_t user;
  // Where a child that shares no memory tells what failed; -1: it shares.
  int statusEnd;
  // Result: where and why it failed, and which limit when the stage is CL_STAGE_LIMIT.
  int stage;
  int error;
  int index;
};

// Starts a child and returns its pid once exec has succeeded, or -1 with stage and error filled in.
pid_t cl_spawn(struct cl_spawn *request);

// Reaps one dead child without waiting: its pid, 0 when none is dead, -1 when there is no child.
// `code` is CLD_EXITED, CLD_KILLED or CLD_DUMPED; `status` the exit status or the signal.
pid_t cl_reap(int *code, int *status);

// A descriptor for a process, of any parent; readable once it has ended.
int cl_pidfd_open(pid_t pid);
int cl_pidfd_signal(int pidfd, int signal);
// A copy of a descriptor of that process.
int cl_pidfd_descriptor(int pidfd, int descriptor);
// 1 and the wait status once the process was collected by its parent, 0 before, -1 where the kernel
// does not tell (before 6.15).
int cl_pidfd_status(int pidfd, int *status);

// A thread that sends a file's contents to the disk when asked; returns a descriptor to ask by, or -1. The last
// request ends it.
int cl_sync_start(int file);
void cl_sync_request(int requests, int isLast);

// A non-blocking, close-on-exec descriptor from which blocked signals are read.
int cl_signal_descriptor(const int *signals, int count);
// The next signal and its sender, or 0 when none is pending.
int cl_next_signal(int descriptor, pid_t *sender);
// All but faults; their actions become the default ones.
void cl_block_all_signals(void);
void cl_ignore_signal(int signal);
// Descriptors 0 to 2 are open afterwards, and none above them reaches a child unasked.
void cl_settle_descriptors(void);
// How many bytes can be read now.
int cl_readable_bytes(int descriptor);

// Who is at the other end of a connected socket: its process for a unix socket; for TCP its address as
// /proc/net/tcp spells it, which takes up to 38 bytes.
enum cl_peer_kind { CL_PEER_NONE = 0, CL_PEER_UNIX, CL_PEER_TCP };
int cl_peer(int descriptor, pid_t *pid, char *key, size_t size);

// A datagram socket at a path, which `owner` and root may write to; its number is at least `lowest` where there is
// room. Each datagram names its sender.
int cl_notify_socket(const char *path, uid_t owner, int lowest);
size_t cl_notify_longest_path(void);
// The length of the next datagram; who sent it, and the descriptor it brought if that was one alone, which is the
// caller's. Longer datagrams than `size`, and those without a sender, are dropped.
// Sends one datagram to an address as NOTIFY_SOCKET has it, without waiting; -1 and errno where that fails.
int cl_notify_send(const char *address, const void *text, size_t length);

enum cl_notify { CL_NOTIFY_NONE = -1, CL_NOTIFY_DROPPED = -2 };
int cl_notify_receive(int socket, char *buffer, size_t size, pid_t *pid, uid_t *uid, int *descriptor);

// From now on no accepted connection of this program, whatever library accepts it, has a descriptor above
// `highestDescriptor`, and no listener has more than `mostConnections`. Beyond that the oldest one that has said
// nothing is shut down, or the new one is refused.
void cl_guard_accept(int highestDescriptor, int mostConnections);
// Of this listener's connections it will be told which have spoken: unix sockets do not tell by themselves.
void cl_guard_reports(int listener);
void cl_guard_has_spoken(int descriptor);

// O_PATH: a place in the file system, neither readable nor writable.
int cl_path_flag(void);

int cl_pipe(int *ends);
// A file in memory, not close-on-exec.
int cl_memory_file(void);

// The revision of the sources this program was linked from, empty where it is not known.
const char *cl_revision(void);

// Whether the file this process runs holds several programs of the project; 0 until it is set.
int cl_holds_many_programs(void);
void cl_set_holds_many_programs(int value);
// What `ps` and `pkill` know this process by; cut to 15 bytes.
void cl_set_process_name(const char *name);
int cl_dup_above(int descriptor, int lowest);
int cl_dup_onto(int descriptor, int target);
int cl_set_pipe_size(int descriptor, int bytes);
int cl_become_subreaper(void);
int cl_daemonize(int leads);
int cl_last_error(void);
char *const *cl_environment(void);
int cl_limit_number(const char *name);
rlim_t cl_unlimited(void);
int cl_get_limit(int resource, rlim_t *soft, rlim_t *hard);
int cl_set_limit(int resource, rlim_t soft, rlim_t hard);
// Supplementary groups of a user: how many, or -1; `groups` holds up to `capacity` of them.
int cl_user_groups(const char *user, gid_t primary, gid_t *groups, int capacity);

// Looks users, groups and hosts up in files and by DNS alone, whatever /etc/nsswitch.conf says. For a program without
// shared libraries: a module that glibc would load brings another C library along, and the program dies.
void cl_use_files_and_dns(void);
void cl_trim_heap(void);
void cl_limit_arenas(void);
// Lets go of program and library pages that only start-up needed; they come back when touched.
void cl_release_code_pages(void);
int cl_bind_to_device(int socket, const char *device);
// Non-blocking UDP: hears a multicast group on a port; sends one empty question to it.
int cl_multicast_socket(const char *group, int port);
int cl_multicast_ask(const char *group, int port);
// strptime: 1 when all of the text was of this form.
struct tm;
int cl_parse_time(const char *text, const char *format, struct tm *parts);
int cl_allow_reuse(int socket, int port_too);
// Base64 by libresolv: how many bytes were made, or -1.
int cl_base64_decode(const char *text, unsigned char *bytes, size_t capacity);
int cl_base64_encode(const unsigned char *bytes, size_t count, char *text, size_t capacity);

// A descriptor that is readable when the wall clock was set or the machine has slept; -1 with errno.
int cl_clock_descriptor(void);
// Lets it wait for the next time; 0, or -1.
int cl_clock_arm(int descriptor);

#endif
