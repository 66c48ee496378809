/* What a power cut leaves of a file on the disk in memory: what was durable, and of the changes
 * since the last sync any part that a drive and a file system may have got to. */
#include "disk/disk_file.h"
#include "disk/own_memory.h"

#include <string.h>

/* A change that can be made again. */
struct redo {
    size_t length; /* the file's, after it */
    size_t first_sector, sector_count;
    size_t first_new; /* where in `new_bytes` the sectors are that it left */
};

/* A file as it is for certain, and what had been on its way. */
struct outage {
    struct extent *left;
    struct redo *changes; /* oldest first */
    size_t change_count;
    struct extent new_bytes;
    struct chance *chance;
    struct disk_counts *counts;
};

/* ---- Going back ---- */

/* Undoes every change, and keeps what each had left. */
static void go_back(struct outage *outage, struct disk_file *file)
{
    for (size_t i = file->change_count; i > 0; i--) {
        const struct disk_change *change = &file->changes[i - 1];
        struct redo *redo = &outage->changes[i - 1];
        *redo = (struct redo){
            .length = file->written.length,
            .first_sector = change->first_sector,
            .sector_count = change->sector_count,
            .first_new = sectors_of(outage->new_bytes.length),
        };
        extent_copy_sectors(&outage->new_bytes, redo->first_new, &file->written, redo->first_sector,
                            redo->sector_count);
        file_undo(file, change, &file->written);
    }
    if (file->has_platter)
        extent_copy(&file->written, &file->platter);
    file->has_platter = false;
    file_forget_changes(file);
}

/* ---- A beginning of the changes ---- */

/* How many sectors the changes from the `from`th on wrote. */
static size_t sectors_from(const struct outage *outage, size_t from)
{
    size_t sectors = 0;
    for (size_t i = from; i < outage->change_count; i++)
        sectors += outage->changes[i].sector_count;
    return sectors;
}

/* The first changes reached the platter, the others did not. */
static void leave_first(struct outage *outage, size_t count)
{
    const size_t dropped = sectors_from(outage, count);
    outage->counts->sectors_dropped += dropped;
    outage->counts->sectors_kept += sectors_from(outage, 0) - dropped;
    for (size_t i = 0; i < count; i++) {
        const struct redo *change = &outage->changes[i];
        extent_copy_sectors(outage->left, change->first_sector, &outage->new_bytes,
                            change->first_new, change->sector_count);
        extent_set_length(outage->left, change->length);
    }
}

/* ---- Any part of them ---- */

/* The length after the first `count` changes, or one on the way to the next longer. */
static size_t any_length(const struct outage *outage, size_t count)
{
    const size_t length = count == 0 ? outage->left->length : outage->changes[count - 1].length;
    const size_t next = count == outage->change_count ? length : outage->changes[count].length;
    if (next <= length || chance_hits(outage->chance, 1, 2))
        return length;
    const size_t between =
        (length + chance_below(outage->chance, next - length)) / SECTOR_BYTES * SECTOR_BYTES;
    return between < length ? length : between;
}

/* Each sector is left in any of its states, all equally likely: the nth takes the place of the one
 * before with a chance of 1 in n (a reservoir of one, Vitter 1985). */
struct pick {
    uint32_t states; /* seen so far, the durable one included */
    bool newer;      /* than the durable one is what was picked */
};

static bool takes_place(struct pick *pick, struct chance *chance)
{
    pick->states++;
    if (!chance_hits(chance, 1, pick->states))
        return false;
    pick->newer = true;
    return true;
}

static void pick_written(struct outage *outage, const struct redo *change, struct pick *picks)
{
    for (size_t i = 0; i < change->sector_count; i++) {
        const size_t sector = change->first_sector + i;
        if (takes_place(&picks[sector], outage->chance))
            memcpy(extent_sector(outage->left, sector),
                   extent_sector(&outage->new_bytes, change->first_new + i), SECTOR_BYTES);
    }
}

/* A truncation that took place leaves nothing of what was there before. */
static void pick_truncated(struct outage *outage, const struct redo *change, struct pick *picks,
                           size_t sectors)
{
    for (size_t sector = change->first_sector; sector < sectors; sector++) {
        const size_t begin = sector * SECTOR_BYTES;
        const size_t kept = begin < change->length ? change->length - begin : 0;
        memset(extent_sector(outage->left, sector) + kept, 0, SECTOR_BYTES - kept);
        picks[sector].states = 1;
    }
}

/* File systems keep the order of changes to a file's length, so some first ones took place; but
 * bytes go to the drive in any order. */
static void leave_any(struct outage *outage)
{
    const size_t lengths = chance_below(outage->chance, outage->change_count + 1);
    const size_t length = any_length(outage, lengths);
    size_t longest = outage->left->length;
    for (size_t i = 0; i < outage->change_count; i++)
        if (outage->changes[i].length > longest)
            longest = outage->changes[i].length;
    const size_t sectors = sectors_of(longest);
    struct pick *picks = own_allocate((sectors + 1) * sizeof *picks);
    for (size_t sector = 0; sector < sectors; sector++)
        picks[sector].states = 1;
    extent_set_length(outage->left, longest);
    for (size_t i = 0; i < outage->change_count; i++) {
        if (outage->changes[i].sector_count > 0)
            pick_written(outage, &outage->changes[i], picks);
        else if (i < lengths)
            pick_truncated(outage, &outage->changes[i], picks, sectors);
    }
    extent_set_length(outage->left, length);
    for (size_t sector = 0; sector < sectors; sector++) {
        outage->counts->sectors_kept += picks[sector].newer;
        outage->counts->sectors_dropped += picks[sector].states > 1 && !picks[sector].newer;
    }
    own_free(picks);
}

/* Drawing for each sector alone would almost never leave a long write whole, and that is what
 * happens most: so nothing, everything or a beginning survives as often. */
void file_lose_power(struct disk_file *file, struct chance *chance, struct disk_counts *counts)
{
    struct outage outage = {
        .left = &file->written,
        .changes = own_allocate((file->change_count + 1) * sizeof *outage.changes),
        .change_count = file->change_count,
        .chance = chance,
        .counts = counts,
    };
    go_back(&outage, file);
    if (outage.change_count > 0) {
        switch (chance_below(chance, 4)) {
        case 0:
            leave_first(&outage, 0);
            break;
        case 1:
            leave_first(&outage, outage.change_count);
            break;
        case 2:
            leave_first(&outage, chance_below(chance, outage.change_count + 1));
            break;
        default:
            leave_any(&outage);
        }
    }
    extent_release(&outage.new_bytes);
    own_free(outage.changes);
}
