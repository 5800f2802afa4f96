/* Scores of n-grams: what lm/model.py finds with NumPy, row by row.
 *
 * The tables are those of lm/fuse.py, read where they lie. Each row takes up to a dozen reads of
 * cells that are far apart, so rows are taken by the handful and the cells of the next step of
 * each are fetched before the first is looked at.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "forms.h"
#include <math.h>

#define REVISION 3 /* that of model.py */

#define MOST 6    /* words of an n-gram */
#define HANDFUL 16 /* rows whose cells are on the way at the same time */

#if defined(__GNUC__) || defined(__clang__)
#define FETCH(address) __builtin_prefetch(address)
#else
#define FETCH(address) ((void)(address))
#endif

static const uint64_t FACTORS[MOST] = {
    0x910A2DEC89025CC1u, 0xBEEB8DA1658EEC67u, 0xF893A2EEFB32555Fu,
    0x71C18690EE42C90Bu, 0x71BB54D8D101B5B9u, 0xC34D0BFF90150281u,
};

typedef struct {
    uint64_t seed, segment, starts;
    Py_buffer prints, codes, logp, backoff; /* backoff.buf is NULL in the highest order */
    int wide;                               /* codes of 16 bits, the upper 8 of the backoff */
} Table;

typedef struct {
    PyObject_HEAD
    int order;
    Py_buffer unigram, unigram_backoff;
    Table tables[MOST - 1];
} Model;

typedef struct {
    uint64_t key; /* of the n-gram that is looked up */
    uint64_t cells[3];
    uint16_t print;
    int length;  /* words of it */
    int matched; /* words of the longest n-gram found; 0 while that is still looked for */
    int codes[MOST]; /* of the n-grams found on the way there, by length */
    const int32_t *row;
    float total;
} Query;

static inline void
aim(const Table *table, Query *q)
{
    uint64_t mixed = (q->key + table->seed) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 32)) * 0x94D049BB133111EBu;
    uint64_t mask = table->segment - 1, first = ((mixed >> 32) * table->starts) >> 32;
    q->cells[0] = first;
    q->cells[1] = ((mixed >> 13) & mask) ^ (first + table->segment);
    q->cells[2] = (mixed & mask) ^ (first + 2 * table->segment);
    q->print = (uint16_t)((mixed * 0x9E3779B97F4A7C15u) >> 48);
    for (int k = 0; k < 3; k++) {
        FETCH((const uint16_t *)table->prints.buf + q->cells[k]);
    }
}

/* The code of what a query aims at, or -1. */
static inline int
hit(const Table *table, const Query *q)
{
    const uint16_t *prints = table->prints.buf;
    const uint64_t *at = q->cells;
    if ((uint16_t)(prints[at[0]] ^ prints[at[1]] ^ prints[at[2]]) != q->print)
        return -1;
    if (table->wide) {
        const uint16_t *codes = table->codes.buf;
        return codes[at[0]] ^ codes[at[1]] ^ codes[at[2]];
    }
    const uint8_t *codes = table->codes.buf;
    return codes[at[0]] ^ codes[at[1]] ^ codes[at[2]];
}

/* The word so many places before the last, plus one; 0 for none. */
static inline uint64_t
word(const Query *q, int width, int back)
{
    return (uint64_t)((int64_t)q->row[width - 1 - back] + 1);
}

/* Aim at the context of a length; 0 where no word stands there. */
static int
aim_context(const Model *m, Query *q, int width, int length)
{
    if (length >= width || !word(q, width, length))
        return 0;
    q->key = 0;
    for (int k = 0; k < length; k++)
        q->key += word(q, width, k + 1) * FACTORS[k];
    q->length = length;
    aim(&m->tables[length - 2], q);
    return 1;
}

/* Add the weights of longer contexts than the n-gram found has; 0 where there is none. */
static int
back_off(const Model *m, Query *q, int width, int matched)
{
    q->matched = matched;
    if (matched == 1) {
        uint64_t before = width > 1 ? word(q, width, 1) : 0;
        if (!before)
            return 0;
        q->total += ((const float *)m->unigram_backoff.buf)[before];
        return aim_context(m, q, width, 2);
    }
    return aim_context(m, q, width, matched);
}

