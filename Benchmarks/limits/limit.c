// The physical limits: the least a program can do for each figure.
//   limit respawn CHILD FILE        one child, started again as soon as it is dead
//   limit herd COUNT CHILD FILE     COUNT children; on SIGTERM kills and collects them all
//   limit pump LOG COMMAND...       the command's stdout into a file
//   limit echo ENDPOINT             a ROUTER that answers every message with a fixed reply
//   limit reap COUNT PUB CHILD FILE as herd, each death published and replaced
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static pid_t start(char **argv) {
  sigset_t none;
  sigemptyset(&none);
  pid_t pid = vfork();
  if (pid == 0) {
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    execv(argv[0], argv);
    _exit(127);
  }
  return pid;
}

static void respawn(char **argv) {
  for (;;) {
    pid_t pid = start(argv);
    while (waitpid(pid, NULL, 0) != pid) {}
  }
}

static int signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  return signalfd(-1, &set, SFD_CLOEXEC);
}

static int herd(int count, char **argv, const char *endpoint) {
  int fd = signals();
  void *pub = NULL;
  if (endpoint) {
    pub = zmq_socket(zmq_ctx_new(), ZMQ_PUB);
    if (zmq_bind(pub, endpoint)) return 1;
  }
  pid_t *pids = calloc(count, sizeof *pids);
  for (int i = 0; i < count; i++) pids[i] = start(argv);
  struct signalfd_siginfo info;
  while (read(fd, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGTERM) break;
    pid_t pid;
    while (endpoint && (pid = waitpid(-1, NULL, WNOHANG)) > 0) {
      char text[64];
      int size = snprintf(text, sizeof text, "{\"process_pid\": %d}", pid);
      zmq_send(pub, "watcher.w.reap", 14, ZMQ_SNDMORE);
      zmq_send(pub, text, size, 0);
      for (int i = 0; i < count; i++)
        if (pids[i] == pid) pids[i] = start(argv);
    }
  }
  for (int i = 0; i < count; i++) kill(pids[i], SIGTERM);
  while (wait(NULL) > 0) {}
  return 0;
}

static int pump(const char *log, char **argv) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC)) return 1;
  pid_t pid = vfork();
  if (pid == 0) {
    dup2(ends[1], 1);
    execv(argv[0], argv);
    _exit(127);
  }
  close(ends[1]);
  fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
  int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
  static char buffer[256 * 1024];
  ssize_t count;
  while ((count = read(ends[0], buffer, sizeof buffer)) > 0)
    if (write(file, buffer, count) != count) return 1;
  return 0;
}

static int echo(const char *endpoint) {
  static const char reply[] = "{\"status\": \"ok\", \"time\": 1.0, \"numwatchers\": 1, \"id\": \"1\"}";
  void *socket = zmq_socket(zmq_ctx_new(), ZMQ_ROUTER);
  if (zmq_bind(socket, endpoint)) return 1;
  char identity[256], request[4096];
  for (;;) {
    int size = zmq_recv(socket, identity, sizeof identity, 0);
    if (size < 0 || zmq_recv(socket, request, sizeof request, 0) < 0) return 1;
    zmq_send(socket, identity, size, ZMQ_SNDMORE);
    zmq_send(socket, reply, sizeof reply - 1, 0);
  }
}

int main(int argc, char **argv) {
  if (argc >= 4 && !strcmp(argv[1], "respawn")) respawn(argv + 2);
  if (argc >= 5 && !strcmp(argv[1], "herd")) return herd(atoi(argv[2]), argv + 3, NULL);
  if (argc >= 4 && !strcmp(argv[1], "pump")) return pump(argv[2], argv + 3);
  if (argc == 3 && !strcmp(argv[1], "echo")) return echo(argv[2]);
  if (argc >= 6 && !strcmp(argv[1], "reap")) return herd(atoi(argv[2]), argv + 4, argv[3]);
  fprintf(stderr, "see the head of limit.c\n");
  return 2;
}
