/* What words say, kept from one text to the next: most tokens are of few words (Zipf).
 *
 * A word between two characters that are no letters says the same wherever it stands. Each place of
 * the memo keeps one such word, which has two places to choose from, with its letters as they lie in
 * memory, against which a word is checked, and its evidence. A memo belongs to one reading at a time; a reader keeps those that are
 * not in use.
 */
#ifndef UNSPUN_TAGGING_MEMO_H
#define UNSPUN_TAGGING_MEMO_H

#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define COLUMNS 32
#define PACKED (COLUMNS / 4) /* four columns of 16 bits in each 64-bit number */
#define MEMO_BITS 15
#define MEMO_CHUNKS 6 /* of eight bytes: a longer word is not kept */

typedef struct {
    uint64_t packed[PACKED];
} Evidence;

typedef struct {
    Evidence evidence;
    uint64_t letters[MEMO_CHUNKS];
    uint16_t bytes; /* of the letters; 0 where no word is */
    uint16_t kind;  /* bytes of a letter */
    uint16_t top;   /* the evidence of its loudest column */
    uint16_t class; /* of style */
    uint16_t other; /* of the first of a pair: whether the second was met last */
    uint16_t fill[3]; /* two cache lines in all */
} Known;

typedef struct {
    Known *place;
    size_t bytes;
    uint64_t letters[MEMO_CHUNKS];
} Sought;

typedef struct Memo {
    struct Memo *next;
    Evidence *each; /* of some words of the text that is being read */
    Py_ssize_t room;
    Known *known;
    void *block;
} Memo;

static inline Memo *
memo_new(void)
{
    size_t size = sizeof(Known) << MEMO_BITS;
    Memo *memo = PyMem_RawCalloc(1, sizeof *memo);
    if (memo && !(memo->block = PyMem_RawCalloc(1, size + 64))) {
        PyMem_RawFree(memo);
        memo = NULL;
    }
    if (memo) /* no word beyond the cache lines that it needs */
        memo->known = (Known *)(((uintptr_t)memo->block + 63) / 64 * 64);
    return memo;
}

static inline void
memo_free(Memo *memo)
{
    PyMem_RawFree(memo->each);
    PyMem_RawFree(memo->block);
    PyMem_RawFree(memo);
}

/* Make room for the evidence of so many words. */
static inline int
memo_room(Memo *memo, Py_ssize_t count)
{
    if (count <= memo->room)
        return 1;
    Py_ssize_t room = count + count / 2;
    Evidence *each = PyMem_RawRealloc(memo->each, (size_t)room * sizeof *each);
    if (!each)
        return 0;
    memo->each = each;
    memo->room = room;
    return 1;
}

/* The first bytes of a chunk; the others are 0. */
static inline uint64_t
memo_first(uint64_t chunk, size_t bytes)
{
    return bytes >= 8 ? chunk : chunk & (((uint64_t)1 << 8 * bytes) - 1);
}

/* The letters of a word in chunks, two at least; the text has so many bytes from there on. */
static inline void
memo_letters(const char *text, size_t bytes, size_t left, uint64_t *letters)
{
#if PY_LITTLE_ENDIAN
    if (bytes <= 16 && left >= 16) {
        memcpy(letters, text, 16);
        letters[0] = memo_first(letters[0], bytes);
        letters[1] = memo_first(letters[1], bytes > 8 ? bytes - 8 : 0);
        return;
    }
#endif
    letters[1] = 0;
    for (size_t k = 0; 8 * k < bytes; k++) {
        letters[k] = 0;
        memcpy(&letters[k], text + 8 * k, bytes - 8 * k < 8 ? bytes - 8 * k : 8);
    }
}

/* The place of a word; the text has so many bytes from there on. */
static inline void
memo_seek(const Memo *memo, const char *text, size_t bytes, size_t left, Sought *word)
{
    uint64_t hash = bytes;
    memo_letters(text, bytes, left, word->letters);
    for (size_t k = 0; k < 2 || 8 * k < bytes; k++) {
        hash = (hash ^ word->letters[k]) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    word->bytes = bytes;
    word->place = &memo->known[(hash * 0xC2B2AE3D27D4EB4Fu) >> (64 - MEMO_BITS) & ~(uint64_t)1];
#if defined(__GNUC__)
    __builtin_prefetch(&word->place[0].evidence);
    __builtin_prefetch(&word->place[0].letters);
    __builtin_prefetch(&word->place[1].evidence);
    __builtin_prefetch(&word->place[1].letters);
#endif
}

static inline int
memo_is(const Known *known, const Sought *word, int kind)
{
    if (known->bytes != word->bytes || known->kind != kind ||
        ((known->letters[0] ^ word->letters[0]) | (known->letters[1] ^ word->letters[1])))
        return 0;
    for (size_t k = 2; 8 * k < word->bytes; k++)
        if (known->letters[k] != word->letters[k])
            return 0;
    return 1;
}

/* Whether a word is in one of its two places, which is its place from now on; else it is that of
   the two that was met before the other. */
static inline int
memo_holds(Sought *word, int kind)
{
    Known *pair = word->place;
    if (memo_is(&pair[pair->other], word, kind)) {
        word->place = &pair[pair->other];
        return 1;
    }
    pair->other = !pair->other;
    word->place = &pair[pair->other];
    return memo_is(word->place, word, kind);
}

static inline void
memo_keep(const Sought *word, int kind)
{
    memcpy(word->place->letters, word->letters,
           word->bytes <= 16 ? 16 : (word->bytes + 7) / 8 * 8);
    word->place->bytes = (uint16_t)word->bytes;
    word->place->kind = (uint16_t)kind;
}

#endif