/* One step towards the longest n-gram; 0 once that is known. */
static inline int
seek(const Model *m, Query *q, int width)
{
    const Table *table = &m->tables[q->length - 2];
    int code = hit(table, q);
    if (code < 0) {
        q->matched = q->length - 1;
        return 0;
    }
    q->total = ((const float *)table->logp.buf)[code & 0xFF];
    q->codes[q->length] = code;
    uint64_t more = q->length < width ? word(q, width, q->length) : 0;
    if (!more) {
        q->matched = q->length;
        return 0;
    }
    q->key += more * FACTORS[q->length];
    q->length++;
    aim(&m->tables[q->length - 2], q);
    return 1;
}

/* One step of a query; 0 once its total is known. */
static int
step(const Model *m, Query *q, int width)
{
    if (!q->matched)
        return seek(m, q, width) || back_off(m, q, width, q->matched);
    const Table *table = &m->tables[q->length - 2];
    int code = hit(table, q);
    if (code < 0)
        return 0;
    if (table->backoff.buf)
        q->total += ((const float *)table->backoff.buf)[code >> 8];
    return aim_context(m, q, width, q->length + 1);
}

static inline int
begin(const Model *m, Query *q, const int32_t *row, int width)
{
    q->row = row;
    q->total = ((const float *)m->unigram.buf)[word(q, width, 0)];
    uint64_t before = width > 1 ? word(q, width, 1) : 0;
    q->matched = !before;
    if (!before)
        return 0;
    q->key = word(q, width, 0) * FACTORS[0] + before * FACTORS[1];
    q->length = 2;
    aim(&m->tables[0], q);
    return 1;
}

static void
score_rows(const Model *m, const int32_t *rows, Py_ssize_t count, int width, float *out)
{
    Query queries[HANDFUL];
    int alive[HANDFUL];
    for (Py_ssize_t at = 0; at < count; at += HANDFUL) {
        int size = count - at < HANDFUL ? (int)(count - at) : HANDFUL, left = 0;
        for (int k = 0; k < size; k++)
            left += alive[k] = begin(m, &queries[k], rows + (at + k) * width, width);
        while (left)
            for (int k = 0; k < size; k++)
                if (alive[k] && !step(m, &queries[k], width)) {
                    alive[k] = 0;
                    left--;
                }
        for (int k = 0; k < size; k++)
            out[at + k] = queries[k].total;
    }
}

/* Add the weights of longer contexts: n-grams that end with the word before, known from there. */
static inline void
weigh(const Model *m, Query *q, const Query *before)
{
    int width = m->order, length = q->matched;
    if (length == 1 && width > 1) {
        q->total += ((const float *)m->unigram_backoff.buf)[word(q, width, 1)];
        length++;
    }
    for (; length < width && word(q, width, length); length++) {
        const Table *table = &m->tables[length - 2];
        int code = -1;
        if (length <= before->matched)
            code = before->codes[length];
        else if (length > before->matched + 1 && aim_context(m, q, width, length))
            code = hit(table, q); /* longer than what was sought there */
        if (code < 0)
            return;
        if (table->backoff.buf)
            q->total += ((const float *)table->backoff.buf)[code >> 8];
    }
}

/* A sum that is rounded once (Neumaier 1974). */
typedef struct {
    double sum, rest;
} Sum;

static inline void
sum_up(Sum *s, double value)
{
    double sum = s->sum + value;
    s->rest += fabs(s->sum) >= fabs(value) ? s->sum - sum + value : value - sum + s->sum;
    s->sum = sum;
}

