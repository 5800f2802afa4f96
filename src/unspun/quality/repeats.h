/* N-grams of a text's units that come again: characters in the commonest, and in all of them.
 *
 * A filter of bits tells which places may begin one of the shortest that come twice. There alone
 * n-grams are counted: both ends of one that comes again come again, so that each length is found
 * from the one before.
 */
#ifndef UNSPUN_QUALITY_REPEATS_H
#define UNSPUN_QUALITY_REPEATS_H

#include "distinct.h"

#define TOPS 3
#define SEEN SIZE_MAX
#define FILTER_BITS 32 /* of each place, at least */
#define ROOM 4    /* slots of each n-gram, at least */
#define LEAST 16  /* slots */

static const int TOP[TOPS] = {2, 3, 4}, DUPLICATE[TOPS] = {5, 7, 10};

/* Words by where they begin and end, or single characters. */
typedef struct {
    const uint32_t *edges; /* of words: the first one's beginning, its end, the next one's; or NULL */
    const uint64_t *keys;  /* by which they are told apart */
    size_t count;
} Units;

typedef struct {
    uint64_t key;
    size_t count; /* 0 for a free slot */
} Gram;

typedef struct {
    uint32_t *at;   /* where n-grams that come again begin, ascending */
    uint32_t *gram; /* of each unit: the slot of that which it begins and 1; else 0 */
    uint64_t *keys; /* of the n-grams that are to be counted */
    size_t count;
} Level;

/* Characters of so many units from one on. */
static size_t
characters(const Units *units, size_t from, size_t stop)
{
    size_t size = 0;
    if (!units->edges)
        return stop - from;
    for (; from < stop; from++)
        size += units->edges[2 * from + 1] - units->edges[2 * from];
    return size;
}

/* The key of an n-gram of the shortest: of two words, whose own keys are mixed, or of characters. */
static ALWAYS_INLINE uint64_t
first_key(const Units *units, size_t at, const int n, uint64_t seed)
{
    const uint64_t *keys = units->keys + at;
    if (n == 2)
        return (keys[0] << 1 | keys[0] >> 63) + keys[1];
    for (int k = 0; k < n; k++)
        seed = mixed(seed, keys[k]);
    return seed;
}

/* Find where n-grams begin whose bit is met twice: of each bit, the filter has one for the first time
   and, in the upper half, one for the second. */
static ALWAYS_INLINE void
sift(const Units *units, const int n, uint64_t seed, uint64_t *filter, int shift, Level *level)
{
    size_t kept = 0, count = units->count + 1 - (size_t)n;
    for (size_t i = 0; i < count; i++) {
        uint64_t key = first_key(units, i, n, seed);
        uint64_t bit = key >> shift, mask = (uint64_t)1 << (bit & 31);
        filter[bit >> 5] |= (filter[bit >> 5] & mask) << 32 | mask;
        level->keys[i] = key;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t key = level->keys[i], bit = key >> shift;
        level->keys[kept] = key;
        level->at[kept] = (uint32_t)i;
        kept += filter[bit >> 5] >> 32 >> (bit & 31) & 1;
    }
    level->count = kept;
}

/* Of n-grams with so many units more than those that came again, those whose ends are of these: never
   so many more that the text ends before an end begins. */
static void
extend(Level *level, size_t more)
{
    size_t follows = 0;
    for (size_t i = 0; i < level->count; i++) {
        uint32_t at = level->at[i], head = level->gram[at], tail = level->gram[at + more];
        level->keys[follows] = (uint64_t)head << 32 | tail;
        level->at[follows] = at;
        level->gram[at] = 0; /* none ahead is asked for it any more */
        follows += tail != 0;
    }
    level->count = follows;
}

/* Of the n-grams with these keys those that come twice and more: where the first of the commonest
   begins, and how often it comes. */
