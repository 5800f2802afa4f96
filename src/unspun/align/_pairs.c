/* Which units pair, in order or not: similarity.py and monotone.py, without a matrix for each shape.
 *
 * A pair's log odds are computed where they are asked for, and only where they can matter: what is
 * added to a chain is more than nothing. Sums are of whole numbers, so that their order says nothing.
 */
#define PY_SSIZE_T_CLEAN
#include "numbers.h"
#include <math.h>

#define REVISION 1 /* that of pairs.py */

#define JOINED_MOST 4            /* units in one, as in monotone.py */
#define RIVALS (JOINED_MOST + 1) /* the best partners that are kept: one is beside any such run */

typedef struct {
    double alike, alike_longer, rival, unequal, longer, start, chance, earned, joined;
} Constants;

typedef struct {
    PyObject_HEAD
    Constants c;
    PyObject *shapes, *table, *logarithm; /* pairs; logarithms of 0, 1, ... as doubles; of others */
} Pairer;

typedef struct {
    double value;
    int32_t at;
} Rival;

/* One side's units. */
typedef struct {
    int32_t count, grams_count, grams_room;
    double *whole, *fresh; /* weight of each unit, and of what the one before it has not */
    double *logs[JOINED_MOST]; /* logarithms of the letters of so many units from each on */
    int64_t *letters;
    Rival *rivals; /* the best partners of each, RIVALS of them */
    struct Entry {
        int32_t gram, unit;
        uint8_t again;            /* the unit before has it too */
    } *grams;
} Units;

typedef struct {
    uint64_t key;
    int32_t count, last[2]; /* units that have it; its last entry on either side, or -1 */
} Gram;

/* The weight that two units share: all, and what the unit before of either side has not. */
struct Cell {
    double shared, fresh[2];
};

typedef struct {
    const Pairer *tools;
    Units side[2];
    Gram *grams;
    int32_t grams_count, grams_room, *slots, mask;
    Py_UCS4 *text;
    int32_t text_room;
    struct Cell *cells; /* a row for each unit of the one side */
} Work;

typedef struct {
    int32_t a, b;
} Shape;

/* ---- Trigrams. ---- */

/* Where a trigram's place is looked for: the upper bits depend on all of its letters. */
static inline int32_t
place_of(const Work *w, uint64_t key)
{
    return (int32_t)(key >> 40) & w->mask;
}

static int
wider(Work *w)
{
    int32_t size = w->mask ? 2 * (w->mask + 1) : 1024;
    int32_t *slots = PyMem_Malloc((size_t)size * sizeof *slots);
    if (!slots) {
        PyErr_NoMemory();
        return 0;
    }
    memset(slots, -1, (size_t)size * sizeof *slots);
    PyMem_Free(w->slots);
    w->slots = slots;
    w->mask = size - 1;
    for (int32_t k = 0; k < w->grams_count; k++) {
        int32_t at = place_of(w, w->grams[k].key);
        while (slots[at] >= 0)
            at = (at + 1) & w->mask;
        slots[at] = k;
    }
    return 1;
}

/* The number of a trigram; -1 with an exception. */
static int32_t
gram_of(Work *w, uint64_t key)
{
    int32_t at;
    if (2 * (int64_t)w->grams_count >= w->mask && !wider(w))
        return -1;
    for (at = place_of(w, key); w->slots[at] >= 0; at = (at + 1) & w->mask)
        if (w->grams[w->slots[at]].key == key)
            return w->slots[at];
    if (!GROW(w->grams, w->grams_room, (int64_t)w->grams_count + 1))
        return -1;
    w->grams[w->grams_count] = (Gram){key, 0, {-1, -1}};
    w->slots[at] = w->grams_count;
    return w->grams_count++;
}