/* The log-probability of a text, given by ids: each word's row begins one after the one before. */
static double
score_text(const Model *m, const int32_t *rows, Py_ssize_t count)
{
    Query queries[HANDFUL + 1]; /* the first is the last of the handful before */
    int alive[HANDFUL + 1];
    Sum sum = {0, 0};
    queries[0].matched = 0;
    for (Py_ssize_t at = 0; at < count; at += HANDFUL) {
        int size = count - at < HANDFUL ? (int)(count - at) : HANDFUL, left = 0;
        for (int k = 1; k <= size; k++)
            left += alive[k] = begin(m, &queries[k], rows + at + k - 1, m->order);
        while (left)
            for (int k = 1; k <= size; k++)
                if (alive[k] && !seek(m, &queries[k], m->order)) {
                    alive[k] = 0;
                    left--;
                }
        for (int k = 1; k <= size; k++) {
            weigh(m, &queries[k], &queries[k - 1]);
            sum_up(&sum, queries[k].total);
        }
        queries[0] = queries[size];
    }
    return sum.sum + sum.rest;
}

/* Whether every id is one of the vocabulary, or -1. */
static int
known(const Model *m, const int32_t *ids, Py_ssize_t count)
{
    int64_t size = m->unigram.len / (Py_ssize_t)sizeof(float) - 1;
    int32_t least = 0, most = -1;
    for (Py_ssize_t k = 0; k < count; k++) {
        least = ids[k] < least ? ids[k] : least;
        most = ids[k] > most ? ids[k] : most;
    }
    return least >= -1 && most < size;
}

static PyObject *
model_score(Model *self, PyObject *args)
{
    Py_buffer rows, out;
    int width;
    if (!PyArg_ParseTuple(args, "y*iw*", &rows, &width, &out))
        return NULL;
    Py_ssize_t count = out.len / (Py_ssize_t)sizeof(float);
    int fits = width >= 1 && width <= self->order &&
               rows.len == count * width * (Py_ssize_t)sizeof(int32_t) &&
               known(self, rows.buf, count * width);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        score_rows(self, rows.buf, count, width, out.buf);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&rows);
    PyBuffer_Release(&out);
    if (!fits)
        return PyErr_Format(PyExc_ValueError, "these are no n-grams of the model");
    Py_RETURN_NONE;
}

/* The id of a word as written, or -1 with an exception; ids may find it in their own way. */
static long
id_of(PyObject *ids, PyObject *word)
{
    PyObject *known = PyDict_GetItemWithError(ids, word);
    if (known)
        return PyLong_AsLong(known);
    if (PyErr_Occurred() || !(known = PyObject_GetItem(ids, word)))
        return -1;
    long id = PyLong_AsLong(known);
    Py_DECREF(known);
    return id;
}

/* Whether a word opens a sentence behind it, twice its id on top; -1 with an exception. */
static int64_t
coded(PyObject *ids, PyObject *openers, PyObject *word)
{
    long id = word ? id_of(ids, word) : -1;
    int opens = id < 0 ? -1 : PySet_Contains(openers, word);
    if (opens < 0 || id > INT32_MAX / 4) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "an id that no vocabulary has");
        return -1;
    }
    return 2 * (int64_t)id + opens;
}

/* forms(words, ids, openers): a table of words for `read`. */
static PyObject *
forms(PyObject *module, PyObject *args)
{
    PyObject *words, *ids, *openers;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyTuple_Type, &words, &PyDict_Type, &ids,
                          &PyFrozenSet_Type, &openers))
        return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(words), size = 16;
    while (size < count + count / 2)
        size *= 2;
    PyObject *table = PyBytes_FromStringAndSize(NULL, size * (Py_ssize_t)sizeof(Entry));
    if (!table)
        return NULL;
    char *entries = PyBytes_AS_STRING(table);
    memset(entries, 0, (size_t)size * sizeof(Entry));
    for (Py_ssize_t k = 0; k < count; k++) {
        PyObject *word = PyTuple_GET_ITEM(words, k);
        int64_t code = PyUnicode_Check(word) ? coded(ids, openers, word) : -1;
        if (code < 0) {
            Py_DECREF(table);
            return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "words are strings");
        }
        Text t = text_of(word);
        Key key;
        if (key_of(&t, 0, t.size, &key))
            lay_form(entries, (uint64_t)size - 1, &key, (uint32_t)code + 1);
    }
    return table;
}

