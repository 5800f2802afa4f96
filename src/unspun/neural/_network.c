/* What a network of Llama's kind computes, row by row: products in eight bits, attention, gates and
   odds, as arithmetic.py does with NumPy. All processors make the same sums in the same order, for
   one bit that differs makes other whole numbers, and these another answer. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "arrays.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

#define REVISION 1 /* that of arithmetic.py */

#if defined(__GNUC__)

#pragma GCC diagnostic ignored "-Wpsabi"
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 8")
#endif

#define LANES 16
#define PANEL 64 /* outputs whose weights lie together, four inputs of each side by side */
#define WIDE (PANEL / LANES)
#define TALL 6 /* rows that are told together at most */
#define WITHIN static inline __attribute__((always_inline))
#define UNSEEN -1e30f
#define LEAST 1e-30f /* of a block: what is nearer to nothing is nothing */
#define MOST_INPUTS (1 << 20)
#define MOST_BLOCK (1 << 16) /* whose sum has 32 bits */
#define MOST_KINDS 3

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

/* ---- Products in eight bits. ---- */

/* A matrix: of each panel of outputs the weights of each block of inputs, what each output's sum
   begins with (128 times its weights are taken off, for inputs are raised by 128), and its scale. */
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

#define FOR_256 __attribute__((target("avx2")))
#define FOR_512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

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

/* ---- Attention. ---- */

/* What rows ask for, and what they and those before them answer. */
typedef struct {
    const float *queries;         /* (rows, heads, size) */
    const float *keys, *values;   /* (rows, groups, size) */
    const float *before, *worth;  /* (past, groups, size): keys and values of what was read */
    const int64_t *until, *since; /* how much of the past each row sees; its first row of these */
    Py_ssize_t rows, past, heads, groups, size;
    float *out; /* (rows, heads, size) */
} Asked;

/* Room for one group: all keys by coordinate, all values by row, and the odds of some queries. */
typedef struct {
    float *keys, *values, *odds;
    Py_ssize_t count, size; /* keys and coordinates, filled up to whole panels */
} Room;

/* What some queries in a row see: of the past up to `until`, of these rows from `since` to `last`. */
typedef struct {
    Py_ssize_t until, since, last;
} View;

WITHIN int
sees(View view, Py_ssize_t chunk)
{
    Py_ssize_t first = chunk * PANEL;
    return first < view.until || (first + PANEL > view.since && first < view.last);
}

WITHIN View
view_of(const Asked *a, Py_ssize_t row)
{
    return (View){a->until[row], a->past + a->since[row], a->past + row + 1};
}

static void
lay_out(const Asked *a, Py_ssize_t group, const Room *room)
{
    Py_ssize_t step = a->groups * a->size, all_rows = a->past + a->rows;
    memset(room->keys, 0, (size_t)(room->count * a->size) * sizeof *room->keys);
    memset(room->values, 0, (size_t)(room->count * room->size) * sizeof *room->values);
    for (Py_ssize_t k = 0; k < all_rows; k++) {
        Py_ssize_t row = k < a->past ? k : k - a->past;
        const float *key = (k < a->past ? a->before : a->keys) + row * step + group * a->size;
        const float *value = (k < a->past ? a->worth : a->values) + row * step + group * a->size;
        for (Py_ssize_t n = 0; n < a->size; n++)
            room->keys[n * room->count + k] = key[n];
        memcpy(room->values + k * room->size, value, (size_t)a->size * sizeof *value);
    }
}

/* To each of some rows of a panel: so much of another row. */
WITHIN void
add_times(float (*total)[PANEL], const int tall, const float *row, const float *times,
          Py_ssize_t step)
{
    for (int t = 0; t < tall; t++)
        for (int k = 0; k < PANEL; k++)
            total[t][k] += row[k] * times[t * step];
}

