/* See ticket_qr.h. libqrencode makes the modules; a run of black ones in a row is one rectangle. */
#include "api/ticket_qr.h"

#include "base/check.h"

#include <qrencode.h>
#include <stdarg.h>
#include <stdio.h>

#define QUIET_MODULES 4 /* ISO/IEC 18004, 9.1 */
#define MODULE_UNITS 4
#define LEAST_VERSION 0 /* whichever has room */

/* Longer than any piece below. */
#define PIECE_BYTES 256

__attribute__((format(printf, 2, 3))) static bool draw_piece(struct buffer *out, const char *format,
                                                             ...)
{
    char piece[PIECE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    CHECK(length > 0 && (size_t)length < sizeof piece);
    if (buffer_reserve(out, (size_t)length) != RESULT_OK)
        return false;
    buffer_append(out, piece, (size_t)length);
    return true;
}

static bool is_black(const QRcode *qr, int x, int y)
{
    return (qr->data[y * qr->width + x] & 1) != 0;
}

static bool draw_module_row(const QRcode *qr, int y, struct buffer *out)
{
    for (int x = 0, run; x < qr->width; x += run == 0 ? 1 : run) {
        run = 0;
        while (x + run < qr->width && is_black(qr, x + run, y))
            run++;
        if (run > 0 &&
            !draw_piece(out, "M%d %dh%dv1h-%dz", x + QUIET_MODULES, y + QUIET_MODULES, run, run))
            return false;
    }
    return true;
}

static bool draw_qr(const QRcode *qr, struct buffer *out)
{
    const int modules = qr->width + 2 * QUIET_MODULES;
    bool good = draw_piece(out,
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                           " viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
                           "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
                           modules * MODULE_UNITS, modules * MODULE_UNITS, modules, modules,
                           modules, modules);
    for (int y = 0; good && y < qr->width; y++)
        good = draw_module_row(qr, y, out);
    return good && draw_piece(out, "\"/></svg>\n");
}

bool ticket_qr_write(const char *text, size_t length, struct buffer *out)
{
    QRcode *qr =
        QRcode_encodeData((int)length, (const unsigned char *)text, LEAST_VERSION, QR_ECLEVEL_M);
    const bool good = qr != NULL && draw_qr(qr, out);
    QRcode_free(qr);
    return good;
}
