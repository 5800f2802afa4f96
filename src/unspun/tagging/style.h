/* Tokens as classes of style, one to three of them in a row hashed and counted.
 *
 * One pass over the text. The words, endings and marks come from style.py, which has the plain
 * version. Where the words of a text were read before (`_words.c`), their classes are known.
 */
#ifndef UNSPUN_TAGGING_STYLE_H
#define UNSPUN_TAGGING_STYLE_H

#include "kernel.h"
#include "word.h"
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define STYLE_TABLES "unspun.tagging.style 6" /* of the capsule that holds a counter */

#define FEATURES 16384
#define HASH 0x9E3779B1u /* that numbers them */
#define SHIFT 18         /* of the hash */
#define NAMED_LETTERS 16 /* letters of a word that has a class of its own */
#define SLOTS 1024       /* for such words, open addressing */
#define ENDINGS 32
#define CLASSES 512
#define TOKENS 0x4000    /* that can be read: their features are counted in 16 bits */

/* What a character below 128 begins. */
enum { BEGINS_NOTHING = 0, BEGINS_LOWER, BEGINS_UPPER, BEGINS_NUMBER, BEGINS_MARK };
enum { OTHER = 0, DIGITS = 1, MARK = 2, CAPITALS = 3, CAPITAL = 4 };

typedef struct {
    uint64_t text[2]; /* filled up with zeros */
    int32_t class;    /* -1 where no word is */
} Named;

typedef struct {
    uint64_t text, mask; /* the last letter lowest */
    uint16_t class;
    uint8_t last;        /* 0 for a */
} Ending;

typedef struct {
    PyObject_HEAD
    Named known[SLOTS];
    Ending ending[ENDINGS];
    int endings, of[26]; /* endings by last letter; where those of each begin */
    uint16_t marks[128];
    uint8_t begins[128];
    Py_ssize_t longest, least; /* tokens that are read, and that must be there */
} Counter;

typedef struct {
    Py_ssize_t tokens;
    uint16_t count[FEATURES];
    uint16_t class[TOKENS]; /* of each token */
} Counts;

typedef struct {
    uint64_t text[2], tail; /* its letters from the first on; its last eight, the last one lowest */
    Py_ssize_t size;
    int capital, capitals;
} Letters;

static inline int is_lower(Py_UCS4 c) { return c - 'a' < 26; }
static inline int is_letter(Py_UCS4 c) { return (c | 0x20) - 'a' < 26; }
static inline int is_apostrophe(Py_UCS4 c) { return c == '\'' || c == 0x2018 || c == 0x2019; }

/* A code point with curly marks made straight. */
static inline Py_UCS4
straight(Py_UCS4 point)
{
    switch (point) {
    case 0x201C: case 0x201D: return '"';
    case 0x2018: case 0x2019: return '\'';
    case 0x2013: case 0x2014: return '-';
    default: return point;
    }
}

static inline uint32_t
slot(const uint64_t *text)
{
    return (uint32_t)((text[0] * 0x9E3779B97F4A7C15u ^ text[1] * 0xC2B2AE3D27D4EB4Fu) >> 40) %
           SLOTS;
}

static inline const Named *
named_place(const Counter *c, const uint64_t *text)
{
    const Named *at = &c->known[slot(text)];
    while (at->class >= 0 && (at->text[0] != text[0] || at->text[1] != text[1]))
        if (++at == c->known + SLOTS)
            at = c->known;
    return at;
}

static inline void
add_letter(Letters *word, Py_UCS4 point)
{
    uint64_t letter = point | 0x20; /* which leaves an apostrophe as it is */
    if (word->size < NAMED_LETTERS)
        word->text[word->size >> 3] |= letter << 8 * (word->size & 7);
    word->tail = word->tail << 8 | letter;
    word->size++;
}

