/* See course.h. */
#include "rehearse/course.h"

#include "base/check.h"

void course_init(struct course *course)
{
    *course = (struct course){.beats_each = 1};
}

static void drop_every_second_point(struct course *course)
{
    course->point_count /= 2;
    for (size_t i = 0; i < course->point_count; i++)
        course->points[i] = course->points[2 * i];
    course->beats_each *= 2;
}

void course_note(struct course *course, const struct course_point *point, enum bound bound)
{
    CHECK(point->beat == course->beats);
    course->beats++;
    course->last = *point;
    if (point->full && !course->was_full) {
        course->was_full = true;
        course->first_full = point->beat;
    }
    course->bound_beats[bound]++;
    course->active_beats += point->active;
    if (point->active > course->most_active)
        course->most_active = point->active;
    if (point->beat % course->beats_each != 0)
        return;
    course->points[course->point_count++] = *point;
    if (course->point_count == COURSE_POINTS_MAX)
        drop_every_second_point(course);
}

enum bound course_bound(const struct course *course)
{
    enum bound longest = BOUND_ADMISSION;
    for (enum bound i = BOUND_ADMISSION; i < BOUND_COUNT; i++)
        if (course->bound_beats[i] > course->bound_beats[longest])
            longest = i;
    return longest;
}
