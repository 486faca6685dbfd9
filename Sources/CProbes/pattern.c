#include "CProbes.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cp_pattern {
  pcre2_code *code;
  pcre2_match_data *match;
};

cp_pattern *cp_pattern_compile(const char *text, char *problem, size_t problem_size) {
  int number;
  PCRE2_SIZE offset;
  pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &number,
                                   &offset, NULL);
  if (!code) {
    pcre2_get_error_message(number, (PCRE2_UCHAR *)problem, problem_size);
    return NULL;
  }
  cp_pattern *pattern = malloc(sizeof *pattern);
  if (!pattern) abort();
  pattern->code = code;
  pattern->match = pcre2_match_data_create_from_pattern(code, NULL);
  return pattern;
}

void cp_pattern_free(cp_pattern *pattern) {
  pcre2_match_data_free(pattern->match);
  pcre2_code_free(pattern->code);
  free(pattern);
}

int cp_pattern_has_group(cp_pattern *pattern, const char *name) {
  return pcre2_substring_number_from_name(pattern->code, (PCRE2_SPTR)name) > 0;
}

int cp_pattern_matches(cp_pattern *pattern, const char *text, size_t size) {
  // The caller's text does not outlive this call; a group is asked for later.
  uint32_t options = PCRE2_ANCHORED | PCRE2_COPY_MATCHED_SUBJECT;
  return pcre2_match(pattern->code, (PCRE2_SPTR)text, size, 0, options, pattern->match, NULL) >= 0;
}

long cp_pattern_group(cp_pattern *pattern, const char *name, char *buffer, size_t capacity) {
  PCRE2_SIZE length = capacity;
  int result = pcre2_substring_copy_byname(pattern->match, (PCRE2_SPTR)name,
                                           (PCRE2_UCHAR *)buffer, &length);
  return result == 0 ? (long)length : -1;
}