/* The odds of a panel of keys for some queries. */
WITHIN void
weigh(const float *const *queries, const int tall, const Room *room, Py_ssize_t size,
      Py_ssize_t chunk)
{
    float total[TALL][PANEL] = {{0}}, times[TALL];
    const float *keys = room->keys + chunk * PANEL;
    for (Py_ssize_t n = 0; n < size; n++, keys += room->count) {
        for (int t = 0; t < tall; t++)
            times[t] = queries[t][n];
        add_times(total, tall, keys, times, 1);
    }
    for (int t = 0; t < tall; t++)
        memcpy(room->odds + t * room->count + chunk * PANEL, total[t], sizeof total[t]);
}

/* The sum of values for some queries, of a panel of coordinates. */
WITHIN void
gather(const Room *room, const int tall, View view, Py_ssize_t from, float (*out)[PANEL])
{
    float total[TALL][PANEL] = {{0}};
    for (Py_ssize_t chunk = 0; chunk < room->count / PANEL; chunk++) {
        if (!sees(view, chunk))
            continue;
        const float *values = room->values + chunk * PANEL * room->size + from;
        const float *odds = room->odds + chunk * PANEL;
        for (int k = 0; k < PANEL; k++, values += room->size)
            add_times(total, tall, values, odds + k, room->count);
    }
    memcpy(out, total, (size_t)tall * sizeof *out);
}

/* What one query sees made shares of e to the power of it, not yet divided by their sum. */
WITHIN float
share(float *odds, Py_ssize_t count, View all_see, View own, float times)
{
    Lanes most = all(UNSEEN), total = all(0.0f);
    for (Py_ssize_t chunk = 0; chunk < count / PANEL; chunk++) {
        Py_ssize_t first = chunk * PANEL, end = first + PANEL;
        if (!sees(all_see, chunk))
            continue;
        if (end > own.until && (first < own.since || end > own.last))
            for (Py_ssize_t k = first; k < end; k++)
                if (k >= own.until && (k < own.since || k >= own.last))
                    odds[k] = UNSEEN;
        for (Py_ssize_t k = first; k < end; k += LANES)
            most = higher(most, AT(odds + k));
    }
    float top = highest(most);
    for (Py_ssize_t chunk = 0; chunk < count / PANEL; chunk++)
        if (sees(all_see, chunk))
            for (Py_ssize_t k = chunk * PANEL; k < (chunk + 1) * PANEL; k += LANES) {
                PUT(odds + k, power((AT(odds + k) - top) * times));
                total += AT(odds + k);
            }
    return sum(total);
}

/* Queries of one group in the order of their rows: each row has as many as heads share its keys. */
WITHIN void
attend_some(const Asked *a, const Room *room, Py_ssize_t group, Py_ssize_t first, const int tall,
            float times)
{
    Py_ssize_t each = a->heads / a->groups;
    const float *queries[TALL];
    Py_ssize_t places[TALL];
    float sums[TALL], told[TALL][PANEL];
    View view = view_of(a, first / each);
    for (int t = 0; t < tall; t++) {
        Py_ssize_t row = (first + t) / each, head = group * each + (first + t) % each;
        View own = view_of(a, row);
        places[t] = (row * a->heads + head) * a->size;
        queries[t] = a->queries + places[t];
        view.until = own.until > view.until ? own.until : view.until;
        view.since = own.since < view.since ? own.since : view.since;
        view.last = own.last;
    }
    for (Py_ssize_t chunk = 0; chunk < room->count / PANEL; chunk++)
        if (sees(view, chunk))
            weigh(queries, tall, room, a->size, chunk);
    for (int t = 0; t < tall; t++)
        sums[t] = share(room->odds + t * room->count, room->count, view,
                        view_of(a, (first + t) / each), times);
    for (Py_ssize_t from = 0; from < a->size; from += PANEL) {
        gather(room, tall, view, from, told);
        for (int t = 0; t < tall; t++)
            for (Py_ssize_t n = from; n < from + PANEL && n < a->size; n++)
                a->out[places[t] + n] = told[t][n - from] / sums[t];
    }
}

