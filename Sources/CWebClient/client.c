#include "CWebClient.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cw_client {
  CURL *curl;
  struct curl_slist *headers;
  cw_sink sink;
  void *context;
};

static size_t take(char *bytes, size_t size, size_t count, void *context) {
  cw_client *client = context;
  long status = 0;
  curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
  // The page of an error is not printed.
  if (status != 200) return size * count;
  return client->sink(client->context, bytes, size * count) == 0 ? size * count : 0;
}

cw_client *cw_open(const char *socket_path, const char *user, const char *password) {
  cw_client *client = calloc(1, sizeof *client);
  if (!client) abort();
  client->curl = curl_easy_init();
  if (!client->curl) abort();
  client->headers = curl_slist_append(NULL, "Content-Type: text/xml");
  client->headers = curl_slist_append(client->headers, "Expect:");
  CURL *curl = client->curl;
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "supervisorctl");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, client->headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, client);
  if (socket_path) curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket_path);
  if (user && password) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(curl, CURLOPT_USERNAME, user);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
  }
  return client;
}

void cw_close(cw_client *client) {
  curl_easy_cleanup(client->curl);
  curl_slist_free_all(client->headers);
  free(client);
}

static cw_result result_of(CURL *curl, CURLcode code) {
  cw_result result = {CW_DONE, 0, 0, ""};
  long reason = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &result.status);
  curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &reason);
  result.reason = (int)reason;
  if (code == CURLE_OK) return result;
  result.outcome = code == CURLE_WRITE_ERROR                                     ? CW_CUT
                   : code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST
                       ? CW_NO_CONNECTION
                       : CW_FAILED;
  snprintf(result.problem, sizeof result.problem, "%s", curl_easy_strerror(code));
  return result;
}

static void prepare(cw_client *client, const char *url, cw_sink sink, void *context) {
  client->sink = sink;
  client->context = context;
  curl_easy_setopt(client->curl, CURLOPT_URL, url);
}

cw_result cw_request(cw_client *client, const char *url, const char *body, size_t size,
                     cw_sink sink, void *context) {
  prepare(client, url, sink, context);
  if (body) {
    curl_easy_setopt(client->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
  } else {
    curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
  }
  return result_of(client->curl, curl_easy_perform(client->curl));
}

cw_result cw_follow(const cw_stream *streams, int count, const int *descriptors,
                    int descriptor_count, int (*ready)(void *), void *context) {
  CURLM *multi = curl_multi_init();
  if (!multi) abort();
  for (int i = 0; i < count; i++) {
    cw_client *client = streams[i].client;
    prepare(client, streams[i].url, streams[i].sink, streams[i].context);
    curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
    curl_multi_add_handle(multi, client->curl);
  }
  cw_result result = {CW_CUT, 0, 0, ""};
  for (int running = count; running == count;) {
    curl_multi_perform(multi, &running);
    if (running < count) break;
    struct curl_waitfd extra[2] = {{.fd = -1}, {.fd = -1}};
    for (int i = 0; i < descriptor_count; i++)
      extra[i] = (struct curl_waitfd){.fd = descriptors[i], .events = CURL_WAIT_POLLIN};
    curl_multi_poll(multi, extra, (unsigned)descriptor_count, 1000, NULL);
    if ((extra[0].revents || extra[1].revents) && ready(context) != 0) break;
  }
  int left;
  for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));)
    if (message->msg == CURLMSG_DONE) result = result_of(message->easy_handle, message->data.result);
  for (int i = 0; i < count; i++) curl_multi_remove_handle(multi, streams[i].client->curl);
  curl_multi_cleanup(multi);
  return result;
}
