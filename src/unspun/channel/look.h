/* What kernels that look at text share: its words and their hashes, sets, tables of words. */
#ifndef UNSPUN_LOOK_H
#define UNSPUN_LOOK_H

#include "bits.h"
#include "hashes.h"
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* ---- Words: runs of letters and figures, and their hashes. ---- */

#define LATIN 256
#define PIECE 8
#define LONGEST 24
#define APOSTROPHE '\''

enum { LETTER = 1, FIGURE = 2, CAPITAL = 4, LEFT = 0x2018, RIGHT = 0x2019 };
enum { JOINED = 1, BEGINS_FIGURE = FIGURE, BEGINS_CAPITAL = CAPITAL }; /* of words, as in keys.py */

typedef struct {
    const uint8_t *kind, *lower; /* of each character of Latin-1 */
    const uint64_t *factors;
} Tables;

/* A text at one byte a character. */
typedef struct {
    const Tables *t;
    const uint8_t *page;
    Py_ssize_t all;
} Page;

/* Up to eight characters of a word as one number, the first the lowest. */
static inline uint64_t
piece_of(const uint8_t *word, Py_ssize_t size, Py_ssize_t room)
{
    uint64_t piece = 0;
#if PY_LITTLE_ENDIAN
    if (room >= PIECE) {
        memcpy(&piece, word, PIECE);
        return size < PIECE ? piece & (((uint64_t)1 << (8 * size)) - 1) : piece;
    }
#endif
    for (Py_ssize_t k = 0; k < size && k < PIECE; k++)
        piece |= (uint64_t)word[k] << (8 * k);
    return piece;
}

/* The hash of a word; `room` is how many characters can be read from its first on. */
static inline uint64_t
hashed(const uint8_t *word, Py_ssize_t size, Py_ssize_t room, const uint64_t *factors)
{
    uint64_t key = piece_of(word, size, room) * factors[0];
    for (Py_ssize_t at = PIECE; at < size && at < LONGEST; at += PIECE)
        key = (key ^ (key >> 32)) + piece_of(word + at, size - at, room - at) * factors[at / PIECE];
    key ^= key >> 32;
    return key * factors[3];
}

/* The same in lower case. */
static inline uint64_t
lowered(const uint8_t *word, Py_ssize_t size, const Tables *t)
{
    uint8_t small[LONGEST];
    size = size < LONGEST ? size : LONGEST;
    for (Py_ssize_t k = 0; k < size; k++)
        small[k] = t->lower[word[k]];
    return hashed(small, size, size, t->factors);
}

#define MOST_BLOCK 256 /* words that are looked at together */
#define LETTER_AT(P, AT) ((uint64_t)((P)->t->kind[(P)->page[AT]] & LETTER))

#if PY_LITTLE_ENDIAN && defined(__GNUC__)
#define HIGH (0x80 * EACH_BYTE)

/* The high bit of each of eight characters below 128 that lies between two. */
static inline uint64_t
between(uint64_t eight, uint8_t low, uint8_t high)
{
    return (eight + (0x80u - low) * EACH_BYTE) & ~(eight + (0x7Fu - high) * EACH_BYTE) & HIGH;
}

/* Which of 64 characters are letters or figures, and which apostrophes; 0 if not all are ASCII. */
static inline int
told_apart(const uint8_t *at, uint64_t *letters, uint64_t *marks)
{
    uint64_t beyond = 0;
    *letters = *marks = 0;
    for (int k = 0; k < BLOCK; k += PIECE) {
        uint64_t eight;
        memcpy(&eight, at + k, PIECE);
        beyond |= eight;
        eight &= ~HIGH;
        uint64_t some = between(eight | 0x20 * EACH_BYTE, 'a', 'z') | between(eight, '0', '9');
        uint64_t mark = between(eight, APOSTROPHE, APOSTROPHE);
        *letters |= gathered(some >> 7) << k;
        *marks |= gathered(mark >> 7) << k;
    }
    return !(beyond & HIGH);
}
#else
#define told_apart(AT, LETTERS, MARKS) 0
#endif

/* Where words begin and end, from some on; the last may go on. */
typedef struct {
    Py_ssize_t starts[MOST_BLOCK + BLOCK], ends[MOST_BLOCK + BLOCK];
    Py_ssize_t begun, ended, at; /* how many of each, and the characters that were looked at */
    uint64_t inside; /* whether the last of these is of a word */
    Py_ssize_t before; /* where the word before the first ends, its ending left out */
} Runs;

