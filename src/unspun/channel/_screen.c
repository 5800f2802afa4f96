/* A first look at a whole text in one pass: what each family's classifier and markers say of each
 * region, without an array of the words. What keys.py, gate.py and markers.py find is the measure. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "look.h"

#define REVISION 4 /* that of screen.py */

#define MOST_FAMILIES 8
#define BUFFERS 8

typedef struct {
    int gated, marked; /* whether it has a classifier, whether markers */
    Known known;
    const int8_t *weights;
    uint64_t features;
    int first, bits;
    Markers markers;
    const double *nats;
    int32_t before; /* the id of the word before */
    uint64_t *seen, *marks; /* a bit for each feature of the region, and marker of the block */
} Family;

/* What is known of a region; sums of the classifier are in its steps. */
typedef struct {
    int64_t total, least, most;
    double told;
    int odd; /* whether the markers of one block say more than `odd` a word */
} Told;

typedef struct {
    Family all[MOST_FAMILIES];
    Py_buffer views[MOST_FAMILIES * BUFFERS];
    int count, buffers;
    Py_ssize_t block;
    double odd;
} Screen;

/* Bytes that have a bit for each of so many. */
static inline size_t
bits_for(uint64_t count)
{
    return (size_t)(count / 64 + 1) * 8;
}

/* ---- The classifier. ---- */

/* The ids of a block's words, behind that of the word before: as written, else in lower case, else
 * by what they are. Tables are read in loops without branches, so that reads need not wait. */
static void
number(const Family *family, const Block *block, const Page *page, int32_t *ids)
{
    const Known *known = &family->known;
    uint32_t slots[MOST_BLOCK];
    uint8_t found[MOST_BLOCK];
    for (Py_ssize_t k = 0; k < block->count; k++)
        slots[k] = (uint32_t)known->tables[0][block->keys[k] >> (64 - SLOTS)];
    for (Py_ssize_t k = 0; k < block->count; k++) {
        uint32_t id = slots[k] < known->words ? slots[k] : 0;
        found[k] = known->forms[id] == block->keys[k];
        ids[k + 1] = (int32_t)id;
    }
    for (Py_ssize_t k = 0; k < block->count; k++) {
        if (found[k])
            continue;
        int32_t id = id_of(known, block->keys[k]);
        if (id == UNKNOWN && block->kinds[k] & BEGINS_CAPITAL)
            id = id_of(known, lowered(page->page + block->starts[k], block->sizes[k], page->t));
        ids[k + 1] = id == UNKNOWN && block->kinds[k] & BEGINS_FIGURE ? NUMBER : id;
    }
}

/* Add what the features of a block say that were not seen before in the region. */
static void
classify(Family *family, const Block *block, const Page *page, int opens, Told *told)
{
    uint32_t features[2 * MOST_BLOCK];
    int8_t units[2 * MOST_BLOCK];
    int32_t ids[MOST_BLOCK + 1];
    int64_t sum = 0;
    ids[0] = family->before;
    number(family, block, page, ids);
    family->before = ids[block->count];
    for (Py_ssize_t k = 0; k < block->count; k++) {
        features[2 * k] = (uint32_t)(ids[k + 1] + family->first);
        features[2 * k + 1] =
            (uint32_t)pair_of(ids[k], ids[k + 1], block->joined[k], family->bits);
    }
    for (Py_ssize_t k = 0; k < 2 * block->count; k++)
        units[k] = family->weights[features[k]];
    if (opens)
        units[1] = 0; /* nothing stands before the first word */
    for (Py_ssize_t k = 0; k < 2 * block->count; k++) {
        uint64_t *seen = family->seen + features[k] / 64, bit = features[k] % 64;
        sum += *seen >> bit & 1 ? 0 : units[k];
        *seen |= (uint64_t)(units[k] != 0) << bit;
    }
    told->total += sum;
    if (told->total - told->least > told->most)
        told->most = told->total - told->least;
    if (told->total < told->least)
        told->least = told->total;
}

/* ---- Markers. ---- */

/* How many words of a block differ. */
static Py_ssize_t
distinct_of(const Block *block)
{
    uint64_t slots[4 * MOST_BLOCK] = {0}; /* a hash, or 0 */
    const uint64_t mask = 4 * MOST_BLOCK - 1;
    Py_ssize_t count = 0;
    int zero = 0;
    for (Py_ssize_t k = 0; k < block->count; k++) {
        uint64_t key = block->keys[k], at = key >> 32 & mask, held = slots[at];
        while (held && held != key) { /* seldom: an empty slot or the word is found at once */
            at = (at + 1) & mask;
            held = slots[at];
        }
        slots[at] = key;
        count += !held & (key != 0);
        zero |= !key;
    }
    return count + zero;
}

