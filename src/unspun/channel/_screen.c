/* A first look at a whole text in one pass: what each family's classifier and markers say of each
 * region, without an array of the words. What keys.py, gate.py and markers.py find is the measure. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "look.h"

#define REVISION 6 /* that of screen.py */

#define MOST_FAMILIES 8
#define BUFFERS 6 /* of a family: two of its classifier, four of its markers */

typedef struct {
    int gated, marked; /* whether it has a classifier, whether markers */
    const uint64_t *known; /* tables of words, as in look.h */
    const int8_t *weights;
    int first, bits;
    double step, bias; /* nats of one unit of its weights, and of a text of no words */
    Markers markers;
    const double *nats;
} Family;

typedef struct {
    PyObject_HEAD
    Py_buffer views[3 + MOST_FAMILIES * BUFFERS];
    int buffers, count, marked;
    Tables tables;
    Family all[MOST_FAMILIES];
    Py_ssize_t block;
    double part, odd;
} Screen;

/* Features that were seen, in a table that is never more than half full. */
typedef struct {
    uint32_t *slots;
    int bits;
    Py_ssize_t count;
} Seen;

/* What a family has seen of a text, and what it says of a region; sums are in the classifier's
 * steps. */
typedef struct {
    int32_t before; /* the id of the word before */
    Seen seen; /* in the region */
    uint64_t *marks; /* a bit for each marker of the block */
    int64_t total, least, most;
    double told;
    int odd; /* whether the markers of one block say more than `odd` a word */
} Told;

/* Those of a block's words, and of the pairs that they end. */
typedef struct {
    uint32_t all[2 * MOST_BLOCK];
    int count;
} Features;

/* Bytes that have a bit for each of so many. */
static inline size_t
bits_for(Py_ssize_t count)
{
    return (size_t)(count / 64 + 1) * 8;
}

/* ---- The classifier. ---- */

#define FEW_BITS 12 /* of a table that holds the features of most regions */

/* Make room for so many more features. */
static int
make_room(Seen *seen, Py_ssize_t more)
{
    int bits = seen->bits;
    while ((Py_ssize_t)1 << bits < 2 * (seen->count + more))
        bits++;
    if (bits == seen->bits)
        return 1;
    uint32_t *slots = PyMem_RawCalloc((size_t)1 << bits, sizeof *slots);
    if (!slots)
        return 0;
    for (Py_ssize_t k = 0; k < (Py_ssize_t)1 << seen->bits; k++)
        if (seen->slots[k])
            is_new(slots, bits, seen->slots[k] - 1);
    PyMem_RawFree(seen->slots);
    *seen = (Seen){slots, bits, seen->count};
    return 1;
}

/* The ids of a block's words, behind that of the word before: as written, else in lower case, else
 * by what they are. All are looked up without branches first, so that no read waits for another. */
static void
number(const uint64_t *known, const Block *block, const Page *page, int32_t *ids)
{
    int missing[MOST_BLOCK], count = 0;
    for (int k = 0; k < block->count; k++) {
        int32_t id = id_at(known, block->keys[k]);
        ids[k + 1] = id;
        missing[count] = k;
        count += id == UNKNOWN;
    }
    for (int n = 0; n < count; n++) {
        int k = missing[n];
        int32_t id = id_of(known, block->keys[k]);
        if (id == UNKNOWN && block->kinds[k] & BEGINS_CAPITAL)
            id = id_of(known, lowered(page->page + block->starts[k], block->sizes[k], page->t));
        ids[k + 1] = id == UNKNOWN && block->kinds[k] & BEGINS_FIGURE ? NUMBER : id;
    }
}

/* Find the features of a block, of which what they say is on the way from then on. */
static void
aim(const Family *family, const Block *block, const Page *page, int opens, Told *told,
    Features *features)
{
    int32_t ids[MOST_BLOCK + 1];
    uint32_t *all = features->all;
    ids[0] = told->before;
    number(family->known, block, page, ids);
    told->before = ids[block->count];
    for (Py_ssize_t k = 0; k < block->count; k++) {
        all[2 * k] = (uint32_t)(ids[k + 1] + family->first);
        all[2 * k + 1] = (uint32_t)pair_of(ids[k], ids[k + 1], block->joined[k], family->bits);
        FETCH(family->weights + all[2 * k]);
        FETCH(family->weights + all[2 * k + 1]);
    }
    if (opens) /* nothing stands before the first word */
        all[1] = all[0];
    features->count = 2 * (int)block->count;
}

