#include "CLineEditor.h"

#include <editline/readline.h>
#include <stdlib.h>
#include <string.h>

static cl_completer complete;
static void *complete_context;
static const char *history_file;
enum { MOST_WORDS = 512, MOST_HISTORY = 1000 };

// libedit asks for one candidate after the other; all are made at the first question.
static char *next_word(const char *text, int state) {
  static char *words[MOST_WORDS];
  static int count, next;
  if (state == 0) {
    for (; next < count; next++) free(words[next]);
    next = 0;
    count = complete(complete_context, rl_line_buffer, rl_point - (int)strlen(text), words,
                     MOST_WORDS);
  }
  // The caller frees what it is given.
  return next < count ? words[next++] : NULL;
}

static char **candidates(const char *text, int start, int end) {
  (void)start;
  (void)end;
  // No file names where there is no candidate of ours.
  rl_attempted_completion_over = 1;
  return rl_completion_matches(text, next_word);
}

void cl_editor_begin(const char *history_path, cl_completer completer, void *context) {
  complete = completer;
  complete_context = context;
  rl_readline_name = "circusctl";
  rl_attempted_completion_function = candidates;
  using_history();
  stifle_history(MOST_HISTORY);
  if (history_path) {
    history_file = strdup(history_path);
    read_history(history_file);
  }
}

char *cl_editor_read(const char *prompt) { return readline(prompt); }
void cl_editor_remember(const char *line) { add_history(line); }
void cl_editor_end(void) {
  if (history_file) write_history(history_file);
}
