/* Numbers for texts: the same where the text is the same. A text must stay where it is. */
#ifndef UNSPUN_NUMBERS_H
#define UNSPUN_NUMBERS_H

#include "kernel.h"
#include <stdint.h>
#include <string.h>

typedef struct {
    const Py_UCS4 *at;
    int32_t size;
    uint32_t hash;
} Numbered;

typedef struct {
    Numbered *texts;
    int32_t count, room;
    int32_t *slots; /* open addressing; -1 where none is */
    int32_t mask;
} Numbers;

/* Make room for so many items, twice as many as before at least; 0 with an exception. */
static int
grow(void **at, int32_t *room, int64_t wanted, size_t size)
{
    int64_t more = *room ? 2 * (int64_t)*room : 64;
    void *grown;
    if (wanted <= *room)
        return 1;
    if (more < wanted)
        more = wanted;
    if (more > INT32_MAX / 2) {
        PyErr_SetString(PyExc_OverflowError, "the passage is too long");
        return 0;
    }
    grown = PyMem_Realloc(*at, (size_t)more * size);
    if (!grown) {
        PyErr_NoMemory();
        return 0;
    }
    *at = grown;
    *room = (int32_t)more;
    return 1;
}

#define GROW(at, room, wanted) grow((void **)&(at), &(room), (wanted), sizeof *(at))

static inline int
more_slots(Numbers *n)
{
    int32_t size = n->mask ? 2 * (n->mask + 1) : 256;
    int32_t *slots = PyMem_Malloc((size_t)size * sizeof *slots);
    if (!slots) {
        PyErr_NoMemory();
        return 0;
    }
    memset(slots, -1, (size_t)size * sizeof *slots);
    PyMem_Free(n->slots);
    n->slots = slots;
    n->mask = size - 1;
    for (int32_t k = 0; k < n->count; k++) {
        int32_t at = (int32_t)(n->texts[k].hash & (uint32_t)n->mask);
        while (slots[at] >= 0)
            at = (at + 1) & n->mask;
        slots[at] = k;
    }
    return 1;
}

/* The number of a text; -1 with an exception. */
static inline int32_t
number_text(Numbers *n, const Py_UCS4 *text, int32_t size)
{
    uint32_t hash = 2166136261u; /* FNV-1a, a character at a time */
    int32_t at;
    if (2 * (int64_t)n->count >= n->mask && !more_slots(n))
        return -1;
    for (int32_t k = 0; k < size; k++)
        hash = (hash ^ text[k]) * 16777619u;
    hash ^= hash >> 15;
    for (at = (int32_t)(hash & (uint32_t)n->mask); n->slots[at] >= 0; at = (at + 1) & n->mask) {
        const Numbered *known = n->texts + n->slots[at];
        if (known->hash == hash && known->size == size &&
            !memcmp(known->at, text, (size_t)size * sizeof *text))
            return n->slots[at];
    }
    if (!GROW(n->texts, n->room, (int64_t)n->count + 1))
        return -1;
    n->texts[n->count] = (Numbered){text, size, hash};
    n->slots[at] = n->count;
    return n->count++;
}

static inline void
free_numbers(Numbers *n)
{
    PyMem_Free(n->texts);
    PyMem_Free(n->slots);
}

#endif
