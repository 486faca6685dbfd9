#include "CFuzz.h"

int LLVMFuzzerRunDriver(int *argc, char ***argv, cf_target target);

static cf_target chosen;

// libFuzzer's archive asks for it, whoever calls the driver.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) { return chosen(bytes, count); }

int cf_run(int argc, char **argv, cf_target target) {
  chosen = target;
  return LLVMFuzzerRunDriver(&argc, &argv, target);
}
