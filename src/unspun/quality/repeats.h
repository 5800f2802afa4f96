/* N-grams of a text's units that come again: characters in the commonest, and in all of them.
 *
 * A filter of bits tells which places may begin an n-gram that comes twice. There alone the units
 * are numbered and their n-grams counted, from two units on: both ends of one that comes again come
 * again, so that each length is found from the one before.
 */
#ifndef UNSPUN_QUALITY_REPEATS_H
#define UNSPUN_QUALITY_REPEATS_H

#include "distinct.h"

#define TOPS 3
#define SEEN SIZE_MAX
#define NEAR_LETTERS 16 /* of a word: the others are read in a loop */
#define FILTER_BITS 64 /* of each place, at least half as many */

static const int TOP[TOPS] = {2, 3, 4}, DUPLICATE[TOPS] = {5, 7, 10};

/* Words by where they begin and end, or single characters. */
typedef struct {
    const uint32_t *edges; /* of words: the first one's beginning, its end, the next one's; or NULL */
    const uint32_t *hints; /* other ones are other units */
    size_t count;
} Units;

typedef struct {
    uint64_t key;
    size_t count; /* 0 for a free slot */
} Gram;

typedef struct {
    uint32_t *at, *gram; /* where n-grams that come again begin, ascending; their slots */
    size_t count;
} Level;

/* What is needed to find them. */
typedef struct {
    Level level;
    uint64_t *filter, *keys;
    Gram *table;
    uint32_t *slots; /* of words, by their hints: their numbers and 1, 0 is free */
    size_t mask;
} Repeats;

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

/* The bit of an n-gram of two or four units. */
static ALWAYS_INLINE uint32_t
bit_of(const uint32_t *hint, const int n, int shift)
{
    uint64_t hash = hint[0] * FACTOR + hint[1] * 0xC2B2AE3D27D4EB4Fu;
    if (n == 4)
        hash += hint[2] * 0x165667B19E3779F9u + hint[3] * 0xD6E8FEB86659FD93u;
    return (uint32_t)(hash >> shift);
}

/* Where n-grams begin whose bit is met twice. */
static ALWAYS_INLINE size_t
sift(const Units *units, const int n, uint64_t *filter, int shift, uint32_t *at)
{
    size_t kept = 0, count = units->count + 1 - (size_t)n;
    uint64_t *again = filter + ((size_t)1 << (58 - shift));
    for (size_t i = 0; i < count; i++) {
        uint32_t bit = bit_of(units->hints + i, n, shift);
        uint64_t mask = (uint64_t)1 << (bit & 63);
        again[bit >> 6] |= filter[bit >> 6] & mask;
        filter[bit >> 6] |= mask;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t bit = bit_of(units->hints + i, n, shift);
        at[kept] = (uint32_t)i;
        kept += again[bit >> 6] >> (bit & 63) & 1;
    }
    return kept;
}

/* The pairs of units in these n-grams, each once. */
static size_t
pairs_in(const uint32_t *grams, size_t count, int n, uint32_t *at)
{
    size_t kept = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t first = grams[i], stop = first + (uint32_t)n - 1;
        for (first = first > next ? first : next; first < stop; first++)
            at[kept++] = first;
        next = stop;
    }
    return kept;
}

/* Whether two words with the same hint are the same. */
static ALWAYS_INLINE int
same_words(const Text *t, const Units *units, uint32_t one, uint32_t other, const size_t width)
{
    const uint32_t *a = units->edges + 2 * one, *b = units->edges + 2 * other;
    uint64_t first[2][NEAR_LETTERS * 4 / 8], differ = 0;
    size_t size = a[1] - a[0];
    if (size != b[1] - b[0])
        return 0;
    if (size > NEAR_LETTERS)
        return !memcmp(t->data + a[0] * width, t->data + b[0] * width, size * width);
    first_bytes(t, t->data + a[0] * width, size * width, first[0], NEAR_LETTERS * width);
    first_bytes(t, t->data + b[0] * width, size * width, first[1], NEAR_LETTERS * width);
    for (size_t k = 0; k < NEAR_LETTERS * width / 8; k++)
        differ |= first[0][k] ^ first[1][k];
    return !differ;
}

/* The number of a word: that of the first which is the same. A free slot holds the word itself, so
   that nothing but a clash takes a branch. */
static ALWAYS_INLINE uint32_t
number_word(const Text *t, const Units *units, uint32_t word, uint32_t *slots, size_t mask,
            const size_t width)
{
    uint32_t hint = units->hints[word];
    for (size_t at = (size_t)(hint * FACTOR >> 32) & mask;; at = (at + 1) & mask) {
        uint32_t held = slots[at], number = held ? held - 1 : word;
        if (units->hints[number] == hint && same_words(t, units, number, word, width)) {
            slots[at] = number + 1;
            return number;
        }
    }
}

/* Number the units of the pairs, and make their keys; a unit that is a character is its own number. */
static ALWAYS_INLINE void
number_pairs(const Text *t, const Units *units, Repeats *r, const size_t width)
{
    uint32_t last = 0, number = 0; /* of the pair before: its second unit */
    for (size_t i = 0; i < r->level.count; i++) {
        uint32_t first = r->level.at[i], one = number;
        if (!units->edges) {
            r->keys[i] = (uint64_t)units->hints[first] << 32 | units->hints[first + 1];
            continue;
        }
        if (first != last || !i)
            one = number_word(t, units, first, r->slots, r->mask, width);
        last = first + 1;
        number = number_word(t, units, last, r->slots, r->mask, width);
        r->keys[i] = (uint64_t)one << 32 | number;
    }
}

