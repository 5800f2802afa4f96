/* The n-grams of two texts, letters or words, and how many of them they share: grams.py.
 *
 * An n-gram is a pair: the number of the n-gram of one letter less that begins it, and its last
 * letter. So one pass over the letters does for each length, with one table. What begins with an
 * n-gram that the hypothesis has once is there once, too: it is looked at there, and in no table,
 * which would outgrow the caches in texts without repetition.
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
    int32_t number; /* NONE where no pair is */
} Slot;

typedef struct {
    int32_t left; /* how often the hypothesis has it, less what was found in the reference */
    int32_t once; /* where, if it has it once; else NONE */
} Gram;

typedef struct {
    Slot *slots;
    Gram *grams; /* by number; half as many as slots */
    uint64_t mask;
    int32_t count;
} Table;

enum { NONE = -1, ONCE = -2 }; /* instead of numbers; ONCE - k: once, and there at k */

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
    table->slots = PyMem_RawMalloc(size * sizeof *table->slots);
    table->grams = PyMem_RawMalloc(size / 2 * sizeof *table->grams);
    table->mask = size - 1;
    table->count = 0;
    if (!table->slots || !table->grams)
        return 0;
    memset(table->slots, -1, size * sizeof *table->slots);
    return 1;
}

static void
free_table(Table *table)
{
    PyMem_RawFree(table->slots);
    PyMem_RawFree(table->grams);
}

static int
twice_as_large(Table *table)
{
    Table larger;
    if (!make_table(&larger, 2 * (table->mask + 1))) {
        free_table(&larger);
        return 0;
    }
    for (uint64_t k = 0; k <= table->mask; k++)
        if (table->slots[k].number >= 0)
            *slot_of(&larger, table->slots[k].pair) = table->slots[k];
    memcpy(larger.grams, table->grams, (size_t)table->count * sizeof *table->grams);
    larger.count = table->count;
    free_table(table);
    *table = larger;
    return 1;
}

typedef struct {
    int kind;
    const void *data;
    int32_t size;
    int32_t *numbers; /* of the n-gram that begins at each letter; NONE: the other text lacks it */
    uint8_t *taken;   /* of the hypothesis: the length for which the one there was found last */
} Side;

#define LETTER_AT(side, k) ((uint64_t)PyUnicode_READ((side)->kind, (side)->data, (k)))
#define PAIR(side, k, n) ((uint64_t)(side)->numbers[k] << LETTER | LETTER_AT(side, (k) + (n) - 1))

/* Number the hypothesis's n-grams of n letters; 0 where there is no room. */
static int
number(Side *hyp, int32_t n, Table *table)
{
    for (int32_t k = 0; k + n <= hyp->size; k++) {
        uint64_t pair;
        Slot *slot;
        Gram *gram;
        if (hyp->numbers[k] < 0)
            continue;
        pair = PAIR(hyp, k, n);
        slot = slot_of(table, pair);
        if (slot->number < 0) {
            if (2 * ((uint64_t)table->count + 1) > table->mask) {
                if (!twice_as_large(table))
                    return 0;
                slot = slot_of(table, pair);
            }
            *slot = (Slot){pair, table->count};
            table->grams[table->count++] = (Gram){0, k};
        }
        gram = table->grams + slot->number;
        if (gram->left++)
            gram->once = NONE;
        hyp->numbers[k] = slot->number;
    }
    for (int32_t k = 0; k + n <= hyp->size; k++)
        if (hyp->numbers[k] >= 0 && table->grams[hyp->numbers[k]].once >= 0)
            hyp->numbers[k] = ONCE - k;
    return 1;
}

/* How many n-grams of n letters the reference shares. */
static int64_t
found_in(Side *ref, Side *hyp, int32_t n, const Table *table)
{
    int64_t shared = 0;
    for (int32_t k = 0; k + n <= ref->size; k++) {
        int32_t known = ref->numbers[k];
        if (known <= ONCE) {
            int32_t at = ONCE - known;
            if (at + n > hyp->size || LETTER_AT(hyp, at + n - 1) != LETTER_AT(ref, k + n - 1))
                ref->numbers[k] = NONE;
            else if (hyp->taken[at] != n) {
                hyp->taken[at] = (uint8_t)n;
                shared++;
            }
        } else if (known >= 0) {
            const Slot *slot = slot_of(table, PAIR(ref, k, n));
            Gram *gram;
            ref->numbers[k] = slot->number;
            if (slot->number < 0)
                continue;
            gram = table->grams + slot->number;
            if (gram->left > 0) {
                gram->left--;
                shared++;
            }
            if (gram->once >= 0)
                ref->numbers[k] = ONCE - gram->once;
        }
    }
    return shared;
}

/* What both share, for each length; 0 where there is no room. */
static int
all_shared(Side *hyp, Side *ref, int32_t order, int64_t *shared)
{
    int done = 1;
    hyp->numbers = PyMem_RawCalloc((size_t)hyp->size + 1, sizeof *hyp->numbers);
    ref->numbers = PyMem_RawCalloc((size_t)ref->size + 1, sizeof *ref->numbers);
    hyp->taken = PyMem_RawCalloc((size_t)hyp->size + 1, sizeof *hyp->taken);
    if (!hyp->numbers || !ref->numbers || !hyp->taken)
        done = 0;
    for (int32_t n = 1; done && n <= order; n++) {
        Table table;
        done = make_table(&table, SMALLEST) && number(hyp, n, &table);
        if (done)
            shared[n - 1] = found_in(ref, hyp, n, &table);
        free_table(&table);
    }
    PyMem_RawFree(hyp->numbers);
    PyMem_RawFree(ref->numbers);
    PyMem_RawFree(hyp->taken);
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
    *side = (Side){PyUnicode_KIND(text), PyUnicode_DATA(text), (int32_t)size, NULL, NULL};
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
