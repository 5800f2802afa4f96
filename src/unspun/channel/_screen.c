/* A first look at a whole text in one pass: what each family's classifier and markers say of each
 * region, without an array of the words. What keys.py, gate.py and markers.py find is the measure. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "look.h"

#define REVISION 2 /* that of screen.py */

#define MOST_FAMILIES 8
#define MOST_BLOCK 256 /* words that are looked at together */
#define BUFFERS 7

typedef struct {
    int gated, marked; /* whether it has a classifier, whether markers */
    Known known;
    const int8_t *weights;
    uint64_t features;
    int first, bits;
    const uint8_t *able;
    const uint64_t *markers;
    Py_ssize_t count;
    const double *nats;
} Family;

/* What is known of a region; sums of the classifier are in its steps. */
typedef struct {
    int64_t total, least, most;
    double told;
    int odd; /* whether the markers of one block say more than `odd` a word */
} Told;

typedef struct {
    uint32_t *slots; /* a feature and one, or 0 */
    int bits;
    Py_ssize_t used;
} Seen;

typedef struct {
    Family all[MOST_FAMILIES];
    Py_buffer views[MOST_FAMILIES * BUFFERS];
    int count, buffers;
    Seen seen[MOST_FAMILIES];
    int32_t before[MOST_FAMILIES]; /* the id of the word before */
    Set words, marks;
    Py_ssize_t block;
    double odd;
} Screen;

typedef struct {
    uint64_t keys[MOST_BLOCK + 1];
    Py_ssize_t starts[MOST_BLOCK], sizes[MOST_BLOCK];
    uint8_t kinds[MOST_BLOCK], joined[MOST_BLOCK];
    Py_ssize_t count, follows; /* words, and those that a pair can begin with */
} Block;

typedef struct {
    const Tables *t;
    const uint8_t *page;
    Py_ssize_t all;
} Page;

/* ---- The classifier. ---- */

#define FEW_BITS 11

static inline uint32_t
slot_of(uint32_t feature, int bits)
{
    return (feature * 0x9E3779B9u) >> (32 - bits);
}

static int
grow(Seen *seen)
{
    Seen more = {NULL, seen->bits ? seen->bits + 2 : FEW_BITS, seen->used};
    if (more.bits > 30)
        return 0;
    more.slots = PyMem_RawCalloc((size_t)1 << more.bits, sizeof *more.slots);
    if (!more.slots)
        return 0;
    uint32_t mask = ((uint32_t)1 << more.bits) - 1;
    for (size_t k = 0; seen->bits && k < (size_t)1 << seen->bits; k++)
        if (seen->slots[k]) {
            uint32_t at = slot_of(seen->slots[k] - 1, more.bits);
            while (more.slots[at])
                at = (at + 1) & mask;
            more.slots[at] = seen->slots[k];
        }
    PyMem_RawFree(seen->slots);
    *seen = more;
    return 1;
}

/* Add a feature; 0 if it was there. There is room. */
static inline int
is_new(Seen *seen, uint32_t feature)
{
    uint32_t mask = ((uint32_t)1 << seen->bits) - 1, at = slot_of(feature, seen->bits);
    for (; seen->slots[at]; at = (at + 1) & mask)
        if (seen->slots[at] == feature + 1)
            return 0;
    seen->slots[at] = feature + 1;
    seen->used++;
    return 1;
}

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
static int
classify(const Family *family, const Block *block, const Page *page, int32_t *before, int opens,
         Seen *seen, Told *told)
{
    uint32_t features[2 * MOST_BLOCK + 1];
    int8_t said[2 * MOST_BLOCK + 1], units[2 * MOST_BLOCK];
    int32_t ids[MOST_BLOCK + 1];
    int64_t sum = 0;
    int left = 0;
    ids[0] = *before;
    number(family, block, page, ids);
    *before = ids[block->count];
    for (Py_ssize_t k = 0; k < block->count; k++) {
        features[2 * k] = (uint32_t)(ids[k + 1] + family->first);
        features[2 * k + 1] =
            (uint32_t)pair_of(ids[k], ids[k + 1], block->joined[k], family->bits);
    }
    for (Py_ssize_t k = 0; k < 2 * block->count; k++)
        units[k] = features[k] < family->features ? family->weights[features[k]] : 0;
    if (opens)
        units[1] = 0; /* nothing stands before the first word */
    for (Py_ssize_t k = 0; k < 2 * block->count; k++) {
        features[left] = features[k];
        said[left] = units[k];
        left += units[k] != 0;
    }
    while (!seen->bits || 2 * (seen->used + left) > (Py_ssize_t)1 << seen->bits)
        if (!grow(seen))
            return 0;
    for (int k = 0; k < left; k++)
        if (is_new(seen, features[k]))
            sum += said[k];
    told->total += sum;
    if (told->total - told->least > told->most)
        told->most = told->total - told->least;
    if (told->total < told->least)
        told->least = told->total;
    return 1;
}

/* ---- Markers. ---- */

static void
glance(const Family *family, const Block *block, Set *marks, Py_ssize_t distinct, double odd,
       Told *told)
{
    double said = 0.0;
    int clear = 0, left = 0;
    uint64_t keys[2 * MOST_BLOCK];
    for (Py_ssize_t k = 0; k < block->count; k++) { /* without branches, as most are no markers */
        keys[left] = block->keys[k];
        left += may_mark(keys[left], family->able);
        keys[left] = both_of(block->keys[k], block->keys[k + 1]);
        left += k < block->follows && may_mark(keys[left], family->able);
    }
    for (int k = 0; k < left; k++) {
        Py_ssize_t number = marker_of(keys[k], family->able, family->markers, family->count);
        if (number < 0)
            continue;
        if (!clear)
            set_clear(marks);
        clear = 1;
        if (set_add(marks, (uint64_t)number))
            said += family->nats[number];
    }
    told->told += said;
    told->odd |= said >= odd * (double)distinct;
}