WITHIN void
attend_all(const Asked *a, const Room *room, const int tall, float times)
{
    for (Py_ssize_t group = 0; group < a->groups; group++) {
        Py_ssize_t count = a->rows * (a->heads / a->groups), first = 0;
        lay_out(a, group, room);
        for (; first + tall <= count; first += tall)
            attend_some(a, room, group, first, tall, times);
        for (; first < count; first++)
            attend_some(a, room, group, first, 1, times);
    }
}

/* ---- The gate, and what odds say of tokens. ---- */

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

/* ---- For one kind of processor. ---- */

typedef struct {
    Tile *tile;
    void (*lower)(const float *, Py_ssize_t, const Matrix *, const Inputs *);
    void (*attend)(const Asked *, const Room *, float);
    void (*gate)(const float *, Py_ssize_t, Py_ssize_t, float *);
    void (*scale)(const float *, const float *, Py_ssize_t, Py_ssize_t, float, float *);
    void (*add)(Odds *, const float *);
} Processor;

#define PROCESSOR(KIND, FOR, ROWS)                                                              \
    FOR static void attend_##KIND(const Asked *a, const Room *room, float times)                \
    {                                                                                           \
        attend_all(a, room, ROWS, times);                                                       \
    }                                                                                           \
    FOR static void gate_##KIND(const float *both, Py_ssize_t rows, Py_ssize_t inner,           \
                                float *out)                                                     \
    {                                                                                           \
        gate_all(both, rows, inner, out);                                                       \
    }                                                                                           \
    FOR static void scale_##KIND(const float *x, const float *scales, Py_ssize_t rows,          \
                                 Py_ssize_t size, float least, float *out)                      \
    {                                                                                           \
        scale_all(x, scales, rows, size, least, out);                                           \
    }                                                                                           \
    FOR static void add_##KIND(Odds *odds, const float *told) { add_odds(odds, told); }         \
    static const Processor processor_##KIND = {tile_##KIND, lower_##KIND, attend_##KIND,        \
                                               gate_##KIND, scale_##KIND, add_##KIND};

PROCESSOR(any, , 1)
#if defined(__x86_64__)
PROCESSOR(256, FOR_256, 1)
PROCESSOR(512, FOR_512, TALL)
#endif

