/* Slices of a text, and which of them are the same: lines, paragraphs. */
#ifndef UNSPUN_QUALITY_DISTINCT_H
#define UNSPUN_QUALITY_DISTINCT_H

#include "bits.h"

/* A text where it lies. */
typedef struct {
    const char *data, *end;
    size_t size;
    int kind; /* bytes of a character */
    uint64_t seed;
} Text;

#define BRIEF 16 /* bytes of a slice that are all in its key */

/* What is compared first of a slice: its bytes with zeros behind; where it is longer the first and the
   last of them, or a hash of all. */
typedef struct {
    uint64_t head, tail;
} Key;

/* One of several slices that are the same. */
typedef struct {
    Key key;
    uint32_t start, size;
    size_t count;
} Distinct;

#define LEAST_SLOTS 64

typedef struct {
    Distinct *distinct; /* from 1 on, in the order of their first */
    uint32_t *slots;    /* their numbers; 0 is free */
    size_t different, mask;
    size_t count; /* of all that were added */
    size_t alike; /* how often another had the same key */
    int whole;    /* whether keys are of all bytes: so many were alike by their ends */
    uint32_t few_slots[LEAST_SLOTS]; /* as long as these are enough */
    Distinct few[LEAST_SLOTS / 2 + 2];
} List;

#define FACTOR 0x9E3779B97F4A7C15u
#define SECOND 0xC2B2AE3D27D4EB4Fu

static inline uint64_t
mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * FACTOR;
    return hash ^ hash >> 32;
}

/* The first bytes of a slice with zeros behind them, in few reads where as many are there. */
static ALWAYS_INLINE void
first_bytes(const Text *t, const char *at, size_t size, uint64_t *first, const size_t most)
{
    static const uint64_t ONES[16] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
                                      UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
    size = size < most ? size : most;
    if ((size_t)(t->end - at) < most) {
        memset(first, 0, most);
        memcpy(first, at, size);
        return;
    }
    memcpy(first, at, most);
    for (size_t k = 0; k < most / 8; k++) {
        uint64_t mask;
        memcpy(&mask, (const char *)ONES + 64 - size + 8 * k, 8);
        first[k] &= mask;
    }
}

#define LANES 4

/* Four numbers at a time: none waits for another. */
static inline Key
long_key(const Text *t, const char *at, size_t size)
{
    uint64_t each[LANES] = {t->seed, ~t->seed, t->seed ^ FACTOR, ~t->seed ^ FACTOR}, chunk[LANES];
    for (; size >= sizeof chunk; at += sizeof chunk, size -= sizeof chunk) {
        memcpy(chunk, at, sizeof chunk);
        for (int k = 0; k < LANES; k++)
            each[k] = mixed(each[k], chunk[k]);
    }
    memset(chunk, 0, sizeof chunk);
    memcpy(chunk, at, size);
    for (int k = 0; k < LANES; k++)
        each[k] = mixed(each[k], chunk[k]);
    return (Key){mixed(each[0], each[1]), mixed(each[2], each[3])};
}

static inline size_t
slot_of(const Key *key, uint64_t seed)
{
    return (size_t)mixed((key->head ^ seed) * FACTOR, key->tail);
}

static inline Key
key_of(const Text *t, size_t start, size_t size, int whole)
{
    Key key;
    const char *at = t->data + start * (size_t)t->kind;
    size *= (size_t)t->kind;
    if (size > BRIEF && whole)
        return long_key(t, at, size);
    if (size > BRIEF) {
        memcpy(&key.head, at, sizeof key.head);
        memcpy(&key.tail, at + size - sizeof key.tail, sizeof key.tail);
    } else
        first_bytes(t, at, size, &key.head, BRIEF);
    return key;
}

static void
free_list(List *list)
{
    if (list->distinct != list->few)
        PyMem_RawFree(list->distinct);
}

/* Room for so many slots, and for half as many slices, and the next. */
static int
make_room(List *list, size_t size)
{
    size_t slices = (size / 2 + 2) * sizeof(Distinct);
    Distinct *more = PyMem_RawMalloc(slices + size * sizeof *list->slots);
    if (!more)
        return -1;
    memcpy(more, list->distinct, (list->different + 1) * sizeof *more);
    free_list(list);
    list->distinct = more;
    list->slots = (uint32_t *)((char *)more + slices);
    list->mask = size - 1;
    return 0;
}

static void
lay_out(List *list, uint64_t seed)
{
    memset(list->slots, 0, (list->mask + 1) * sizeof *list->slots);
    for (size_t k = 1; k <= list->different; k++) {
        size_t at = slot_of(&list->distinct[k].key, seed) & list->mask;
        while (list->slots[at])
            at = (at + 1) & list->mask;
        list->slots[at] = (uint32_t)k;
    }
}

/* Begin an empty list, which is all zeros. */
static void
start_list(List *list)
{
    list->distinct = list->few;
    list->slots = list->few_slots;
    list->mask = LEAST_SLOTS - 1;
}

/* More slots where they are half full; keys of all bytes where ends tell too few slices apart, so that
   no text takes long. */
static int
make_way(const Text *t, List *list)
{
    int full = 2 * list->different >= list->mask, alike = !list->whole && list->alike > list->different;
    if (full && make_room(list, 2 * (list->mask + 1)) < 0)
        return -1;
    for (size_t k = 1; alike && k <= list->different; k++)
        list->distinct[k].key = key_of(t, list->distinct[k].start, list->distinct[k].size, 1);
    list->whole |= alike;
    if (full || alike)
        lay_out(list, t->seed);
    return 0;
}

/* Add a slice: how often it was added, or 0 where there is no room. */
static size_t
add(const Text *t, List *list, size_t start, size_t size)
{
    if (make_way(t, list) < 0)
        return 0;
    Key key = key_of(t, start, size, list->whole);
    size_t kind = (size_t)t->kind, k = slot_of(&key, t->seed);
    Distinct *same;
    for (;; k++) {
        uint32_t *slot = &list->slots[k & list->mask];
        same = &list->distinct[*slot ? *slot : list->different + 1];
        if (!*slot) {
            *slot = (uint32_t)++list->different;
            *same = (Distinct){key, (uint32_t)start, (uint32_t)size, 0};
            break;
        }
        if (same->key.head != key.head || same->key.tail != key.tail || same->size != size)
            continue;
        if (!memcmp(t->data + same->start * kind, t->data + start * kind, size * kind))
            break;
        list->alike++;
    }
    list->count++;
    return ++same->count;
}

#endif
