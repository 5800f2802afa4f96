/* A graph of readings, one order more: what decoder.py joins and tells apart with NumPy.
 *
 * Steps come ordered so that each leaves a state which all steps into it have reached before.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REVISION 3 /* that of decoder.py */

static PyObject *
misfit(void)
{
    return PyErr_Format(PyExc_ValueError, "steps and states do not fit one another");
}

/* ---- One order more: states told apart by one word more, and the steps between them. ---- */

typedef struct {
    Py_buffer view;
    Py_ssize_t count; /* elements of four bytes */
} Ints;

static int
ints(PyObject *object, Ints *out)
{
    if (PyObject_GetBuffer(object, &out->view, PyBUF_SIMPLE) < 0)
        return 0;
    out->count = out->view.len / 4;
    return 1;
}

#define AT(ints) ((const int32_t *)(ints).view.buf)

typedef struct {
    Ints arc, node, tail, source, step, target, missed;      /* the graph of the order below */
    Ints start, end, level, words, size, claim;              /* the lattice */
    Py_ssize_t states, steps, arcs, have, width, tail_width; /* tail_width: of the new states */
} Expansion;

static const size_t FIELDS[] = {
    offsetof(Expansion, arc),    offsetof(Expansion, node),   offsetof(Expansion, tail),
    offsetof(Expansion, source), offsetof(Expansion, step),   offsetof(Expansion, target),
    offsetof(Expansion, missed), offsetof(Expansion, start),  offsetof(Expansion, end),
    offsetof(Expansion, level),  offsetof(Expansion, words),  offsetof(Expansion, size),
    offsetof(Expansion, claim),
};
#define FIELD(e, k) ((Ints *)((char *)(e) + FIELDS[k]))
#define FIELD_COUNT ((int)(sizeof FIELDS / sizeof *FIELDS))

static void
drop(Expansion *e)
{
    for (int k = 0; k < FIELD_COUNT; k++)
        PyBuffer_Release(&FIELD(e, k)->view);
}

static int
within(Ints values, int32_t least, Py_ssize_t size)
{
    for (Py_ssize_t k = 0; k < values.count; k++)
        if (AT(values)[k] < least || AT(values)[k] >= size)
            return 0;
    return 1;
}

/* Read and check the arrays; 0 with an exception where they do not fit. */
static int
take(Expansion *e, PyObject *arrays, int order)
{
    memset(e, 0, sizeof *e);
    if (PyTuple_GET_SIZE(arrays) != FIELD_COUNT || order < 2) {
        misfit();
        return 0;
    }
    for (int k = 0; k < FIELD_COUNT; k++)
        if (!ints(PyTuple_GET_ITEM(arrays, k), FIELD(e, k)))
            return 0;
    e->states = e->arc.count;
    e->steps = e->step.count;
    e->arcs = e->start.count;
    e->have = e->states ? e->tail.count / e->states : 0;
    e->width = e->arcs ? e->words.count / e->arcs : 0;
    e->tail_width = order - 1;
    int ok = e->states && e->arcs && e->node.count == e->states && e->have > 0 &&
             e->tail.count == e->states * e->have && e->words.count == e->arcs * e->width &&
             e->source.count == e->steps && e->target.count == e->steps &&
             e->missed.count == e->steps && e->end.count == e->arcs &&
             e->level.count == e->arcs && e->size.count == e->arcs &&
             e->claim.count == e->arcs && within(e->source, 0, e->states) &&
             within(e->target, 0, e->states) && within(e->step, 0, e->arcs) &&
             within(e->arc, -1, e->arcs) && within(e->size, 0, e->width + 1) &&
             within(e->level, 0, INT32_MAX);
    if (!ok)
        misfit();
    return ok;
}

static inline uint64_t
grown(uint64_t key, int32_t word)
{
    return ((key * 0x9E3779B97F4A7C15u) ^ (key >> 29)) + (uint64_t)((int64_t)word + 2);
}

static inline uint64_t
closed(uint64_t key)
{
    return (key * 0x9E3779B97F4A7C15u) ^ (key >> 32);
}

typedef struct {
    uint64_t key;
    Py_ssize_t number;
} Keyed;

static int
by_key(const void *a, const void *b)
{
    const Keyed *one = a, *other = b;
    if (one->key != other->key)
        return one->key < other->key ? -1 : 1;
    return (one->number > other->number) - (one->number < other->number);
}

