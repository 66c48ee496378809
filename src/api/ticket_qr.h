/* A text as a QR code (ISO/IEC 18004), drawn as SVG. */
#ifndef USHER_API_TICKET_QR_H
#define USHER_API_TICKET_QR_H

#include "base/buffer.h"

#include <stdbool.h>

/* Appends the picture: black on white, four units a module, with a quiet zone of four modules, and
 * so much redundancy that 15 of 100 may be unreadable (level M). False: no memory. */
bool ticket_qr_write(const char *text, size_t length, struct buffer *out);

#endif