/* A unit has a trigram: once, however often it has it. */
static int
add_gram(Work *w, int which, int32_t unit, Py_UCS4 first, Py_UCS4 second, Py_UCS4 third)
{
    Units *side = w->side + which;
    uint64_t key;
    int32_t gram, last;
    if (second >= 0x3040 && third >= 0x3040) /* Chinese and Japanese count in pairs */
        first = 0;
    key = ((uint64_t)first << 42 | (uint64_t)second << 21 | third) * 0x9E3779B97F4A7C15u;
    gram = gram_of(w, key & ~(uint64_t)0xFFFFFF);
    if (gram < 0)
        return 0;
    last = w->grams[gram].last[which];
    if (last >= 0 && side->grams[last].unit == unit)
        return 1;
    if (!GROW(side->grams, side->grams_room, (int64_t)side->grams_count + 1))
        return 0;
    side->grams[side->grams_count] = (struct Entry){
        gram, unit, last >= 0 && side->grams[last].unit == unit - 1};
    w->grams[gram].last[which] = side->grams_count++;
    w->grams[gram].count++;
    return 1;
}

/* The letters of a text, small, anything between two words one space, as is either end. */
static int32_t
plain_letters(Work *w, PyObject *text)
{
    PyObject *small = PyUnicode_IS_ASCII(text) ? Py_NewRef(text)
                                               : PyObject_CallMethod(text, "lower", NULL);
    Py_ssize_t size = small && PyUnicode_Check(small) ? PyUnicode_GET_LENGTH(small) : -1;
    int32_t count = 0;
    if (size > INT32_MAX / 8)
        PyErr_SetString(PyExc_OverflowError, "the passage is too long");
    if (size < 0 || size > INT32_MAX / 8 || !GROW(w->text, w->text_room, (int64_t)size + 3)) {
        Py_XDECREF(small);
        return -1;
    }
    int kind = PyUnicode_KIND(small);
    const void *data = PyUnicode_DATA(small);
    w->text[count++] = ' ';
    for (Py_ssize_t k = 0; k < size; k++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, k);
        if (c < 128)
            c = c >= 'A' && c <= 'Z'                             ? c | 32
                : (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c
                                                                  : ' ';
        else if (!Py_UNICODE_ISALNUM(c))
            c = ' ';
        if (c != ' ' || w->text[count - 1] != ' ')
            w->text[count++] = c;
    }
    if (count > 1 && w->text[count - 1] == ' ')
        count--;
    w->text[count++] = ' ';
    Py_DECREF(small);
    return count;
}

/* ---- Both sides. ---- */

static double
logarithm(const Work *w, int64_t letters)
{
    Py_ssize_t known = PyBytes_GET_SIZE(w->tools->table) / (Py_ssize_t)sizeof(double);
    double found;
    PyObject *value;
    if (letters < known) {
        memcpy(&found, PyBytes_AS_STRING(w->tools->table) + (size_t)letters * sizeof found,
               sizeof found);
        return found;
    }
    value = PyObject_CallFunction(w->tools->logarithm, "L", (long long)letters);
    found = value ? PyFloat_AsDouble(value) : -1.0;
    Py_XDECREF(value);
    return found; /* -1 with an exception; no such length has it */
}

static int
read_units(Work *w, int which, PyObject *texts)
{
    Units *side = w->side + which;
    int32_t count = (int32_t)PyList_GET_SIZE(texts);
    size_t room = (size_t)count + 1;
    side->count = count;
    side->letters = PyMem_Calloc(room, sizeof *side->letters);
    side->whole = PyMem_Calloc(room * (2 + JOINED_MOST), sizeof *side->whole);
    side->rivals = PyMem_Calloc(room * RIVALS, sizeof *side->rivals);
    if (!side->letters || !side->whole || !side->rivals) {
        PyErr_NoMemory();
        return 0;
    }
    side->fresh = side->whole + room;
    for (int k = 0; k < JOINED_MOST; k++)
        side->logs[k] = side->whole + room * (size_t)(2 + k);
    for (int32_t unit = 0; unit < count; unit++) {
        PyObject *text = PyList_GET_ITEM(texts, unit);
        int32_t size;
        if (!PyUnicode_Check(text)) {
            PyErr_SetString(PyExc_TypeError, "units are texts");
            return 0;
        }
        if ((size = plain_letters(w, text)) < 0)
            return 0;
        side->letters[unit] = size;
        for (int32_t k = 2; k < size; k++)
            if (!add_gram(w, which, unit, w->text[k - 2], w->text[k - 1], w->text[k]))
                return 0;
    }
    for (int32_t unit = 0; unit < count; unit++) {
        int64_t letters = 0;
        for (int k = 0; k < JOINED_MOST && unit + k < count; k++) {
            letters += side->letters[unit + k];
            side->logs[k][unit] = logarithm(w, letters);
            if (side->logs[k][unit] < 0 && PyErr_Occurred())
                return 0;
        }
    }
    return 1;
}

