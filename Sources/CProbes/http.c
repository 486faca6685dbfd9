#include "CProbes.h"

#include <curl/curl.h>
#include <stdio.h>

// The page itself is of no interest.
static size_t drop(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes;
  (void)context;
  return size * count;
}

int cp_http_get(const char *url, long timeout_milliseconds, long *status, double *seconds,
                char *problem, size_t problem_size) {
  *status = 0;
  *seconds = 0;
  CURL *curl = curl_easy_init();
  if (!curl) {
    snprintf(problem, problem_size, "libcurl cannot be started");
    return -1;
  }
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "circus-plugin");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_milliseconds);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
  CURLcode code = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
  curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, seconds);
  if (code != CURLE_OK) snprintf(problem, problem_size, "%s", curl_easy_strerror(code));
  curl_easy_cleanup(curl);
  return code == CURLE_OK ? 0 : -1;
}