/* What reading texts takes: the vocabulary's side, and where the ids of all texts go. */
typedef struct {
    const Model *model;
    PyObject *ids, *openers;
    Py_buffer table, lowered;
    Forms forms;
    int start;
    int32_t *rows;
    Py_ssize_t count, room;
} Reading;

static int
add_id(Reading *r, int32_t id)
{
    if (r->count == r->room) {
        Py_ssize_t room = r->room ? 2 * r->room : 1024;
        int32_t *more = PyMem_RawRealloc(r->rows, (size_t)room * sizeof *more);
        if (!more)
            return PyErr_NoMemory(), 0;
        r->rows = more;
        r->room = room;
    }
    r->rows[r->count++] = id;
    return 1;
}

/* The ids of a text's words, those that open a sentence in lower case, behind what stands before:
   as Vocabulary.encode has them. The number of words, or -1 with an exception. */
static Py_ssize_t
encode(Reading *r, PyObject *text)
{
    Text t = text_of(text);
    Py_ssize_t size = r->lowered.len / (Py_ssize_t)sizeof(int32_t), count = 0, end;
    const int32_t *lowered = r->lowered.buf;
    for (int k = 2; k < r->model->order; k++)
        if (!add_id(r, -1))
            return -1;
    if (r->model->order > 1 && !add_id(r, r->start))
        return -1;
    int opens = 1;
    for (Py_ssize_t k = 0; k < t.size; k = end) {
        if (is(&t, k, SPACE)) {
            end = k + 1;
            continue;
        }
        end = token(&t, k);
        Key key;
        int64_t code = key_of(&t, k, end, &key) ? (int64_t)code_of(&r->forms, &key) - 1 : -1;
        if (code < 0) {
            PyObject *word = PyUnicode_Substring(text, k, end);
            code = coded(r->ids, r->openers, word);
            Py_XDECREF(word);
            if (code < 0)
                return -1;
        }
        if (code >> 1 >= size)
            return PyErr_Format(PyExc_ValueError, "an id that the vocabulary does not have"), -1;
        if (!add_id(r, opens ? lowered[code >> 1] : (int32_t)(code >> 1)))
            return -1;
        opens = code & 1;
        count++;
    }
    return count;
}

/* The log-probability and the number of words of each text; NULL with an exception. */
static PyObject *
read_texts(Reading *r, PyObject *texts)
{
    Py_ssize_t all = PyTuple_GET_SIZE(texts), front = r->model->order - 1, at = 0;
    Py_ssize_t *counts = PyMem_Calloc((size_t)all + 1, sizeof *counts);
    double *sums = PyMem_Calloc((size_t)all + 1, sizeof *sums);
    int ok = counts && sums;
    if (!ok)
        PyErr_NoMemory();
    for (Py_ssize_t k = 0; ok && k < all; k++) {
        PyObject *text = PyTuple_GET_ITEM(texts, k);
        if (!PyUnicode_Check(text))
            PyErr_SetString(PyExc_TypeError, "texts are strings");
        ok = PyUnicode_Check(text) && (counts[k] = encode(r, text)) >= 0;
    }
    if (ok && !known(r->model, r->rows, r->count)) {
        PyErr_SetString(PyExc_ValueError, "these are no n-grams of the model");
        ok = 0;
    }
    if (ok) {
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t k = 0; k < all; at += front + counts[k], k++)
            sums[k] = counts[k] ? score_text(r->model, r->rows + at, counts[k]) : 0;
        Py_END_ALLOW_THREADS
    }
    PyObject *found = ok ? PyList_New(all) : NULL;
    for (Py_ssize_t k = 0; found && k < all; k++) {
        PyObject *pair = Py_BuildValue("dn", sums[k], counts[k]);
        if (!pair)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, k, pair);
    }
    PyMem_Free(counts);
    PyMem_Free(sums);
    return found;
}

