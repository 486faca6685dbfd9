// libFuzzer's own main loop, with ours as its target.
#ifndef CFUZZ_H
#define CFUZZ_H

#include <stddef.h>
#include <stdint.h>

typedef int (*cf_target)(const uint8_t *bytes, size_t count);
int cf_run(int argc, char **argv, cf_target target);

#endif
