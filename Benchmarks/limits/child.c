// The supervised process: says when it began, then sleeps until it is killed.
//   child FILE      appends "<pid> <monotonic ns>\n" to FILE first
//   child -w BYTES  writes so many bytes of 100-byte lines to stdout and ends
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void flood(long long total) {
  static char block[100 * 640];
  for (size_t i = 0; i < sizeof block; i++) block[i] = i % 100 == 99 ? '\n' : 'x';
  while (total > 0) {
    size_t want = total < (long long)sizeof block ? (size_t)total : sizeof block;
    ssize_t wrote = write(1, block, want);
    if (wrote < 0) exit(1);
    total -= wrote;
  }
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "-w") == 0) {
    flood(atoll(argv[2]));
    return 0;
  }
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (argc > 1) {
    char line[64];
    int size = snprintf(line, sizeof line, "%d %lld\n", getpid(),
                        now.tv_sec * 1000000000LL + now.tv_nsec);
    int file = open(argv[1], O_WRONLY | O_APPEND | O_CREAT, 0666);
    if (file < 0 || write(file, line, size) != size) return 1;
    close(file);
  }
  for (;;) pause();
}
