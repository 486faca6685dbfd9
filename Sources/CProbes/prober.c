// Many requests at once, by libcurl's multi interface.
#include "CProbes.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

// Bytes of a body that are looked at; the rest is not waited for.
enum { most_read = 65536 };

typedef struct transfer {
  struct transfer *next;
  CURL *easy;
  struct curl_slist *headers;
  struct curl_slist *connect_to;
  long id;
  char *body;
  size_t size;
  int is_full;
  char problem[CURL_ERROR_SIZE];
} transfer;

struct cp_prober {
  CURLM *multi;
  transfer *running;
  // The one that was told last.
  transfer *told;
};

cp_prober *cp_prober_new(void) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return NULL;
  cp_prober *prober = calloc(1, sizeof *prober);
  if (prober) prober->multi = curl_multi_init();
  return prober && prober->multi ? prober : NULL;
}

static size_t take(char *bytes, size_t size, size_t count, void *context) {
  transfer *one = context;
  size_t length = size * count;
  size_t room = most_read - one->size;
  size_t part = length < room ? length : room;
  char *body = realloc(one->body, one->size + part + 1);
  if (!body) return 0;
  memcpy(body + one->size, bytes, part);
  one->body = body;
  one->size += part;
  one->is_full = one->size == most_read;
  return one->is_full ? 0 : length;
}

static void discard(transfer *one) {
  if (!one) return;
  curl_easy_cleanup(one->easy);
  curl_slist_free_all(one->headers);
  curl_slist_free_all(one->connect_to);
  free(one->body);
  free(one);
}

static transfer *detach(cp_prober *prober, CURL *easy, long id) {
  for (transfer **place = &prober->running; *place; place = &(*place)->next) {
    transfer *one = *place;
    if (easy ? one->easy != easy : one->id != id) continue;
    *place = one->next;
    curl_multi_remove_handle(prober->multi, one->easy);
    return one;
  }
  return NULL;
}

int cp_prober_add(cp_prober *prober, const cp_request *request) {
  transfer *one = calloc(1, sizeof *one);
  if (!one) return -1;
  one->id = request->id;
  CURL *easy = one->easy = curl_easy_init();
  if (!easy) {
    free(one);
    return -1;
  }
  for (size_t index = 0; index < request->header_count; index++) {
    one->headers = curl_slist_append(one->headers, request->headers[index]);
  }
  if (request->connect_to) {
    one->connect_to = curl_slist_append(NULL, request->connect_to);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, one->connect_to);
  }
  curl_easy_setopt(easy, CURLOPT_URL, request->url);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, request->timeout);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, (long)request->connects_only);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, (long)request->verifies);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, request->verifies ? 2L : 0L);
  if (request->authority) curl_easy_setopt(easy, CURLOPT_CAINFO, request->authority);
  if (request->socket) curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request->socket);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, one->headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, one);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, one->problem);
  if (curl_multi_add_handle(prober->multi, easy) != CURLM_OK) {
    discard(one);
    return -1;
  }
  one->next = prober->running;
  prober->running = one;
  return 0;
}

void cp_prober_cancel(cp_prober *prober, long id) { discard(detach(prober, NULL, id)); }

int cp_prober_wait(cp_prober *prober, int descriptor) {
  int running = 0;
  curl_multi_perform(prober->multi, &running);
  struct curl_waitfd wait = {descriptor, CURL_WAIT_POLLIN, 0};
  // One that is done already is told at once.
  int left = 0;
  for (transfer *one = prober->running; one; one = one->next) left++;
  curl_multi_poll(prober->multi, &wait, 1, left > running ? 0 : 60000, NULL);
  curl_multi_perform(prober->multi, &running);
  return wait.revents != 0;
}

int cp_prober_next(cp_prober *prober, cp_result *result) {
  discard(prober->told);
  prober->told = NULL;
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(prober->multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result;
    transfer *one = detach(prober, message->easy_handle, 0);
    if (!one) continue;
    prober->told = one;
    memset(result, 0, sizeof *result);
    result->id = one->id;
    curl_easy_getinfo(one->easy, CURLINFO_RESPONSE_CODE, &result->status);
    curl_easy_getinfo(one->easy, CURLINFO_TOTAL_TIME, &result->seconds);
    char *location = NULL;
    curl_easy_getinfo(one->easy, CURLINFO_REDIRECT_URL, &location);
    result->location = location;
    result->body = one->body;
    result->size = one->size;
    int is_fine = code == CURLE_OK || (code == CURLE_WRITE_ERROR && one->is_full);
    if (!is_fine) result->problem = one->problem[0] ? one->problem : curl_easy_strerror(code);
    result->is_ours = code == CURLE_OUT_OF_MEMORY || code == CURLE_FAILED_INIT ||
                      code == CURLE_SSL_CACERT_BADFILE;
    result->is_timeout = code == CURLE_OPERATION_TIMEDOUT;
    return 1;
  }
  return 0;
}