/* Add the words that begin and end among the next characters. */
static inline void
scan(Runs *runs, const Page *p)
{
    uint64_t letters = 0, marks = 0;
    Py_ssize_t at = runs->at, size = p->all - at < BLOCK ? p->all - at : BLOCK;
    if (size < BLOCK || !told_apart(p->page + at, &letters, &marks))
        for (Py_ssize_t k = letters = marks = 0; k < size; k++) {
            letters |= LETTER_AT(p, at + k) << k;
            marks |= (uint64_t)(p->page[at + k] == APOSTROPHE) << k;
        }
    if (marks) { /* between two letters it is one */
        uint64_t left = letters << 1 | (at ? LETTER_AT(p, at - 1) : 0), right = letters >> 1;
        if (at + BLOCK < p->all)
            right |= LETTER_AT(p, at + BLOCK) << (BLOCK - 1);
        letters |= marks & left & right;
    }
    uint64_t turns = letters ^ (letters << 1 | runs->inside);
    for (uint64_t left = turns & letters; left; left &= left - 1)
        runs->starts[runs->begun++] = at + lowest(left);
    for (uint64_t left = turns & ~letters; left; left &= left - 1)
        runs->ends[runs->ended++] = at + lowest(left);
    runs->inside = letters >> (BLOCK - 1);
    runs->at = at + size;
    if (runs->at == p->all && runs->inside) {
        runs->ends[runs->ended++] = p->all;
        runs->inside = 0;
    }
}

/* Find as many words as are asked for, if the page has them. */
static inline void
next_runs(Runs *runs, const Page *p, Py_ssize_t most)
{
    while (runs->ended < most && runs->at < p->all)
        scan(runs, p);
}

/* Leave the first so many behind. */
static inline void
leave_runs(Runs *runs, Py_ssize_t count)
{
    runs->begun -= count;
    runs->ended -= count;
    memmove(runs->starts, runs->starts + count, (size_t)runs->begun * sizeof *runs->starts);
    memmove(runs->ends, runs->ends + count, (size_t)runs->ended * sizeof *runs->ends);
}

typedef struct {
    uint64_t keys[MOST_BLOCK];
    Py_ssize_t starts[MOST_BLOCK], sizes[MOST_BLOCK];
    uint8_t kinds[MOST_BLOCK];
    uint8_t joined[MOST_BLOCK]; /* whether one blank and nothing else stands before it */
    Py_ssize_t count;
} Block;

/* How many characters of a word count: not an ending in 's. */
static inline Py_ssize_t
size_of(const Page *p, Py_ssize_t start, Py_ssize_t end)
{
    const uint8_t *last = p->page + end - 1;
    Py_ssize_t size = end - start;
    return size > 2 && last[-1] == APOSTROPHE && p->t->lower[*last] == 's' ? size - 2 : size;
}

/* The hash of a word as it is written. */
static inline uint64_t
key_at(const Page *p, Py_ssize_t start, Py_ssize_t size)
{
    return hashed(p->page + start, size, p->all - start, p->t->factors);
}

/* The words of the first so many runs. */
static inline void
read_block(Runs *runs, const Page *p, Py_ssize_t count, Block *block)
{
    for (Py_ssize_t k = 0; k < count; k++) {
        Py_ssize_t start = runs->starts[k], size = size_of(p, start, runs->ends[k]);
        uint8_t kind = p->t->kind[p->page[start]];
        block->starts[k] = start;
        block->sizes[k] = size;
        block->keys[k] = key_at(p, start, size);
        block->kinds[k] = kind & (BEGINS_FIGURE | BEGINS_CAPITAL);
        block->joined[k] = runs->before == start - 1 && p->page[runs->before] == ' ';
        runs->before = start + size;
    }
    block->count = count;
}

/* One byte a character; what is not Latin-1 is a mark. */
#define STRAIGHT(C) ((C) < LATIN ? (uint8_t)(C) : (C) == LEFT || (C) == RIGHT ? APOSTROPHE : '?')

