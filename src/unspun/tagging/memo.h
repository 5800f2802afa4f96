/* What words say, kept from one text to the next: most tokens are of few words (Zipf).
 *
 * A word between two characters that are no letters says the same wherever it stands. Each place of
 * the memo keeps one such word, which has two places to choose from, with its letters as they lie in
 * memory, against which a word is checked; its evidence lies apart, so that a look at both places
 * takes one cache line, and the evidence another. A memo belongs to one reading at a time; a reader
 * keeps those that are not in use.
 */
#ifndef UNSPUN_TAGGING_MEMO_H
#define UNSPUN_TAGGING_MEMO_H

#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define COLUMNS 32
#define PACKED (COLUMNS / 4) /* four columns of 16 bits in each 64-bit number */
#define MEMO_BITS 16
#define MEMO_CHUNKS 6 /* of eight bytes: a longer word is not kept */
#define MEMO_NEAR 3   /* chunks that lie with what is known of the word */
#define MEMO_NEAR_BYTES (8 * MEMO_NEAR)

typedef struct {
    uint64_t packed[PACKED];
} Evidence;

typedef struct {
    uint64_t letters[MEMO_NEAR]; /* the first ones, filled up with zeros */
    uint16_t size;  /* bytes of the letters, and above them bytes of one; 0 where no word is */
    uint16_t top;   /* the evidence of its loudest column */
    uint16_t class; /* of style */
    uint16_t other; /* of the first of a pair: whether the second was met last */
} Known; /* half a cache line */

typedef struct {
    uint64_t letters[MEMO_CHUNKS - MEMO_NEAR];
} Rest;

typedef struct {
    Known *place;     /* the first of a pair; then that of the word */
    const char *rest; /* the letters behind the first ones */
    uint64_t letters[MEMO_NEAR];
    uint16_t size;
} Sought;

typedef struct Memo {
    struct Memo *next;
    Evidence *each; /* of some words of the text that is being read */
    Py_ssize_t room;
    Known *known;
    Evidence *evidence; /* of each known word */
    Rest *rest;         /* letters behind the first ones */
    void *block;
} Memo;

static inline Memo *
memo_new(void)
{
    const size_t places = (size_t)1 << MEMO_BITS;
    Memo *memo = PyMem_RawCalloc(1, sizeof *memo);
    if (memo && !(memo->block = PyMem_RawCalloc(
                      1, places * (sizeof(Known) + sizeof(Evidence) + sizeof(Rest)) + 64))) {
        PyMem_RawFree(memo);
        memo = NULL;
    }
    if (memo) { /* no word beyond the cache lines that it needs */
        memo->known = (Known *)(((uintptr_t)memo->block + 63) / 64 * 64);
        memo->evidence = (Evidence *)(memo->known + places);
        memo->rest = (Rest *)(memo->evidence + places);
    }
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

static inline Evidence *
memo_evidence(const Memo *memo, const Known *known)
{
    return &memo->evidence[known - memo->known];
}

#if defined(__GNUC__)
#define SOON(address) __builtin_prefetch(address)
#else
#define SOON(address) ((void)0)
#endif

/* The first letters of a word, and zeros; the text has so many bytes from there on. */
static inline void
memo_letters(const char *text, size_t bytes, size_t left, uint64_t *letters)
{
    static const uint8_t kept[2 * MEMO_NEAR_BYTES] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    };
    uint64_t mask[MEMO_NEAR];
    size_t near = bytes < MEMO_NEAR_BYTES ? bytes : MEMO_NEAR_BYTES;
    if (left < MEMO_NEAR_BYTES) {
        memset(letters, 0, MEMO_NEAR_BYTES);
        memcpy(letters, text, near);
        return;
    }
    memcpy(letters, text, MEMO_NEAR_BYTES);
    memcpy(mask, kept + MEMO_NEAR_BYTES - near, MEMO_NEAR_BYTES);
    for (int k = 0; k < MEMO_NEAR; k++)
        letters[k] &= mask[k];
}

/* The pair of places of a word; the text has so many bytes from there on. */
static inline void
memo_seek(const Memo *memo, const char *text, size_t bytes, size_t left, int kind, Sought *word)
{
    memo_letters(text, bytes, left, word->letters);
    uint64_t hash = word->letters[0] * 0x9E3779B97F4A7C15u ^
                    word->letters[1] * 0xC2B2AE3D27D4EB4Fu ^
                    word->letters[2] * 0x165667B19E3779F9u;
    for (size_t k = MEMO_NEAR_BYTES; k < bytes; k++)
        hash = (hash ^ (uint8_t)text[k]) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 32) * 0xC2B2AE3D27D4EB4Fu;
    word->rest = text + MEMO_NEAR_BYTES;
    word->size = (uint16_t)(bytes | (size_t)kind << 8);
    word->place = &memo->known[hash >> (64 - MEMO_BITS) & ~(uint64_t)1];
    SOON(word->place);
}

/* Have the evidence of a word at hand, if it is in one of its places. */
static inline void
memo_soon(const Memo *memo, const Sought *word)
{
    const Known *pair = word->place;
    SOON(memo_evidence(memo, &pair[pair[1].letters[0] == word->letters[0]]));
}

static inline int
memo_is(const Memo *memo, const Known *known, const Sought *word)
{
    if (known->size != word->size ||
        ((known->letters[0] ^ word->letters[0]) | (known->letters[1] ^ word->letters[1]) |
         (known->letters[2] ^ word->letters[2])))
        return 0;
    size_t bytes = word->size & 0xFF;
    return bytes <= MEMO_NEAR_BYTES ||
           !memcmp(&memo->rest[known - memo->known], word->rest, bytes - MEMO_NEAR_BYTES);
}

/* Whether a word is in one of its two places, which is its place from now on; else it is that of
   the two that was met before the other. */
static inline int
memo_holds(const Memo *memo, Sought *word)
{
    Known *pair = word->place;
    if (memo_is(memo, &pair[pair->other], word)) {
        word->place = &pair[pair->other];
        return 1;
    }
    pair->other = !pair->other;
    word->place = &pair[pair->other];
    return memo_is(memo, word->place, word);
}

static inline void
memo_keep(const Memo *memo, const Sought *word)
{
    size_t bytes = word->size & 0xFF;
    memcpy(word->place->letters, word->letters, MEMO_NEAR_BYTES);
    if (bytes > MEMO_NEAR_BYTES)
        memcpy(&memo->rest[word->place - memo->known], word->rest, bytes - MEMO_NEAR_BYTES);
    word->place->size = word->size;
}

#endif
