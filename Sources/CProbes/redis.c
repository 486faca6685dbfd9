#include "CProbes.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

// The text of a reply, or NULL after saying why there is none. The caller frees the reply.
static const char *text_of(redisContext *redis, redisReply *reply, char *problem, size_t size) {
  if (!reply) {
    snprintf(problem, size, "%s", redis->err ? redis->errstr : "no answer");
    return NULL;
  }
  if (reply->type == REDIS_REPLY_ERROR) {
    snprintf(problem, size, "%s", reply->str);
    return NULL;
  }
  return reply->str ? reply->str : "";
}

static int succeeds(redisContext *redis, redisReply *reply, char *problem, size_t size) {
  int good = text_of(redis, reply, problem, size) != NULL;
  if (reply) freeReplyObject(reply);
  return good;
}

char *cp_redis_info(const char *path, const char *host, int port, const char *user,
                    const char *password, int database, double timeout, char *problem,
                    size_t problem_size) {
  struct timeval limit = {(time_t)timeout, (suseconds_t)((timeout - (time_t)timeout) * 1e6)};
  redisContext *redis = path ? redisConnectUnixWithTimeout(path, limit)
                             : redisConnectWithTimeout(host, port, limit);
  if (!redis || redis->err) {
    snprintf(problem, problem_size, "%s", redis ? redis->errstr : "out of memory");
    if (redis) redisFree(redis);
    return NULL;
  }
  redisSetTimeout(redis, limit);
  int ready = 1;
  if (password)
    ready = succeeds(redis,
                     user ? redisCommand(redis, "AUTH %s %s", user, password)
                          : redisCommand(redis, "AUTH %s", password),
                     problem, problem_size);
  if (ready && database)
    ready = succeeds(redis, redisCommand(redis, "SELECT %d", database), problem, problem_size);
  char *info = NULL;
  if (ready) {
    redisReply *reply = redisCommand(redis, "INFO");
    const char *text = text_of(redis, reply, problem, problem_size);
    if (text) info = strdup(text);
    if (reply) freeReplyObject(reply);
  }
  redisFree(redis);
  return info;
}
