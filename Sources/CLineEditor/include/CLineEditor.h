// A line with editing, history and completion by libedit, without the global variables Swift cannot
// use. Nothing here decides anything.
#ifndef CLINEEDITOR_H
#define CLINEEDITOR_H

// Fills `words` with what could stand for the last word of `line`, which begins at `start`: strings
// from malloc, at most `capacity`; returns how many.
typedef int (*cl_completer)(void *context, const char *line, int start, char **words, int capacity);
void cl_editor_begin(const char *history_path, cl_completer completer, void *context);
// A line without its end, to be freed; NULL at the end of input.
char *cl_editor_read(const char *prompt);
void cl_editor_remember(const char *line);
void cl_editor_end(void);

#endif
