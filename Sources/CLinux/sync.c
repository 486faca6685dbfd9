#include "CLinux.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

// One thread that waits for requests and calls fdatasync, which may take seconds.
struct cl_sync {
  int file;
  int requests;
};

static void *work(void *argument) {
  struct cl_sync *sync = argument;
  uint64_t count;
  // A request of 2^32 is the last.
  while (read(sync->requests, &count, sizeof count) == sizeof count) {
    fdatasync(sync->file);
    if (count >= (UINT64_C(1) << 32)) break;
  }
  close(sync->file);
  close(sync->requests);
  free(sync);
  return NULL;
}

int cl_sync_start(int file) {
  struct cl_sync *sync = malloc(sizeof *sync);
  if (!sync) return -1;
  sync->file = cl_dup_above(file, 3);
  sync->requests = eventfd(0, EFD_CLOEXEC);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  pthread_t thread;
  int requests = sync->requests;
  int own = cl_dup_above(requests, 3);
  if (sync->file < 0 || requests < 0 || own < 0 || pthread_create(&thread, &attributes, work, sync) != 0) {
    close(sync->file);
    close(requests);
    close(own);
    free(sync);
    return -1;
  }
  return own;
}

void cl_sync_request(int requests, int isLast) {
  uint64_t count = isLast ? UINT64_C(1) << 32 : 1;
  if (write(requests, &count, sizeof count) < 0) return;
}
