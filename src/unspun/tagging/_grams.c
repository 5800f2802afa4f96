/* The second reading: the longest known n-gram, up to six characters, that ends at each character
 * of a text, the words and letters that are known, and the sums of their evidence.
 *
 * The n-grams are sorted keys of ten bits a character, the last character highest. An index over
 * the highest twenty bits leaves few of them to search. The tables come from supplement.py, which
 * has the plain version beside it.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 2 /* that of supplement.py; a build of other sources is not used */

#define COLUMNS 64
#define CODED 0x3001 /* character codes: the last one is that of all other characters */
#define BITS 10
#define LONGEST 6
#define TOP (BITS * (LONGEST - 1))
#define HEAD (2 * BITS) /* bits of the index */
#define TABLES 7
#define INDEXED ((Py_ssize_t)1 << HEAD)

typedef struct {
    PyObject_HEAD
    Py_buffer code, keys, spare, shorter, weights, token, letter;
    PyObject *words, *named; /* rows by word; what finds the rows of a chunk with rare characters */
    uint32_t *index; /* the first key of each two last characters, and one past the last */
} Grams;

#define AT(buffer, type, i) (((const type *)(buffer).buf)[i])
#define COUNT(g) ((g)->keys.len / 8)

static uint32_t
longest(const Grams *g, uint64_t key)
{
    const uint64_t *keys = g->keys.buf;
    size_t head = (size_t)(key >> (TOP + BITS - HEAD));
    uint32_t low = g->index[head], high = g->index[head + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (keys[middle] <= key)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t row = low - 1; /* the first key is 0, so there is always one before */
    for (int k = 0; k < LONGEST && (keys[row] ^ key) >> AT(g->spare, uint8_t, row); k++)
        row = (uint32_t)AT(g->shorter, int32_t, row);
    return row;
}

static void
add(const Grams *g, size_t row, uint16_t *sum)
{
    const uint8_t *weight = (const uint8_t *)g->weights.buf + row * COLUMNS;
    for (int k = 0; k < COLUMNS; k++)
        sum[k] = (uint16_t)(sum[k] + weight[k]);
}

/* What the n-grams of a chunk say. */
static void
read_chunk(const Grams *g, PyObject *chunk, uint16_t *sum)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(chunk);
    int kind = PyUnicode_KIND(chunk);
    const void *data = PyUnicode_DATA(chunk);
    uint64_t key = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 point = PyUnicode_READ(kind, data, i);
        key = key >> BITS | AT(g->code, uint64_t, point < CODED ? point : CODED - 1) << TOP;
        uint32_t row = longest(g, key);
        if (row)
            add(g, row, sum);
    }
}

static int
add_row(const Grams *g, PyObject *number, uint16_t *sum)
{
    Py_ssize_t row = PyLong_AsSsize_t(number);
    if (row < 0 || row >= g->weights.len / COLUMNS) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_IndexError, "no such row");
        return 0;
    }
    add(g, (size_t)row, sum);
    return 1;
}

/* What words and letters say, where a character is rare: the plain code finds their rows. */
static int
read_rare(const Grams *g, PyObject *chunk, uint16_t *sum)
{
    PyObject *rows = PyObject_CallOneArg(g->named, chunk);
    int good = rows && PyList_Check(rows);
    if (rows && !good)
        PyErr_SetString(PyExc_TypeError, "rows must be a list");
    for (Py_ssize_t k = 0; good && k < PyList_GET_SIZE(rows); k++)
        good = add_row(g, PyList_GET_ITEM(rows, k), sum);
    Py_XDECREF(rows);
    return good;
}

static int
read_word(const Grams *g, PyObject *chunk, Py_ssize_t start, Py_ssize_t end, uint16_t *sum)
{
    PyObject *word = PyUnicode_Substring(chunk, start, end);
    PyObject *row = word ? PyDict_GetItemWithError(g->words, word) : NULL;
    Py_XDECREF(word);
    return row ? add_row(g, row, sum) : !PyErr_Occurred();
}

/* What the words and the letters of a chunk say; each letter once. */
static int
read_named(const Grams *g, PyObject *chunk, uint16_t *sum)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(chunk), start = -1;
    int kind = PyUnicode_KIND(chunk);
    const void *data = PyUnicode_DATA(chunk);
    uint8_t seen[CODED] = {0};
    for (Py_ssize_t i = 0; i < size; i++)
        if (PyUnicode_READ(kind, data, i) >= CODED - 1)
            return read_rare(g, chunk, sum);
    for (Py_ssize_t i = 0; i <= size; i++) {
        Py_UCS4 point = i < size ? PyUnicode_READ(kind, data, i) : CODED - 1;
        if (AT(g->letter, int32_t, point) && !seen[point]) {
            seen[point] = 1;
            add(g, (size_t)AT(g->letter, int32_t, point), sum);
        }
        if (AT(g->token, uint8_t, point)) {
            if (start < 0)
                start = i;
        }
        else if (start >= 0) {
            if (!read_word(g, chunk, start, i, sum))
                return 0;
            start = -1;
        }
    }
    return 1;
}

