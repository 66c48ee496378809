/* See finished_list.h. */
#include "office/finished_list.h"

#include "base/check.h"

void finished_list_init(struct finished_list *list, const struct pool *pool, size_t node_offset)
{
    *list = (struct finished_list){.pool = pool, .node_offset = node_offset};
}

static struct finished_node *finished_node_of(const struct finished_list *list, void *item)
{
    return (void *)((uint8_t *)item + list->node_offset);
}

void finished_list_add(struct finished_list *list, void *item, uint64_t seq)
{
    struct finished_node *node = finished_node_of(list, item);
    const uint32_t number = ((const struct pool_item *)item)->number;
    CHECK(seq != 0);
    if (node->seq != 0)
        return;
    *node = (struct finished_node){.seq = seq};
    if (list->last != 0) {
        struct finished_node *last = finished_node_of(list, pool_at(list->pool, list->last));
        CHECK(last->next == 0);
        CHECK(last->seq <= seq);
        last->next = number;
    } else {
        CHECK(list->count == 0);
        list->first = number;
    }
    list->last = number;
    list->count++;
}

void *finished_list_take(struct finished_list *list, uint64_t booked_seq, uint64_t *seq)
{
    if (list->first == 0)
        return NULL;
    void *item = pool_at(list->pool, list->first);
    const struct finished_node *node = finished_node_of(list, item);
    if (node->seq > booked_seq)
        return NULL;
    CHECK(node->seq != 0);
    CHECK(list->count > 0);
    *seq = node->seq;
    list->first = node->next;
    if (list->first == 0)
        list->last = 0;
    list->count--;
    return item;
}

void finished_list_stamp(const struct finished_list *list, uint64_t seq)
{
    for (uint32_t number = list->first; number != 0;) {
        struct finished_node *node = finished_node_of(list, pool_at(list->pool, number));
        node->seq = seq;
        number = node->next;
    }
}
