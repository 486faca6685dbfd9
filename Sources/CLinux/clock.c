#include "CLinux.h"

#include <sys/timerfd.h>
#include <time.h>

int cl_clock_arm(int descriptor) {
  // Never: the setting of the clock ends it.
  struct itimerspec never = {.it_value = {.tv_sec = time(NULL) + 10L * 365 * 86400}};
  return timerfd_settime(descriptor, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

int cl_clock_descriptor(void) {
  return timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
}
