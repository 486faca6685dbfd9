// What plugins look at the world with: libcurl, hiredis and PCRE2, whose variadic and macro
// interfaces Swift cannot call. Nothing here decides anything; CircusPlugins is the only room that
// imports it.
#ifndef CPROBES_H
#define CPROBES_H

#include <stddef.h>

// One GET over http or https. Returns 0 when an answer came, whatever its status; otherwise why
// not, in `problem`.
int cp_http_get(const char *url, long timeout_milliseconds, long *status, double *seconds,
                char *problem, size_t problem_size);

// Many requests at once, none of which waits for another.
typedef struct cp_prober cp_prober;
// NULL when libcurl cannot be started.
cp_prober *cp_prober_new(void);

typedef struct {
  long id;
  // http or https.
  const char *url;
  long timeout; // milliseconds, for all of it
  int connects_only;
  int verifies;
  const char *authority;  // file of certificates; NULL: the system's
  const char *socket;     // unix socket; NULL: none
  const char *connect_to; // `HOST:PORT:HOST:PORT`, as CURLOPT_CONNECT_TO; NULL: the URL's
  const char *const *headers; // `Name: value`
  size_t header_count;
} cp_request;
// 0, or -1 when it cannot be begun. Nothing of the request is kept.
int cp_prober_add(cp_prober *prober, const cp_request *request);
void cp_prober_cancel(cp_prober *prober, long id);
// Until a request is done or the descriptor can be read; 1: it can.
int cp_prober_wait(cp_prober *prober, int descriptor);

typedef struct {
  long id;
  long status;
  double seconds;
  const char *problem;  // NULL: there is an answer
  int is_ours;          // the problem is none of the server's
  int is_timeout;
  const char *location; // absolute; NULL: no redirect
  const char *body;     // its beginning
  size_t size;
} cp_result;
// The next that is done; 0: none is. What it points to is there until the next call.
int cp_prober_next(cp_prober *prober, cp_result *result);

// INFO of a Redis server at `path`, or at host and port when that is NULL. The text is the
// caller's to free; NULL when there is none, and why in `problem`.
char *cp_redis_info(const char *path, const char *host, int port, const char *user,
                    const char *password, int database, double timeout, char *problem,
                    size_t problem_size);

// A compiled pattern, or NULL and why in `problem`.
typedef struct cp_pattern cp_pattern;
cp_pattern *cp_pattern_compile(const char *text, char *problem, size_t problem_size);
void cp_pattern_free(cp_pattern *pattern);
int cp_pattern_has_group(cp_pattern *pattern, const char *name);
// Whether it matches at the start of `text`.
int cp_pattern_matches(cp_pattern *pattern, const char *text, size_t size);
// What a group of the last match holds, up to `capacity` bytes; -1 when it holds nothing.
long cp_pattern_group(cp_pattern *pattern, const char *name, char *buffer, size_t capacity);

#endif
