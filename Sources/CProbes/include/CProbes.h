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
