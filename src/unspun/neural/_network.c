/* What a network of Llama's kind computes, row by row: products in eight bits, attention, gates and
   odds, as arithmetic.py does with NumPy. All processors make the same sums in the same order, for
   one bit that differs makes other whole numbers, and these another answer. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"

#define REVISION 1 /* that of arithmetic.py */

#if defined(__GNUC__)

#include "arrays.h"
#include "attention.h"
#include "products.h"
#include "rows.h"

#define MOST_INPUTS (1 << 20)
#define MOST_BLOCK (1 << 16) /* whose sum has 32 bits */
#define MOST_KINDS 3

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

/* How many rows of a size go in; 0 where none can have that size. */
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
