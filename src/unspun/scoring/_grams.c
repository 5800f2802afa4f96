/* The n-grams of two texts, letters or words, and how many of them they share: grams.py.
 *
 * An n-gram is a pair: the number of the n-gram of one letter less that begins it, and its last
 * letter. So one pass over the letters does for each length, with one table.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 1 /* that of grams.py */

#define MOST 32     /* letters of an n-gram */
#define LETTER 21   /* bits of a letter, under those of a number */
#define SMALLEST 64 /* slots; a power of two */

typedef struct {
    uint64_t pair;
    int32_t number; /* -1 where no pair is */
    int32_t count;  /* in the hypothesis; what the reference has is taken off */
} Slot;

typedef struct {
    Slot *slots;
    uint64_t mask;
    int32_t count;
} Table;

static inline uint64_t
hashed(uint64_t pair)
{
    pair = (pair ^ pair >> 31) * 0x7FB5D329728EA185u; /* splitmix64's kind */
    pair = (pair ^ pair >> 27) * 0x81DADEF4BC2DD44Du;
    return pair ^ pair >> 33;
}

/* The slot of a pair, or where it belongs. */
static inline Slot *
slot_of(const Table *table, uint64_t pair)
{
    uint64_t at = hashed(pair) & table->mask;
    while (table->slots[at].number >= 0 && table->slots[at].pair != pair)
        at = (at + 1) & table->mask;
    return table->slots + at;
}

static int
make_table(Table *table, uint64_t size)
{
    if (!table->slots || table->mask + 1 != size) {
        PyMem_RawFree(table->slots);
        table->slots = PyMem_RawMalloc(size * sizeof *table->slots);
        table->mask = size - 1;
    }
    if (!table->slots)
        return 0;
    memset(table->slots, -1, size * sizeof *table->slots);
    table->count = 0;
    return 1;
}

static int
twice_as_large(Table *table)
{
    Table larger = {0};
    if (!make_table(&larger, 2 * (table->mask + 1)))
        return 0;
    for (uint64_t k = 0; k <= table->mask; k++)
        if (table->slots[k].number >= 0)
            *slot_of(&larger, table->slots[k].pair) = table->slots[k];
    larger.count = table->count;
    PyMem_RawFree(table->slots);
    *table = larger;
    return 1;
}

typedef struct {
    int kind;
    const void *data;
    int32_t size;
    int32_t *numbers; /* of the n-gram that begins at each letter; -1: the other text has it not */
} Side;

#define LETTER_AT(side, k) ((uint64_t)PyUnicode_READ((side)->kind, (side)->data, (k)))

/* Number the hypothesis's n-grams of n letters, and take those of the reference off; -1: no room. */
static int64_t
shared_of(const Side *hyp, const Side *ref, int32_t n, Table *table)
{
    int64_t shared = 0;
    uint64_t size = table->mask + 1;
    while (table->count > 0 && 2 * (uint64_t)table->count >= size)
        size *= 2;
    if (!make_table(table, size))
        return -1;
    for (int32_t k = 0; k + n <= hyp->size; k++) {
        uint64_t pair = (uint64_t)hyp->numbers[k] << LETTER | LETTER_AT(hyp, k + n - 1);
        Slot *slot = slot_of(table, pair);
        if (slot->number < 0) {
            *slot = (Slot){pair, table->count++, 0};
            if (2 * (uint64_t)table->count > table->mask) {
                if (!twice_as_large(table))
                    return -1;
                slot = slot_of(table, pair);
            }
        }
        slot->count++;
        hyp->numbers[k] = slot->number;
    }
    for (int32_t k = 0; k + n <= ref->size; k++) {
        Slot *slot;
        if (ref->numbers[k] < 0)
            continue;
        slot = slot_of(table, (uint64_t)ref->numbers[k] << LETTER | LETTER_AT(ref, k + n - 1));
        ref->numbers[k] = slot->number;
        if (slot->number >= 0 && slot->count > 0) {
            slot->count--;
            shared++;
        }
    }
    return shared;
}

/* What both share, for each length; 0 where there is no room. */
static int
all_shared(Side *hyp, Side *ref, int32_t order, int64_t *shared)
{
    Table table = {0};
    int done = 0;
    hyp->numbers = PyMem_RawCalloc((size_t)hyp->size + 1, sizeof *hyp->numbers);
    ref->numbers = PyMem_RawCalloc((size_t)ref->size + 1, sizeof *ref->numbers);
    if (hyp->numbers && ref->numbers && make_table(&table, SMALLEST)) {
        for (done = 1; done <= order; done++) {
            shared[done - 1] = shared_of(hyp, ref, done, &table);
            if (shared[done - 1] < 0)
                break;
        }
        done = done > order;
    }
    PyMem_RawFree(table.slots);
    PyMem_RawFree(hyp->numbers);
    PyMem_RawFree(ref->numbers);
    return done;
}

static int
side_of(Side *side, PyObject *text)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (size > INT32_MAX / 8) {
        PyErr_SetString(PyExc_OverflowError, "the text is too long");
        return 0;
    }
    *side = (Side){PyUnicode_KIND(text), PyUnicode_DATA(text), (int32_t)size, NULL};
    return 1;
}

static PyObject *
counts(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *texts[2], *found;
    Side hyp, ref;
    int order, done;
    int64_t shared[MOST];
    if (!PyArg_ParseTuple(args, "UUi:counts", &texts[0], &texts[1], &order))
        return NULL;
    if (order < 0 || order > MOST)
        return PyErr_Format(PyExc_ValueError, "n-grams of 0 to %d letters", MOST);
    if (!side_of(&hyp, texts[0]) || !side_of(&ref, texts[1]))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    done = all_shared(&hyp, &ref, order, shared);
    Py_END_ALLOW_THREADS
    if (!done)
        return PyErr_NoMemory();
    found = PyTuple_New(3 * order);
    for (int n = 0; found && n < order; n++) {
        int64_t ours = hyp.size > n ? hyp.size - n : 0, theirs = ref.size > n ? ref.size - n : 0;
        int64_t row[3] = {theirs ? ours : 0, theirs, shared[n]};
        for (int k = 0; k < 3; k++) {
            PyObject *number = PyLong_FromLongLong(row[k]);
            if (!number) {
                Py_CLEAR(found);
                break;
            }
            PyTuple_SET_ITEM(found, 3 * n + k, number);
        }
    }
    return found;
}

static PyMethodDef methods[] = {
    {"counts", counts, METH_VARARGS,
     "counts(hyp, ref, order)\n--\n\nN-grams of both, and those shared, for each length."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_grams, "N-grams that two texts share.", methods, NULL)