/* read(texts, table, ids, lowered, openers, start): what each text is, and its words. */
static PyObject *
model_read(Model *self, PyObject *args)
{
    PyObject *given, *out = NULL;
    Reading r = {.model = self};
    if (!PyArg_ParseTuple(args, "Oy*O!y*O!i", &given, &r.table, &PyDict_Type, &r.ids, &r.lowered,
                          &PyFrozenSet_Type, &r.openers, &r.start))
        return NULL;
    uint64_t size = (uint64_t)r.table.len / sizeof(Entry);
    r.forms = (Forms){r.table.buf, size - 1};
    PyObject *texts = PySequence_Tuple(given); /* ids may run other code meanwhile */
    if (texts && (!size || size & (size - 1)))
        PyErr_SetString(PyExc_ValueError, "this is no table of words");
    else if (texts)
        out = read_texts(&r, texts);
    PyMem_RawFree(r.rows);
    Py_XDECREF(texts);
    PyBuffer_Release(&r.table);
    PyBuffer_Release(&r.lowered);
    return out;
}

static int
fill_table(Table *table, PyObject *row)
{
    unsigned long long seed, segment, starts;
    PyObject *backoff;
    if (!PyArg_ParseTuple(row, "KKKy*y*y*O", &seed, &segment, &starts, &table->prints,
                          &table->codes, &table->logp, &backoff))
        return 0;
    table->seed = seed;
    table->segment = segment;
    table->starts = starts;
    if (backoff != Py_None && PyObject_GetBuffer(backoff, &table->backoff, PyBUF_SIMPLE) < 0)
        return 0;
    uint64_t cells = starts + 2 * segment;
    table->wide = (uint64_t)table->codes.len == 2 * cells;
    return segment && !(segment & (segment - 1)) && starts < 1u << 31 && segment < 1u << 31 &&
           (uint64_t)table->prints.len == 2 * cells &&
           (table->wide || (uint64_t)table->codes.len == cells) &&
           table->logp.len == 256 * (Py_ssize_t)sizeof(float) &&
           (!table->backoff.buf ||
            (table->wide && table->backoff.len == 256 * (Py_ssize_t)sizeof(float)));
}

static PyObject *
model_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyObject *tables, *unigram, *backoff;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Model takes no keywords");
    if (!PyArg_ParseTuple(args, "OOO!", &unigram, &backoff, &PyTuple_Type, &tables))
        return NULL;
    Model *self = (Model *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(tables);
    int fits = count <= MOST - 1 &&
               PyObject_GetBuffer(unigram, &self->unigram, PyBUF_SIMPLE) == 0 &&
               PyObject_GetBuffer(backoff, &self->unigram_backoff, PyBUF_SIMPLE) == 0 &&
               self->unigram.len == self->unigram_backoff.len;
    for (Py_ssize_t k = 0; fits && k < count; k++)
        fits = fill_table(&self->tables[k], PyTuple_GET_ITEM(tables, k));
    self->order = (int)count + 1;
    if (!fits) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "tables do not fit one another");
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static void
model_dealloc(Model *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyBuffer_Release(&self->unigram);
    PyBuffer_Release(&self->unigram_backoff);
    for (int k = 0; k < MOST - 1; k++) {
        PyBuffer_Release(&self->tables[k].prints);
        PyBuffer_Release(&self->tables[k].codes);
        PyBuffer_Release(&self->tables[k].logp);
        PyBuffer_Release(&self->tables[k].backoff);
    }
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef model_methods[] = {
    {"score", (PyCFunction)model_score, METH_VARARGS, "Score rows of ids into an array."},
    {"read", (PyCFunction)model_read, METH_VARARGS, "Of texts what they are, and their words."},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef methods[] = {
    {"forms", forms, METH_VARARGS, "A table of words and their ids."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot model_slots[] = {
    {Py_tp_new, model_new},
    {Py_tp_dealloc, model_dealloc},
    {Py_tp_methods, model_methods},
    {Py_tp_doc, "Model(unigram, unigram_backoff, tables)"},
    {0, NULL},
};

static PyType_Spec model_spec = {
    "unspun.lm._ngrams.Model", sizeof(Model), 0, Py_TPFLAGS_DEFAULT, model_slots,
};

KERNEL(_ngrams, "Scores of n-grams.", methods, &model_spec)
