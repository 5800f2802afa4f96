/* A bit for each of 64 characters, so that no branch is taken for those where nothing is. */
#ifndef UNSPUN_BITS_H
#define UNSPUN_BITS_H

#include <Python.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define BLOCK 64 /* characters */

/* What is read soon, and lies far from what was read: on the way before it is needed. */
#if defined(__GNUC__)
#define FETCH(ADDRESS) __builtin_prefetch(ADDRESS)
#else
#define FETCH(ADDRESS) ((void)(ADDRESS))
#endif

/* What is compiled where it is called, and for the machine that it is called for. */
#if defined(__GNUC__)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE inline
#endif

/* A function that is compiled once more for machines with wider registers, and whether this is one. */
#if defined(__GNUC__) && defined(__x86_64__)
#define WIDE_MACHINE __attribute__((target("avx2,bmi,popcnt")))
#define IS_WIDE_MACHINE()                                                  \
    (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&    \
     __builtin_cpu_supports("popcnt"))
#else
#define WIDE_MACHINE
#define IS_WIDE_MACHINE() 0
#endif

/* The place of the lowest bit; there must be one. */
static ALWAYS_INLINE int
lowest(uint64_t bits)
{
#if defined(__GNUC__)
    return __builtin_ctzll(bits);
#else
    int at = 0;
    for (; !(bits & 1); bits >>= 1)
        at++;
    return at;
#endif
}

#define EACH_BYTE 0x0101010101010101u

/* How many bits there are. */
static ALWAYS_INLINE size_t
count_of(uint64_t bits)
{
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    return (size_t)(((bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0Fu) * EACH_BYTE >> 56);
}

/* The lowest bits of eight bytes, which have no others, together. */
static inline uint64_t
gathered(uint64_t eight)
{
    return eight * 0x0102040810204080u >> 56;
}

/* As many bits as there are flags, each of which is 0 or 1. */
static ALWAYS_INLINE uint64_t
bits_of(const uint8_t *flags)
{
    uint64_t found = 0;
#if defined(__SSE2__)
    for (int k = 0; k < BLOCK / 16; k++) {
        __m128i high = _mm_slli_epi16(_mm_loadu_si128((const __m128i *)flags + k), 7);
        found |= (uint64_t)(unsigned)_mm_movemask_epi8(high) << 16 * k;
    }
#else
    for (int k = 0; k < BLOCK / 8; k++) {
#if PY_LITTLE_ENDIAN
        uint64_t eight;
        memcpy(&eight, flags + 8 * k, 8);
        found |= gathered(eight) << 8 * k;
#else
        for (int bit = 8 * k; bit < 8 * k + 8; bit++)
            found |= (uint64_t)flags[bit] << bit;
#endif
    }
#endif
    return found;
}

#endif