/* The kinds that this machine can run, the best last. */
static int
kinds(const Processor **found)
{
    int count = 0;
    found[count++] = &processor_any;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2"))
        found[count++] = &processor_256;
    if (count == 2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni"))
        found[count++] = &processor_512;
#endif
    return count;
}

/* ---- What Python calls. ---- */

/* The kind by its number, the best if that is negative; NULL with an exception. */
static const Processor *
processor_of(Py_ssize_t kind)
{
    const Processor *found[MOST_KINDS];
    int count = kinds(found);
    if (kind >= count) {
        PyErr_SetString(PyExc_ValueError, "this machine has no such instructions");
        return NULL;
    }
    return found[kind < 0 ? count - 1 : kind];
}

enum { X, WEIGHTS, STARTS, SCALES, TOKENS };

/* Whether an array is so many rows of so many bytes. */
static int
holds(const Arrays *a, int k, Py_ssize_t rows, Py_ssize_t width)
{
    return arrays_size(a, k, width) == rows && a->view[k].len % width == 0;
}

static Py_ssize_t
arrays_rows(const Arrays *a, Py_ssize_t size)
{
    return size > 0 && size <= MOST_INPUTS ? arrays_size(a, X, 4 * size) : 0;
}

/* Whether rows may go through a matrix of such a size; with an exception where they may not. */
static int
sized(const Arrays *a, Py_ssize_t size, Py_ssize_t outputs, Py_ssize_t block, Matrix *m)
{
    int fits = size > 0 && size <= MOST_INPUTS && outputs > 0 && block > 0 &&
               block % LANES == 0 && block <= MOST_BLOCK &&
               holds(a, X, arrays_rows(a, size), 4 * size);
    if (fits) {
        Py_ssize_t blocks = (size + block - 1) / block;
        *m = (Matrix){NULL, NULL, NULL, blocks * block, outputs, block, blocks};
    }
    return arrays_fit(fits);
}

/* The same of a matrix that is there. */
static int
matrix_of(const Arrays *a, Py_ssize_t size, Py_ssize_t outputs, Py_ssize_t block, Matrix *m)
{
    if (!sized(a, size, outputs, block, m))
        return 0;
    m->weights = (const int8_t *)BYTES(a, WEIGHTS);
    m->starts = INT32S(a, STARTS);
    m->scales = FLOATS(a, SCALES);
    Py_ssize_t panels = (outputs - 1) / PANEL + 1;
    return arrays_fit(holds(a, WEIGHTS, panels, PANEL * m->inputs) &&
                      holds(a, STARTS, panels, PANEL * m->blocks * 4) &&
                      holds(a, SCALES, panels, PANEL * m->blocks * 4));
}

/* Room for rows in eight bits; 0 with an exception. `drop` gives it back. */
static int
inputs_of(Py_ssize_t rows, const Matrix *m, Inputs *in)
{
    in->rows = rows;
    in->room = PyMem_RawMalloc((size_t)m->inputs * sizeof *in->room);
    in->values = PyMem_RawMalloc((size_t)(rows * m->inputs + 1));
    in->scales = PyMem_RawMalloc((size_t)(rows * m->blocks + 1) * sizeof *in->scales);
    if (in->room && in->values && in->scales)
        return 1;
    PyErr_NoMemory();
    return 0;
}

static void
drop(Inputs *in)
{
    PyMem_RawFree(in->room);
    PyMem_RawFree(in->values);
    PyMem_RawFree(in->scales);
}

static void
multiply(const Matrix *m, const Inputs *in, const Processor *by, float *out)
{
    float told[TALL * PANEL];
    for (Py_ssize_t from = 0; from < m->outputs; from += PANEL)
        for (Py_ssize_t row = 0; row < in->rows; row += TALL) {
            Py_ssize_t rows = in->rows - row < TALL ? in->rows - row : TALL;
            Py_ssize_t width = m->outputs - from < PANEL ? m->outputs - from : PANEL;
            by->tile(m, in, row, rows, from / PANEL, told);
            for (Py_ssize_t t = 0; t < rows; t++)
                memcpy(out + (row + t) * m->outputs + from, told + t * PANEL,
                       (size_t)width * sizeof *out);
        }
}

/* product(x, weights, starts, scales, size, outputs, block, kind): rows of outputs. */
static PyObject *
product(PyObject *module, PyObject *args)
{
    Arrays a;
    Matrix m;
    Inputs in = {0};
    Py_ssize_t size, outputs, block, kind;
    PyObject *any, *out = NULL;
    if (!PyArg_ParseTuple(args, "OOOOnnnn", &any, &any, &any, &any, &size, &outputs, &block, &kind) ||
        !arrays_take(&a, args, TOKENS))
        return NULL;
    const Processor *by = processor_of(kind);
    if (by && matrix_of(&a, size, outputs, block, &m) && inputs_of(arrays_rows(&a, size), &m, &in) &&
        (out = arrays_new(in.rows * outputs, 4))) {
        float *to = (float *)PyByteArray_AS_STRING(out);
        Py_BEGIN_ALLOW_THREADS
        by->lower(FLOATS(&a, X), size, &m, &in);
        multiply(&m, &in, by, to);
        Py_END_ALLOW_THREADS
    }
    drop(&in);
    arrays_drop(&a);
    return out;
}

/* The natural logarithm of the share that a token has of all, by what each panel says of rows. */
static void
tell(const Matrix *m, const Inputs *in, const Processor *by, const int64_t *tokens, Odds *odds,
     float *own, double *out)
{
    float told[TALL * PANEL];
    for (Py_ssize_t row = 0; row < in->rows; row++)
        odds[row] = (Odds){.most = UNSEEN};
    for (Py_ssize_t from = 0; from < m->outputs; from += PANEL)
        for (Py_ssize_t row = 0; row < in->rows; row += TALL) {
            Py_ssize_t rows = in->rows - row < TALL ? in->rows - row : TALL;
            by->tile(m, in, row, rows, from / PANEL, told);
            for (Py_ssize_t t = 0; t < rows; t++) {
                for (Py_ssize_t n = m->outputs - from; n < PANEL; n++)
                    told[t * PANEL + n] = UNSEEN;
                if (tokens[row + t] >= from && tokens[row + t] < from + PANEL)
                    own[row + t] = told[t * PANEL + tokens[row + t] - from];
                by->add(&odds[row + t], told + t * PANEL);
            }
        }
    for (Py_ssize_t row = 0; row < in->rows; row++)
        out[row] = (double)own[row] - (double)odds[row].most - log((double)sum(odds[row].rest));
}

static int
tokens_within(const Arrays *a, Py_ssize_t rows, Py_ssize_t outputs)
{
    int within = holds(a, TOKENS, rows, 8);
    for (Py_ssize_t row = 0; within && row < rows; row++)
        within = INT64S(a, TOKENS)[row] >= 0 && INT64S(a, TOKENS)[row] < outputs;
    return arrays_fit(within);
}

/* nats(x, weights, starts, scales, tokens, size, outputs, block, kind): of each row its token's. */
static PyObject *
nats(PyObject *module, PyObject *args)
{
    Arrays a;
    Matrix m;
    Inputs in = {0};
    Py_ssize_t size, outputs, block, kind;
    PyObject *any, *out = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOnnnn", &any, &any, &any, &any, &any, &size, &outputs, &block,
                          &kind) ||
        !arrays_take(&a, args, TOKENS + 1))
        return NULL;
    const Processor *by = processor_of(kind);
    Odds *odds = NULL;
    float *own = NULL;
    if (by && matrix_of(&a, size, outputs, block, &m) && inputs_of(arrays_rows(&a, size), &m, &in) &&
        tokens_within(&a, in.rows, outputs) && (out = arrays_new(in.rows, 8))) {
        odds = PyMem_RawMalloc((size_t)(in.rows + 1) * sizeof *odds);
        own = PyMem_RawMalloc((size_t)(in.rows + 1) * sizeof *own);
        if (odds && own) {
            double *to = (double *)PyByteArray_AS_STRING(out);
            Py_BEGIN_ALLOW_THREADS
            by->lower(FLOATS(&a, X), size, &m, &in);
            tell(&m, &in, by, INT64S(&a, TOKENS), odds, own, to);
            Py_END_ALLOW_THREADS
        } else {
            PyErr_NoMemory();
            Py_CLEAR(out);
        }
    }
    PyMem_RawFree(odds);
    PyMem_RawFree(own);
    drop(&in);
    arrays_drop(&a);
    return out;
}

