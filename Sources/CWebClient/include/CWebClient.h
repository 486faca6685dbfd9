// HTTP over TCP or a unix socket by libcurl, whose options are no functions Swift can call.
#ifndef CWEBCLIENT_H
#define CWEBCLIENT_H

#include <stddef.h>

typedef struct cw_client cw_client;
// Takes bytes of an answer; anything but 0 cuts it off.
typedef int (*cw_sink)(void *context, const char *bytes, size_t count);

// What became of a request; the error number of the system, if there is one, in `reason`.
enum { CW_DONE = 0, CW_CUT = 1, CW_NO_CONNECTION = 2, CW_FAILED = 3 };
typedef struct {
  int outcome;
  long status;
  int reason;
  char problem[256];
} cw_result;

// `socket_path`: a unix socket instead of the URL's host; user and password together, or neither.
cw_client *cw_open(const char *socket_path, const char *user, const char *password);
void cw_close(cw_client *client);
// Posts a body, or gets when there is none.
cw_result cw_request(cw_client *client, const char *url, const char *body, size_t size,
                     cw_sink sink, void *context);

// Several answers without an end at once. `ready` is asked whenever one of at most two `descriptors`
// can be read; it returns 0 to go on. Ends when one of the answers does, with its result.
typedef struct {
  cw_client *client;
  const char *url;
  cw_sink sink;
  void *context;
} cw_stream;
cw_result cw_follow(const cw_stream *streams, int count, const int *descriptors,
                    int descriptor_count, int (*ready)(void *), void *context);

#endif