#define FEW 32 /* items that are put in order one by one */

/* Sort by key and number. Keys are hashes, so each bucket of their upper bits holds a few. */
static int
sort_keyed(Keyed **items, Py_ssize_t count)
{
    int bits = 1;
    while (bits < 24 && (Py_ssize_t)1 << bits < count)
        bits++;
    Py_ssize_t *begin = PyMem_RawCalloc(((size_t)1 << bits) + 1, sizeof *begin);
    Keyed *out = PyMem_RawMalloc((size_t)(count + 1) * sizeof *out), *in = *items;
    if (!begin || !out) {
        PyMem_RawFree(begin);
        PyMem_RawFree(out);
        return 0;
    }
    for (Py_ssize_t k = 0; k < count; k++)
        begin[(in[k].key >> (64 - bits)) + 1]++;
    for (Py_ssize_t k = 0; k < (Py_ssize_t)1 << bits; k++)
        begin[k + 1] += begin[k];
    for (Py_ssize_t k = 0; k < count; k++)
        out[begin[in[k].key >> (64 - bits)]++] = in[k];
    for (Py_ssize_t k = 0, low = 0; k < (Py_ssize_t)1 << bits; low = begin[k++]) {
        if (begin[k] - low > FEW) {
            qsort(out + low, (size_t)(begin[k] - low), sizeof *out, by_key);
            continue;
        }
        for (Py_ssize_t m = low + 1; m < begin[k]; m++) {
            Keyed item = out[m];
            Py_ssize_t at = m;
            for (; at > low && out[at - 1].key > item.key; at--)
                out[at] = out[at - 1];
            out[at] = item;
        }
    }
    PyMem_RawFree(begin);
    PyMem_RawFree(in);
    *items = out;
    return 1;
}

/* The word so many places before the last, behind a state and an arc; -1 for none. */
static inline int32_t
before_last(const Expansion *e, Py_ssize_t state, Py_ssize_t arc, Py_ssize_t back)
{
    Py_ssize_t size = AT(e->size)[arc];
    if (back < size)
        return AT(e->words)[arc * e->width + size - 1 - back];
    Py_ssize_t at = e->have - 1 - (back - size);
    return at >= 0 ? AT(e->tail)[state * e->have + at] : -1;
}

/* The states of the next order: arc, node, tail and state below of each, and where steps lead. */
typedef struct {
    int32_t *arc, *node, *tail, *lower, *reached;
    Py_ssize_t count;
} States;

static void
free_states(States *s)
{
    PyMem_RawFree(s->arc);
    PyMem_RawFree(s->node);
    PyMem_RawFree(s->tail);
    PyMem_RawFree(s->lower);
    PyMem_RawFree(s->reached);
}

static void
add_state(States *s, int32_t arc, int32_t node, int32_t lower)
{
    s->arc[s->count] = arc;
    s->node[s->count] = node;
    s->lower[s->count++] = lower;
}

static int
next_states(const Expansion *e, States *s)
{
    Py_ssize_t most = e->states + e->steps, wide = e->tail_width;
    Keyed *keyed = PyMem_RawMalloc((size_t)(e->steps + 1) * sizeof *keyed);
    s->arc = PyMem_RawMalloc((size_t)most * 4);
    s->node = PyMem_RawMalloc((size_t)most * 4);
    s->lower = PyMem_RawMalloc((size_t)most * 4);
    s->tail = PyMem_RawMalloc((size_t)(most * wide) * 4);
    s->reached = PyMem_RawMalloc((size_t)(e->steps + 1) * 4);
    s->count = 0;
    if (!keyed || !s->arc || !s->node || !s->lower || !s->tail || !s->reached) {
        PyMem_RawFree(keyed);
        return 0;
    }
    for (Py_ssize_t k = 0; k < e->states; k++)
        if (AT(e->arc)[k] < 0) {
            int32_t *tail = s->tail + s->count * wide;
            for (Py_ssize_t back = 0; back < wide; back++)
                tail[wide - 1 - back] =
                    back < e->have ? AT(e->tail)[k * e->have + e->have - 1 - back] : -1;
            add_state(s, -1, AT(e->node)[k], (int32_t)k);
        }
    for (Py_ssize_t k = 0; k < e->steps; k++) {
        int32_t arc = AT(e->step)[k];
        uint64_t key = grown(7, arc);
        for (Py_ssize_t back = wide; back-- > 0;)
            key = grown(key, before_last(e, AT(e->source)[k], arc, back));
        keyed[k].key = closed(key);
        keyed[k].number = k;
    }
    if (!sort_keyed(&keyed, e->steps)) {
        PyMem_RawFree(keyed);
        return 0;
    }
    for (Py_ssize_t k = 0; k < e->steps; k++) {
        Py_ssize_t number = keyed[k].number;
        if (!k || keyed[k].key != keyed[k - 1].key) {
            int32_t arc = AT(e->step)[number], source = AT(e->source)[number];
            int32_t *tail = s->tail + s->count * wide;
            for (Py_ssize_t back = 0; back < wide; back++)
                tail[wide - 1 - back] = before_last(e, source, arc, back);
            add_state(s, arc, AT(e->end)[arc], AT(e->target)[number]);
        }
        s->reached[number] = (int32_t)(s->count - 1);
    }
    PyMem_RawFree(keyed);
    return 1;
}

