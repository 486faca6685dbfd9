// Load on a control socket.
//   load ENDPOINT CLIENTS SECONDS [METHOD]     round trips per second of so many clients
//   load first ENDPOINT COMMAND...             ms from exec of the command to its first answer
// An endpoint unix:PATH is supervisor's XML-RPC over HTTP, anything else ZeroMQ.
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static const char request[] = "{\"id\": \"1\", \"command\": \"numwatchers\", \"properties\": {}}";

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int http(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
    close(fd);
    return -1;
  }
  return fd;
}

static const char *method = "supervisor.getState";

static void post(int fd) {
  char body[256], text[1024];
  int length = snprintf(body, sizeof body,
                        "<?xml version='1.0'?><methodCall><methodName>%s</methodName>"
                        "<params></params></methodCall>", method);
  int size = snprintf(text, sizeof text,
                      "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
                      "Content-Length: %d\r\n\r\n%s",
                      length, body);
  if (write(fd, text, size) != size) exit(1);
}

// Reads one whole answer, which ends with the closing tag.
static void answered(int fd) {
  static const char end[] = "</methodResponse>\n";
  static char text[4 << 20];
  size_t size = 0, tail = sizeof end - 1;
  do {
    ssize_t some = read(fd, text + size, sizeof text - size);
    if (some <= 0) exit(1);
    size += some;
  } while (size < tail || memcmp(text + size - tail, end, tail));
}

static int load_http(const char *path, int clients, double seconds) {
  struct pollfd *fds = calloc(clients, sizeof *fds);
  for (int i = 0; i < clients; i++) {
    fds[i].fd = http(path);
    fds[i].events = POLLIN;
    post(fds[i].fd);
  }
  double begin = now();
  long count = 0;
  while (now() - begin < seconds) {
    poll(fds, clients, 1000);
    for (int i = 0; i < clients; i++)
      if (fds[i].revents) {
        answered(fds[i].fd);
        count++;
        post(fds[i].fd);
      }
  }
  printf("%.0f\n", count / (now() - begin));
  return 0;
}

static int load_zmq(const char *endpoint, int clients, double seconds) {
  void *context = zmq_ctx_new();
  zmq_pollitem_t *items = calloc(clients, sizeof *items);
  for (int i = 0; i < clients; i++) {
    items[i].socket = zmq_socket(context, ZMQ_DEALER);
    items[i].events = ZMQ_POLLIN;
    if (zmq_connect(items[i].socket, endpoint)) return 1;
    zmq_send(items[i].socket, request, sizeof request - 1, 0);
  }
  char reply[4096];
  double begin = now();
  long count = 0;
  while (now() - begin < seconds) {
    zmq_poll(items, clients, 1000);
    for (int i = 0; i < clients; i++) {
      if (!(items[i].revents & ZMQ_POLLIN)) continue;
      if (zmq_recv(items[i].socket, reply, sizeof reply, 0) < 0) return 1;
      count++;
      zmq_send(items[i].socket, request, sizeof request - 1, 0);
    }
  }
  printf("%.0f\n", count / (now() - begin));
  fflush(stdout);
  _exit(0);
}

static int first(const char *endpoint, char **command) {
  void *socket = NULL;
  int isHTTP = !strncmp(endpoint, "unix:", 5);
  if (!isHTTP) {
    socket = zmq_socket(zmq_ctx_new(), ZMQ_DEALER);
    int often = 1;
    zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &often, sizeof often);
    zmq_connect(socket, endpoint);
    zmq_send(socket, request, sizeof request - 1, 0);
    usleep(20000);
  }
  double begin = now();
  pid_t pid = vfork();
  if (pid == 0) {
    execv(command[0], command);
    _exit(127);
  }
  char reply[4096];
  if (isHTTP) {
    int fd;
    while ((fd = http(endpoint + 5)) < 0) usleep(500);
    post(fd);
    answered(fd);
  } else if (zmq_recv(socket, reply, sizeof reply, 0) < 0) {
    return 1;
  }
  printf("%.3f %d\n", (now() - begin) * 1e3, pid);
  fflush(stdout);
  kill(pid, SIGTERM);
  waitpid(pid, NULL, 0);
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc >= 4 && !strcmp(argv[1], "first")) return first(argv[2], argv + 3);
  if (argc == 5) method = argv[4];
  if (argc != 4 && argc != 5) return 2;
  if (!strncmp(argv[1], "unix:", 5)) return load_http(argv[1] + 5, atoi(argv[2]), atof(argv[3]));
  return load_zmq(argv[1], atoi(argv[2]), atof(argv[3]));
}
