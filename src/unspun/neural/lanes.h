/* Sixteen numbers at a time, in the compiler's own vectors: what is here is compiled for whatever
   processor its caller is compiled for, and makes the same bits of the same numbers on all. */
#ifndef UNSPUN_NEURAL_LANES_H
#define UNSPUN_NEURAL_LANES_H

#include "kernel.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define FOR_256 __attribute__((target("avx2")))
#define FOR_512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#endif

#pragma GCC diagnostic ignored "-Wpsabi"
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 8")
#endif

#define LANES 16
#define PANEL 64 /* numbers that are told together: outputs of a matrix, keys, coordinates */
#define WIDE (PANEL / LANES)
#define TALL 6 /* rows that are told together at most */
#define WITHIN static inline __attribute__((always_inline))
#define UNSEEN -1e30f /* the odds of what does not count */

typedef float Lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t Wholes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint32_t Bits __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint8_t Bytes __attribute__((vector_size(LANES), aligned(1), may_alias));

#define AT(p) (*(const Lanes *)(p))
#define WHOLES_AT(p) (*(const Wholes *)(p))
#define PUT(p, lanes) (*(Lanes *)(p) = (lanes))

WITHIN Lanes
all(float value)
{
    return value - (Lanes){0};
}

WITHIN Lanes
chosen(Wholes which, Lanes one, Lanes other)
{
    return (Lanes)((which & (Wholes)one) | (~which & (Wholes)other));
}

WITHIN Lanes
higher(Lanes one, Lanes other)
{
    return chosen(one > other, one, other);
}

WITHIN float
highest(Lanes lanes)
{
    float most = lanes[0];
    for (int k = 1; k < LANES; k++)
        most = lanes[k] > most ? lanes[k] : most;
    return most;
}

WITHIN float
sum(Lanes lanes)
{
    float total = 0.0f;
    for (int k = 0; k < LANES; k++)
        total += lanes[k];
    return total;
}

/* e to the power of x, to the last bit or two; 0 from -87 down. */
WITHIN Lanes
power(Lanes x)
{
    const float round = 12582912.0f; /* 1.5 * 2^23: what is added to it becomes whole */
    Lanes some = chosen(x < 88.0f, x, all(88.0f));
    Lanes shifted = some * 1.44269504f + round, twos = shifted - round;
    Lanes rest = some - twos * 0.693359375f + twos * 2.12194440e-4f; /* ln 2 in two parts */
    Lanes y = rest * 1.9875691500e-4f + 1.3981999507e-3f; /* Cephes' expf */
    y = y * rest + 8.3334519073e-3f;
    y = y * rest + 4.1665795894e-2f;
    y = y * rest + 1.6666665459e-1f;
    y = y * rest + 5.0000001201e-1f;
    y = y * rest * rest + rest + 1.0f;
    Bits bits = (Bits)y + (((Bits)shifted - 0x4B400000U) << 23); /* far below -87 they wrap */
    return (Lanes)((Wholes)bits & (x > -87.0f));
}

#endif