/* The new steps, by level: the state that each leaves, and the step of the order below. */
typedef struct {
    int32_t *source, *below;
    Py_ssize_t count;
} Joints;

/* Number items by their key, those of one key in order (a counting sort). */
static int32_t *
ordered(const int32_t *keys, const int32_t *of, Py_ssize_t count, Py_ssize_t size,
        Py_ssize_t **begins)
{
    Py_ssize_t *begin = PyMem_RawCalloc((size_t)size + 2, sizeof *begin);
    int32_t *out = PyMem_RawMalloc((size_t)(count + 1) * 4);
    if (!begin || !out) {
        PyMem_RawFree(begin);
        PyMem_RawFree(out);
        return NULL;
    }
    for (Py_ssize_t k = 0; k < count; k++)
        begin[keys[of ? of[k] : k] + 2]++;
    for (Py_ssize_t k = 1; k < size + 2; k++)
        begin[k] += begin[k - 1];
    for (Py_ssize_t k = 0; k < count; k++)
        out[begin[keys[of ? of[k] : k] + 1]++] = (int32_t)k;
    *begins = begin; /* that of key k is begin[k], its end begin[k + 1] */
    return out;
}

static int
join(const Expansion *e, const States *s, Joints *j)
{
    Py_ssize_t *begin = NULL, *unused = NULL, count = 0;
    int32_t *leaving = ordered(AT(e->source), NULL, e->steps, e->states, &begin);
    int32_t *source = NULL, *level = NULL, *below = NULL, *order = NULL;
    int ok = 0;
    if (!leaving)
        return 0;
    for (Py_ssize_t k = 0; k < s->count; k++)
        count += begin[s->lower[k] + 1] - begin[s->lower[k]];
    if (count > INT32_MAX)
        goto done;
    source = PyMem_RawMalloc((size_t)(count + 1) * 4);
    below = PyMem_RawMalloc((size_t)(count + 1) * 4);
    level = PyMem_RawMalloc((size_t)(count + 1) * 4);
    j->source = PyMem_RawMalloc((size_t)(count + 1) * 4);
    j->below = PyMem_RawMalloc((size_t)(count + 1) * 4);
    if (!source || !below || !level || !j->source || !j->below)
        goto done;
    Py_ssize_t at = 0, highest = 0;
    for (Py_ssize_t k = 0; k < s->count; k++)
        for (Py_ssize_t m = begin[s->lower[k]]; m < begin[s->lower[k] + 1]; m++, at++) {
            source[at] = (int32_t)k;
            below[at] = leaving[m];
            level[at] = AT(e->level)[AT(e->step)[leaving[m]]];
            highest = level[at] > highest ? level[at] : highest;
        }
    order = ordered(level, NULL, count, highest + 1, &unused);
    if (!order)
        goto done;
    for (Py_ssize_t k = 0; k < count; k++) {
        j->source[k] = source[order[k]];
        j->below[k] = below[order[k]];
    }
    j->count = count;
    ok = 1;
done:
    PyMem_RawFree(leaving);
    PyMem_RawFree(begin);
    PyMem_RawFree(unused);
    PyMem_RawFree(source);
    PyMem_RawFree(below);
    PyMem_RawFree(level);
    PyMem_RawFree(order);
    return ok;
}

