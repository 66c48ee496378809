/* Days and hours of the house, by the time zone that the process has (TZ, tzset): `app` sets it
 * once before there is a thread. */
#ifndef USHER_ENGINE_CALENDAR_H
#define USHER_ENGINE_CALENDAR_H

#include "read/sales_breakdown.h"

/* When the hour or the day began in which the time lies. A day has 23 to 25 hours where clocks are
 * changed, and begins at one o'clock where midnight is left out. */
timestamp_ms calendar_start(enum calendar_unit unit, timestamp_ms at);

#endif