/* Of n-grams with so many units more than those that came again, those whose ends are of these. */
static void
extend(Level *level, uint32_t more, uint64_t *keys)
{
    size_t follows = 0;
    for (size_t i = 0, end = 0; i < level->count; i++) {
        uint32_t at = level->at[i];
        while (end < level->count && level->at[end] < at + more)
            end++;
        if (end == level->count)
            break;
        keys[follows] = (uint64_t)level->gram[i] << 32 | level->gram[end];
        int there = level->at[end] == at + more;
        level->at[follows] = at;
        follows += (size_t)there;
    }
    level->count = follows;
}

/* Of the n-grams with these keys those that come twice and more. */
static void
again(Level *level, const uint64_t *keys, Gram *table, uint64_t seed)
{
    size_t kept = 0, mask = 15;
    while (mask + 1 < 4 * level->count)
        mask = 2 * mask + 1;
    memset(table, 0, (mask + 1) * sizeof *table);
    for (size_t i = 0; i < level->count; i++) {
        size_t at = (size_t)mixed(seed, keys[i]) & mask;
        while ((table[at].count != 0) & (table[at].key != keys[i]))
            at = (at + 1) & mask;
        table[at].key = keys[i];
        table[at].count++;
        level->gram[i] = (uint32_t)at;
    }
    for (size_t i = 0; i < level->count; i++) {
        uint32_t gram = level->gram[i];
        level->at[kept] = level->at[i];
        level->gram[kept] = gram;
        kept += table[gram].count > 1;
    }
    level->count = kept;
}

/* Characters in the commonest n-gram, the first of several. */
static size_t
top_of(const Level *level, int n, const Units *units, const Gram *table)
{
    size_t best = 0, most = 0;
    if (!level->count)
        return 0;
    for (size_t i = 0; i < level->count; i++)
        if (table[level->gram[i]].count > most) {
            most = table[level->gram[i]].count;
            best = level->at[i];
        }
    return most * characters(units, best, best + (size_t)n);
}

/* Characters in n-grams seen before, none counted twice; marks those in the table. */
static size_t
duplicate_of(const Level *level, int n, const Units *units, Gram *table)
{
    size_t size = 0, done = 0;
    for (size_t i = 0; i < level->count; i++) {
        Gram *gram = &table[level->gram[i]];
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

/* Count the n-grams, from the pairs on. */
static void
climb(const Units *units, int scale, Repeats *r, uint64_t seed, size_t *top, size_t *duplicate)
{
    for (int n = 2, before = 0; n && r->level.count; before = n, n = longer(n, scale)) {
        if (before)
            extend(&r->level, (uint32_t)(n - before), r->keys);
        again(&r->level, r->keys, r->table, seed);
        for (int k = 0; k < TOPS; k++) {
            if (n == TOP[k] * scale)
                top[k] = top_of(&r->level, n, units, r->table);
            if (n == DUPLICATE[k] * scale)
                duplicate[k] = duplicate_of(&r->level, n, units, r->table);
        }
    }
}

/* Room for so many pairs; 0 where there is none. */
static int
take_room(Repeats *r, size_t pairs)
{
    size_t size = 16;
    while (size < 4 * pairs)
        size *= 2;
    r->level.gram = PyMem_RawMalloc((pairs + 1) * sizeof *r->level.gram);
    r->keys = PyMem_RawMalloc((pairs + 1) * sizeof *r->keys);
    r->table = PyMem_RawMalloc(size * sizeof *r->table);
    r->slots = PyMem_RawCalloc(size, sizeof *r->slots);
    r->mask = size - 1;
    return r->level.gram && r->keys && r->table && r->slots;
}

static void
free_repeats(Repeats *r)
{
    PyMem_RawFree(r->level.at);
    PyMem_RawFree(r->level.gram);
    PyMem_RawFree(r->filter);
    PyMem_RawFree(r->keys);
    PyMem_RawFree(r->table);
    PyMem_RawFree(r->slots);
}

/* The places of `sift`, and then the pairs in what begins there; -1 without room. */
static int
find_pairs(const Units *units, int n, Repeats *r)
{
    int shift = 58;
    while (shift > 6 && (size_t)1 << (64 - shift) < FILTER_BITS / 2 * units->count)
        shift--;
    uint32_t *grams = PyMem_RawMalloc((units->count + 1) * sizeof *grams);
    r->filter = PyMem_RawCalloc((size_t)2 << (58 - shift), sizeof *r->filter);
    if (grams && r->filter) {
        size_t count = n == 2 ? sift(units, 2, r->filter, shift, grams)
                              : sift(units, 4, r->filter, shift, grams);
        if ((r->level.at = PyMem_RawMalloc((units->count + 1) * sizeof *r->level.at)))
            r->level.count = pairs_in(grams, count, n, r->level.at);
    }
    PyMem_RawFree(grams);
    return r->level.at ? 0 : -1;
}

/* Characters in the commonest n-gram and in those that come again, by length; -1 without room. */
static int
find_repeats(const Text *t, const Units *units, int scale, size_t *top, size_t *duplicate)
{
    Repeats r = {.keys = NULL};
    int failed = find_pairs(units, TOP[0] * scale, &r) < 0 || !take_room(&r, r.level.count);
    if (!failed) {
        if (t->kind == 1)
            number_pairs(t, units, &r, 1);
        else if (t->kind == 2)
            number_pairs(t, units, &r, 2);
        else
            number_pairs(t, units, &r, 4);
        climb(units, scale, &r, t->seed, top, duplicate);
    }
    free_repeats(&r);
    return failed ? -1 : 0;
}

#endif