/* Add what the features of a block say that were not seen before in the region. */
static int
classify(const Family *family, Features *features, Told *told)
{
    int8_t units[2 * MOST_BLOCK];
    uint32_t *all = features->all;
    int count = 0;
    for (int k = 0; k < features->count; k++) { /* most say nothing */
        uint32_t feature = all[k];
        all[count] = feature;
        units[count] = family->weights[feature];
        count += units[count] != 0;
    }
    if (!make_room(&told->seen, count))
        return 0;
    for (int k = 0; k < count; k++) {
        int fresh = is_new(told->seen.slots, told->seen.bits, all[k]);
        told->total += units[k] & -fresh;
        told->seen.count += fresh;
    }
    if (told->total - told->least > told->most)
        told->most = told->total - told->least;
    if (told->total < told->least)
        told->least = told->total;
    return 1;
}

/* ---- Markers. ---- */

#define SIEVE 4096 /* bits that hashes fall on */

/* How many words of a block differ, or a few less: no two that are alike fall on two bits. */
static Py_ssize_t
distinct_of(const Block *block)
{
    uint64_t fallen[SIEVE / 64] = {0};
    Py_ssize_t count = 0;
    for (Py_ssize_t k = 0; k < block->count; k++) {
        uint64_t *some = fallen + (block->keys[k] >> 32) % (SIEVE / 64);
        uint64_t held = *some, bit = (uint64_t)1 << (block->keys[k] >> 58);
        *some = held | bit;
        count += !(held & bit);
    }
    return count;
}

/* Add what the markers of a block say, each once; `next` is the word behind it, if there is one. */
static void
glance(const Family *family, const Block *block, const uint64_t *next, Py_ssize_t distinct,
       double odd, Told *told)
{
    double said = 0.0;
    int left = 0;
    uint64_t keys[2 * MOST_BLOCK];
    const uint8_t *able = family->markers.able;
    Py_ssize_t last = block->count - 1;
    for (Py_ssize_t k = 0; family->markers.single && k <= last; k++) { /* without branches, ... */
        keys[left] = block->keys[k];
        left += is_able(keys[left], able);
    }
    for (Py_ssize_t k = 0; k < last; k++) { /* ... as most are no markers */
        keys[left] = both_of(block->keys[k], block->keys[k + 1]);
        left += is_able(keys[left], able);
    }
    if (next)
        keys[left++] = both_of(block->keys[last], *next);
    memset(told->marks, 0, bits_for(family->markers.count));
    for (int k = 0; k < left; k++) {
        Py_ssize_t number = marker_of(keys[k], &family->markers);
        if (number >= 0 && !(told->marks[number / 64] >> number % 64 & 1)) {
            told->marks[number / 64] |= (uint64_t)1 << number % 64;
            said += family->nats[number];
        }
    }
    told->told += said;
    told->odd |= said >= odd * (double)distinct;
}

/* ---- A text. ---- */

/* Room for what each family sees; 0 if there is none. */
static int
open_all(const Screen *s, Told *told)
{
    int ok = 1;
    for (int n = 0; n < s->count; n++) {
        const Family *family = s->all + n;
        if (family->gated) {
            told[n].seen.bits = FEW_BITS;
            told[n].seen.slots = PyMem_RawMalloc(sizeof(uint32_t) << FEW_BITS);
        }
        if (family->marked)
            told[n].marks = PyMem_RawMalloc(bits_for(family->markers.count));
        ok = ok && (!family->gated || told[n].seen.slots) && (!family->marked || told[n].marks);
    }
    return ok;
}

static void
close_all(Told *told)
{
    for (int n = 0; n < MOST_FAMILIES; n++) {
        PyMem_RawFree(told[n].seen.slots);
        PyMem_RawFree(told[n].marks);
    }
}

/* Begin a region. */
static void
forget(Told *told)
{
    told->total = told->least = 0;
    told->most = INT64_MIN;
    told->told = 0.0;
    told->odd = 0;
    told->seen.count = 0;
    if (told->seen.slots)
        memset(told->seen.slots, 0, sizeof(uint32_t) << told->seen.bits);
}

/* Add what the features of the block before say: 0 if memory is short. */
static int
classify_all(const Screen *s, Features *features, Told *told)
{
    for (int n = 0; n < s->count; n++)
        if (features[n].count && !classify(s->all + n, features + n, told + n))
            return 0;
    return 1;
}

/* What families say of a block. What its words and features are found by lies far apart, so it is
 * on the way while something else is done, and features are counted when the next block is read. */
