#define _XOPEN_SOURCE_EXTENDED 1
#include "CScreen.h"

#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static SCREEN *screen;

int ct_begin(void) {
  setlocale(LC_ALL, "");
  const char *terminal = getenv("TERM");
  if (!isatty(0) || !isatty(1) || !terminal || strcmp(terminal, "dumb") == 0) return -1;
  screen = newterm(NULL, stdout, stdin);
  if (!screen) return -1;
  // ^C is a key like q: the program ends as it should.
  raw();
  noecho();
  curs_set(0);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  if (has_colors()) {
    start_color();
    use_default_colors();
    const short colors[] = {COLOR_RED,  COLOR_GREEN,   COLOR_YELLOW,
                            COLOR_BLUE, COLOR_MAGENTA, COLOR_CYAN};
    for (short i = 0; i < 6; i++) init_pair(i + 1, colors[i], -1);
  }
  return 0;
}

void ct_end(void) {
  if (!screen) return;
  endwin();
  delscreen(screen);
  screen = NULL;
}

int ct_is_utf8(void) {
  setlocale(LC_ALL, "");
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void ct_size(int *rows, int *columns) { getmaxyx(stdscr, *rows, *columns); }
void ct_clear(void) { erase(); }
void ct_show(void) { refresh(); }

void ct_put(int row, int column, const char *text, int style, int color) {
  attr_t attributes = (style & CT_BOLD ? A_BOLD : 0) | (style & CT_DIM ? A_DIM : 0) |
                      (style & CT_REVERSE ? A_REVERSE : 0);
  if (color && has_colors()) attributes |= COLOR_PAIR(color);
  attrset(attributes);
  mvaddstr(row, column, text);
  attrset(A_NORMAL);
}

int ct_key(void) {
  int key = getch();
  switch (key) {
    case ERR: return CT_NONE;
    case KEY_UP: return CT_UP;
    case KEY_DOWN: return CT_DOWN;
    case KEY_PPAGE: return CT_PAGE_UP;
    case KEY_NPAGE: return CT_PAGE_DOWN;
    case KEY_RESIZE: return CT_RESIZE;
    default: return key;
  }
}