enum { QUERIES, KEYS, VALUES, BEFORE, WORTH, UNTIL, SINCE, ATTEND_ARRAYS };

static int
asked_of(const Arrays *a, Py_ssize_t heads, Py_ssize_t groups, Py_ssize_t size, Asked *asked)
{
    int fits = heads > 0 && groups > 0 && size > 0 && heads <= MOST_INPUTS / size &&
               heads % groups == 0;
    if (fits) {
        *asked = (Asked){FLOATS(a, QUERIES), FLOATS(a, KEYS), FLOATS(a, VALUES),
                         FLOATS(a, BEFORE), FLOATS(a, WORTH), INT64S(a, UNTIL), INT64S(a, SINCE),
                         arrays_size(a, UNTIL, 8),
                         arrays_size(a, BEFORE, 4 * groups * size), heads, groups, size, NULL};
        fits = holds(a, QUERIES, asked->rows, 4 * heads * size) &&
               holds(a, KEYS, asked->rows, 4 * groups * size) &&
               holds(a, VALUES, asked->rows, 4 * groups * size) &&
               holds(a, BEFORE, asked->past, 4 * groups * size) &&
               holds(a, WORTH, asked->past, 4 * groups * size) &&
               holds(a, UNTIL, asked->rows, 8) && holds(a, SINCE, asked->rows, 8);
    }
    for (Py_ssize_t row = 0; fits && row < asked->rows; row++)
        fits = asked->until[row] >= 0 && asked->until[row] <= asked->past &&
               asked->since[row] >= 0 && asked->since[row] <= row;
    return arrays_fit(fits);
}

