/* The ids of words, found where the words stand in a text.
 *
 * A table holds those of up to eleven characters that are written in Latin-1 or with the marks of
 * General Punctuation. It is laid out once and only read from then on; other words are looked up as
 * objects by who asks.
 */
#ifndef UNSPUN_LM_FORMS_H
#define UNSPUN_LM_FORMS_H

#include "cut.h"

#define LONGEST 11 /* characters of a word that is in the table */
#define MARKS 0x2010 /* to 0x202F: quotation marks, dashes; where C1 controls stand in a key */

/* A word's characters, zeros behind, and their number in the last place. */
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

/* The key of the word at a place; 0 where none can be in the table. */
static inline int
key_of(const Text *t, Py_ssize_t start, Py_ssize_t end, Key *key)
{
    uint8_t bytes[LONGEST + 1] = {0};
    Py_ssize_t size = end - start;
    if (size > LONGEST)
        return 0;
    for (Py_ssize_t k = 0; k < size; k++) {
        Py_UCS4 c = PyUnicode_READ(t->kind, t->data, start + k);
        if (c >= MARKS && c < MARKS + 0x20)
            c -= MARKS - 0x80;
        else if (c > 0xFF || (c >= 0x80 && c < 0xA0))
            return 0;
        bytes[k] = (uint8_t)c;
    }
    bytes[LONGEST] = (uint8_t)size;
    memcpy(&key->head, bytes, sizeof key->head);
    memcpy(&key->tail, bytes + sizeof key->head, sizeof key->tail);
    return 1;
}

static inline uint64_t
place_of(const Key *key)
{
    uint64_t hash = (key->head ^ (uint64_t)key->tail << 17) * 0x9E3779B97F4A7C15u;
    return (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u >> 32;
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
code_of(const Forms *forms, const Key *key)
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
