/* The ids of words, found where the words stand in a text.
 *
 * A table holds those of up to twelve characters that are written in Latin-1 or with the marks of
 * General Punctuation. It is laid out once and only read from then on; other words are looked up as
 * objects by who asks.
 */
#ifndef UNSPUN_LM_FORMS_H
#define UNSPUN_LM_FORMS_H

#include "bits.h"
#include "cut.h"

#define LONGEST 12 /* characters of a word that is in the table */
#define MARKS 0x2010 /* to 0x202F: quotation marks, dashes; where C1 controls stand in a key */

/* A word's characters, none of which is 0, the first the lowest. */
typedef struct {
    uint64_t head;
    uint32_t tail;
} Key;

typedef struct {
    uint64_t head;
    uint32_t tail, code; /* 1 + twice the id, and whether the word opens a sentence; 0 is free */
} Entry;

/* Slots, a power of two. */
typedef struct {
    const char *entries;
    uint64_t mask;
} Forms;

#if PY_LITTLE_ENDIAN
/* Whether one of eight bytes is 0. */
static inline int
has_zero(uint64_t eight)
{
    return ((eight - EACH_BYTE) & ~eight & 0x80 * EACH_BYTE) != 0;
}

/* Whether one of up to eight characters of Latin-1, ones behind, is 0 or a C1 control. */
static inline int
has_control(uint64_t eight)
{
    return has_zero(eight) || has_zero((eight & 0xE0 * EACH_BYTE) ^ 0x80 * EACH_BYTE);
}

/* The key of a word of Latin-1 that as many characters can be read from as the longest has. */
static inline int
key_of_latin(const uint8_t *word, Py_ssize_t size, Key *key)
{
    static const uint8_t ONES[2 * LONGEST] = {255, 255, 255, 255, 255, 255,
                                              255, 255, 255, 255, 255, 255};
    uint64_t mask;
    uint32_t rest;
    memcpy(&key->head, word, sizeof key->head);
    memcpy(&key->tail, word + sizeof key->head, sizeof key->tail);
    memcpy(&mask, ONES + LONGEST - size, sizeof mask);
    memcpy(&rest, ONES + LONGEST - size + sizeof mask, sizeof rest);
    key->head &= mask;
    key->tail &= rest;
    return !has_control(key->head | ~mask) && !has_control(key->tail | ~(uint64_t)rest);
}
#endif

/* The key of the word at a place; 0 where none can be in the table. */
static inline int
key_of(const Text *t, Py_ssize_t start, Py_ssize_t end, Key *key)
{
    uint64_t parts[2] = {0, 0};
    Py_ssize_t size = end - start;
    if (size > LONGEST)
        return 0;
#if PY_LITTLE_ENDIAN
    if (t->kind == PyUnicode_1BYTE_KIND && t->size - start >= LONGEST)
        return key_of_latin((const uint8_t *)t->data + start, size, key);
#endif
    for (Py_ssize_t k = 0; k < size; k++) {
        Py_UCS4 c = PyUnicode_READ(t->kind, t->data, start + k);
        if (c >= MARKS && c < MARKS + 0x20)
            c -= MARKS - 0x80;
        else if (!c || c > 0xFF || (c >= 0x80 && c < 0xA0))
            return 0;
        parts[k / 8] |= (uint64_t)c << 8 * (k % 8);
    }
    *key = (Key){parts[0], (uint32_t)parts[1]};
    return 1;
}

static inline uint64_t
place_of(const Key *key)
{
    uint64_t hash = (key->head ^ (uint64_t)key->tail << 17) * 0x9E3779B97F4A7C15u;
    return (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u >> 32;
}

/* Where a word is written, or beyond. */
static inline const char *
slot_of(const Forms *forms, const Key *key)
{
    return forms->entries + (place_of(key) & forms->mask) * sizeof(Entry);
}

static inline Entry
entry_at(const Forms *forms, uint64_t place)
{
    Entry entry;
    memcpy(&entry, forms->entries + (place & forms->mask) * sizeof entry, sizeof entry);
    return entry;
}

/* The code of the word with a key, or 0. */
static inline uint32_t
form_code(const Forms *forms, const Key *key)
{
    for (uint64_t place = place_of(key), seen = 0; seen <= forms->mask; place++, seen++) {
        Entry entry = entry_at(forms, place);
        if (!entry.code || (entry.head == key->head && entry.tail == key->tail))
            return entry.code;
    }
    return 0;
}

/* Write a word into its slot; 0 where there is none left. */
static inline int
lay_form(char *entries, uint64_t mask, const Key *key, uint32_t code)
{
    for (uint64_t place = place_of(key), seen = 0; seen <= mask; place++, seen++) {
        Entry entry, laid = {key->head, key->tail, code};
        char *slot = entries + (place & mask) * sizeof entry;
        memcpy(&entry, slot, sizeof entry);
        if (entry.code && (entry.head != key->head || entry.tail != key->tail))
            continue;
        memcpy(slot, &laid, sizeof laid);
        return 1;
    }
    return 0;
}

#endif