/* Number of a function word, or the shape of any other. */
static inline uint32_t
word_class(const Counter *c, const Letters *word)
{
    if (word->size <= NAMED_LETTERS) {
        const Named *known = named_place(c, word->text);
        if (known->class >= 0)
            return (uint32_t)known->class;
    }
    if (word->capital)
        return word->size > 1 && word->capitals ? CAPITALS : CAPITAL;
    uint8_t last = (uint8_t)((word->tail & 0xFF) - 'a');
    for (int k = last < 26 ? c->of[last] : c->endings; k < c->endings; k++) {
        if (c->ending[k].last != last)
            break;
        if ((word->tail & c->ending[k].mask) == c->ending[k].text)
            return c->ending[k].class;
    }
    return OTHER;
}

static inline void
take_token(Counts *n, uint32_t class)
{
    n->class[n->tokens++] = (uint16_t)class;
}

/* The places of the features that end with a token: of one, of two, of three. */
static inline void
places(const uint16_t *class, Py_ssize_t at, uint32_t *place)
{
    uint32_t one = class[at], before = at > 0 ? class[at - 1] : 0, first = at > 1 ? class[at - 2] : 0;
    uint32_t two = one * CLASSES + before;
    place[0] = one * HASH >> SHIFT;
    place[1] = (two + (1u << 20)) * HASH >> SHIFT;
    place[2] = (two * CLASSES + first + (1u << 30)) * HASH >> SHIFT;
}

static inline int
begins(const Counter *c, Py_UCS4 point)
{
    if (point < 128)
        return c->begins[point];
    if (Py_UNICODE_ISDECIMAL(point))
        return BEGINS_NUMBER;
    return Py_UNICODE_ISALNUM(point) || Py_UNICODE_ISSPACE(point) ? BEGINS_NOTHING : BEGINS_MARK;
}

/* The class of a word of ASCII letters alone that stands between others, or NO_CLASS. */
static inline uint16_t
style_of(const Counter *c, int kind, const void *data, Py_ssize_t start, Py_ssize_t stop)
{
    Letters word = {{0, 0}, 0, 0, 0, 1};
    for (Py_ssize_t i = start; i < stop; i++) {
        Py_UCS4 point = PyUnicode_READ(kind, data, i);
        if (!is_letter(point))
            return NO_CLASS;
        word.capital |= i == start && !is_lower(point);
        word.capitals &= !is_lower(point);
        add_letter(&word, point);
    }
    return (uint16_t)word_class(c, &word);
}

/* Count the tokens of a text; of words that were read before, the classes are known. */
#define TOKENS_OF(NAME, TYPE)                                                                   \
    static void NAME(const Counter *c, const TYPE *text, Py_ssize_t size, const Word *known,    \
                     Py_ssize_t words, Counts *n)                                               \
    {                                                                                           \
        const Word *last = known + words;                                                       \
        for (Py_ssize_t i = 0; i < size && n->tokens < c->longest;) {                           \
            while (known < last && known->start < i)                                            \
                known++;                                                                        \
            if (known < last && known->start == i && known->class != NO_CLASS &&                \
                i + known->size <= size) {                                                      \
                Py_ssize_t stop = i + known->size;                                              \
                Py_UCS4 next = stop < size ? text[stop] : ' ';                                  \
                if (next == ' ' ||                   /* a link may begin right behind it */     \
                    (!is_letter(next) && (!is_apostrophe(next) || stop + 1 == size ||           \
                                          !is_lower(text[stop + 1])))) {                        \
                    take_token(n, known++->class);                                              \
                    i = stop + (next == ' ');                                                   \
                    continue;                                                                   \
                }                                                                               \
            }                                                                                   \
            Py_UCS4 point = straight(text[i]);                                                  \
            int kind = begins(c, point);                                                        \
            if (kind == BEGINS_LOWER || kind == BEGINS_UPPER) {                                 \
                Letters word = {{0, 0}, 0, 0, kind == BEGINS_UPPER, kind == BEGINS_UPPER};      \
                add_letter(&word, point);                                                       \
                for (i++; i < size && is_letter(text[i]); i++) {                                \
                    word.capitals &= !is_lower(text[i]);                                        \
                    add_letter(&word, text[i]);                                                 \
                }                                                                               \
                if (i + 1 < size && is_apostrophe(text[i]) && is_lower(text[i + 1])) {          \
                    word.capitals = 0;                                                          \
                    add_letter(&word, '\'');                                                    \
                    for (i++; i < size && is_lower(text[i]); i++)                               \
                        add_letter(&word, text[i]);                                             \
                }                                                                               \
                take_token(n, word_class(c, &word));                                           \
                continue;                                                                       \
            }                                                                                   \
            i++;                                                                                \
            if (kind == BEGINS_NUMBER) {                                                        \
                while (i < size && (text[i] == '.' || text[i] == ',' ||                         \
                                    Py_UNICODE_ISDECIMAL(text[i])))                             \
                    i++;                                                                        \
                take_token(n, DIGITS);                                                         \
            }                                                                                   \
            else if (kind == BEGINS_MARK)                                                       \
                take_token(n, point < 128 && c->marks[point] ? c->marks[point] : MARK);        \
        }                                                                                       \
    }

