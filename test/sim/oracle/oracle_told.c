/* What an action has to say of the values before and after: of each row that the call changed, the
 * fields that people of the house change, in whatever order. */
#include "oracle/oracle_model.h"

#include <stdio.h>
#include <string.h>

/* Written down here again, by the names that they are told under. */
static const struct {
    enum record_kind kind;
    const char *names; /* with blanks around each */
} told_fields[] = {
    {RECORD_KIND_HOUSE, " openAt joinOpensAt paused maxActive admitPerSecond silentSeconds "
                        "activeSeconds waitSeconds "},
    {RECORD_KIND_USER, " role scopes "},
    {RECORD_KIND_POINT_ACCOUNT, " balance "},
    {RECORD_KIND_CONCERT, " title description reservationOpenAt reservationCloseAt status place "
                          "maxSeatsPerReservation maxSeatsPerUser externalId "},
    {RECORD_KIND_CONCERT_ROUND,
     " startTime status paused doorsAt endsAt freeCancelUntil reasonKo reasonEn "},
    {RECORD_KIND_SEAT_RESERVATION, " status "},
    {RECORD_KIND_TICKET, " generation "},
    {RECORD_KIND_NOTICE, " textKo textEn level until "},
};

static bool is_told(const struct field_schema *field, enum record_kind kind)
{
    char name[64];
    (void)snprintf(name, sizeof name, " %s ", field->json);
    for (size_t i = 0; i < sizeof told_fields / sizeof told_fields[0]; i++)
        if (told_fields[i].kind == kind)
            return strstr(told_fields[i].names, name) != NULL;
    return false;
}

static void format_value(const struct field_schema *field, const void *value, char text[static 256])
{
    text[0] = '\0';
    if (field->type == FIELD_TEXT && field_text(value) != NULL)
        (void)snprintf(text, 256, "%s", field_text(value));
    else if (field->type == FIELD_INT)
        (void)snprintf(text, 256, "%lld", (long long)field_integer(value));
    else if (field->type == FIELD_TIME && field_integer(value) != 0)
        timestamp_format(field_integer(value), text);
    else if (field->type == FIELD_ENUM)
        (void)snprintf(text, 256, "%s", field->texts[field_number(value)]);
    else if (field->type == FIELD_BOOL)
        (void)snprintf(text, 256, "%s", *(const bool *)value ? "true" : "false");
}

/* How much of a line was accounted for. */
struct check {
    const char *line;
    size_t length;
    bool good;
};

/* The piece stands in the line, between two marks. */
static void find_piece(struct check *check, const char *name, const char *value)
{
    char piece[512];
    const int length = snprintf(piece, sizeof piece, "%s=%s", name, value);
    const char *at = check->line;
    check->length += (size_t)length + (check->length > 0);
    while (at != NULL && (at = strstr(at, piece)) != NULL) {
        if ((at == check->line || at[-1] == '&') && (at[length] == '&' || at[length] == '\0'))
            return;
        at++;
    }
    check->good = false;
}

static void check_field(struct check *before, struct check *after, const char *name,
                        const struct field_schema *field, const void *old_value,
                        const void *new_value)
{
    char text[256];
    format_value(field, old_value, text);
    find_piece(before, name, text);
    format_value(field, new_value, text);
    find_piece(after, name, text);
}

static void check_row(struct check *before, struct check *after, const struct record *old_image,
                      const struct record *new_image)
{
    const struct entity_schema *schema = record_schema(old_image->kind);
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        const void *old_value = record_field(old_image, field);
        const void *new_value = record_field(new_image, field);
        char old_text[256], new_text[256];
        format_value(field, old_value, old_text);
        format_value(field, new_value, new_text);
        if (is_told(field, old_image->kind) && strcmp(old_text, new_text) != 0)
            check_field(before, after, field->json, field, old_value, new_value);
    }
}

/* A grade's price is told once. */
/* As prices by grade name it. */
static const char *grade_name(const struct seat *seat)
{
    return seat->grade == NULL ? "" : seat->grade;
}

static bool is_first_of_grade(const struct oracle *oracle, size_t entry, const char *grade)
{
    for (size_t i = oracle->span.log_start; i < entry; i++) {
        const struct record *image = &oracle->log.entries[i].image;
        if (oracle->log.entries[i].there && image->kind == RECORD_KIND_SEAT &&
            strcmp(grade_name(&image->as.seat), grade) == 0)
            return false;
    }
    return true;
}

static void check_seat(const struct oracle *oracle, size_t entry, struct check *before,
                       struct check *after)
{
    const struct seat *old_seat = &oracle->log.entries[entry].image.as.seat;
    const struct seat *new_seat = &oracle->log.entries[entry].row->image.as.seat;
    char name[300], text[32];
    if (old_seat->price == new_seat->price ||
        !is_first_of_grade(oracle, entry, grade_name(old_seat)))
        return;
    (void)snprintf(name, sizeof name, "prices.%s", grade_name(old_seat));
    (void)snprintf(text, sizeof text, "%lld", (long long)old_seat->price);
    find_piece(before, name, text);
    (void)snprintf(text, sizeof text, "%lld", (long long)new_seat->price);
    find_piece(after, name, text);
}

/* A notice that is taken back, or was not there, has no words and no end. */
static void check_told_notice(const struct log_entry *entry, struct check *before,
                              struct check *after)
{
    struct record none = {.kind = RECORD_KIND_NOTICE};
    if (entry->row->there) {
        check_row(before, after, entry->there ? &entry->image : &none, &entry->row->image);
        return;
    }
    none.as.notice.level = entry->image.as.notice.level;
    check_row(before, after, &entry->image, &none);
}

/* Where nothing changed there is no line at all. */
static bool is_whole(const struct check *check)
{
    if (check->line == NULL)
        return check->good && check->length == 0;
    return check->good && check->length > 0 && strlen(check->line) == check->length;
}

void told_judge(struct oracle *oracle, const struct action *action)
{
    struct check before = {.line = action->old_values, .good = true};
    struct check after = {.line = action->new_values, .good = true};
    for (size_t i = oracle->span.log_start; i < oracle->log.count; i++) {
        const struct log_entry *entry = &oracle->log.entries[i];
        const enum record_kind kind = entry->row->image.kind;
        if (kind == RECORD_KIND_NOTICE)
            check_told_notice(entry, &before, &after);
        else if (!entry->there || !entry->row->there)
            continue;
        else if (kind == RECORD_KIND_SEAT)
            check_seat(oracle, i, &before, &after);
        else
            check_row(&before, &after, &entry->image, &entry->row->image);
    }
    if (!is_whole(&before) || !is_whole(&after))
        object_to(oracle, 14, "an action of %s tells %s, which became %s, and other things changed",
                  action->what, action->old_values == NULL ? "nothing" : action->old_values,
                  action->new_values == NULL ? "nothing" : action->new_values);
}
