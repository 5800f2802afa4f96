/* Slices of a text in order, and which of them are the same: words, lines, paragraphs. */
#ifndef UNSPUN_QUALITY_DISTINCT_H
#define UNSPUN_QUALITY_DISTINCT_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE inline
#endif

/* A text where it lies. */
typedef struct {
    const char *data, *end;
    size_t size;
    int kind; /* bytes of a character */
    uint64_t seed;
} Text;

#define BRIEF 16 /* bytes of a slice that are all in its key */

/* What tells a slice from others: its bytes with zeros behind, or a hash where it is longer. */
typedef struct {
    uint64_t head, tail;
} Key;

/* One of several slices that are the same. */
typedef struct {
    Key key;
    uint32_t start, size;
    size_t count;
} Distinct;

typedef struct {
    uint32_t *numbers; /* of each slice, in order: which of the distinct ones it is */
    size_t count, room;
    Distinct *distinct; /* from 1 on, in the order of their first; 0 is the slice that is sought */
    uint32_t *slots;    /* their numbers; 0 is free */
    size_t different, mask;
    size_t expected; /* slots to begin with, a power of two */
} List;

#define FACTOR 0x9E3779B97F4A7C15u

static inline uint64_t
mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * FACTOR;
    return hash ^ hash >> 32;
}

/* Up to sixteen bytes with zeros behind them, in two reads where as many are there. */
static inline Key
brief_key(const Text *t, const char *at, size_t size)
{
    static const uint8_t ONES[2 * BRIEF] = {255, 255, 255, 255, 255, 255, 255, 255,
                                            255, 255, 255, 255, 255, 255, 255, 255};
    Key key = {0, 0}, mask;
    if (t->end - at < BRIEF) {
        memcpy(&key, at, size);
        return key;
    }
    memcpy(&key, at, BRIEF);
    memcpy(&mask, ONES + BRIEF - size, BRIEF);
    return (Key){key.head & mask.head, key.tail & mask.tail};
}

/* Two halves at a time: neither waits for the other. */
static inline Key
long_key(const Text *t, const char *at, size_t size)
{
    uint64_t one = t->seed, two = ~t->seed, chunk[2];
    for (; size >= sizeof chunk; at += sizeof chunk, size -= sizeof chunk) {
        memcpy(chunk, at, sizeof chunk);
        one = mixed(one, chunk[0]);
        two = mixed(two, chunk[1]);
    }
    memset(chunk, 0, sizeof chunk);
    memcpy(chunk, at, size);
    return (Key){mixed(mixed(one, chunk[0]), mixed(two, chunk[1])), 0};
}

static inline size_t
slot_of(const Key *key, uint64_t seed)
{
    return (size_t)mixed((key->head ^ seed) * FACTOR, key->tail);
}

/* More slots, and room for half as many distinct slices, the one that is sought, and the next. */
static int
more_slots(List *list, uint64_t seed)
{
    size_t size = list->mask ? 2 * (list->mask + 1) : list->expected;
    Distinct *more = PyMem_RawRealloc(list->distinct, (size / 2 + 2) * sizeof *more);
    if (!more)
        return -1;
    list->distinct = more;
    uint32_t *slots = PyMem_RawCalloc(size, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t k = 1; k <= list->different; k++) {
        size_t at = slot_of(&more[k].key, seed) & (size - 1);
        while (slots[at])
            at = (at + 1) & (size - 1);
        slots[at] = (uint32_t)k;
    }
    PyMem_RawFree(list->slots);
    list->slots = slots;
    list->mask = size - 1;
    return 0;
}

static int
more_room(List *list)
{
    size_t room = list->room ? 2 * list->room : list->expected;
    uint32_t *more = PyMem_RawRealloc(list->numbers, room * sizeof *more);
    if (!more)
        return -1;
    list->numbers = more;
    list->room = room;
    return 0;
}

/* Add a slice; whether it is new, or -1.
 *
 * It is the one that is sought, so a free slot holds the same, and it is written behind the others,
 * where it stays if it is new: nothing but a clash takes a branch.
 */
static ALWAYS_INLINE int
add(const Text *t, List *list, size_t start, size_t size, const size_t width)
{
    const char *at = t->data + start * width;
    size_t bytes = size * width;
    if ((list->count == list->room && more_room(list) < 0) ||
        (2 * list->different >= list->mask && more_slots(list, t->seed) < 0))
        return -1;
    int brief = bytes <= BRIEF;
    Key key = brief ? brief_key(t, at, bytes) : long_key(t, at, bytes);
    uint32_t *slots = list->slots, next = (uint32_t)list->different + 1;
    Distinct *distinct = list->distinct;
    distinct[next] = (Distinct){key, (uint32_t)start, (uint32_t)size, 0};
    distinct[0].key = key; /* in parts: to read a whole that was just written in parts takes long */
    distinct[0].start = (uint32_t)start;
    distinct[0].size = (uint32_t)size;
    size_t mask = list->mask, k = slot_of(&key, t->seed) & mask;
    for (;; k = (k + 1) & mask) {
        const Distinct *same = &distinct[slots[k]];
        if ((same->key.head ^ key.head) | (same->key.tail ^ key.tail) | (same->size ^ size))
            continue;
        if (brief || !memcmp(t->data + same->start * width, at, bytes))
            break;
    }
    uint32_t fresh = !slots[k], number = slots[k] + (next & -fresh);
    slots[k] = number;
    distinct[number].count++;
    list->numbers[list->count++] = number;
    list->different += fresh;
    return (int)fresh;
}

/* Whether a brief slice is there. */
static inline int
holds(const List *list, Key key, size_t size, uint64_t seed)
{
    if (!list->different)
        return 0;
    for (size_t k = slot_of(&key, seed);; k++) {
        uint32_t number = list->slots[k & list->mask];
        const Distinct *same = &list->distinct[number];
        if (!number || (same->key.head == key.head && same->key.tail == key.tail &&
                        same->size == size))
            return number != 0;
    }
}

static void
free_list(List *list)
{
    PyMem_RawFree(list->numbers);
    PyMem_RawFree(list->distinct);
    PyMem_RawFree(list->slots);
}

#endif