/* Where the units stand that have a trigram, and whether the unit before has it too. */
typedef struct {
    int32_t *starts, *units; /* by trigram: a unit's number, doubled, and 1 if it has it again */
} Holders;

static int
find_holders(const Work *w, const Units *side, Holders *out)
{
    size_t grams = (size_t)w->grams_count;
    out->units = PyMem_Malloc(((size_t)side->grams_count + 1) * sizeof *out->units);
    out->starts = PyMem_Calloc(grams + 2, sizeof *out->starts);
    if (!out->units || !out->starts) {
        PyErr_NoMemory();
        return 0;
    }
    for (int32_t k = 0; k < side->grams_count; k++)
        out->starts[side->grams[k].gram + 2]++;
    for (size_t k = 2; k <= grams; k++)
        out->starts[k] += out->starts[k - 1];
    for (int32_t k = 0; k < side->grams_count; k++) {
        const struct Entry *e = side->grams + k;
        out->units[out->starts[e->gram + 1]++] = 2 * e->unit + e->again;
    }
    return 1;
}

/* The weight that each pair of units shares, all of it and without what the units before have:
 * row by row, which stays in the cache. */
static void
share_rows(Work *w, const double *weights, const Holders *theirs)
{
    const Units *ours = w->side;
    for (int32_t k = 0; k < ours->grams_count; k++) {
        const struct Entry *e = ours->grams + k;
        struct Cell *row = w->cells + (size_t)e->unit * (size_t)w->side[1].count;
        double weight = weights[w->grams[e->gram].count], fresh = e->again ? 0.0 : weight;
        double new[2] = {weight, 0.0};
        for (int32_t n = theirs->starts[e->gram]; n < theirs->starts[e->gram + 1]; n++) {
            struct Cell *cell = row + (theirs->units[n] >> 1);
            cell->shared += weight;
            cell->fresh[0] += fresh;
            cell->fresh[1] += new[theirs->units[n] & 1];
        }
    }
}

static int
share(Work *w, const double *weights)
{
    Holders theirs = {0};
    int fine;
    w->cells = PyMem_Calloc((size_t)w->side[0].count * (size_t)w->side[1].count + 1,
                            sizeof *w->cells);
    if (!w->cells) {
        PyErr_NoMemory();
        return 0;
    }
    for (int which = 0; which < 2; which++)
        for (int32_t k = 0; k < w->side[which].grams_count; k++) {
            const struct Entry *e = w->side[which].grams + k;
            double weight = weights[w->grams[e->gram].count];
            w->side[which].whole[e->unit] += weight;
            if (!e->again)
                w->side[which].fresh[e->unit] += weight;
        }
    fine = find_holders(w, w->side + 1, &theirs);
    if (fine)
        share_rows(w, weights, &theirs);
    PyMem_Free(theirs.starts);
    PyMem_Free(theirs.units);
    return fine;
}

static void
add_rival(Rival *best, double value, int32_t at)
{
    int k = RIVALS - 1;
    if (value <= best[k].value)
        return;
    for (; k && best[k - 1].value < value; k--)
        best[k] = best[k - 1];
    best[k] = (Rival){value, at};
}

/* The best partners of each unit, where they are more than chance has. */
static void
find_rivals(Work *w)
{
    const Units *ours = w->side, *theirs = w->side + 1;
    const struct Cell *cell = w->cells;
    for (int32_t i = 0; i < ours->count; i++)
        for (int32_t j = 0; j < theirs->count; j++, cell++) {
            double both = ours->whole[i] + theirs->whole[j];
            double alike = cell->shared > 0 ? 2 * cell->shared / both : 0.0;
            if (alike > w->tools->c.chance) {
                add_rival(ours->rivals + (size_t)i * RIVALS, alike, j);
                add_rival(theirs->rivals + (size_t)j * RIVALS, alike, i);
            }
        }
}