/* Add what the markers of a block say, each once; `next` is the word behind it, if there is one. */
static void
glance(Family *family, const Block *block, const uint64_t *next, Py_ssize_t distinct, double odd,
       Told *told)
{
    double said = 0.0;
    int left = 0;
    uint64_t keys[2 * MOST_BLOCK];
    Py_ssize_t last = block->count - 1;
    for (Py_ssize_t k = 0; k < block->count; k++) { /* without branches, as most are no markers */
        keys[left] = block->keys[k];
        left += may_mark(keys[left], family->markers.able);
        keys[left] = both_of(block->keys[k], k < last ? block->keys[k + 1] : next ? *next : 0);
        left += (k < last || next) && may_mark(keys[left], family->markers.able);
    }
    memset(family->marks, 0, bits_for((uint64_t)family->markers.count));
    for (int k = 0; k < left; k++) {
        Py_ssize_t number = marker_of(keys[k], &family->markers);
        if (number >= 0 && !(family->marks[number / 64] >> number % 64 & 1)) {
            family->marks[number / 64] |= (uint64_t)1 << number % 64;
            said += family->nats[number];
        }
    }
    told->told += said;
    told->odd |= said >= odd * (double)distinct;
}

/* ---- A text. ---- */

/* Look at the words before a limit: how many there are. */
static Py_ssize_t
look(Screen *s, Runs *runs, const Page *page, Py_ssize_t limit, int *opens, Told *told,
     Py_ssize_t *distinct)
{
    Block block;
    Py_ssize_t words = 0;
    int marked = 0;
    *distinct = 0;
    for (int n = 0; n < s->count; n++) {
        told[n] = (Told){0, 0, INT64_MIN, 0.0, 0};
        if (s->all[n].gated)
            memset(s->all[n].seen, 0, bits_for(s->all[n].features));
        marked |= s->all[n].marked;
    }
    for (;;) {
        Py_ssize_t count = 0;
        uint64_t next, *follows = NULL;
        next_runs(runs, page, s->block + 1);
        while (count < s->block && count < runs->ended && runs->starts[count] < limit)
            count++;
        if (!count)
            return words;
        read_block(runs, page, count, &block);
        if (count < runs->ended) {
            Py_ssize_t start = runs->starts[count];
            next = key_at(page, start, size_of(page, start, runs->ends[count]));
            follows = &next;
        }
        Py_ssize_t differ = marked ? distinct_of(&block) : 0;
        for (int n = 0; n < s->count; n++) {
            Family *family = s->all + n;
            if (family->gated)
                classify(family, &block, page, *opens, told + n);
            if (family->marked)
                glance(family, &block, follows, differ, s->odd, told + n);
        }
        *opens = 0;
        *distinct += differ;
        words += count;
        leave_runs(runs, count);
    }
}

/* One region's words, and what each family says of it. */
static PyObject *
row_of(Py_ssize_t words, Py_ssize_t distinct, const Told *told, int count)
{
    PyObject *rows = PyTuple_New(count);
    for (int n = 0; rows && n < count; n++) {
        long long most = told[n].most > told[n].total ? told[n].most : told[n].total;
        PyObject *row = Py_BuildValue("LLdi", (long long)told[n].total, most, told[n].told,
                                      told[n].odd);
        if (!row)
            Py_CLEAR(rows);
        else
            PyTuple_SET_ITEM(rows, n, row);
    }
    return rows ? Py_BuildValue("nnN", words, distinct, rows) : NULL;
}

/* The first so many values of a tuple as buffers, which the screen gives back. */
static int
taken(Screen *s, PyObject *from, const Py_buffer **view, int count)
{
    for (int k = 0; k < count; k++) {
        if (k >= PyTuple_GET_SIZE(from) ||
            PyObject_GetBuffer(PyTuple_GET_ITEM(from, k), s->views + s->buffers, PyBUF_SIMPLE))
            return 0;
        view[k] = s->views + s->buffers++;
    }
    return 1;
}

/* A classifier: hashes by id, the tables of ids, weights; the first word's feature, bits. */
static int
gate_of(Screen *s, PyObject *from, Family *family)
{
    const Py_buffer *view[4];
    if (!taken(s, from, view, 4))
        return 0;
    if (PyTuple_GET_SIZE(from) != 6 || view[1]->len != (Py_ssize_t)4 << SLOTS ||
        view[2]->len != (Py_ssize_t)4 << SLOTS || view[0]->len / 8 <= NUMBER)
        return 0;
    family->known = (Known){view[0]->buf, (uint64_t)view[0]->len / 8, {view[1]->buf, view[2]->buf}};
    family->weights = view[3]->buf;
    family->features = (uint64_t)view[3]->len;
    long first = PyLong_AsLong(PyTuple_GET_ITEM(from, 4));
    long bits = PyLong_AsLong(PyTuple_GET_ITEM(from, 5));
    if (bits <= 0 || bits >= 31 || first < 0 || first >= 1 << 30)
        return 0;
    family->first = (int)first;
    family->bits = (int)bits;
    family->gated = family->features >= (uint64_t)1 << bits && /* each word and pair has one */
                    family->features >= family->known.words + (uint64_t)first;
    family->seen = PyMem_RawMalloc(bits_for(family->features));
    return family->gated && family->seen;
}

