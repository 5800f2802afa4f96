/* What habits.py counts over the readings of a document: first prices, and what goes together. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "arrays.h"

#define REVISION 1 /* that of habits.py */

enum { KEEP = -1, ARTICLE = -2 }; /* as in lattice.py */

/* guess(entry, original, start, end, whole, apart, logp, replaced, left, (channel, take, longer,
 * article, compound, apart)): the price of each arc by the table alone. */
static PyObject *
guess(PyObject *module, PyObject *args)
{
    Arrays a;
    PyObject *out = NULL;
    double channel, take, longer, article, compound, sign;
    if (PyTuple_GET_SIZE(args) != 10 ||
        !PyArg_ParseTuple(PyTuple_GET_ITEM(args, 9), "dddddd", &channel, &take, &longer, &article,
                          &compound, &sign) ||
        !arrays_take(&a, args, 9))
        return PyErr_Occurred() ? NULL : arrays_misfit();
    Py_ssize_t arcs = arrays_size(&a, 0, 4), entries = arrays_size(&a, 6, 8);
    Py_ssize_t phrases = arrays_size(&a, 7, 8);
    const int32_t *entry = INT32S(&a, 0), *original = INT32S(&a, 1);
    int fits = arrays_size(&a, 1, 4) == arcs && arrays_size(&a, 2, 4) == arcs &&
               arrays_size(&a, 3, 4) == arcs && arrays_size(&a, 4, 1) == arcs &&
               arrays_size(&a, 5, 1) == arcs && arrays_size(&a, 8, 8) == phrases && phrases > 0 &&
               arrays_within(&a, 0, ARTICLE, entries) && arrays_within(&a, 1, -1, phrases);
    if (!fits)
        arrays_misfit();
    else if ((out = arrays_new(arcs, 8))) {
        double *price = (double *)PyByteArray_AS_STRING(out);
        for (Py_ssize_t k = 0; k < arcs; k++) {
            Py_ssize_t phrase = original[k] < 0 ? phrases - 1 : original[k];
            double told = 0.0;
            if (entry[k] >= 0) {
                double width = (double)(INT32S(&a, 3)[k] - INT32S(&a, 2)[k] - 1) * longer;
                told = DOUBLES(&a, 6)[entry[k]] * channel + DOUBLES(&a, 7)[phrase] + take + width;
            } else if (entry[k] == ARTICLE)
                told = article;
            else if (original[k] >= 0)
                told = DOUBLES(&a, 8)[phrase];
            told = BYTES(&a, 4)[k] ? told : told + compound;
            price[k] = BYTES(&a, 5)[k] ? told + sign : told;
        }
    }
    arrays_drop(&a);
    return out;
}

/* ---- Which arcs count together. ---- */

typedef struct {
    int64_t *keys;
    int32_t *numbers; /* of each slot, plus one; 0 for none */
    int bits;
    int32_t count;
} Table;

/* The number of a key: keys are numbered as they come. */
static inline int64_t
number_of(Table *t, int64_t key)
{
    uint64_t mask = ((uint64_t)1 << t->bits) - 1;
    uint64_t mixed = ((uint64_t)key ^ ((uint64_t)key >> 32)) * 0x9E3779B97F4A7C15u;
    uint64_t at = mixed >> (64 - t->bits);
    for (; t->numbers[at]; at = (at + 1) & mask)
        if (t->keys[at] == key)
            return t->numbers[at] - 1;
    t->keys[at] = key;
    t->numbers[at] = ++t->count;
    return t->count - 1;
}

static void
restart(Table *t)
{
    memset(t->numbers, 0, ((size_t)1 << t->bits) * sizeof *t->numbers);
    t->count = 0;
}

enum { ENTRY, FORM, ORIGINAL, CAPITAL, STEM, COLUMNS };
#define FIELD ((int64_t)1 << 24)

