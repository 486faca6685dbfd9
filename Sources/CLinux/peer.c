#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

// The kernel writes addresses in /proc/net/tcp and tcp6 as words in the machine's order.
static int write_key(const uint32_t *words, int count, in_port_t port, char *key, size_t size) {
  int length = 0;
  for (int i = 0; i < count; i++)
    length += snprintf(key + length, size - (size_t)length, "%08X", words[i]);
  snprintf(key + length, size - (size_t)length, ":%04X", ntohs(port));
  return CL_PEER_TCP;
}

int cl_peer(int descriptor, pid_t *pid, char *key, size_t size) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getpeername(descriptor, (struct sockaddr *)&address, &length) != 0) return CL_PEER_NONE;
  if (address.ss_family == AF_UNIX) {
    struct ucred credentials;
    length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
      return CL_PEER_NONE;
    *pid = credentials.pid;
    return CL_PEER_UNIX;
  }
  if (address.ss_family == AF_INET) {
    const struct sockaddr_in *in = (const struct sockaddr_in *)&address;
    return write_key(&in->sin_addr.s_addr, 1, in->sin_port, key, size);
  }
  if (address.ss_family == AF_INET6) {
    const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)&address;
    uint32_t words[4];
    memcpy(words, &in->sin6_addr, sizeof words);
    // A client of IPv4 at a listener of both stands in the table of IPv4.
    if (IN6_IS_ADDR_V4MAPPED(&in->sin6_addr)) return write_key(words + 3, 1, in->sin6_port, key, size);
    return write_key(words, 4, in->sin6_port, key, size);
  }
  return CL_PEER_NONE;
}