static int
tell(const Screen *s, const Block *block, const uint64_t *next, const Page *page, int opens,
     Features *features, Told *told, Py_ssize_t *distinct)
{
    Py_ssize_t differ = s->marked ? distinct_of(block) : 0;
    for (int n = 0; n < s->count; n++)
        for (Py_ssize_t k = 0; s->all[n].gated && k < block->count; k++)
            FETCH(s->all[n].known + (block->keys[k] >> (64 - SLOTS)));
    if (!classify_all(s, features, told))
        return 0;
    for (int n = 0; n < s->count; n++)
        if (s->all[n].marked)
            glance(s->all + n, block, next, differ, s->odd, told + n);
    for (int n = 0; n < s->count; n++)
        if (s->all[n].gated)
            aim(s->all + n, block, page, opens, told + n, features + n);
    *distinct += differ;
    return 1;
}

/* Look at the words before a limit: how many there are, or -1 if memory is short. */
static Py_ssize_t
look(const Screen *s, Runs *runs, const Page *page, Py_ssize_t limit, int *opens, Told *told,
     Py_ssize_t *distinct)
{
    Block block;
    Features features[MOST_FAMILIES];
    Py_ssize_t words = 0;
    *distinct = 0;
    for (int n = 0; n < s->count; n++) {
        features[n].count = 0;
        forget(told + n);
    }
    for (;;) {
        uint64_t next, *follows = NULL;
        next_runs(runs, page, s->block + 1);
        Py_ssize_t count = runs->ended < s->block ? runs->ended : s->block;
        while (count && runs->starts[count - 1] >= limit)
            count--;
        if (!count)
            return classify_all(s, features, told) ? words : -1;
        read_block(runs, page, count, &block);
        if (count < runs->ended) {
            Py_ssize_t start = runs->starts[count];
            next = key_at(page, start, size_of(page, start, runs->ends[count]));
            follows = &next;
        }
        if (!tell(s, &block, follows, page, *opens, features, told, distinct))
            return -1;
        *opens = 0;
        words += count;
        leave_runs(runs, count);
    }
}

/* Nats of a classifier for a region, or of its strongest stretch if only a part may be spun. */
static double
nats_of(const Family *family, const Told *told, double part)
{
    double whole = (double)told->total * family->step;
    int64_t most = told->most > told->total ? told->most : told->total;
    double stretch = (double)most * family->step - part;
    return (whole > stretch ? whole : stretch) + family->bias;
}

/* What a family says of a region. */
static PyObject *
said_of(const Screen *s, int n, Py_ssize_t words, Py_ssize_t distinct, const Told *told)
{
    PyObject *gate = s->all[n].gated ? PyFloat_FromDouble(nats_of(s->all + n, told, s->part))
                                     : Py_NewRef(Py_None);
    return Py_BuildValue("nNdN", words, gate, told->told / (double)(distinct ? distinct : 1),
                         PyBool_FromLong(told->odd && words > s->block));
}

/* A row of what each family says of a region. */
static PyObject *
row_of(const Screen *s, Py_ssize_t words, Py_ssize_t distinct, const Told *told)
{
    PyObject *row = PyTuple_New(s->count);
    for (int n = 0; row && n < s->count; n++) {
        PyObject *said = said_of(s, n, words, distinct, told + n);
        if (!said)
            Py_CLEAR(row);
        else
            PyTuple_SET_ITEM(row, n, said);
    }
    return row;
}

/* All regions of a text, one row each. */
static PyObject *
rows_of(const Screen *s, const Page *page, PyObject *ends)
{
    Runs runs = {.before = -2};
    Told told[MOST_FAMILIES] = {0};
    int opens = 1;
    PyObject *out = open_all(s, told) ? PyList_New(0) : PyErr_NoMemory();
    for (Py_ssize_t k = 0; out && k < PyList_GET_SIZE(ends); k++) {
        Py_ssize_t words, distinct, limit = PyLong_AsSsize_t(PyList_GET_ITEM(ends, k));
        if (limit == -1 && PyErr_Occurred()) {
            Py_CLEAR(out);
            break;
        }
        limit = limit < 0 ? 0 : limit > page->all ? page->all : limit;
        Py_BEGIN_ALLOW_THREADS
        words = look(s, &runs, page, limit, &opens, told, &distinct);
        Py_END_ALLOW_THREADS
        PyObject *row = words < 0 ? PyErr_NoMemory() : row_of(s, words, distinct, told);
        if (!row || PyList_Append(out, row))
            Py_CLEAR(out);
        Py_XDECREF(row);
    }
    close_all(told);
    return out;
}

