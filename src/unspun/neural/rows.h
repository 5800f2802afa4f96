/* What is made of a row at a time: gates, means, and what its odds say of tokens. */
#ifndef UNSPUN_NEURAL_ROWS_H
#define UNSPUN_NEURAL_ROWS_H

#include "lanes.h"

/* Rows of gates and of what they let through. */
WITHIN void
gate_all(const float *both, Py_ssize_t rows, Py_ssize_t inner, float *out)
{
    for (; rows > 0; rows--, both += 2 * inner, out += inner) {
        Py_ssize_t k = 0;
        for (; k + LANES <= inner; k += LANES) {
            Lanes gate = AT(both + k);
            PUT(out + k, gate / (1.0f + power(-gate)) * AT(both + inner + k));
        }
        for (; k < inner; k++)
            out[k] = both[k] / (1.0f + power(all(-both[k]))[0]) * both[inner + k];
    }
}

/* Rows divided by the root of their mean square, and scaled. */
WITHIN void
scale_all(const float *x, const float *scales, Py_ssize_t rows, Py_ssize_t size, float least,
          float *out)
{
    for (; rows > 0; rows--, x += size, out += size) {
        Lanes squares = all(0.0f);
        float rest = 0.0f;
        Py_ssize_t k = 0;
        for (; k + LANES <= size; k += LANES)
            squares += AT(x + k) * AT(x + k);
        for (; k < size; k++)
            rest += x[k] * x[k];
        float root = sqrtf((sum(squares) + rest) / (float)size + least);
        for (k = 0; k < size; k++)
            out[k] = x[k] / root * scales[k];
    }
}

/* The sum of e to the power of all odds of a row so far: its highest, and lanes of the rest. */
typedef struct {
    Lanes rest;
    float most;
} Odds;

WITHIN void
add_odds(Odds *odds, const float *told)
{
    Lanes most = higher(higher(AT(told), AT(told + LANES)),
                        higher(AT(told + 2 * LANES), AT(told + 3 * LANES)));
    float top = highest(most);
    if (top > odds->most) {
        odds->rest *= power(all(odds->most - top));
        odds->most = top;
    }
    for (int p = 0; p < WIDE; p++)
        odds->rest += power(AT(told + LANES * p) - odds->most);
}

#endif
