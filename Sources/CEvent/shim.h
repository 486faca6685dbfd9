// Before libevent's own configuration defines _GNU_SOURCE: the system's types must be the same ones
// in every module.
#include <sys/select.h>
#include <sys/time.h>
#include <sys/types.h>

#include <event2/event.h>