/* What an arc counts for, as one number: its original, its draw, its family, its reading. */
static inline int64_t
key_of(const Arrays *a, int kind, Py_ssize_t k)
{
    int64_t entry = (int64_t)INT32S(a, ENTRY)[k] + 2, form = INT32S(a, FORM)[k];
    int64_t original = INT32S(a, ORIGINAL)[k];
    int64_t own = original >= 0 ? 2 * original + (BYTES(a, CAPITAL)[k] != 0) : -1;
    switch (kind) {
    case 0:
        return own;
    case 1:
        return own * FIELD | (own < 0 ? 0 : entry > 1 ? entry : 1);
    case 2:
        return (int64_t)INT32S(a, STEM)[k] * FIELD | form;
    default:
        return form * FIELD | entry;
    }
}

/* kinds(entry, form, original, capital, stem): numbers of the arcs' kinds; see `Kinds`. */
static PyObject *
kinds(PyObject *module, PyObject *args)
{
    Arrays a;
    PyObject *out = NULL;
    if (!arrays_take(&a, args, COLUMNS))
        return NULL;
    Py_ssize_t arcs = arrays_size(&a, ENTRY, 4);
    int fits = arcs < INT32_MAX / 4 && arrays_size(&a, CAPITAL, 1) == arcs;
    for (int k = 0; k < COLUMNS; k++)
        fits = fits && (k == CAPITAL || arrays_size(&a, k, 4) == arcs);
    if (!fits)
        arrays_misfit();
    else {
        Table t = {.bits = 4};
        while ((Py_ssize_t)1 << t.bits < 2 * arcs)
            t.bits++;
        t.keys = PyMem_RawMalloc(((size_t)1 << t.bits) * sizeof *t.keys);
        t.numbers = PyMem_RawMalloc(((size_t)1 << t.bits) * sizeof *t.numbers);
        if (!t.keys || !t.numbers)
            PyErr_NoMemory();
        else
            out = PyTuple_New(4);
        for (int kind = 0; out && kind < 4; kind++) {
            PyObject *column = arrays_new(arcs, 8);
            if (!column) {
                Py_CLEAR(out);
                break;
            }
            int64_t *numbers = (int64_t *)PyByteArray_AS_STRING(column);
            restart(&t);
            for (Py_ssize_t k = 0; k < arcs; k++)
                numbers[k] = number_of(&t, key_of(&a, kind, k));
            PyTuple_SET_ITEM(out, kind, column);
        }
        PyMem_RawFree(t.keys);
        PyMem_RawFree(t.numbers);
    }
    arrays_drop(&a);
    return out;
}

/* together(kind, expected): how much is expected of each arc's kind; kinds are numbered from 0. */
static PyObject *
together(PyObject *module, PyObject *args)
{
    Arrays a;
    PyObject *out = NULL;
    if (!arrays_take(&a, args, 2))
        return NULL;
    const int64_t *kind = INT64S(&a, 0);
    Py_ssize_t arcs = arrays_size(&a, 1, 8);
    int fits = arrays_size(&a, 0, 8) == arcs;
    for (Py_ssize_t k = 0; fits && k < arcs; k++)
        fits = kind[k] >= 0 && kind[k] <= arcs;
    double *sums = fits ? PyMem_RawCalloc((size_t)arcs + 1, sizeof *sums) : NULL;
    if (!fits)
        arrays_misfit();
    else if (!sums)
        PyErr_NoMemory();
    else if ((out = arrays_new(arcs, 8))) {
        double *told = (double *)PyByteArray_AS_STRING(out);
        for (Py_ssize_t k = 0; k < arcs; k++)
            sums[kind[k]] += DOUBLES(&a, 1)[k];
        for (Py_ssize_t k = 0; k < arcs; k++)
            told[k] = sums[kind[k]];
    }
    PyMem_RawFree(sums);
    arrays_drop(&a);
    return out;
}

static PyMethodDef methods[] = {
    {"guess", guess, METH_VARARGS, "The price of each arc by the table alone."},
    {"kinds", kinds, METH_VARARGS, "Which arcs count together."},
    {"together", together, METH_VARARGS, "How much is expected of each arc's kind."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_habits, "What one document's spinner does.", methods, NULL)
