/* See drawing.h. */
#include "app/rehearse/drawing.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* In the drawing's own units. */
#define WIDTH 900
#define LEFT 90
#define RIGHT (WIDTH - 30)
#define TOP 60
#define PANEL_HEIGHT 120
#define PANEL_STEP 165
#define BOTTOM (TOP + 3 * PANEL_STEP + PANEL_HEIGHT)
#define HEIGHT (BOTTOM + 45)

struct panel {
    const char *title, *color;
    size_t offset; /* of its number in a point */
};

static const struct panel panels[] = {
    {"people waiting", "#4c6ef5", offsetof(struct course_point, waiting)},
    {"people inside", "#12b886", offsetof(struct course_point, active)},
    {"seats held", "#f59f00", offsetof(struct course_point, held)},
    {"seats sold", "#e03131", offsetof(struct course_point, sold)},
};

#define PANEL_COUNT (sizeof panels / sizeof panels[0])

static uint32_t value_of(const struct panel *panel, const struct course_point *point)
{
    uint32_t value;
    memcpy(&value, (const char *)point + panel->offset, sizeof value);
    return value;
}

static uint32_t most_of(const struct panel *panel, const struct course *course)
{
    uint32_t most = value_of(panel, &course->last);
    for (size_t i = 0; i < course->point_count; i++)
        if (value_of(panel, &course->points[i]) > most)
            most = value_of(panel, &course->points[i]);
    return most == 0 ? 1 : most; /* an empty panel has a scale too */
}

static double x_of(const struct course *course, uint32_t beat)
{
    return LEFT + (double)(RIGHT - LEFT) * beat / course->beats;
}

/* ---- What stands around the lines ---- */

static void draw_head(FILE *file, const struct findings *findings,
                      const struct rehearsal_plan *plan)
{
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"13\">\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT);
    fprintf(file,
            "<text x=\"%d\" y=\"28\" font-size=\"17\">%" PRId64 " buyers, %" PRId64
            " seats: %s %.1f s</text>\n",
            LEFT, plan->buyers, plan->seats,
            findings->sold_out ? "sold out after" : "not sold out; over after",
            (double)findings->beats / SECOND_BEATS);
}

static void draw_scale(FILE *file, const struct panel *panel, int top, uint32_t most)
{
    const int bottom = top + PANEL_HEIGHT;
    fprintf(file, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", LEFT, top - 6, panel->color,
            panel->title);
    fprintf(file,
            "<path d=\"M%d %dH%dM%d %dH%d\" stroke=\"#ced4da\" fill=\"none\"/>\n"
            "<g text-anchor=\"end\" fill=\"#495057\"><text x=\"%d\" y=\"%d\">%" PRIu32
            "</text><text x=\"%d\" y=\"%d\">0</text></g>\n",
            LEFT, top, RIGHT, LEFT, bottom, RIGHT, LEFT - 8, top + 5, most, LEFT - 8, bottom + 5);
}

#define TIMES_MAX 8

/* Seconds between two times: 1, 2 or 5 with zeros behind it. */
static uint32_t time_step(uint32_t seconds)
{
    static const uint32_t steps[] = {1, 2, 5};
    for (uint32_t zeros = 1;; zeros *= 10) /* a sale lasts a day at most */
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
            if (seconds / (zeros * steps[i]) <= TIMES_MAX)
                return zeros * steps[i];
}

static void draw_times(FILE *file, const struct course *course)
{
    const uint32_t seconds = course->last.beat / SECOND_BEATS, step = time_step(seconds);
    fprintf(file, "<g text-anchor=\"middle\" fill=\"#495057\">\n");
    for (uint32_t second = 0; second <= seconds; second += step)
        fprintf(file, "<text x=\"%.1f\" y=\"%d\">%" PRIu32 " s</text>\n",
                x_of(course, second * SECOND_BEATS), BOTTOM + 24, second);
    fprintf(file, "</g>\n");
}

/* ---- The lines ---- */

static void draw_point(FILE *file, const struct course *course, const struct course_point *point,
                       double y)
{
    fprintf(file, "%.1f,%.1f ", x_of(course, point->beat), y);
}

static double y_of(const struct panel *panel, const struct course_point *point, int top,
                   uint32_t most)
{
    return top + PANEL_HEIGHT * (1 - (double)value_of(panel, point) / most);
}

static void draw_panel(FILE *file, const struct course *course, size_t index)
{
    const struct panel *panel = &panels[index];
    const int top = TOP + (int)index * PANEL_STEP;
    const uint32_t most = most_of(panel, course);
    draw_scale(file, panel, top, most);
    fprintf(file, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"",
            panel->color);
    for (size_t i = 0; i < course->point_count; i++)
        draw_point(file, course, &course->points[i], y_of(panel, &course->points[i], top, most));
    draw_point(file, course, &course->last, y_of(panel, &course->last, top, most));
    fprintf(file, "\"/>\n");
}

enum result drawing_write(const char *path, const struct findings *findings,
                          const struct rehearsal_plan *plan, struct explanation *explanation)
{
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return explain(explanation, RESULT_IO, "--svg %.200s: %s", path, strerror(errno));
    draw_head(file, findings, plan);
    for (size_t i = 0; i < PANEL_COUNT; i++)
        draw_panel(file, &findings->course, i);
    draw_times(file, &findings->course);
    fprintf(file, "</svg>\n");
    const bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed)
        return explain(explanation, RESULT_IO, "--svg %.200s: it could not be written", path);
    return RESULT_OK;
}