/* Markers: which slots have any, their hashes in order, the first of each bucket, what each says. */
static int
marks_of(Screen *s, PyObject *from, Family *family)
{
    const Py_buffer *view[4];
    if (!taken(s, from, view, 4))
        return 0;
    family->markers = (Markers){view[0]->buf, view[1]->buf, view[2]->buf, view[1]->len / 8};
    family->nats = view[3]->buf;
    family->marked = view[0]->len == (1 << SLOTS) / 8 && view[3]->len == view[1]->len &&
                     view[2]->len == 4 * ((1 << BUCKETS) + 1);
    family->marks = PyMem_RawMalloc(bits_for((uint64_t)family->markers.count));
    return family->marked && family->marks;
}

/* The families of a call: for each its classifier or (), and its markers or (). */
static int
families_of(Screen *s, PyObject *families)
{
    if (PyTuple_GET_SIZE(families) > MOST_FAMILIES)
        return 0;
    for (; s->count < PyTuple_GET_SIZE(families); s->count++) {
        PyObject *pair = PyTuple_GET_ITEM(families, s->count);
        Family *family = s->all + s->count;
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2)
            return 0;
        PyObject *gate = PyTuple_GET_ITEM(pair, 0), *marks = PyTuple_GET_ITEM(pair, 1);
        if (!PyTuple_Check(gate) || !PyTuple_Check(marks) ||
            (PyTuple_GET_SIZE(gate) && !gate_of(s, gate, family)) ||
            (PyTuple_GET_SIZE(marks) && !marks_of(s, marks, family)))
            return 0;
    }
    return 1;
}

/* All regions of a text, one row each. */
static PyObject *
rows_of(Screen *s, const Page *page, PyObject *ends)
{
    Runs runs = {.before = -2};
    int opens = 1;
    PyObject *out = PyList_New(0);
    for (Py_ssize_t k = 0; out && k < PyList_GET_SIZE(ends); k++) {
        Told told[MOST_FAMILIES];
        Py_ssize_t words, distinct, limit = PyLong_AsSsize_t(PyList_GET_ITEM(ends, k));
        if (limit == -1 && PyErr_Occurred()) {
            Py_CLEAR(out);
            break;
        }
        limit = limit < 0 ? 0 : limit > page->all ? page->all : limit;
        Py_BEGIN_ALLOW_THREADS
        words = look(s, &runs, page, limit, &opens, told, &distinct);
        Py_END_ALLOW_THREADS
        PyObject *row = row_of(words, distinct, told, s->count);
        if (!row || PyList_Append(out, row))
            Py_CLEAR(out);
        Py_XDECREF(row);
    }
    return out;
}

static void
drop(Screen *s)
{
    for (int k = 0; k < s->buffers; k++)
        PyBuffer_Release(s->views + k);
    for (int k = 0; k < MOST_FAMILIES; k++) {
        PyMem_RawFree(s->all[k].seen);
        PyMem_RawFree(s->all[k].marks);
    }
}

/* screen(text, ends, kinds, lower, factors, families, block, odd): for each region of a text how
 * many words it has, how many differ in its blocks, and for each family the sum of its classifier's
 * steps, that of the strongest stretch, what its markers say, and whether they do in one block. */
static PyObject *
screen(PyObject *module, PyObject *args)
{
    PyObject *text, *ends, *families, *out = NULL;
    Py_buffer kinds, lower, factors;
    Screen s = {.count = 0};
    if (!PyArg_ParseTuple(args, "UO!y*y*y*O!nd", &text, &PyList_Type, &ends, &kinds, &lower,
                          &factors, &PyTuple_Type, &families, &s.block, &s.odd))
        return NULL;
    Py_ssize_t all = PyUnicode_GET_LENGTH(text);
    int own = PyUnicode_KIND(text) != PyUnicode_1BYTE_KIND;
    uint8_t *page = NULL;
    if (kinds.len != LATIN || lower.len != LATIN || factors.len != 4 * 8 || s.block < 1 ||
        s.block > MOST_BLOCK || !families_of(&s, families)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "words and tables do not fit one another");
    }
    else if (own && !(page = page_of(text, all)))
        PyErr_NoMemory();
    else {
        Tables t = {kinds.buf, lower.buf, factors.buf};
        Page whole = {&t, own ? page : PyUnicode_DATA(text), all};
        out = rows_of(&s, &whole, ends);
    }
    PyMem_RawFree(page);
    drop(&s);
    PyBuffer_Release(&kinds);
    PyBuffer_Release(&lower);
    PyBuffer_Release(&factors);
    return out;
}

static PyMethodDef methods[] = {
    {"screen", screen, METH_VARARGS, "What a first look finds in each region of a text."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_screen, "A first look at a text in one pass.", methods, NULL)
