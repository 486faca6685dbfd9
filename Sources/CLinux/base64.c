// Apart from the rest: resolv.h redefines names of other headers.
#include "CLinux.h"

#include <netinet/in.h>
#include <resolv.h>

int cl_base64_decode(const char *text, unsigned char *bytes, size_t capacity) {
    return b64_pton(text, bytes, capacity);
}

int cl_base64_encode(const unsigned char *bytes, size_t count, char *text, size_t capacity) {
    return b64_ntop(bytes, count, text, capacity);
}
