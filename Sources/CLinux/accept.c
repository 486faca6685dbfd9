#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <linux/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// libzmq and libevent accept connections as long as the kernel gives descriptors: libzmq aborts when an
// `ipc://` socket runs out of them, and both turn in circles over TCP. This accept4 stands before the C
// library's for all of the program. It keeps descriptors back and bounds the connections of each listener.

struct connection {
  int listener;
  ino_t inode;
  unsigned long long age;
  int hasSpoken;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct connection *table;
static int tableSize;
static int highest = INT_MAX;
static int most = INT_MAX;
static int spare = -1;
static unsigned long long accepted;

void cl_guard_accept(int highestDescriptor, int mostConnections) {
  pthread_mutex_lock(&lock);
  highest = highestDescriptor;
  most = mostConnections;
  if (spare < 0) spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
  pthread_mutex_unlock(&lock);
}

static ino_t inode_of(int descriptor) {
  struct stat info;
  return fstat(descriptor, &info) == 0 ? info.st_ino : 0;
}

static const int mostReporting = 16;
static int reporting[16];
static int reportingCount;

static int reports(int listener) {
  for (int i = 0; i < reportingCount; i++)
    if (reporting[i] == listener) return 1;
  return 0;
}

void cl_guard_reports(int listener) {
  pthread_mutex_lock(&lock);
  if (!reports(listener) && reportingCount < mostReporting) reporting[reportingCount++] = listener;
  pthread_mutex_unlock(&lock);
}

void cl_guard_has_spoken(int descriptor) {
  pthread_mutex_lock(&lock);
  if (descriptor >= 0 && descriptor < tableSize) table[descriptor].hasSpoken = 1;
  pthread_mutex_unlock(&lock);
}

// Whether the peer has sent anything yet. Unix sockets do not tell; their listener may.
static int has_spoken(int descriptor) {
  struct tcp_info info;
  socklen_t size = sizeof info;
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return table[descriptor].hasSpoken || !reports(table[descriptor].listener);
  return size <= offsetof(struct tcp_info, tcpi_bytes_received) || info.tcpi_bytes_received > 0;
}

// How many connections of this listener are open; `silent` is the oldest that has said nothing, or -1.
static int count(int listener, int *silent) {
  int found = 0;
  unsigned long long oldest = ULLONG_MAX;
  *silent = -1;
  for (int i = 0; i < tableSize; i++) {
    struct connection *c = &table[i];
    if (c->inode == 0 || c->listener != listener) continue;
    if (inode_of(i) != c->inode) {
      c->inode = 0;
      continue;
    }
    found++;
    if (c->age < oldest && !has_spoken(i)) {
      oldest = c->age;
      *silent = i;
    }
  }
  return found;
}

static void note(int descriptor, int listener) {
  if (descriptor >= tableSize) {
    int size = descriptor + 64;
    struct connection *grown = realloc(table, (size_t)size * sizeof *table);
    if (!grown) return;
    for (int i = tableSize; i < size; i++) grown[i].inode = 0;
    table = grown;
    tableSize = size;
  }
  table[descriptor] = (struct connection){listener, inode_of(descriptor), ++accepted, 0};
}

// A refused connection is closed, or it would be offered again and again.
static int refuse(int descriptor) {
  if (descriptor >= 0) close(descriptor);
  errno = ECONNABORTED;
  return -1;
}

int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
  int made = (int)syscall(SYS_accept4, listener, address, length, flags);
  if (highest == INT_MAX) return made;
  if (made < 0 && errno != EMFILE && errno != ENFILE) return made;
  pthread_mutex_lock(&lock);
  if (made < 0) {
    if (spare >= 0) close(spare);
    made = (int)syscall(SYS_accept4, listener, address, length, flags);
    if (made >= 0) close(made);
    made = -1;
    spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  int silent, open = count(listener, &silent);
  int isTooMany = made < 0 || made > highest || open >= most;
  // Its owner sees the end of it and lets go of it.
  if (isTooMany && silent >= 0) {
    shutdown(silent, SHUT_RDWR);
    table[silent].inode = 0;
  }
  if (made < 0 || made > highest || (open >= most && silent < 0)) {
    made = refuse(made);
  } else {
    note(made, listener);
  }
  pthread_mutex_unlock(&lock);
  return made;
}

int accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, 0);
}
