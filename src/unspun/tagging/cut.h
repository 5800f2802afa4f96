/* A text cut into words: stretches of letters of one script group, found block by block. */
#ifndef UNSPUN_TAGGING_CUT_H
#define UNSPUN_TAGGING_CUT_H

#include "bits.h"
#include "laid.h"

#define LONGEST 128 /* letters of a word */
enum { LINK = 1, CODE = 2 }; /* what a text may have that is no language */

static inline int
add_word(Words *w, Py_ssize_t start, Py_ssize_t size, uint8_t group)
{
    if (w->count == w->room && !grown((void **)&w->word, &w->room, w->count, sizeof(Word)))
        return 0;
    Word *word = &w->word[w->count];
    *word = (Word){start, (uint8_t)size, group, 1, 0, NO_CLASS};
    if (w->count++ && STOP(word[-1]) == start) {
        word[-1].met |= BEHIND;
        word->met = BEFORE;
    }
    return 1;
}

#define NEAR_GROUP(r, point) ((r)->near[point])
#define ANY_GROUP(r, point) ((point) < NEAR ? (r)->near[point] : far_group(r, point))

static inline uint8_t
far_group(const Reader *r, Py_UCS4 point)
{
    return point < POINTS ? AT(r->group, uint8_t, point) : 0;
}

/* What a character may be a sign of: a scheme's end, a host's beginning, a mailbox, code. */
static unsigned
sign(const Words *w, Py_ssize_t at)
{
    int kind = PyUnicode_KIND(w->text);
    const void *data = PyUnicode_DATA(w->text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text);
    switch (PyUnicode_READ(kind, data, at)) {
    case '@':
        return LINK;
    case ':':
        return at + 2 < size && PyUnicode_READ(kind, data, at + 1) == '/' &&
               PyUnicode_READ(kind, data, at + 2) == '/' ? LINK : 0;
    case '.':
        return at > 2 && PyUnicode_READ(kind, data, at - 1) == 'w' &&
               PyUnicode_READ(kind, data, at - 2) == 'w' &&
               PyUnicode_READ(kind, data, at - 3) == 'w' ? LINK : 0;
    default:
        return CODE;
    }
}

/* What stretches from one place to another: a word or several, signs, or nothing. */
static inline int
add_stretch(Words *w, Py_ssize_t start, Py_ssize_t end, uint8_t group, unsigned *signs)
{
    if (group == SIGN)
        for (; start < end; start++)
            *signs |= sign(w, start);
    else if (group)
        for (; start < end; start += LONGEST)
            if (!add_word(w, start, end - start > LONGEST ? LONGEST : end - start, group))
                return 0;
    return 1;
}

/* A bit for each character of a block whose group is another than that of the one before. */
static inline uint64_t
changes(const uint8_t *group)
{
    uint8_t each[BLOCK];
    for (int k = 0; k < BLOCK; k++)
        each[k] = group[k + 1] != group[k];
    return bits_of(each);
}

/* The group of a character of ASCII, or SIGN, without a table: of many characters at once. */
static inline uint8_t
ascii_group(uint8_t latin, uint8_t c)
{
    uint8_t letter = (uint8_t)((c | 0x20) - 'a'), mark = (uint8_t)(c - ':');
    uint8_t group = letter < 26 ? latin : 0;
    group = mark < 5 ? SIGN : group; /* : ; < = > */
    group = c == '.' ? SIGN : group;
    group = c == '@' ? SIGN : group;
    group = c == '{' ? SIGN : group;
    return c == '}' ? SIGN : group;
}

/* The groups of a block, 0 behind its last character. */
#define GROUPS_OF(NAME, TYPE, GROUP)                                                            \
    static inline void NAME(const Reader *r, const TYPE *text, int count, uint8_t *group)       \
    {                                                                                           \
        TYPE all = count == BLOCK && r->latin ? 0 : 0x80;                                       \
        for (int k = 0; all < 0x80 && k < BLOCK; k += 16)                                       \
            for (int next = k; next < k + 16; next++)                                           \
                all |= text[next];                                                              \
        if (all < 0x80)                                                                         \
            for (int k = 0; k < BLOCK; k++)                                                     \
                group[k] = ascii_group(r->latin, (uint8_t)text[k]);                             \
        else {                                                                                  \
            for (int k = 0; k < count; k++)                                                     \
                group[k] = GROUP(r, text[k]);                                                   \
            memset(group + count, 0, (size_t)(BLOCK - count));                                  \
        }                                                                                       \
    }

GROUPS_OF(groups_1, Py_UCS1, NEAR_GROUP)
GROUPS_OF(groups_2, Py_UCS2, NEAR_GROUP)
GROUPS_OF(groups_4, Py_UCS4, ANY_GROUP)

/* Cut words from one place to another; note the signs of what is no language. */
#define CUT(NAME, TYPE, GROUPS)                                                                 \
    static int NAME(Words *w, const TYPE *text, Py_ssize_t at, Py_ssize_t end, unsigned *signs) \
    {                                                                                           \
        const Reader *r = w->reader;                                                            \
        uint8_t group[BLOCK + 1] = {0}, of = 0;                                                 \
        Py_ssize_t start = at;                                                                  \
        for (; at < end; at += BLOCK) {                                                         \
            int count = end - at < BLOCK ? (int)(end - at) : BLOCK;                             \
            GROUPS(r, text + at, count, group + 1);                                             \
            for (uint64_t bits = changes(group); bits; bits &= bits - 1) {                      \
                int k = lowest(bits);                                                           \
                if (of && !add_stretch(w, start, at + k, of, signs))                            \
                    return 0;                                                                   \
                start = at + k;                                                                 \
                of = group[k + 1];                                                              \
            }                                                                                   \
            group[0] = group[BLOCK];                                                            \
        }                                                                                       \
        return add_stretch(w, start, end, of, signs);                                           \
    }

CUT(cut_1, Py_UCS1, groups_1)
CUT(cut_2, Py_UCS2, groups_2)
CUT(cut_4, Py_UCS4, groups_4)

static int
cut(Words *w, Py_ssize_t start, Py_ssize_t end, unsigned *signs)
{
    const void *data = PyUnicode_DATA(w->text);
    switch (PyUnicode_KIND(w->text)) {
    case PyUnicode_1BYTE_KIND:
        return cut_1(w, data, start, end, signs);
    case PyUnicode_2BYTE_KIND:
        return cut_2(w, data, start, end, signs);
    default:
        return cut_4(w, data, start, end, signs);
    }
}

#endif
