#define _GNU_SOURCE
#include "CLineEditor.h"

#include <editline/readline.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

// libedit writes a format of its own, in which blanks are octal numbers; GNU readline, and with it the stock programs,
// have one line a command. Theirs is written, both are read.
static const char *mark = "_HiStOrY_V2_";

static void decode(char *line) {
  char *out = line;
  for (const char *in = line; *in;) {
    unsigned code;
    if (in[0] == '\\' && strlen(in) >= 4 && sscanf(in + 1, "%3o", &code) == 1) {
      *out++ = (char)code;
      in += 4;
    } else {
      *out++ = *in++;
    }
  }
  *out = 0;
}

static void read_lines(void) {
  FILE *file = fopen(history_file, "re");
  if (!file) return;
  char *line = NULL;
  size_t room = 0;
  int is_encoded = 0, is_first = 1;
  while (getline(&line, &room, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    if (is_first && strcmp(line, mark) == 0) {
      is_encoded = 1;
    } else if (*line) {
      if (is_encoded) decode(line);
      add_history(line);
    }
    is_first = 0;
  }
  free(line);
  fclose(file);
}

static void write_lines(void) {
  int descriptor = open(history_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
  if (!file) return;
  for (int i = 0; i < history_length; i++) {
    HIST_ENTRY *entry = history_get(history_base + i);
    if (entry) fprintf(file, "%s\n", entry->line);
  }
  fclose(file);
}

void cl_editor_begin(const char *history_path, cl_completer completer, void *context) {
  complete = completer;
  complete_context = context;
  rl_readline_name = "circusctl";
  // Names hold colons and dots.
  rl_basic_word_break_characters = " \t\n";
  rl_attempted_completion_function = candidates;
  using_history();
  stifle_history(MOST_HISTORY);
  if (history_path) {
    history_file = strdup(history_path);
    read_lines();
  }
}

static volatile sig_atomic_t interrupted;
static void interrupt(int signal) {
  (void)signal;
  interrupted = 1;
}

// ^C drops the line, as in every shell; elsewhere it ends the program as ever.
char *cl_editor_read(const char *prompt) {
  struct sigaction here = {.sa_handler = interrupt}, before;
  sigaction(SIGINT, &here, &before);
  char *line;
  do {
    interrupted = 0;
    line = readline(prompt);
    if (!line && interrupted) {
      clearerr(stdin);
      puts("^C");
    }
  } while (!line && interrupted);
  sigaction(SIGINT, &before, NULL);
  return line;
}

void cl_editor_remember(const char *line) {
  add_history(line);
  if (history_file) write_lines();
}
void cl_editor_end(void) {
  if (history_file) write_lines();
}
