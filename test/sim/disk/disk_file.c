/* The bytes of a file on the disk in memory: as they were written, and what it takes to go back to
 * what is durable. Undoing is what costs the least to provide for: nearly all writes are to the end
 * of a log, where there was nothing before, and nearly all are followed by a sync. */
#include "disk/disk_file.h"
#include "disk/own_memory.h"

/* ---- Changes ---- */

static struct disk_change *add_change(struct disk_file *file)
{
    if (file->change_count == file->change_capacity) {
        file->change_capacity = file->change_capacity == 0 ? 64 : 2 * file->change_capacity;
        file->changes = own_resize(file->changes, file->change_capacity * sizeof *file->changes);
    }
    struct disk_change *change = &file->changes[file->change_count++];
    *change = (struct disk_change){.length_before = file->written.length};
    return change;
}

/* Before the change: the sectors from its first one up to `end` that are there. */
static void keep_old(struct disk_file *file, struct disk_change *change, size_t end)
{
    const size_t there = sectors_of(file->written.length);
    const size_t old_end = there < end ? there : end;
    if (old_end <= change->first_sector)
        return;
    change->old_count = old_end - change->first_sector;
    change->first_old = sectors_of(file->old_bytes.length);
    extent_copy_sectors(&file->old_bytes, change->first_old, &file->written, change->first_sector,
                        change->old_count);
}

void file_undo(const struct disk_file *file, const struct disk_change *change,
               struct extent *extent)
{
    if (change->emptied) {
        extent_copy(extent, &file->cut_off);
        return;
    }
    extent_copy_sectors(extent, change->first_sector, &file->old_bytes, change->first_old,
                        change->old_count);
    extent_set_length(extent, change->length_before);
}

void file_forget_changes(struct disk_file *file)
{
    extent_release(&file->cut_off);
    file->change_count = 0;
    file->old_bytes.length = 0;
}

/* ---- What SQLite does ---- */

void file_write(struct disk_file *file, const void *data, size_t length, size_t offset)
{
    if (length == 0)
        return;
    /* What it leaves blank before it is changed as well. */
    const size_t from = file->written.length < offset ? file->written.length : offset;
    const size_t end = sectors_of(offset + length);
    struct disk_change *change = add_change(file);
    change->first_sector = from / SECTOR_BYTES;
    change->sector_count = end - change->first_sector;
    keep_old(file, change, end);
    extent_write(&file->written, data, length, offset);
}

void file_truncate(struct disk_file *file, size_t length)
{
    if (length == file->written.length)
        return;
    struct disk_change *change = add_change(file);
    if (length == 0 && file->cut_off.length == 0) {
        /* As logs are, when they have been copied: their bytes need no copy. */
        change->emptied = true;
        file->cut_off = file->written;
        file->written = (struct extent){0};
        return;
    }
    change->first_sector = length / SECTOR_BYTES;
    keep_old(file, change, sectors_of(file->written.length));
    extent_set_length(&file->written, length);
}

/* Brings the platter to where the file is, which differs from it by what was lost before and by the
 * changes. */
static void bring_to_platter(struct disk_file *file)
{
    const size_t there = sectors_of(file->written.length);
    for (size_t i = 0; i < file->change_count; i++) {
        const struct disk_change *change = &file->changes[i];
        const size_t end = change->first_sector + change->sector_count;
        const size_t left = end < there ? end : there; /* a later change may have cut it off */
        if (left > change->first_sector)
            extent_copy_sectors(&file->platter, change->first_sector, &file->written,
                                change->first_sector, left - change->first_sector);
    }
    extent_set_length(&file->platter, file->written.length);
}

void file_sync(struct disk_file *file)
{
    if (file->has_platter && file->change_count > 0)
        bring_to_platter(file);
    file_forget_changes(file);
}

size_t file_mark_clean(struct disk_file *file)
{
    size_t sectors = 0;
    for (size_t i = 0; i < file->change_count; i++)
        sectors += file->changes[i].sector_count;
    if (!file->has_platter) {
        extent_copy(&file->platter, &file->written);
        for (size_t i = file->change_count; i > 0; i--)
            file_undo(file, &file->changes[i - 1], &file->platter);
        file->has_platter = true;
    }
    file_forget_changes(file);
    return sectors;
}

void file_release(struct disk_file *file)
{
    extent_release(&file->written);
    extent_release(&file->old_bytes);
    extent_release(&file->cut_off);
    extent_release(&file->platter);
    own_free(file->changes);
}

void file_copy(struct disk_file *to, const struct disk_file *from)
{
    extent_copy(&to->written, &from->written);
}
