/* What the characters of a block are, told of many at once: loops so short become comparisons of
 * sixteen bytes at a time. */
#ifndef UNSPUN_QUALITY_MARKS_H
#define UNSPUN_QUALITY_MARKS_H

#include "bits.h"
#include "distinct.h"

#define ELLIPSIS 0x2026

/* Of the characters of a block: which are blank, to be noted, line feeds. */
typedef struct {
    uint64_t blank, noted, feed;
} Marks;

/* A character that no sound text has. */
static inline int
is_damage(Py_UCS4 ch)
{
    if (ch < 0xa0)
        return ch < 9 || (ch >= 0x0e && ch < 0x20) || (ch >= 0x7f && ch != 0x85);
    return ch >= 0xd800 && (ch <= 0xf8ff || (ch >= 0xfffd && ch <= 0xffff));
}

/* A flag for each character of a block. */
#define FLAG(TYPE, flags, op, test)   \
    for (int k = 0; k < BLOCK; k++) { \
        const TYPE ch = chars[k];     \
        (flags)[k] op (uint8_t)(test); \
    }

/* Of characters below U+0100, with the next one behind them. Of full stops those are noted that stand
   before another. */
static ALWAYS_INLINE Marks
marks_of_bytes(const uint8_t *chars)
{
    uint8_t blank[BLOCK], noted[BLOCK], feed[BLOCK], odd = 0;
    FLAG(uint8_t, blank, =, (ch == ' ') | ((uint8_t)(ch - 9) < 5))
    FLAG(uint8_t, noted, =, (ch == '#') | (ch == '{') | ((ch | 0x20) == 'j'))
    FLAG(uint8_t, noted, |=, (ch == '.') & (chars[k + 1] == '.'))
    FLAG(uint8_t, feed, =, ch == '\n')
    for (int k = 0; k < BLOCK; k++)
        odd |= (uint8_t)((chars[k] < ' ') & ((uint8_t)(chars[k] - 9) > 4)) |
               (uint8_t)((uint8_t)(chars[k] - 0x7f) < 0x22);
    if (odd) {
        FLAG(uint8_t, blank, |=, ((uint8_t)(ch - 0x1c) < 4) | (ch == 0x85) | (ch == 0xa0))
        FLAG(uint8_t, noted, |=, (ch < 9) | ((uint8_t)(ch - 0x0e) < 0x12))
        FLAG(uint8_t, noted, |=, ((uint8_t)(ch - 0x7f) < 0x21) & (ch != 0x85))
    }
    return (Marks){bits_of(blank), bits_of(noted), bits_of(feed)};
}

/* The same of characters below U+10000; beyond U+00FF few are blank or damage, or an ellipsis. */
static ALWAYS_INLINE Marks
marks_of_pairs(const uint16_t *chars)
{
    uint8_t near[BLOCK + 1], blank[BLOCK], noted[BLOCK];
    uint16_t odd = 0;
    for (int k = 0; k <= BLOCK; k++)
        near[k] = (uint8_t)(chars[k] < 0x100 ? chars[k] : 'x');
    for (int k = 0; k < BLOCK; k++)
        odd |= (uint16_t)((chars[k] == 0x1680) | (chars[k] >= 0xd800) |
                          ((uint16_t)(chars[k] - 0x2000) <= 0x1000));
    Marks marks = marks_of_bytes(near);
    if (odd) {
        FLAG(uint16_t, blank, =, (ch == 0x1680) | ((uint16_t)(ch - 0x2000) < 0x0b))
        FLAG(uint16_t, blank, |=, (ch == 0x2028) | (ch == 0x2029) | (ch == 0x202f))
        FLAG(uint16_t, blank, |=, (ch == 0x205f) | (ch == 0x3000))
        FLAG(uint16_t, noted, =, (ch == ELLIPSIS) | (ch >= 0xfffd))
        FLAG(uint16_t, noted, |=, (uint16_t)(ch - 0xd800) < 0x2100)
        marks.blank |= bits_of(blank);
        marks.noted |= bits_of(noted);
    }
    return marks;
}

/* The marks of a block of a text, behind which there is one character more; there all are blank. */
static ALWAYS_INLINE Marks
marks_of(const Text *t, size_t base, const size_t width)
{
    size_t left = t->size - base, count = left <= BLOCK ? left : BLOCK + 1;
    const char *from = t->data + base * width;
    if (width == 1) {
        uint8_t near[BLOCK + 1];
        if (count > BLOCK)
            return marks_of_bytes((const uint8_t *)from);
        memset(near, ' ', sizeof near);
        memcpy(near, from, count);
        return marks_of_bytes(near);
    }
    uint16_t near[BLOCK + 1];
    if (width == 2 && count > BLOCK) {
        memcpy(near, from, sizeof near);
        return marks_of_pairs(near);
    }
    for (size_t k = 0; k <= BLOCK; k++) { /* beyond U+FFFF there is nothing to mark */
        Py_UCS4 ch = k < count ? PyUnicode_READ((int)width, from, k) : ' ';
        near[k] = ch < 0x10000 ? (uint16_t)ch : 'x';
    }
    return marks_of_pairs(near);
}

#endif