/* ---- Phrases that stand across the joint of two readings. ---- */

#define LENGTHS 8

typedef struct {
    Py_buffer keys[LENGTHS], originals[LENGTHS], heads[LENGTHS], ends[LENGTHS], sizes;
    int lengths; /* from two words up */
} Phrases;

static void
drop_phrases(Phrases *p)
{
    for (int k = 0; k < LENGTHS; k++) {
        PyBuffer_Release(&p->keys[k]);
        PyBuffer_Release(&p->originals[k]);
        PyBuffer_Release(&p->heads[k]);
        PyBuffer_Release(&p->ends[k]);
    }
    PyBuffer_Release(&p->sizes);
}

static int
take_phrases(Phrases *p, PyObject *keys, PyObject *originals, PyObject *heads, PyObject *ends,
             PyObject *sizes)
{
    memset(p, 0, sizeof *p);
    Py_ssize_t count = PyTuple_GET_SIZE(keys);
    if (count > LENGTHS || PyTuple_GET_SIZE(originals) != count ||
        PyTuple_GET_SIZE(heads) != count || PyTuple_GET_SIZE(ends) != count) {
        misfit();
        return 0;
    }
    p->lengths = (int)count;
    for (Py_ssize_t k = 0; k < count; k++) {
        if (PyObject_GetBuffer(PyTuple_GET_ITEM(keys, k), &p->keys[k], PyBUF_SIMPLE) < 0 ||
            PyObject_GetBuffer(PyTuple_GET_ITEM(originals, k), &p->originals[k], PyBUF_SIMPLE) < 0 ||
            PyObject_GetBuffer(PyTuple_GET_ITEM(heads, k), &p->heads[k], PyBUF_SIMPLE) < 0 ||
            PyObject_GetBuffer(PyTuple_GET_ITEM(ends, k), &p->ends[k], PyBUF_SIMPLE) < 0)
            return 0;
        if (p->keys[k].len != 2 * p->originals[k].len || p->heads[k].len != p->ends[k].len) {
            misfit();
            return 0;
        }
    }
    return PyObject_GetBuffer(sizes, &p->sizes, PyBUF_SIMPLE) == 0;
}

/* Whether a word is one of some; -1 is none. */
static inline int
among(const Py_buffer *words, int32_t word)
{
    return word >= 0 && word < words->len && ((const char *)words->buf)[word];
}