/* look(text, ends): for each region of a text what each family says, as screen.py tells. */
static PyObject *
screen_look(Screen *self, PyObject *args)
{
    PyObject *text, *ends, *out;
    if (!PyArg_ParseTuple(args, "UO!", &text, &PyList_Type, &ends))
        return NULL;
    Py_ssize_t all = PyUnicode_GET_LENGTH(text);
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND)
        return rows_of(self, &(Page){&self->tables, PyUnicode_DATA(text), all}, ends);
    uint8_t *own = page_of(text, all);
    out = own ? rows_of(self, &(Page){&self->tables, own, all}, ends) : PyErr_NoMemory();
    PyMem_RawFree(own);
    return out;
}

/* ---- The tables of families. ---- */

/* The first so many values of a tuple as buffers, which the screen keeps. */
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

/* The highest id that tables of words give. */
static int64_t
most_of(const uint64_t *known)
{
    uint64_t most = NUMBER;
    for (size_t k = 0; k < KNOWN_SIZE / sizeof *known; k++) {
        uint64_t id = known[k] & ((1 << SLOTS) - 1);
        most = id > most ? id : most;
    }
    return (int64_t)most;
}

/* A classifier: tables of ids, weights; the first word's feature, bits; step, bias. */
static int
gate_of(Screen *s, PyObject *from, Family *family)
{
    const Py_buffer *view[2];
    if (!taken(s, from, view, 2) || PyTuple_GET_SIZE(from) != 6 || view[0]->len != KNOWN_SIZE)
        return 0;
    long first = PyLong_AsLong(PyTuple_GET_ITEM(from, 2));
    long bits = PyLong_AsLong(PyTuple_GET_ITEM(from, 3));
    family->step = PyFloat_AsDouble(PyTuple_GET_ITEM(from, 4));
    family->bias = PyFloat_AsDouble(PyTuple_GET_ITEM(from, 5));
    if (bits <= 0 || bits >= 31 || first < 0 || first >= 1 << 30 || PyErr_Occurred())
        return 0;
    family->known = view[0]->buf;
    family->weights = view[1]->buf;
    family->first = (int)first;
    family->bits = (int)bits;
    family->gated = view[1]->len >= (Py_ssize_t)1 << bits && /* each word and pair has one */
                    view[1]->len > most_of(family->known) + first;
    return family->gated;
}

/* Markers: which slots have any, their hashes in order, the first of each bucket, what each says,
 * whether any is one word. */
static int
marks_of(Screen *s, PyObject *from, Family *family)
{
    const Py_buffer *view[4];
    if (!taken(s, from, view, 4) || PyTuple_GET_SIZE(from) != 5)
        return 0;
    family->markers = (Markers){view[0]->buf, view[1]->buf, view[2]->buf, view[1]->len / 8,
                                PyObject_IsTrue(PyTuple_GET_ITEM(from, 4))};
    family->nats = view[3]->buf;
    family->marked = view[0]->len == ABLE_SIZE && view[3]->len == view[1]->len &&
                     view[2]->len == 4 * ((1 << BUCKETS) + 1);
    return family->marked;
}

/* For each family its classifier or (), and its markers or (). */
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
        s->marked |= family->marked;
    }
    return 1;
}

static PyObject *
screen_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyObject *tables, *families;
    Py_ssize_t block;
    double part, odd;
    const Py_buffer *view[3];
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Screen takes no keywords");
    if (!PyArg_ParseTuple(args, "O!O!ndd", &PyTuple_Type, &tables, &PyTuple_Type, &families,
                          &block, &part, &odd))
        return NULL;
    Screen *self = (Screen *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->block = block;
    self->part = part;
    self->odd = odd;
    if (!taken(self, tables, view, 3) || view[0]->len != LATIN || view[1]->len != LATIN ||
        view[2]->len != 4 * 8 || block < 1 || block > MOST_BLOCK ||
        !families_of(self, families)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "words and tables do not fit one another");
        Py_DECREF(self);
        return NULL;
    }
    self->tables = (Tables){view[0]->buf, view[1]->buf, view[2]->buf};
    return (PyObject *)self;
}

static void
screen_dealloc(Screen *self)
{
    PyTypeObject *type = Py_TYPE(self);
    for (int k = 0; k < self->buffers; k++)
        PyBuffer_Release(self->views + k);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef screen_methods[] = {
    {"look", (PyCFunction)screen_look, METH_VARARGS, "What is found in each region of a text."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot screen_slots[] = {
    {Py_tp_new, screen_new},
    {Py_tp_dealloc, screen_dealloc},
    {Py_tp_methods, screen_methods},
    {Py_tp_doc, "Screen(tables, families, block, part, odd)"},
    {0, NULL},
};

static PyType_Spec screen_spec = {
    "unspun.channel._screen.Screen", sizeof(Screen), 0, Py_TPFLAGS_DEFAULT, screen_slots,
};

KERNEL(_screen, "A first look at a text in one pass.", NULL, &screen_spec)
