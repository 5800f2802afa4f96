/* Products in eight bits: rows and matrices lowered to whole numbers, and multiplied by what each kind
   of processor has for it. */
#ifndef UNSPUN_NEURAL_PRODUCTS_H
#define UNSPUN_NEURAL_PRODUCTS_H

#include "lanes.h"

#define LEAST 1e-30f /* of a block: what is nearer to nothing is nothing */

/* A matrix: of each panel of outputs the weights of each block of inputs, four inputs of each output
   side by side; what each output's sum begins with (128 times its weights are taken off, for inputs
   are raised by 128), and its scale. */
typedef struct {
    const int8_t *weights;
    const int32_t *starts;
    const float *scales;
    Py_ssize_t inputs, outputs, block, blocks; /* inputs fill blocks, outputs may end in a panel */
} Matrix;

/* Rows of inputs, raised by 128, and the scale of each block. */
typedef struct {
    uint8_t *values;
    float *scales, *room; /* room for a row that fills its blocks */
    Py_ssize_t rows;
} Inputs;

/* A row in eight bits; where it does not fill its last block, with nothing. */
WITHIN void
lower_row(const float *x, Py_ssize_t size, const Matrix *m, float *room, uint8_t *values,
          float *scales)
{
    memset(room, 0, (size_t)m->inputs * sizeof *room);
    memcpy(room, x, (size_t)size * sizeof *room);
    for (Py_ssize_t b = 0; b < m->blocks; b++, room += m->block, values += m->block) {
        Lanes most = {0};
        for (Py_ssize_t k = 0; k < m->block; k += LANES)
            most = higher(most, (Lanes)((Wholes)AT(room + k) & 0x7FFFFFFF));
        float top = highest(most), times = top > LEAST ? 127.0f / top : 0.0f;
        scales[b] = top / 127.0f;
        for (Py_ssize_t k = 0; k < m->block; k += LANES) {
            Wholes whole = (Wholes)(AT(room + k) * times + 12583040.0f); /* 1.5 * 2^23 + 128 */
            *(Bytes *)(values + k) = __builtin_convertvector(whole & 0xFF, Bytes);
        }
    }
}

#define LOWER(KIND, FOR)                                                                  \
    FOR static void lower_##KIND(const float *x, Py_ssize_t size, const Matrix *m,        \
                                 const Inputs *in)                                        \
    {                                                                                     \
        for (Py_ssize_t row = 0; row < in->rows; row++)                                   \
            lower_row(x + row * size, size, m, in->room, in->values + row * m->inputs,    \
                      in->scales + row * m->blocks);                                      \
    }

LOWER(any, )

/* The outputs of a panel for some rows, at most TALL: (TALL, PANEL). */
typedef void Tile(const Matrix *m, const Inputs *in, Py_ssize_t row, Py_ssize_t rows,
                  Py_ssize_t panel, float *out);

/* Where a processor has nothing for it, NumPy multiplies sooner; this tells what is right. */
static void
tile_any(const Matrix *m, const Inputs *in, Py_ssize_t row, Py_ssize_t rows, Py_ssize_t panel,
         float *out)
{
    for (Py_ssize_t t = 0; t < rows; t++, out += PANEL) {
        const int8_t *w = m->weights + panel * m->inputs * PANEL;
        const uint8_t *a = in->values + (row + t) * m->inputs;
        Lanes total[WIDE] = {{0}};
        for (Py_ssize_t b = 0; b < m->blocks; b++) {
            Py_ssize_t at = (panel * m->blocks + b) * PANEL;
            int32_t sums[PANEL];
            memcpy(sums, m->starts + at, sizeof sums);
            for (Py_ssize_t k = 0; k < m->block; k += 4, a += 4, w += 4 * PANEL)
                for (int n = 0; n < PANEL; n++)
                    sums[n] += a[0] * w[4 * n] + a[1] * w[4 * n + 1] + a[2] * w[4 * n + 2] +
                               a[3] * w[4 * n + 3];
            float own = in->scales[(row + t) * m->blocks + b];
            for (int p = 0; p < WIDE; p++)
                total[p] += __builtin_convertvector(WHOLES_AT(sums + LANES * p), Lanes) * own *
                            AT(m->scales + at + LANES * p);
        }
        for (int p = 0; p < WIDE; p++)
            PUT(out + LANES * p, total[p]);
    }
}

#if defined(__x86_64__)

LOWER(256, FOR_256)
LOWER(512, FOR_512)