/* How alike the best partner is that is not in the run. */
static double
beside(const Rival *best, int32_t from, int32_t to)
{
    for (int k = 0; k < RIVALS; k++)
        if (best[k].value <= 0 || best[k].at < from || best[k].at >= to)
            return best[k].value;
    return 0.0;
}

/* ---- What a pair is worth. ---- */

/* Log odds of unit `i` of one side with so many of the other from `j` on, if they are more than
 * `least`; else `least` or less. */
static double
odds(const Work *w, int one, int32_t i, int32_t j, int32_t joined, double least)
{
    const Constants *c = &w->tools->c;
    const Units *ours = w->side + one, *theirs = w->side + !one;
    size_t right = one ? (size_t)w->side[1].count : 1; /* from a cell to that of the next of theirs */
    const struct Cell *cell = w->cells + (one ? (size_t)j * right + (size_t)i
                                              : (size_t)i * (size_t)theirs->count + (size_t)j);
    double shared = cell->shared, weight = theirs->whole[j], most, alike, rival, a, b, shorter;
    for (int32_t k = 1; k < joined; k++) {
        double new = cell[(size_t)k * right].fresh[!one], size = theirs->fresh[j + k];
        if (new < c->earned * size)
            return least;
        if (k == 1) {
            double both = cell[right].shared - new, rest = theirs->whole[j + 1] - size;
            if (shared - both < c->earned * (weight - rest))
                return least;
        }
        shared += new;
        weight += size;
    }
    most = ours->whole[i] < weight ? ours->whole[i] : weight;
    if (most < shared)
        shared = most;
    alike = shared > 0 ? 2 * shared / (ours->whole[i] + weight) : 0.0;
    a = ours->logs[0][i];
    b = theirs->logs[joined - 1][j];
    shorter = a < b ? a : b;
    rival = c->chance;
    for (int pass = 0; pass < 2; pass++) { /* what no rival could be worth is not looked into */
        double found;
        if (pass) {
            double other = beside(ours->rivals + (size_t)i * RIVALS, j, j + joined);
            rival = other > rival ? other : rival;
            for (int32_t k = 0; k < joined; k++) {
                other = beside(theirs->rivals + (size_t)(j + k) * RIVALS, i, i + 1);
                rival = other > rival ? other : rival;
            }
        }
        found = (c->alike + c->alike_longer * shorter) * sqrt(alike) - c->rival * sqrt(rival) + c->start;
        found -= c->unequal * fabs(a - b) + c->longer * shorter;
        if (pass || found <= least)
            return found;
    }
    return least;
}

/* The same of any shape, less what units that are joined cost. */
static double
gain(const Work *w, Shape s, int32_t i, int32_t j, double least)
{
    double cost = w->tools->c.joined * (s.a + s.b - 2);
    double found = s.a == 1 ? odds(w, 0, i, j, s.b, least + cost - 1e-6)
                            : odds(w, 1, j, i, s.a, least + cost - 1e-6);
    return found - cost;
}

/* ---- In order. ---- */

static int
read_shapes(const Work *w, Shape *out, int *count)
{
    *count = (int)PyTuple_GET_SIZE(w->tools->shapes);
    for (int k = 0; k < *count; k++) {
        int a, b;
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(w->tools->shapes, k), "ii", &a, &b))
            return 0;
        out[k] = (Shape){a, b};
    }
    return 1;
}

#define MOST_SHAPES 16

/* What the best pairs of the first units of either side are worth together, by how many they are. */
static double *
chains(const Work *w, const Shape *shapes, int count, double worth)
{
    int32_t rows = w->side[0].count, columns = w->side[1].count;
    size_t wide = (size_t)columns + 1;
    double *best = PyMem_Calloc(((size_t)rows + 1) * wide, sizeof *best);
    if (!best)
        return (double *)PyErr_NoMemory();
    for (int32_t i = 1; i <= rows; i++) {
        double *row = best + (size_t)i * wide;
        memcpy(row, row - wide, wide * sizeof *row);
        for (int k = 0; k < count; k++) {
            Shape s = shapes[k];
            for (int32_t j = s.b; s.a <= i && j <= columns; j++) {
                double more = gain(w, s, i - s.a, j - s.b, -worth) + worth;
                double sum = best[(size_t)(i - s.a) * wide + (size_t)(j - s.b)] + more;
                if (more > 0 && sum > row[j])
                    row[j] = sum;
            }
        }
        for (int32_t j = 1; j <= columns; j++)
            if (row[j] < row[j - 1])
                row[j] = row[j - 1];
    }
    return best;
}

