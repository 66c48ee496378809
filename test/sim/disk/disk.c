/* See disk.h. The disk as a whole: names, the plan, dying and coming back, images. */
#include "disk/disk_file.h"
#include "disk/own_memory.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

/* SQLite's and the data directory's functions have no argument to hand it to them. */
static struct disk *current;

/* ---- Life ---- */

struct disk *disk_new(struct chance *chance)
{
    CHECK(current == NULL);
    memory_prepare_sqlite();
    CHECK(sqlite3_initialize() == SQLITE_OK);
    struct disk *disk = own_allocate(sizeof *disk);
    disk->chance = chance;
    vfs_describe(disk);
    CHECK(sqlite3_vfs_register(&disk->vfs, 1) == SQLITE_OK);
    sqlite3_randomness(0, NULL); /* it begins anew, from this disk */
    current = disk;
    return disk;
}

void disk_free(struct disk *disk)
{
    CHECK(sqlite3_vfs_unregister(&disk->vfs) == SQLITE_OK);
    struct disk_file *next = disk->files;
    while (next != NULL) {
        struct disk_file *file = next;
        next = file->next;
        CHECK(file->handles == NULL);
        file_release(file);
        own_free(file);
    }
    own_free(disk);
    current = NULL;
}

struct disk *disk_current(void)
{
    return current;
}

struct disk_plan *disk_plan(struct disk *disk)
{
    return &disk->plan;
}

void disk_counts(const struct disk *disk, struct disk_counts *counts)
{
    *counts = disk->counts;
    counts->bytes = disk->bytes;
}

/* ---- The plan ---- */

enum disk_fate disk_begin(struct disk *disk, enum disk_operation operation)
{
    struct disk_plan *plan = &disk->plan;
    if (disk->dead)
        return DISK_IS_DEAD;
    disk->counts.operations[operation]++;
    if (plan->death > 0 && --plan->death == 0) {
        static const enum disk_fate fates[] = {DISK_DIES_AFTER, DISK_DIES_AMID, DISK_DIES_BEFORE};
        disk_die(disk);
        return fates[chance_below(disk->chance, sizeof fates / sizeof fates[0])];
    }
    if (plan->countdown == 0 || plan->operation != operation || --plan->countdown > 0)
        return DISK_GOES_WELL;
    plan->countdown = plan->lasting ? 1 : 0;
    disk->counts.failures[operation]++;
    return DISK_FAILS;
}

/* ---- Names ---- */

struct disk_file *disk_find(const struct disk *disk, const char *name)
{
    for (struct disk_file *file = disk->files; file != NULL; file = file->next)
        if (file->named && strcmp(file->name, name) == 0)
            return file;
    return NULL;
}

struct disk_file *disk_create(struct disk *disk, const char *name)
{
    struct disk_file *file = own_allocate(sizeof *file);
    struct disk_file **last = &disk->files;
    while (*last != NULL)
        last = &(*last)->next;
    *last = file;
    if (name != NULL) {
        const int length = snprintf(file->name, sizeof file->name, "%s", name);
        CHECK(length >= 0 && (size_t)length < sizeof file->name);
        file->named = true;
    }
    return file;
}

void disk_forget_unless_needed(struct disk *disk, struct disk_file *file)
{
    if (file->named || file->name_durable || file->handles != NULL)
        return;
    struct disk_file **link = &disk->files;
    while (*link != file) {
        CHECK(*link != NULL);
        link = &(*link)->next;
    }
    *link = file->next;
    if (file->name[0] == '\0') /* a temporary one took room for as long as it was open */
        disk->bytes -= (int64_t)file->written.length;
    file_release(file);
    own_free(file);
}

void disk_unname(struct disk *disk, struct disk_file *file)
{
    file->named = false;
    disk->bytes -= (int64_t)file->written.length;
    disk_forget_unless_needed(disk, file);
}

void disk_names_synced(struct disk *disk)
{
    struct disk_file *next = disk->files;
    while (next != NULL) {
        struct disk_file *file = next;
        next = file->next;
        file->name_durable = file->named;
        disk_forget_unless_needed(disk, file);
    }
}

bool disk_has(const struct disk *disk, const char *name)
{
    return disk_find(disk, name) != NULL;
}

bool disk_make(struct disk *disk, const char *name)
{
    if (disk->dead)
        return false;
    if (disk_find(disk, name) == NULL)
        (void)disk_create(disk, name); /* the disk keeps it */
    return true;
}

bool disk_sync_names(struct disk *disk)
{
    const enum disk_fate fate = disk_begin(disk, DISK_SYNC);
    if (fate == DISK_GOES_WELL || fate == DISK_DIES_AFTER)
        disk_names_synced(disk);
    return fate == DISK_GOES_WELL;
}

/* ---- Dying and coming back ---- */

void disk_die(struct disk *disk)
{
    disk->dead = true;
}

bool disk_is_dead(const struct disk *disk)
{
    return disk->dead;
}

static void count_bytes(struct disk *disk)
{
    disk->bytes = 0;
    for (const struct disk_file *file = disk->files; file != NULL; file = file->next)
        if (file->named)
            disk->bytes += (int64_t)file->written.length;
}

void disk_revive_after_crash(struct disk *disk)
{
    for (const struct disk_file *file = disk->files; file != NULL; file = file->next)
        CHECK(file->handles == NULL);
    count_bytes(disk);
    disk->dead = false;
}

/* What was named or unnamed since the last sync of names may have become durable or not. */
static void settle_name(struct disk *disk, struct disk_file *file)
{
    if (file->named != file->name_durable && chance_hits(disk->chance, 1, 2))
        file->named = file->name_durable;
    /* One that was deleted comes back only where nobody took its name since. */
    if (file->named && disk_find(disk, file->name) != file)
        file->named = false;
    file->name_durable = file->named;
}

void disk_revive_after_power_cut(struct disk *disk)
{
    struct disk_file *next = disk->files;
    while (next != NULL) {
        struct disk_file *file = next;
        next = file->next;
        CHECK(file->handles == NULL);
        file_lose_power(file, disk->chance, &disk->counts);
        settle_name(disk, file);
        disk_forget_unless_needed(disk, file);
    }
    count_bytes(disk);
    disk->dead = false;
}

/* ---- Images ---- */

struct disk_image {
    struct disk_file *files; /* names and bytes only */
};

struct disk_image *disk_save(const struct disk *disk)
{
    struct disk_image *image = own_allocate(sizeof *image);
    struct disk_file **last = &image->files;
    for (const struct disk_file *file = disk->files; file != NULL; file = file->next) {
        CHECK(file->handles == NULL);
        if (!file->named)
            continue;
        struct disk_file *copy = own_allocate(sizeof *copy);
        memcpy(copy->name, file->name, sizeof copy->name);
        file_copy(copy, file);
        *last = copy;
        last = &copy->next;
    }
    return image;
}

void disk_image_free(struct disk_image *image)
{
    struct disk_file *next = image->files;
    while (next != NULL) {
        struct disk_file *file = next;
        next = file->next;
        file_release(file);
        own_free(file);
    }
    own_free(image);
}

void disk_load(struct disk *disk, const struct disk_image *image)
{
    CHECK(disk->files == NULL);
    for (const struct disk_file *saved = image->files; saved != NULL; saved = saved->next)
        file_copy(disk_create(disk, saved->name), saved);
    disk_names_synced(disk);
    count_bytes(disk);
}