static size_t
again(Level *level, Gram *table, uint64_t seed, size_t *times)
{
    size_t kept = 0, mask = LEAST - 1, best = 0, most = 1;
    while (mask + 1 < ROOM * level->count)
        mask = 2 * mask + 1;
    memset(table, 0, (mask + 1) * sizeof *table);
    for (size_t i = 0; i < level->count; i++) {
        uint64_t key = level->keys[i];
        size_t slot = (size_t)mixed(seed, key) & mask;
        while ((table[slot].count != 0) & (table[slot].key != key))
            slot = (slot + 1) & mask;
        table[slot].key = key;
        table[slot].count++;
        level->gram[level->at[i]] = (uint32_t)slot + 1;
    }
    for (size_t i = 0; i < level->count; i++) {
        uint32_t at = level->at[i], gram = level->gram[at];
        size_t count = table[gram - 1].count;
        int more = count > 1;
        level->gram[at] = more ? gram : 0;
        level->at[kept] = at;
        kept += (size_t)more;
        best = count > most ? at : best;
        most = count > most ? count : most;
    }
    level->count = kept;
    *times = most > 1 ? most : 0;
    return best;
}

static inline Gram *
gram_of(const Level *level, size_t i, Gram *table)
{
    return &table[level->gram[level->at[i]] - 1];
}

/* Characters in n-grams seen before, none counted twice; marks those in the table. */
static size_t
duplicate_of(const Level *level, int n, const Units *units, Gram *table)
{
    size_t size = 0, done = 0;
    for (size_t i = 0; i < level->count; i++) {
        Gram *gram = gram_of(level, i, table);
        int seen = gram->count == SEEN;
        gram->count = SEEN;
        if (!seen)
            continue;
        size_t stop = level->at[i] + (size_t)n;
        size += characters(units, level->at[i] > done ? level->at[i] : done, stop);
        done = stop;
    }
    return size;
}

/* The next length that counts, or 0. */
static int
longer(int n, int scale)
{
    int next = 0;
    for (int k = TOPS - 1; k >= 0; k--)
        next = DUPLICATE[k] * scale > n ? DUPLICATE[k] * scale : next;
    for (int k = TOPS - 1; k >= 0; k--)
        next = TOP[k] * scale > n ? TOP[k] * scale : next;
    return next;
}

/* Count the n-grams, from the shortest on. */
static void
climb(const Units *units, int scale, uint64_t seed, Level *level, Gram *table, size_t *top,
      size_t *duplicate)
{
    for (int n = TOP[0] * scale, before = n; n; before = n, n = longer(n, scale)) {
        if (n > before)
            extend(level, (size_t)(n - before));
        if (!level->count)
            return;
        size_t times, best = again(level, table, seed, &times);
        for (int k = 0; k < TOPS; k++) {
            if (n == TOP[k] * scale)
                top[k] = times * characters(units, best, best + (size_t)n);
            if (n == DUPLICATE[k] * scale)
                duplicate[k] = duplicate_of(level, n, units, table);
        }
    }
}

/* Characters in the commonest n-gram and in those that come again, by length; -1 without room. */
static int
find_repeats(const Units *units, int scale, uint64_t seed, size_t *top, size_t *duplicate)
{
    size_t room = units->count, words = 2, slots = LEAST;
    int shift = 58;
    for (; shift > 6 && 32 * words < FILTER_BITS * units->count; words *= 2)
        shift--;
    uint64_t *keys = PyMem_RawMalloc((words + room) * sizeof *keys + 2 * room * sizeof(uint32_t));
    if (!keys)
        return -1;
    uint64_t *filter = keys + room;
    uint32_t *gram = (uint32_t *)(filter + words);
    Level level = {gram + room, gram, keys, 0};
    memset(filter, 0, words * sizeof *filter + room * sizeof *gram);
    if (scale == 1)
        sift(units, TOP[0], seed, filter, shift, &level);
    else
        sift(units, TOP[0] * 2, seed, filter, shift, &level);
    while (slots < ROOM * level.count)
        slots *= 2;
    Gram *table = PyMem_RawMalloc(slots * sizeof *table);
    if (table)
        climb(units, scale, seed, &level, table, top, duplicate);
    PyMem_RawFree(table);
    PyMem_RawFree(keys);
    return table ? 0 : -1;
}

#endif