static int
add_group(PyObject *groups, int32_t i, int32_t j, Shape s)
{
    PyObject *group =
        Py_BuildValue("(ii)(ii)", (int)i, (int)(i + s.a), (int)j, (int)(j + s.b));
    int fine = group && PyList_Append(groups, group) == 0;
    Py_XDECREF(group);
    return fine;
}

static PyObject *
trace(const Work *w, const Shape *shapes, int count, double worth, const double *best)
{
    int32_t i = w->side[0].count, j = w->side[1].count;
    size_t wide = (size_t)j + 1;
    PyObject *groups = PyList_New(0);
    while (groups && i && j) {
        const double *here = best + (size_t)i * wide + (size_t)j;
        int found = -1;
        if (*here == here[-(Py_ssize_t)wide]) {
            i--;
            continue;
        }
        if (*here == here[-1]) {
            j--;
            continue;
        }
        for (int k = 0; k < count && found < 0; k++) {
            Shape s = shapes[k];
            if (s.a > i || s.b > j)
                continue;
            double more = gain(w, s, i - s.a, j - s.b, -worth) + worth;
            if (more > 0 && *here == best[(size_t)(i - s.a) * wide + (size_t)(j - s.b)] + more)
                found = k;
        }
        if (found < 0) {
            PyErr_SetString(PyExc_AssertionError, "a best value without a move that leads to it");
            Py_CLEAR(groups);
            break;
        }
        i -= shapes[found].a;
        j -= shapes[found].b;
        if (!add_group(groups, i, j, shapes[found]))
            Py_CLEAR(groups);
    }
    if (groups && PyList_Reverse(groups) < 0)
        Py_CLEAR(groups);
    return groups;
}

/* Every group that is worth more than so much: shape by shape, by the place of its first units. */
static PyObject *
list_likely(const Work *w, const Shape *shapes, int count, double least)
{
    PyObject *list = PyList_New(0);
    for (int k = 0; list && k < count; k++) {
        Shape s = shapes[k];
        for (int32_t i = 0; list && i + s.a <= w->side[0].count; i++)
            for (int32_t j = 0; list && j + s.b <= w->side[1].count; j++) {
                double worth = gain(w, s, i, j, least);
                PyObject *item;
                if (!(worth > least))
                    continue;
                item = Py_BuildValue("((ii)(ii))d", (int)i, (int)(i + s.a), (int)j,
                                     (int)(j + s.b), worth);
                if (!item || PyList_Append(list, item) < 0)
                    Py_CLEAR(list);
                Py_XDECREF(item);
            }
    }
    return list;
}

/* ---- The module. ---- */

static void
release(Work *w)
{
    for (int which = 0; which < 2; which++) {
        PyMem_Free(w->side[which].letters);
        PyMem_Free(w->side[which].whole);
        PyMem_Free(w->side[which].rivals);
        PyMem_Free(w->side[which].grams);
    }
    PyMem_Free(w->grams);
    PyMem_Free(w->slots);
    PyMem_Free(w->text);
    PyMem_Free(w->cells);
}