/* ---- A text. ---- */

/* The next words that begin before a limit, as many as a block has. */
static int
next_block(Block *block, Py_ssize_t most, Cursor *cursor, const Page *p, Py_ssize_t limit)
{
    Word word;
    Py_ssize_t count = 0;
    while (count < most && next_word(cursor, p->t, p->page, p->all, limit, &word)) {
        block->keys[count] = word.key;
        block->starts[count] = word.start;
        block->sizes[count] = word.size;
        block->kinds[count] = word.kind;
        block->joined[count++] = (uint8_t)word.joined;
    }
    block->count = block->follows = count;
    Cursor ahead = *cursor;
    if (count && next_word(&ahead, p->t, p->page, p->all, p->all, &word))
        block->keys[count] = word.key;
    else {
        block->keys[count] = 0;
        block->follows--;
    }
    return count > 0;
}

/* Look at a region: its words up to a limit; -1 without memory, else how many there are. */
static Py_ssize_t
look(Screen *s, Cursor *cursor, const Page *page, Py_ssize_t limit, int *opens, Told *told,
     Py_ssize_t *distinct)
{
    Block block;
    Py_ssize_t words = 0;
    int marked = 0;
    *distinct = 0;
    for (int n = 0; n < s->count; n++) {
        Seen *seen = s->seen + n;
        told[n] = (Told){0, 0, INT64_MIN, 0.0, 0};
        seen->used = 0;
        if (seen->bits)
            memset(seen->slots, 0, sizeof *seen->slots << seen->bits);
        marked |= s->all[n].marked;
    }
    while (next_block(&block, s->block, cursor, page, limit)) {
        Py_ssize_t differ = 0;
        if (marked) {
            set_clear(&s->words);
            for (Py_ssize_t k = 0; k < block.count; k++)
                differ += set_add(&s->words, block.keys[k]);
        }
        for (int n = 0; n < s->count; n++) {
            const Family *family = s->all + n;
            if (family->gated &&
                !classify(family, &block, page, s->before + n, *opens, s->seen + n, told + n))
                return -1;
            if (family->marked)
                glance(family, &block, &s->marks, differ, s->odd, told + n);
        }
        *opens = 0;
        *distinct += differ;
        words += block.count;
    }
    return words;
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
    family->first = (int)first;
    family->bits = (int)bits;
    return family->gated = bits > 0 && bits < 31 && first >= 0 && first < 1 << 30;
}

/* Markers: which slots have any, their hashes in order, what each says. */
static int
marks_of(Screen *s, PyObject *from, Family *family)
{
    const Py_buffer *view[3];
    if (!taken(s, from, view, 3))
        return 0;
    family->able = view[0]->buf;
    family->markers = view[1]->buf;
    family->count = view[1]->len / 8;
    family->nats = view[2]->buf;
    return family->marked = view[0]->len == (1 << SLOTS) / 8 && view[2]->len == view[1]->len;
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
rows_of(Screen *s, const Page *page, const Py_buffer *bounds)
{
    const int64_t *ends = bounds->buf;
    Py_ssize_t count = bounds->len / 8;
    Cursor cursor = {0, -2};
    int opens = 1;
    PyObject *out = PyList_New(0);
    for (Py_ssize_t k = 0; out && k < count; k++) {
        Told told[MOST_FAMILIES];
        Py_ssize_t words, distinct, limit = ends[k];
        limit = limit < 0 ? 0 : limit > page->all ? page->all : limit;
        Py_BEGIN_ALLOW_THREADS
        words = look(s, &cursor, page, limit, &opens, told, &distinct);
        Py_END_ALLOW_THREADS
        PyObject *row = words < 0 ? PyErr_NoMemory() : row_of(words, distinct, told, s->count);
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
    for (int k = 0; k < s->count; k++)
        PyMem_RawFree(s->seen[k].slots);
    PyMem_RawFree(s->words.slots);
    PyMem_RawFree(s->marks.slots);
}

/* screen(text, ends, kinds, lower, factors, families, block, odd): for each region of a text how
 * many words it has, how many differ in its blocks, and for each family the sum of its classifier's
 * steps, that of the strongest stretch, what its markers say, and whether they do in one block. */
static PyObject *
screen(PyObject *module, PyObject *args)
{
    PyObject *text, *families, *out = NULL;
    Py_buffer ends, kinds, lower, factors;
    Screen s = {.count = 0, .buffers = 0};
    if (!PyArg_ParseTuple(args, "Uy*y*y*y*O!nd", &text, &ends, &kinds, &lower, &factors,
                          &PyTuple_Type, &families, &s.block, &s.odd))
        return NULL;
    Py_ssize_t all = PyUnicode_GET_LENGTH(text);
    int own = PyUnicode_KIND(text) != PyUnicode_1BYTE_KIND;
    uint8_t *page = NULL;
    if (kinds.len != LATIN || lower.len != LATIN || factors.len != 4 * 8 || s.block < 1 ||
        s.block > MOST_BLOCK || !families_of(&s, families)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "words and tables do not fit one another");
    }
    else if (!set_new(&s.words, s.block) || !set_new(&s.marks, 2 * s.block) ||
             (own && !(page = page_of(text, all))))
        PyErr_NoMemory();
    else {
        Tables t = {kinds.buf, lower.buf, factors.buf};
        Page whole = {&t, own ? page : PyUnicode_DATA(text), all};
        out = rows_of(&s, &whole, &ends);
    }
    PyMem_RawFree(page);
    drop(&s);
    PyBuffer_Release(&ends);
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