TOKENS_OF(tokens_1, Py_UCS1)
TOKENS_OF(tokens_2, Py_UCS2)
TOKENS_OF(tokens_4, Py_UCS4)

/* The tokens of a text up to an end, some of whose words were read before; NULL with an exception. */
static inline Counts *
tokens_of(const Counter *c, PyObject *text, Py_ssize_t end, const Word *known, Py_ssize_t words)
{
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    Counts *n = PyMem_Malloc(sizeof *n);
    if (!n)
        return (Counts *)PyErr_NoMemory();
    n->tokens = 0;
    memset(n->count, 0, sizeof n->count);
    size = size < end ? size : end;
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND)
        tokens_1(c, data, size, known, words, n);
    else if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND)
        tokens_2(c, data, size, known, words, n);
    else
        tokens_4(c, data, size, known, words, n);
    return n;
}

/* Count the features of the tokens. */
static inline void
count_features(Counts *n)
{
    uint32_t place[3];
    for (Py_ssize_t k = 0; k < n->tokens; k++) {
        places(n->class, k, place);
        for (int size = 1; size <= 3 && size <= k + 1; size++)
            n->count[place[size - 1]]++;
    }
}

/* Count the features, and add up the weights of those that are met for the first time, of those
   that are met again, and so on; how often one is met at most. */
static inline Py_ssize_t
count_weights(Counts *n, const int8_t *weights, int32_t *times)
{
    uint32_t place[3], most = 0;
    for (Py_ssize_t k = 0; k < n->tokens; k++) {
        places(n->class, k, place);
        for (int size = 1; size <= 3 && size <= k + 1; size++) {
            uint32_t at = place[size - 1], met = n->count[at]++;
            times[met] += weights[at];
            most = met < most ? most : met + 1;
        }
    }
    return most;
}

/* The roots of the counts, each times its weight: weights of one count are added up first. */
static inline int
weigh(Counts *n, const int8_t *weights, double *sum)
{
    /* so many features there are, which may all be of one number */
    int32_t *times = PyMem_Calloc(3 * (size_t)n->tokens + 1, sizeof *times);
    if (!times)
        return 0;
    Py_ssize_t most = count_weights(n, weights, times);
    *sum = 0;
    for (Py_ssize_t k = 1; k <= most; k++) { /* those that are met so often, and no more */
        int32_t each = times[k - 1] - times[k];
        if (each)
            *sum += sqrt((double)k) * (double)each;
    }
    PyMem_Free(times);
    return 1;
}

/* What the features of a text weigh, and how many tokens it has; None where they are too few. */
static inline PyObject *
weighed(const Counter *c, PyObject *text, Py_ssize_t end, PyObject *weights, const Word *known,
        Py_ssize_t words)
{
    PyObject *found = NULL;
    Py_buffer view;
    double sum;
    if (PyObject_GetBuffer(weights, &view, PyBUF_SIMPLE))
        return NULL;
    Counts *n = NULL;
    if (view.len != FEATURES)
        PyErr_SetString(PyExc_ValueError, "a weight of each feature is needed");
    else
        n = tokens_of(c, text, end, known, words);
    if (n && n->tokens < c->least)
        found = Py_NewRef(Py_None);
    else if (n)
        found = weigh(n, view.buf, &sum) ? Py_BuildValue("dn", sum, n->tokens) : PyErr_NoMemory();
    PyMem_Free(n);
    PyBuffer_Release(&view);
    return found;
}

#endif
