// A full screen by ncurses, without the macros and global variables Swift cannot use. Nothing here
// decides anything.
#ifndef CSCREEN_H
#define CSCREEN_H

enum ct_style { CT_PLAIN = 0, CT_BOLD = 1, CT_DIM = 2, CT_REVERSE = 4 };
enum ct_color { CT_DEFAULT = 0, CT_RED, CT_GREEN, CT_YELLOW, CT_BLUE, CT_MAGENTA, CT_CYAN };
enum ct_key {
  CT_NONE = -1,
  CT_UP = 0x1000,
  CT_DOWN,
  CT_PAGE_UP,
  CT_PAGE_DOWN,
  CT_RESIZE,
};

// Takes the terminal over; -1 when it is none that can be drawn on.
int ct_begin(void);
void ct_end(void);
// Whether the terminal shows more than ASCII.
int ct_is_utf8(void);
void ct_size(int *rows, int *columns);
void ct_clear(void);
void ct_put(int row, int column, const char *text, int style, int color);
// Shows what changed since the last time.
void ct_show(void);
// A key that was pressed already, one of ct_key or a character.
int ct_key(void);

#endif
