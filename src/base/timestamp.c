/* RFC 3339 in and out, with the proleptic Gregorian calendar done in integers. */
#include "base/timestamp.h"

#include "base/check.h"

/* Days from 1970-01-01 to a civil date. Source: H. Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms", days_from_civil. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t year_of_era = year - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil_date {
    int64_t year, month, day;
};

/* The inverse; same source, civil_from_days. */
static struct civil_date civil_from_days(int64_t days)
{
    days += 719468;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int64_t day_of_era = days - era * 146097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t shifted_month = (5 * day_of_year + 2) / 153;
    const int64_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
    return (struct civil_date){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * shifted_month + 2) / 5 + 1,
    };
}

static void put_digits(char *text, int64_t value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        text[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void timestamp_format(timestamp_ms time, char text[static TIMESTAMP_TEXT_BYTES])
{
    CHECK(time >= 0 && time < INT64_C(253402300800000));
    const struct civil_date date = civil_from_days(time / DAY_MS);
    const int64_t rest = time % DAY_MS;

    put_digits(text, date.year, 4);
    text[4] = '-';
    put_digits(text + 5, date.month, 2);
    text[7] = '-';
    put_digits(text + 8, date.day, 2);
    text[10] = 'T';
    put_digits(text + 11, rest / HOUR_MS, 2);
    text[13] = ':';
    put_digits(text + 14, rest / MINUTE_MS % 60, 2);
    text[16] = ':';
    put_digits(text + 17, rest / SECOND_MS % 60, 2);
    text[19] = '.';
    put_digits(text + 20, rest % SECOND_MS, 3);
    text[23] = 'Z';
    text[24] = '\0';
}

struct unread {
    const char *at, *end;
};

static bool take_character(struct unread *unread, char a, char b)
{
    if (unread->at == unread->end || (*unread->at != a && *unread->at != b))
        return false;
    unread->at++;
    return true;
}

static bool take_digits(struct unread *unread, int width, int64_t low, int64_t high, int64_t *value)
{
    if (unread->end - unread->at < width)
        return false;
    int64_t sum = 0;
    for (int i = 0; i < width; i++) {
        const char digit = *unread->at++;
        if (digit < '0' || digit > '9')
            return false;
        sum = sum * 10 + (digit - '0');
    }
    *value = sum;
    return sum >= low && sum <= high;
}

static bool take_fraction(struct unread *unread, int64_t *ms)
{
    *ms = 0;
    if (!take_character(unread, '.', '.'))
        return true;
    int64_t weight = 100;
    const char *first = unread->at;
    while (unread->at != unread->end && *unread->at >= '0' && *unread->at <= '9') {
        *ms += (*unread->at++ - '0') * weight;
        weight /= 10;
    }
    return unread->at != first;
}

static bool take_offset(struct unread *unread, int64_t *offset_ms)
{
    *offset_ms = 0;
    if (take_character(unread, 'Z', 'z'))
        return true;
    const bool west = unread->at != unread->end && *unread->at == '-';
    int64_t hours, minutes;
    if (!take_character(unread, '+', '-') || !take_digits(unread, 2, 0, 23, &hours) ||
        !take_character(unread, ':', ':') || !take_digits(unread, 2, 0, 59, &minutes))
        return false;
    *offset_ms = (hours * HOUR_MS + minutes * MINUTE_MS) * (west ? -1 : 1);
    return true;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    const int64_t next =
        month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1);
    return next - days_from_civil(year, month, 1);
}

bool timestamp_parse(const char *text, size_t length, timestamp_ms *time)
{
    struct unread unread = {.at = text, .end = text + length};
    int64_t year, month, day, hour, minute, second, fraction_ms, offset_ms;
    if (!take_digits(&unread, 4, 0, 9999, &year) || !take_character(&unread, '-', '-') ||
        !take_digits(&unread, 2, 1, 12, &month) || !take_character(&unread, '-', '-') ||
        !take_digits(&unread, 2, 1, days_in_month(year, month), &day) ||
        !take_character(&unread, 'T', 't') || !take_digits(&unread, 2, 0, 23, &hour) ||
        !take_character(&unread, ':', ':') || !take_digits(&unread, 2, 0, 59, &minute) ||
        !take_character(&unread, ':', ':') || !take_digits(&unread, 2, 0, 60, &second) ||
        !take_fraction(&unread, &fraction_ms) || !take_offset(&unread, &offset_ms) ||
        unread.at != unread.end)
        return false;
    if (second == 60)
        fraction_ms = 0;
    const timestamp_ms value = days_from_civil(year, month, day) * DAY_MS + hour * HOUR_MS +
                               minute * MINUTE_MS + second * SECOND_MS + fraction_ms - offset_ms;
    if (value < TIMESTAMP_MIN_MS || value >= TIMESTAMP_END_MS)
        return false;
    *time = value;
    return true;
}