static PyObject *
grams_score(Grams *self, PyObject *chunks)
{
    int64_t total[COLUMNS] = {0};
    if (!PyList_Check(chunks))
        return PyErr_Format(PyExc_TypeError, "chunks must be a list");
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(chunks); k++) {
        PyObject *chunk = PyList_GET_ITEM(chunks, k);
        uint16_t sum[COLUMNS] = {0};
        if (!PyUnicode_Check(chunk))
            return PyErr_Format(PyExc_TypeError, "a chunk must be str");
        if (!read_named(self, chunk, sum))
            return NULL;
        read_chunk(self, chunk, sum);
        for (int c = 0; c < COLUMNS; c++)
            total[c] += sum[c];
    }
    PyObject *found = PyList_New(COLUMNS);
    for (int c = 0; found && c < COLUMNS; c++) {
        PyObject *one = PyLong_FromLongLong((long long)total[c]);
        if (!one)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, c, one);
    }
    return found;
}

/* Whether every number of the tables leads to one that is there. */
static int
fits(const Grams *g)
{
    Py_ssize_t count = COUNT(g);
    if (count < 1 || count > 0x7FFFFFFF || g->spare.len != count ||
        g->shorter.len != count * 4 || g->code.len != CODED * 8 ||
        g->weights.len < count * COLUMNS || AT(g->keys, uint64_t, 0) || g->token.len != CODED ||
        g->letter.len != CODED * 4 || AT(g->token, uint8_t, CODED - 1))
        return 0;
    for (Py_ssize_t k = 0; k < CODED; k++)
        if (AT(g->code, uint64_t, k) >> BITS || AT(g->letter, int32_t, k) < 0 ||
            AT(g->letter, int32_t, k) >= g->weights.len / COLUMNS)
            return 0;
    for (Py_ssize_t k = 0; k < count; k++)
        if (AT(g->spare, uint8_t, k) > 63 || AT(g->shorter, int32_t, k) < 0 ||
            AT(g->shorter, int32_t, k) >= count || AT(g->keys, uint64_t, k) >> (TOP + BITS) ||
            (k && AT(g->keys, uint64_t, k) <= AT(g->keys, uint64_t, k - 1)))
            return 0;
    return 1;
}

static int
make_index(Grams *g)
{
    g->index = PyMem_Malloc(((size_t)INDEXED + 1) * sizeof(uint32_t));
    if (!g->index)
        return PyErr_NoMemory() != NULL;
    uint32_t key = 0;
    for (Py_ssize_t head = 0; head <= INDEXED; head++) {
        while ((Py_ssize_t)key < COUNT(g) &&
               (Py_ssize_t)(AT(g->keys, uint64_t, key) >> (TOP + BITS - HEAD)) < head)
            key++;
        g->index[head] = key;
    }
    return 1;
}

static PyObject *
grams_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Grams takes no keywords");
    Grams *self = (Grams *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*O!O", &self->code, &self->keys, &self->spare,
                          &self->shorter, &self->weights, &self->token, &self->letter,
                          &PyDict_Type, &self->words, &self->named)) {
        memset(&self->code, 0, TABLES * sizeof(Py_buffer)); /* the parser has let go of them */
        self->words = self->named = NULL;
        Py_DECREF(self);
        return NULL;
    }
    Py_INCREF(self->words);
    Py_INCREF(self->named);
    if (!fits(self)) {
        PyErr_SetString(PyExc_ValueError, "tables do not fit one another");
        Py_CLEAR(self);
    }
    else if (!make_index(self))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
grams_dealloc(Grams *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_buffer *of[TABLES] = {&self->code,    &self->keys,  &self->spare, &self->shorter,
                             &self->weights, &self->token, &self->letter};
    for (int k = 0; k < TABLES; k++)
        PyBuffer_Release(of[k]); /* of none, where none was had */
    Py_XDECREF(self->words);
    Py_XDECREF(self->named);
    PyMem_Free(self->index);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef grams_methods[] = {
    {"score", (PyCFunction)grams_score, METH_O, "Evidence of chunks."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot grams_slots[] = {
    {Py_tp_new, grams_new},
    {Py_tp_dealloc, grams_dealloc},
    {Py_tp_methods, grams_methods},
    {Py_tp_doc, "Grams(code, keys, spare, shorter, weights, token, letter, words, named)"},
    {0, NULL},
};

static PyType_Spec grams_spec = {
    "unspun.tagging._grams.Grams", sizeof(Grams), 0, Py_TPFLAGS_DEFAULT, grams_slots,
};

KERNEL(_grams, "The longest known n-grams of a text and their evidence.", NULL, &grams_spec)
