/* Phrases in a row of words: what matcher.py finds with NumPy, length by length. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 1 /* that of matcher.py */

#define BITS 24
#define MASK (((int64_t)1 << BITS) - 1)

typedef struct {
    Py_buffer words, opens, keys, offsets, things;
    Py_ssize_t count, known, phrases, listed, longest;
} Search;

typedef struct { /* the beginning of a phrase, where one may go on */
    uint64_t key;
    int64_t opens, row;
} Start;

typedef struct {
    int64_t *place, *size, *thing;
    uint8_t *capital;
    Py_ssize_t count, room;
} Found;

static int
widened(Found *f)
{
    Py_ssize_t room = 2 * f->room + 256;
    void *blocks[4] = {f->place, f->size, f->thing, f->capital};
    for (int k = 0; k < 4; k++) {
        void *more = PyMem_RawRealloc(blocks[k], (size_t)room * (k < 3 ? 8 : 1));
        if (!more)
            return 0;
        *(k == 0   ? (void **)&f->place
          : k == 1 ? (void **)&f->size
          : k == 2 ? (void **)&f->thing
                   : (void **)&f->capital) = more;
    }
    f->room = room;
    return 1;
}

/* All things that the phrase of a key stands for; 0 where memory runs out. */
static int
add(const Search *s, Found *f, const Start *start, int64_t size)
{
    const uint64_t *keys = s->keys.buf;
    Py_ssize_t low = 0, left = s->phrases;
    while (left > 1) { /* the last key that is not behind the one looked for */
        Py_ssize_t half = left / 2;
        low = keys[low + half] <= start->key ? low + half : low;
        left -= half;
    }
    if (!s->phrases || keys[low] != start->key)
        return 1;
    int64_t at = ((const int64_t *)s->offsets.buf)[low];
    int64_t end = ((const int64_t *)s->offsets.buf)[low + 1];
    for (at = at < 0 ? 0 : at; at < end && at < s->listed; at++) {
        if (f->count == f->room && !widened(f))
            return 0;
        f->place[f->count] = start->row % s->count;
        f->size[f->count] = size;
        f->thing[f->count] = ((const int64_t *)s->things.buf)[at];
        f->capital[f->count++] = start->row >= s->count;
    }
    return 1;
}

/* The first words of phrases: of the words as they are, then with a small first letter. */
static Py_ssize_t
starts_of(const Search *s, Start *starts)
{
    const int64_t *words = s->words.buf, *opens = s->opens.buf;
    Py_ssize_t count = 0;
    for (Py_ssize_t row = 0; row < 2 * s->count; row++) {
        int64_t head = row < s->count ? words[row] & MASK : words[row - s->count] >> BITS;
        int64_t able = head >= 0 && head < s->known ? opens[head] : 0;
        starts[count] = (Start){(uint64_t)head, able, row};
        count += able != 0;
    }
    return count;
}

static int
find_all(const Search *s, Found *f)
{
    const int64_t *words = s->words.buf;
    Start *starts = PyMem_RawMalloc((size_t)(2 * s->count + 1) * sizeof *starts);
    int ok = starts != NULL;
    Py_ssize_t count = ok ? starts_of(s, starts) : 0;
    for (Py_ssize_t size = 1; ok && size <= s->longest; size++) {
        Py_ssize_t left = 0;
        for (Py_ssize_t k = 0; ok && k < count; k++) {
            Start start = starts[k];
            if (start.opens >> size & 1)
                ok = add(s, f, &start, size);
            Py_ssize_t next = start.row % s->count + size;
            int64_t word = start.opens >> (size + 1) > 0 && next < s->count ? words[next] & MASK : 0;
            if (!word)
                continue;
            start.key = (start.key ^ (start.key >> 29)) * 0x9E3779B97F4A7C15u + (uint64_t)word;
            starts[left++] = start;
        }
        count = left;
    }
    PyMem_RawFree(starts);
    return ok;
}

/* find(words, opens, keys, offsets, things, longest): see `Matches`. */
static PyObject *
find(PyObject *module, PyObject *args)
{
    Search s;
    Found f = {0};
    PyObject *out = NULL;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*n", &s.words, &s.opens, &s.keys, &s.offsets, &s.things,
                          &s.longest))
        return NULL;
    s.count = s.words.len / 8;
    s.known = s.opens.len / 8;
    s.phrases = s.keys.len / 8;
    s.listed = s.things.len / 8;
    if (s.offsets.len / 8 != s.phrases + 1 || s.longest < 1 || s.longest > 62)
        PyErr_SetString(PyExc_ValueError, "phrases and their tables do not fit one another");
    else {
        int ok;
        Py_BEGIN_ALLOW_THREADS
        ok = widened(&f) && find_all(&s, &f);
        Py_END_ALLOW_THREADS
        Py_ssize_t bytes = 8 * f.count;
        out = ok ? Py_BuildValue("y#y#y#y#", f.place, bytes, f.size, bytes, f.thing, bytes,
                                 f.capital, f.count)
                 : PyErr_NoMemory();
    }
    PyMem_RawFree(f.place);
    PyMem_RawFree(f.size);
    PyMem_RawFree(f.thing);
    PyMem_RawFree(f.capital);
    PyBuffer_Release(&s.words);
    PyBuffer_Release(&s.opens);
    PyBuffer_Release(&s.keys);
    PyBuffer_Release(&s.offsets);
    PyBuffer_Release(&s.things);
    return out;
}

static PyMethodDef methods[] = {
    {"find", find, METH_VARARGS, "Where phrases stand, and what they stand for."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_match, "Phrases in a row of words.", methods, NULL)