/* Pairs of products have 16 bits, enough for two of 127 * 127: signs are moved to the weights. */
FOR_256 static void
tile_256(const Matrix *m, const Inputs *in, Py_ssize_t row, Py_ssize_t rows, Py_ssize_t panel,
         float *out)
{
    const __m256i ones = _mm256_set1_epi16(1);
    for (Py_ssize_t t = 0; t < rows; t++, out += PANEL) {
        const int8_t *w = m->weights + panel * m->inputs * PANEL;
        const uint8_t *a = in->values + (row + t) * m->inputs;
        __m256 total[PANEL / 8];
        for (int p = 0; p < PANEL / 8; p++)
            total[p] = _mm256_setzero_ps();
        for (Py_ssize_t b = 0; b < m->blocks; b++) {
            __m256i sums[PANEL / 8];
            for (int p = 0; p < PANEL / 8; p++)
                sums[p] = _mm256_setzero_si256();
            for (Py_ssize_t k = 0; k < m->block; k += 4, a += 4, w += 4 * PANEL) {
                uint32_t four;
                memcpy(&four, a, 4);
                __m256i own = _mm256_set1_epi32((int32_t)(four ^ 0x80808080U));
                __m256i bare = _mm256_abs_epi8(own);
                UNROLLED for (int p = 0; p < PANEL / 8; p++) {
                    __m256i some = _mm256_loadu_si256((const __m256i *)(w + 32 * p));
                    some = _mm256_maddubs_epi16(bare, _mm256_sign_epi8(some, own));
                    sums[p] = _mm256_add_epi32(sums[p], _mm256_madd_epi16(some, ones));
                }
            }
            __m256 scale = _mm256_set1_ps(in->scales[(row + t) * m->blocks + b]);
            const float *scales = m->scales + (panel * m->blocks + b) * PANEL;
            for (int p = 0; p < PANEL / 8; p++) {
                __m256 told = _mm256_mul_ps(_mm256_cvtepi32_ps(sums[p]), scale);
                told = _mm256_mul_ps(told, _mm256_loadu_ps(scales + 8 * p));
                total[p] = _mm256_add_ps(total[p], told);
            }
        }
        for (int p = 0; p < PANEL / 8; p++)
            _mm256_storeu_ps(out + 8 * p, total[p]);
    }
}

/* The compiler would move sums about for its own form of the instruction. */
#define DOT(sums, inputs, weights) \
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(inputs), "v"(weights))

/* So many rows that all their sums are in registers; each weight is read once for all of them. */
FOR_512 WITHIN void
tile_of(const Matrix *m, const Inputs *in, Py_ssize_t row, const int rows, Py_ssize_t panel,
        float *restrict out)
{
    const Py_ssize_t block = m->block, blocks = m->blocks, inputs = m->inputs;
    const int8_t *w = m->weights + panel * inputs * PANEL;
    const int32_t *starts = m->starts + panel * blocks * PANEL;
    const float *scales = m->scales + panel * blocks * PANEL;
    const uint8_t *a = in->values + row * inputs;
    const float *own = in->scales + row * blocks;
    memset(out, 0, TALL * PANEL * sizeof *out);
    for (Py_ssize_t b = 0; b < blocks; b++, starts += PANEL, scales += PANEL, own++) {
        __m512i sums[TALL][WIDE];
        UNROLLED for (int t = 0; t < rows; t++)
            UNROLLED for (int p = 0; p < WIDE; p++)
                sums[t][p] = _mm512_loadu_si512(starts + LANES * p);
        for (Py_ssize_t k = 0; k < block; k += 4, a += 4, w += 4 * PANEL) {
            __m512i some[WIDE];
            UNROLLED for (int p = 0; p < WIDE; p++)
                some[p] = _mm512_loadu_si512(w + 4 * LANES * p);
            UNROLLED for (int t = 0; t < rows; t++) {
                int32_t four;
                memcpy(&four, a + t * inputs, 4);
                __m512i each = _mm512_set1_epi32(four);
                UNROLLED for (int p = 0; p < WIDE; p++)
                    DOT(sums[t][p], each, some[p]);
            }
        }
        __m512 scale[WIDE];
        UNROLLED for (int p = 0; p < WIDE; p++)
            scale[p] = _mm512_loadu_ps(scales + LANES * p);
        UNROLLED for (int t = 0; t < rows; t++) {
            __m512 each = _mm512_set1_ps(own[t * blocks]);
            UNROLLED for (int p = 0; p < WIDE; p++) {
                float *to = out + t * PANEL + LANES * p;
                __m512 told = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[t][p]), each);
                told = _mm512_mul_ps(told, scale[p]);
                _mm512_storeu_ps(to, _mm512_add_ps(_mm512_loadu_ps(to), told));
            }
        }
    }
}

FOR_512 static void
tile_512(const Matrix *m, const Inputs *in, Py_ssize_t row, Py_ssize_t rows, Py_ssize_t panel,
         float *out)
{
    switch (rows) {
    case 1: tile_of(m, in, row, 1, panel, out); break;
    case 2: tile_of(m, in, row, 2, panel, out); break;
    case 3: tile_of(m, in, row, 3, panel, out); break;
    case 4: tile_of(m, in, row, 4, panel, out); break;
    case 5: tile_of(m, in, row, 5, panel, out); break;
    default: tile_of(m, in, row, 6, panel, out); break;
    }
}

#endif

/* A panel's rows, lowered to eight bits, laid side by side. */
static void
lay_panel(const Inputs *in, const Matrix *m, Py_ssize_t panel, int8_t *weights, int32_t *starts,
          float *scales)
{
    weights += panel * m->inputs * PANEL;
    starts += panel * m->blocks * PANEL;
    scales += panel * m->blocks * PANEL;
    for (Py_ssize_t row = 0; row < in->rows; row++) {
        const uint8_t *values = in->values + row * m->inputs;
        for (Py_ssize_t b = 0; b < m->blocks; b++) {
            int32_t total = 0;
            for (Py_ssize_t k = b * m->block; k < (b + 1) * m->block; k++) {
                int weight = values[k] - 128;
                weights[(k / 4 * PANEL + row) * 4 + k % 4] = (int8_t)weight;
                total += weight;
            }
            starts[b * PANEL + row] = -128 * total;
            scales[b * PANEL + row] = in->scales[row * m->blocks + b];
        }
    }
}

#endif