static int
room_of(const Asked *asked, Room *room)
{
    room->count = (asked->past + asked->rows + PANEL - 1) / PANEL * PANEL;
    room->size = (asked->size + PANEL - 1) / PANEL * PANEL;
    room->keys = PyMem_RawMalloc((size_t)(room->count * asked->size + 1) * sizeof *room->keys);
    room->values = PyMem_RawMalloc((size_t)(room->count * room->size + 1) * sizeof *room->values);
    room->odds = PyMem_RawMalloc((size_t)(room->count * TALL + 1) * sizeof *room->odds);
    if (room->keys && room->values && room->odds)
        return 1;
    PyErr_NoMemory();
    return 0;
}

/* attend(queries, keys, values, before, worth, until, since, heads, groups, size, kind): rows of
   what each query is told. */
static PyObject *
attend(PyObject *module, PyObject *args)
{
    Arrays a;
    Asked asked;
    Room room = {0};
    Py_ssize_t heads, groups, size, kind;
    PyObject *any, *out = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOOOnnnn", &any, &any, &any, &any, &any, &any, &any, &heads,
                          &groups, &size, &kind) ||
        !arrays_take(&a, args, ATTEND_ARRAYS))
        return NULL;
    const Processor *by = processor_of(kind);
    if (by && asked_of(&a, heads, groups, size, &asked) && room_of(&asked, &room) &&
        (out = arrays_new(asked.rows * heads * size, 4))) {
        asked.out = (float *)PyByteArray_AS_STRING(out);
        Py_BEGIN_ALLOW_THREADS
        by->attend(&asked, &room, 1.0f / sqrtf((float)size));
        Py_END_ALLOW_THREADS
    }
    PyMem_RawFree(room.keys);
    PyMem_RawFree(room.values);
    PyMem_RawFree(room.odds);
    arrays_drop(&a);
    return out;
}

/* gate(both, inner, kind): rows of what gates let through. */
static PyObject *
gate(PyObject *module, PyObject *args)
{
    Arrays a;
    Py_ssize_t inner, kind;
    PyObject *any, *out = NULL;
    if (!PyArg_ParseTuple(args, "Onn", &any, &inner, &kind) || !arrays_take(&a, args, 1))
        return NULL;
    const Processor *by = processor_of(kind);
    int fits = inner > 0 && inner <= MOST_INPUTS;
    Py_ssize_t rows = fits ? arrays_size(&a, X, 8 * inner) : 0;
    if (by && arrays_fit(fits && holds(&a, X, rows, 8 * inner)) &&
        (out = arrays_new(rows * inner, 4))) {
        float *to = (float *)PyByteArray_AS_STRING(out);
        Py_BEGIN_ALLOW_THREADS
        by->gate(FLOATS(&a, X), rows, inner, to);
        Py_END_ALLOW_THREADS
    }
    arrays_drop(&a);
    return out;
}

/* scaled(x, scales, least, kind): rows divided by the root of their mean square, and scaled. */
static PyObject *
scaled(PyObject *module, PyObject *args)
{
    Arrays a;
    Py_ssize_t kind;
    float least;
    PyObject *any, *out = NULL;
    if (!PyArg_ParseTuple(args, "OOfn", &any, &any, &least, &kind) || !arrays_take(&a, args, 2))
        return NULL;
    const Processor *by = processor_of(kind);
    Py_ssize_t size = arrays_size(&a, 1, 4), rows = arrays_rows(&a, size);
    if (by && arrays_fit(size > 0 && size <= MOST_INPUTS && holds(&a, 1, 1, 4 * size) &&
                         holds(&a, X, rows, 4 * size)) &&
        (out = arrays_new(rows * size, 4))) {
        float *to = (float *)PyByteArray_AS_STRING(out);
        Py_BEGIN_ALLOW_THREADS
        by->scale(FLOATS(&a, 0), FLOATS(&a, 1), rows, size, least, to);
        Py_END_ALLOW_THREADS
    }
    arrays_drop(&a);
    return out;
}

