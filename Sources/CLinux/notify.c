#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

size_t cl_notify_longest_path(void) { return sizeof(((struct sockaddr_un *)0)->sun_path) - 1; }

int cl_notify_socket(const char *path, uid_t owner, int lowest) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address.sun_path, path);
  int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) return -1;
  // A high number is out of the way of those that children are given.
  int number = fcntl(made, F_DUPFD_CLOEXEC, lowest);
  if (number < 0) {
    number = made;
  } else {
    close(made);
  }
  int on = 1;
  // The file has the rights of the socket; the umask is that of all threads. Where a sandbox's kernel does not do so, they
  // are set after that.
  int hasRights = fchmod(number, 0600) == 0;
  int failed = setsockopt(number, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 ||
               bind(number, (struct sockaddr *)&address, sizeof address) != 0;
  if (!failed && !hasRights) failed = chmod(path, 0600) != 0;
  int error = errno;
  if (!failed && owner != geteuid() && lchown(path, owner, (gid_t)-1) != 0) {
    error = errno;
    failed = 1;
    unlink(path);
  }
  if (!failed) return number;
  close(number);
  errno = error;
  return -1;
}

// Takes the descriptors out of a message: the first is kept if it is alone.
static int take_descriptors(struct msghdr *message, struct ucred *sender) {
  int kept = -1, count = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
    if (c->cmsg_level != SOL_SOCKET) continue;
    if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len == CMSG_LEN(sizeof *sender))
      memcpy(sender, CMSG_DATA(c), sizeof *sender);
    if (c->cmsg_type != SCM_RIGHTS) continue;
    size_t all = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < all; i++) {
      int number;
      memcpy(&number, CMSG_DATA(c) + i * sizeof number, sizeof number);
      if (count++ == 0) {
        kept = number;
      } else {
        close(number);
      }
    }
  }
  if (count > 1) {
    close(kept);
    kept = -1;
  }
  return kept;
}

int cl_notify_receive(int socket, char *buffer, size_t size, pid_t *pid, uid_t *uid, int *descriptor) {
  struct iovec part = {buffer, size};
  // The kernel passes at most 253 descriptors at once (SCM_MAX_FD).
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(253 * sizeof(int))];
  } control;
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t length;
  do {
    length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_TRUNC);
  } while (length < 0 && errno == EINTR);
  if (length < 0) return CL_NOTIFY_NONE;
  struct ucred sender = {0, (uid_t)-1, (gid_t)-1};
  *descriptor = take_descriptors(&message, &sender);
  *pid = sender.pid;
  *uid = sender.uid;
  if (sender.pid > 0 && (size_t)length <= size && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
    return (int)length;
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
  return CL_NOTIFY_DROPPED;
}

int cl_notify_send(const char *address, const void *text, size_t length) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  size_t size = strlen(address);
  if (size >= sizeof to.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(to.sun_path, address, size);
  socklen_t used = offsetof(struct sockaddr_un, sun_path) + size;
  // A name of the abstract namespace has no end but its length.
  if (to.sun_path[0] == '@') {
    to.sun_path[0] = 0;
  } else {
    used++;
  }
  int number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (number < 0) return -1;
  int sent = sendto(number, text, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, used) < 0;
  int error = errno;
  close(number);
  errno = error;
  return -sent;
}
