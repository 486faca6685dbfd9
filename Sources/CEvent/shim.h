// Before libevent's own configuration defines _GNU_SOURCE: the system's types must be the same ones
// in every module.
#include <sys/select.h>
#include <sys/time.h>
#include <sys/types.h>

#include <event2/event.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