/* ---- A matrix made from its numbers. ---- */

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

static void
lay_all(const float *x, Py_ssize_t size, const Matrix *m, Inputs *in, const Processor *by,
        PyObject *const *out)
{
    for (Py_ssize_t from = 0; from < m->outputs; from += PANEL) {
        in->rows = m->outputs - from < PANEL ? m->outputs - from : PANEL;
        by->lower(x + from * size, size, m, in);
        lay_panel(in, m, from / PANEL, (int8_t *)PyByteArray_AS_STRING(out[0]),
                  (int32_t *)PyByteArray_AS_STRING(out[1]),
                  (float *)PyByteArray_AS_STRING(out[2]));
    }
}

/* pack(x, size, block, kind): weights, starts and scales of a matrix of (outputs, size). */
static PyObject *
pack(PyObject *module, PyObject *args)
{
    Arrays a;
    Inputs in = {0};
    Py_ssize_t size, block, kind;
    PyObject *any, *out[3] = {NULL}, *packed = NULL;
    if (!PyArg_ParseTuple(args, "Onnn", &any, &size, &block, &kind) || !arrays_take(&a, args, 1))
        return NULL;
    const Processor *by = processor_of(kind);
    Matrix m;
    if (by && sized(&a, size, arrays_rows(&a, size), block, &m) &&
        inputs_of(PANEL, &m, &in)) {
        Py_ssize_t panels = (m.outputs + PANEL - 1) / PANEL;
        Py_ssize_t sizes[] = {panels * PANEL * m.inputs, panels * PANEL * m.blocks * 4,
                              panels * PANEL * m.blocks * 4};
        int made = 1;
        for (int k = 0; k < 3 && made; k++) {
            made = (out[k] = arrays_new(sizes[k], 1)) != NULL;
            if (made) /* what is beyond the last output is nothing */
                memset(PyByteArray_AS_STRING(out[k]), 0, (size_t)sizes[k]);
        }
        if (made) {
            Py_BEGIN_ALLOW_THREADS
            lay_all(FLOATS(&a, X), size, &m, &in, by, out);
            Py_END_ALLOW_THREADS
            packed = PyTuple_Pack(3, out[0], out[1], out[2]);
        }
        for (int k = 0; k < 3; k++)
            Py_XDECREF(out[k]);
    }
    drop(&in);
    arrays_drop(&a);
    return packed;
}

/* kinds(): how many kinds of instructions this machine can run, the best by the last number. */
static PyObject *
count_kinds(PyObject *module, PyObject *args)
{
    const Processor *found[MOST_KINDS];
    return PyLong_FromLong(kinds(found));
}

static PyMethodDef methods[] = {
    {"pack", pack, METH_VARARGS, "A matrix in eight bits."},
    {"product", product, METH_VARARGS, "Rows by a matrix."},
    {"nats", nats, METH_VARARGS, "The logarithm of a token's share, by rows and a matrix."},
    {"attend", attend, METH_VARARGS, "What queries are told by what they see."},
    {"gate", gate, METH_VARARGS, "What gates let through."},
    {"scaled", scaled, METH_VARARGS, "Rows divided by the root of their mean square."},
    {"kinds", count_kinds, METH_NOARGS, "How many kinds of instructions can be run."},
    {NULL, NULL, 0, NULL},
};

#else /* a compiler without vectors of its own: the module is there, and not used */

#undef REVISION
#define REVISION 0

static PyMethodDef methods[] = {{NULL, NULL, 0, NULL}};

#endif

KERNEL(_network, "What a network of Llama's kind computes.", methods, NULL)
