/* What kernels that look at text share: its words and their hashes, sets, tables of words. */
#ifndef UNSPUN_LOOK_H
#define UNSPUN_LOOK_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

/* ---- Words: runs of letters and figures, and their hashes. ---- */

#define LATIN 256
#define PIECE 8
#define LONGEST 24
#define APOSTROPHE '\''

enum { LETTER = 1, FIGURE = 2, CAPITAL = 4, LEFT = 0x2018, RIGHT = 0x2019 };
enum { JOINED = 1, BEGINS_FIGURE = 2, BEGINS_CAPITAL = 4 }; /* kinds of words, as in keys.py */

typedef struct {
    const uint8_t *kind, *lower; /* of each character of Latin-1 */
    const uint64_t *factors;
} Tables;

/* A place in a page, and the end of the word before, its ending left out. */
typedef struct {
    Py_ssize_t at, before;
} Cursor;

typedef struct {
    Py_ssize_t start, size;
    uint64_t key;
    uint8_t kind;
    int joined; /* whether nothing but one blank stands between the word before and it */
} Word;

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

/* The end of the Latin letters without accents at a place: what most words are made of. */
static inline Py_ssize_t
letters(const uint8_t *page, Py_ssize_t at, Py_ssize_t all)
{
#if PY_LITTLE_ENDIAN && defined(__GNUC__)
    const uint64_t ones = 0x0101010101010101u;
    for (; all - at >= PIECE; at += PIECE) {
        uint64_t eight;
        memcpy(&eight, page + at, PIECE);
        uint64_t low = (eight | 0x20 * ones) & 0x7F * ones;
        uint64_t inside = (low + (0x80 - 'a') * ones) & ~(low + (0x7F - 'z') * ones) & ~eight;
        uint64_t other = ~inside & 0x80 * ones; /* the high bit of each that is none */
        if (other)
            return at + __builtin_ctzll(other) / 8;
    }
#endif
    return at;
}

/* The next word of a page that begins before a limit; 0 if there is none. */
static inline int
next_word(Cursor *cursor, const Tables *t, const uint8_t *restrict page, Py_ssize_t all,
          Py_ssize_t limit, Word *word)
{
    const uint8_t *restrict kinds = t->kind;
    Py_ssize_t at = cursor->at;
    while (at < limit && !(kinds[page[at]] & LETTER))
        at++;
    cursor->at = at;
    if (at >= limit)
        return 0;
    Py_ssize_t start = at;
    at = letters(page, at + 1, all);
    while (at < all && (kinds[page[at]] & LETTER ||
                        (page[at] == APOSTROPHE && kinds[page[at - 1]] & LETTER &&
                         at + 1 < all && kinds[page[at + 1]] & LETTER)))
        at++;
    Py_ssize_t size = at - start;
    if (size > 2 && page[at - 2] == APOSTROPHE && t->lower[page[at - 1]] == 's')
        size -= 2;
    uint8_t kind = kinds[page[start]];
    word->start = start;
    word->size = size;
    word->key = hashed(page + start, size, all - start, t->factors);
    word->kind = (kind & FIGURE ? BEGINS_FIGURE : 0) | (kind & CAPITAL ? BEGINS_CAPITAL : 0);
    word->joined = cursor->before == start - 1 && page[cursor->before] == ' ';
    cursor->at = at;
    cursor->before = start + size;
    return 1;
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

static inline void
set_clear(Set *set)
{
    memset(set->slots, 0, sizeof *set->slots << set->bits);
    set->zero = 0;
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

#define SLOTS 18
#define UNKNOWN 0
#define NUMBER 1

typedef struct {
    const uint64_t *forms; /* hashes by id */
    uint64_t words;
    const int32_t *tables[2]; /* ids; the second for what shares a slot in the first */
} Known;

/* The id of a word by its hash, or UNKNOWN. */
static inline int32_t
id_of(const Known *known, uint64_t form)
{
    int32_t id = known->tables[0][form >> (64 - SLOTS)];
    if ((uint64_t)id >= known->words || known->forms[id] != form)
        id = known->tables[1][form >> (64 - 2 * SLOTS) & ((1 << SLOTS) - 1)];
    return (uint64_t)id < known->words && known->forms[id] == form ? id : UNKNOWN;
}

/* The feature of a pair of neighbours. */
static inline int32_t
pair_of(int32_t before, int32_t id, int joined, int bits)
{
    uint64_t both = ((uint64_t)before * 65537u + (uint64_t)id) * 2 + (uint64_t)joined;
    return (int32_t)((both * 0x9E3779B97F4A7C15u) >> (64 - bits));
}

/* ---- Markers. ---- */

/* Whether a hash may be a marker's: two bits of it are set (Bloom 1970). */
static inline int
may_mark(uint64_t key, const uint8_t *able)
{
    uint64_t one = key >> (64 - SLOTS), two = key >> (64 - 2 * SLOTS) & ((1 << SLOTS) - 1);
    return able[one / 8] >> one % 8 & able[two / 8] >> two % 8 & 1;
}

/* The number of a marker that begins with a word, by its hash; or -1. */
static inline Py_ssize_t
marker_of(uint64_t key, const uint8_t *able, const uint64_t *known, Py_ssize_t count)
{
    if (!may_mark(key, able))
        return -1;
    Py_ssize_t low = 0, high = count;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (known[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && known[low] == key ? low : -1;
}

static inline uint64_t
both_of(uint64_t key, uint64_t next)
{
    return (key ^ (key >> 29)) * 0xD6E8FEB86659FD93u + next;
}

#endif