static int32_t
find_phrase(const Phrases *p, int length, uint64_t key)
{
    const uint64_t *keys = p->keys[length - 2].buf;
    Py_ssize_t low = 0, high = p->keys[length - 2].len / 8;
    while (low < high) {
        Py_ssize_t middle = (low + high) / 2;
        if (keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == p->keys[length - 2].len / 8 || keys[low] != key)
        return -1;
    return ((const int32_t *)p->originals[length - 2].buf)[low];
}

/* The longest phrase that ends in a step's words and takes all of its state's, or what is known. */
static int32_t
missed(const Expansion *e, const States *s, const Phrases *p, int32_t source, int32_t step,
       int32_t known)
{
    const int32_t *tail = s->tail + source * e->tail_width, *sizes = p->sizes.buf;
    const int32_t *own = AT(e->words) + step * e->width;
    Py_ssize_t least = AT(e->claim)[step], width = e->tail_width;
    int32_t arc = s->arc[source];
    if (arc >= 0 && AT(e->claim)[arc] > least)
        least = AT(e->claim)[arc];
    if (known >= 0 && known < p->sizes.len / 4 && sizes[known] > least)
        least = sizes[known];
    uint64_t key = 7;
    for (Py_ssize_t k = 0; k < width; k++)
        key = grown(key, tail[k]);
    for (Py_ssize_t k = 0; k < AT(e->size)[step]; k++) {
        int length = (int)(width + k + 1);
        if (length > p->lengths + 1)
            break;
        key = grown(key, own[k]);
        if (least < length && among(&p->ends[length - 2], own[k]) &&
            among(&p->heads[length - 2], tail[0])) {
            int32_t hit = find_phrase(p, length, closed(key));
            known = hit >= 0 ? hit : known;
        }
    }
    return known;
}

/* The n-grams that the steps add, and the step of each: all first words, then all second ones. */
static void
grams(const Expansion *e, const States *s, const Joints *j, int32_t *rows, int32_t *out)
{
    Py_ssize_t order = e->tail_width + 1;
    for (Py_ssize_t at = 0; at < e->width; at++)
        for (Py_ssize_t k = 0; k < j->count; k++) {
            Py_ssize_t step = AT(e->step)[j->below[k]];
            if (AT(e->size)[step] <= at)
                continue;
            *rows++ = (int32_t)k;
            for (Py_ssize_t column = 0; column < order; column++) {
                Py_ssize_t own = at - (order - 1 - column); /* of the step's words */
                *out++ = own >= 0 ? AT(e->words)[step * e->width + own]
                                  : s->tail[j->source[k] * e->tail_width + e->tail_width + own];
            }
        }
}

static PyObject *
bytes_of(const int32_t *values, Py_ssize_t count)
{
    return PyByteArray_FromStringAndSize((const char *)values, count * 4);
}

/* New arrays: arc, node, tail of the states; source, step, target, missed of the steps; n-grams. */
static PyObject *
grow(const Expansion *e, const Phrases *p)
{
    States s = {0};
    Joints j = {0};
    int32_t *step = NULL, *target = NULL, *left = NULL, *rows = NULL, *words = NULL;
    PyObject *out = NULL;
    Py_ssize_t total = 0, room;
    int ok;
    Py_BEGIN_ALLOW_THREADS
    ok = next_states(e, &s) && join(e, &s, &j);
    if (ok) {
        for (Py_ssize_t k = 0; k < j.count; k++)
            total += AT(e->size)[AT(e->step)[j.below[k]]];
        room = (j.count + 1) * 4;
        step = PyMem_RawMalloc((size_t)room);
        target = PyMem_RawMalloc((size_t)room);
        left = PyMem_RawMalloc((size_t)room);
        rows = PyMem_RawMalloc((size_t)(total + 1) * 4);
        words = PyMem_RawMalloc((size_t)((total + 1) * (e->tail_width + 1)) * 4);
        ok = step && target && left && rows && words;
    }
    if (ok) {
        for (Py_ssize_t k = 0; k < j.count; k++) {
            int32_t below = j.below[k];
            step[k] = AT(e->step)[below];
            target[k] = s.reached[below];
            left[k] = missed(e, &s, p, j.source[k], step[k], AT(e->missed)[below]);
        }
        grams(e, &s, &j, rows, words);
    }
    Py_END_ALLOW_THREADS
    if (ok)
        out = Py_BuildValue(
            "NNNNNNNNN", bytes_of(s.arc, s.count), bytes_of(s.node, s.count),
            bytes_of(s.tail, s.count * e->tail_width), bytes_of(j.source, j.count),
            bytes_of(step, j.count), bytes_of(target, j.count), bytes_of(left, j.count),
            bytes_of(rows, total), bytes_of(words, total * (e->tail_width + 1)));
    else
        PyErr_NoMemory();
    free_states(&s);
    PyMem_RawFree(j.source);
    PyMem_RawFree(j.below);
    PyMem_RawFree(step);
    PyMem_RawFree(target);
    PyMem_RawFree(left);
    PyMem_RawFree(rows);
    PyMem_RawFree(words);
    return out;
}

/* expand(order, arrays, keys, originals, heads, ends, sizes): see `grow`. */
static PyObject *
expand(PyObject *module, PyObject *args)
{
    PyObject *arrays, *keys, *originals, *heads, *ends, *sizes, *out = NULL;
    int order;
    if (!PyArg_ParseTuple(args, "iO!O!O!O!O!O", &order, &PyTuple_Type, &arrays, &PyTuple_Type,
                          &keys, &PyTuple_Type, &originals, &PyTuple_Type, &heads, &PyTuple_Type,
                          &ends, &sizes))
        return NULL;
    Expansion e;
    Phrases p;
    int ok = take(&e, arrays, order);
    if (take_phrases(&p, keys, originals, heads, ends, sizes) && ok)
        out = grow(&e, &p);
    drop(&e);
    drop_phrases(&p);
    return out;
}

static PyMethodDef methods[] = {
    {"expand", expand, METH_VARARGS, "The graph of the next order, and the n-grams it adds."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_search, "A graph of readings of the next order.", methods, NULL)