/* Read both sides' units; `ordered`: the pairs in order, else all that are likely. */
static PyObject *
answer(PyObject *self, PyObject *args, int ordered)
{
    Work w = {.tools = (Pairer *)self};
    PyObject *hyp, *ref, *weights, *found = NULL;
    Shape shapes[MOST_SHAPES];
    double worth, *table, *best = NULL;
    Py_ssize_t size;
    int count;
    if (!PyArg_ParseTuple(args, "O!O!dS", &PyList_Type, &hyp, &PyList_Type, &ref, &worth, &weights))
        return NULL;
    size = PyList_GET_SIZE(hyp) + PyList_GET_SIZE(ref);
    if (size > INT32_MAX / 8 ||
        PyBytes_GET_SIZE(weights) < (size + 1) * (Py_ssize_t)sizeof(double)) {
        PyErr_SetString(PyExc_ValueError, "a weight for each number of units is needed");
        return NULL;
    }
    table = PyMem_Malloc((size_t)(size + 1) * sizeof *table);
    if (!table)
        return PyErr_NoMemory();
    memcpy(table, PyBytes_AS_STRING(weights), (size_t)(size + 1) * sizeof *table);
    if (read_shapes(&w, shapes, &count) && read_units(&w, 0, hyp) && read_units(&w, 1, ref) &&
        share(&w, table)) {
        find_rivals(&w);
        if (!ordered)
            found = list_likely(&w, shapes, count, worth);
        else if ((best = chains(&w, shapes, count, worth)))
            found = trace(&w, shapes, count, worth, best);
    }
    PyMem_Free(best);
    PyMem_Free(table);
    release(&w);
    return found;
}

static PyObject *
in_order(PyObject *self, PyObject *args)
{
    return answer(self, args, 1);
}

static PyObject *
likely(PyObject *self, PyObject *args)
{
    return answer(self, args, 0);
}

static int
clear(PyObject *self)
{
    Pairer *p = (Pairer *)self;
    Py_CLEAR(p->shapes);
    Py_CLEAR(p->table);
    Py_CLEAR(p->logarithm);
    return 0;
}

static int
traverse(PyObject *self, visitproc visit, void *arg)
{
    Pairer *p = (Pairer *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(p->shapes);
    Py_VISIT(p->table);
    Py_VISIT(p->logarithm);
    return 0;
}

static void
dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
new_pairer(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *shapes, *table, *logs;
    Constants c;
    Pairer *p;
    if (!PyArg_ParseTuple(args, "(ddddddddd)O!SO", &c.alike, &c.alike_longer, &c.rival, &c.unequal,
                          &c.longer, &c.start, &c.chance, &c.earned, &c.joined, &PyTuple_Type,
                          &shapes, &table, &logs))
        return NULL;
    if (PyTuple_GET_SIZE(shapes) > MOST_SHAPES) {
        PyErr_SetString(PyExc_ValueError, "too many shapes");
        return NULL;
    }
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(shapes); k++) {
        int a, b;
        PyObject *shape = PyTuple_GET_ITEM(shapes, k);
        if (!PyTuple_Check(shape)) {
            PyErr_SetString(PyExc_TypeError, "a shape is two numbers");
            return NULL;
        }
        if (!PyArg_ParseTuple(shape, "ii", &a, &b))
            return NULL;
        if (a < 1 || b < 1 || (a > 1 && b > 1) || a > JOINED_MOST || b > JOINED_MOST) {
            PyErr_SetString(PyExc_ValueError, "one unit pairs with one or some");
            return NULL;
        }
    }
    p = (Pairer *)type->tp_alloc(type, 0);
    if (!p)
        return NULL;
    p->c = c;
    p->shapes = Py_NewRef(shapes);
    p->table = Py_NewRef(table);
    p->logarithm = Py_NewRef(logs);
    return (PyObject *)p;
}

static PyMethodDef pairer_methods[] = {
    {"in_order", in_order, METH_VARARGS,
     "in_order(hyp, ref, worth, weights)\n--\n\nThe groups in order that are worth most together."},
    {"likely", likely, METH_VARARGS,
     "likely(hyp, ref, least, weights)\n--\n\nGroups with log odds over the least, and these."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot pairer_slots[] = {
    {Py_tp_new, new_pairer}, {Py_tp_dealloc, dealloc}, {Py_tp_traverse, traverse},
    {Py_tp_clear, clear}, {Py_tp_methods, pairer_methods}, {0, NULL},
};

static PyType_Spec pairer_spec = {
    .name = "unspun.align._pairs.Pairer",
    .basicsize = sizeof(Pairer),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = pairer_slots,
};

KERNEL(_pairs, "Which units pair.", NULL, &pairer_spec)
