/* Scores of n-grams, and of texts: what lm/model.py finds with NumPy. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "forms.h"
#include "ngrams.h"

#define REVISION 3 /* that of model.py */

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

/* A word that was cut and is yet to be looked up. */
typedef struct {
    Py_ssize_t start, end;
    Key key;
    int keyed;
} Cut;

/* Add the ids of words that were cut, those that open a sentence in lower case; 0 on failure. */
static int
add_ids(Reading *r, PyObject *text, const Cut *cuts, int count, int *opens)
{
    Py_ssize_t size = r->lowered.len / (Py_ssize_t)sizeof(int32_t);
    const int32_t *lowered = r->lowered.buf;
    for (int k = 0; k < count; k++) {
        int64_t code = cuts[k].keyed ? (int64_t)form_code(&r->forms, &cuts[k].key) - 1 : -1;
        if (code < 0) {
            PyObject *word = PyUnicode_Substring(text, cuts[k].start, cuts[k].end);
            code = coded(r->ids, r->openers, word);
            Py_XDECREF(word);
            if (code < 0)
                return 0;
        }
        if (code >> 1 >= size)
            return PyErr_Format(PyExc_ValueError, "an id that the vocabulary does not have"), 0;
        if (!add_id(r, *opens ? lowered[code >> 1] : (int32_t)(code >> 1)))
            return 0;
        *opens = code & 1;
    }
    return 1;
}

/* The ids of a text's words behind what stands before: as Vocabulary.encode has them. The number of
   words, or -1 with an exception. */
static Py_ssize_t
encode(Reading *r, PyObject *text)
{
    Text t = text_of(text);
    Cut cuts[HANDFUL];
    Py_ssize_t count = 0;
    int pending = 0, opens = 1;
    for (int k = r->model->order - 1; k > 0; k--)
        if (!add_id(r, k > 1 ? -1 : r->start))
            return -1;
    for (Py_ssize_t k = 0; k < t.size;) {
        if (is(&t, k, SPACE)) {
            k++;
            continue;
        }
        Cut *cut = &cuts[pending++];
        cut->start = k;
        cut->end = k = token(&t, k);
        if ((cut->keyed = key_of(&t, cut->start, cut->end, &cut->key)))
            FETCH(slot_of(&r->forms, &cut->key));
        count++;
        if (pending == HANDFUL) {
            if (!add_ids(r, text, cuts, pending, &opens))
                return -1;
            pending = 0;
        }
    }
    return add_ids(r, text, cuts, pending, &opens) ? count : -1;
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