static uint8_t *
page_of(PyObject *text, Py_ssize_t size)
{
    uint8_t *page = PyMem_RawMalloc((size_t)size + 1);
    const void *data = PyUnicode_DATA(text);
    if (page && PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND)
        for (Py_ssize_t k = 0; k < size; k++)
            page[k] = STRAIGHT(((const Py_UCS2 *)data)[k]);
    else if (page)
        for (Py_ssize_t k = 0; k < size; k++)
            page[k] = STRAIGHT(((const Py_UCS4 *)data)[k]);
    return page;
}

/* ---- Sets of numbers, for what counts once. ---- */

typedef struct {
    uint64_t *slots; /* a number and one, or 0 */
    int bits;
    int zero; /* whether all ones, which no slot can tell, is in it */
} Set;

static inline int
set_new(Set *set, Py_ssize_t most)
{
    set->bits = 4;
    while ((Py_ssize_t)1 << set->bits < 2 * most)
        set->bits++;
    set->zero = 0;
    set->slots = PyMem_RawCalloc((size_t)1 << set->bits, sizeof *set->slots);
    return set->slots != NULL;
}

/* Add a number; 0 if it was there. */
static inline int
set_add(Set *set, uint64_t number)
{
    uint64_t mask = ((uint64_t)1 << set->bits) - 1, value = number + 1;
    if (!value)
        return !set->zero && (set->zero = 1);
    uint64_t at = (value * 0x9E3779B97F4A7C15u) >> (64 - set->bits);
    for (; set->slots[at]; at = (at + 1) & mask)
        if (set->slots[at] == value)
            return 0;
    set->slots[at] = value;
    return 1;
}

/* ---- The classifier's words and pairs of neighbours. ---- */

#define UNKNOWN 0
#define NUMBER 1
#define KNOWN_SIZE ((Py_ssize_t)16 << SLOTS) /* bytes of the two tables of words */

/* The id that a table of words has for a hash, or UNKNOWN: the hash's first bits are the slot, what
 * stands there is the rest of them and the id. */
static inline int32_t
id_at(const uint64_t *table, uint64_t key)
{
    uint64_t entry = table[key >> (64 - SLOTS)];
    return (entry ^ key << SLOTS) >> SLOTS ? UNKNOWN : (int32_t)(entry & ((1 << SLOTS) - 1));
}

/* The id of a word by its hash, or UNKNOWN; a second table has what shares a slot in the first. */
static inline int32_t
id_of(const uint64_t *known, uint64_t key)
{
    int32_t id = id_at(known, key);
    return id != UNKNOWN ? id : id_at(known + (1 << SLOTS), key << SLOTS | key >> (64 - SLOTS));
}

/* The feature of a pair of neighbours. */
static inline int32_t
pair_of(int32_t before, int32_t id, int joined, int bits)
{
    uint64_t both = ((uint64_t)before * 65537u + (uint64_t)id) * 2 + (uint64_t)joined;
    return (int32_t)((both * 0x9E3779B97F4A7C15u) >> (64 - bits));
}

/* Add a feature to the slots of a table of `2 ** bits`; 0 if it was there. */
static inline int
is_new(uint32_t *slots, int bits, uint32_t feature)
{
    uint32_t mask = ((uint32_t)1 << bits) - 1, at = (feature * 0x9E3779B9u) >> (32 - bits);
    uint32_t held = slots[at], number = feature + 1;
    while ((held != 0) & (held != number)) { /* seldom, and no other branch is taken */
        at = (at + 1) & mask;
        held = slots[at];
    }
    slots[at] = number;
    return !held;
}

/* ---- Markers. ---- */

#define BUCKETS 12 /* bits of a hash that tell where in the order it stands */

typedef struct {
    const uint8_t *able;
    const uint64_t *keys; /* in order */
    const int32_t *heads; /* the first of each bucket */
    Py_ssize_t count;
    int single; /* whether any is one word */
} Markers;

/* The number of a marker by its hash, or -1; nearly all are ruled out by two bits (Bloom 1970). */
static inline Py_ssize_t
marker_of(uint64_t key, const Markers *m)
{
    uint64_t bucket = key >> (64 - BUCKETS);
    if (is_twice_able(key, m->able))
        for (int32_t at = m->heads[bucket]; at < m->heads[bucket + 1]; at++)
            if (at >= 0 && at < m->count && m->keys[at] == key)
                return at;
    return -1;
}

#endif
