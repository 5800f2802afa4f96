/* What stands around places of a document: the rows that context.py lays out with NumPy. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "arrays.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#define REVISION 3 /* that of context.py */

typedef struct {
    Py_buffer words, first, last, vectors, out;
    Py_ssize_t count, places, width, known; /* words, places, size and number of vectors */
    Py_ssize_t close, near, far;
} Rows;

static int
fits(Rows *r)
{
    r->count = r->words.len / 8;
    r->places = r->first.len / 8;
    Py_ssize_t parts = 2 * r->close + 4;
    if (r->width < 1 || r->close < 0 || r->near < r->close || r->near > 1 << 20 ||
        r->far < r->close || r->far > 1 << 20 || r->last.len != r->first.len)
        return 0;
    r->known = r->vectors.len / 4 / r->width - 1; /* the last is that of no word */
    if (r->known < 0 || r->out.len != r->places * parts * r->width * 4)
        return 0;
    for (Py_ssize_t k = 0; k < r->places; k++) {
        int64_t first = ((const int64_t *)r->first.buf)[k], last = ((const int64_t *)r->last.buf)[k];
        if (first < 0 || last < first || last > r->count)
            return 0;
    }
    return 1;
}

/* The vector of the word at a place of the document; that of no word beyond its ends. */
static inline const float *
vector(const Rows *r, Py_ssize_t place)
{
    int64_t word = place >= 0 && place < r->count ? ((const int64_t *)r->words.buf)[place] : -1;
    Py_ssize_t row = word >= 0 && word < r->known ? (Py_ssize_t)word : r->known;
    return (const float *)r->vectors.buf + row * r->width;
}

static float *
mean(const Rows *r, const double *total, Py_ssize_t begin, Py_ssize_t end, float *out)
{
    double root = sqrt((double)(end - begin > 1 ? end - begin : 1));
    const double *low = total + begin * r->width, *high = total + end * r->width;
    for (Py_ssize_t k = 0; k < r->width; k++)
        out[k] = (float)((high[k] - low[k]) / root);
    return out + r->width;
}

static inline Py_ssize_t
bound(Py_ssize_t at, Py_ssize_t count)
{
    return at < 0 ? 0 : at > count ? count : at;
}

static void
fill(const Rows *r, double *total)
{
    float *out = r->out.buf;
    memset(total, 0, (size_t)r->width * sizeof *total);
    for (Py_ssize_t k = 0; k < r->count; k++) {
        const float *word = vector(r, k);
        double *row = total + k * r->width;
        for (Py_ssize_t n = 0; n < r->width; n++)
            row[r->width + n] = row[n] + (double)word[n];
    }
    for (Py_ssize_t k = 0; k < r->places; k++) {
        Py_ssize_t first = (Py_ssize_t)((const int64_t *)r->first.buf)[k];
        Py_ssize_t last = (Py_ssize_t)((const int64_t *)r->last.buf)[k];
        for (Py_ssize_t n = 0; n < 2 * r->close; n++, out += r->width)
            memcpy(out, vector(r, n < r->close ? first - 1 - n : last + n - r->close),
                   (size_t)r->width * sizeof *out);
        Py_ssize_t before = bound(first - r->close, r->count);
        Py_ssize_t behind = bound(last + r->close, r->count);
        for (int far = 0; far < 2; far++) {
            Py_ssize_t reach = far ? r->far : r->near;
            out = mean(r, total, bound(first - reach, r->count), before, out);
            out = mean(r, total, behind, bound(last + reach, r->count), out);
        }
    }
}

/* around(words, first, last, vectors, width, close, near, far, out): fill in a row a place. */
static PyObject *
around(PyObject *module, PyObject *args)
{
    Rows r;
    if (!PyArg_ParseTuple(args, "y*y*y*y*nnnnw*", &r.words, &r.first, &r.last, &r.vectors, &r.width,
                          &r.close, &r.near, &r.far, &r.out))
        return NULL;
    PyObject *done = NULL;
    if (!fits(&r))
        PyErr_SetString(PyExc_ValueError, "places and words do not fit one another");
    else {
        double *total = PyMem_RawMalloc((size_t)(r.count + 1) * (size_t)r.width * sizeof *total);
        if (total) {
            Py_BEGIN_ALLOW_THREADS
            fill(&r, total);
            Py_END_ALLOW_THREADS
            done = Py_NewRef(Py_None);
        } else
            PyErr_NoMemory();
        PyMem_RawFree(total);
    }
    PyBuffer_Release(&r.words);
    PyBuffer_Release(&r.first);
    PyBuffer_Release(&r.last);
    PyBuffer_Release(&r.vectors);
    PyBuffer_Release(&r.out);
    return done;
}

/* ---- A document as one of its readings has it: see `Line`. ---- */

enum { START, END, SIZE, SEGMENT, WORDS, CHOSEN, OPENINGS, LINE_ARRAYS };

/* The arc that leaves each node, or -1; how many words the arcs have, or -1 if two leave one. */
static Py_ssize_t
leaving(const Arrays *a, int32_t *arc_of, Py_ssize_t nodes)
{
    const int64_t *chosen = INT64S(a, CHOSEN);
    Py_ssize_t arcs = arrays_size(a, START, 4), count = 0;
    memset(arc_of, 0xFF, (size_t)nodes * sizeof *arc_of);
    for (Py_ssize_t k = 0; k < arrays_size(a, CHOSEN, 8); k++) {
        if (chosen[k] < 0 || chosen[k] >= arcs || arc_of[INT32S(a, START)[chosen[k]]] >= 0)
            return -1;
        arc_of[INT32S(a, START)[chosen[k]]] = (int32_t)chosen[k];
        count += INT32S(a, SIZE)[chosen[k]] + 1;
    }
    return count;
}

static Py_ssize_t
write_line(const Arrays *a, const int32_t *arc_of, Py_ssize_t nodes, int64_t opener, int64_t *line,
           int64_t *left, int64_t *right)
{
    Py_ssize_t count = 0, width = arrays_size(a, WORDS, 4) / (arrays_size(a, START, 4) + !nodes);
    int32_t before = -1, last = -1;
    memset(left, 0, (size_t)nodes * sizeof *left);
    memset(right, 0, (size_t)nodes * sizeof *right);
    for (Py_ssize_t node = 0; node < nodes; node++) {
        int32_t arc = arc_of[node];
        if (arc < 0)
            continue;
        int32_t segment = INT32S(a, SEGMENT)[arc], size = INT32S(a, SIZE)[arc];
        if (segment != before) {
            if (last >= 0)
                right[last] = count;
            if (segment > before && BYTES(a, OPENINGS)[segment])
                line[count++] = opener;
        }
        for (Py_ssize_t at = node; at < INT32S(a, END)[arc]; at++) {
            left[at] = count;
            right[at] = at > node ? count + size : count;
        }
        for (int32_t at = 0; at < size; at++)
            line[count++] = INT32S(a, WORDS)[arc * width + at];
        last = INT32S(a, END)[arc];
        before = segment;
    }
    if (last >= 0)
        right[last] = count;
    return count;
}

/* line(start, end, size, segment, words, arcs, openings, nodes, opener): words, left, right. */
static PyObject *
line(PyObject *module, PyObject *args)
{
    Arrays a;
    Py_ssize_t nodes = -1, count = -1, opener = -1;
    if (!arrays_take(&a, args, LINE_ARRAYS))
        return NULL;
    if (PyTuple_GET_SIZE(args) == LINE_ARRAYS + 2) {
        nodes = PyLong_AsSsize_t(PyTuple_GET_ITEM(args, LINE_ARRAYS));
        opener = PyLong_AsSsize_t(PyTuple_GET_ITEM(args, LINE_ARRAYS + 1));
    }
    Py_ssize_t arcs = arrays_size(&a, START, 4);
    int fits = !PyErr_Occurred() && nodes >= 0 && arcs > 0 && arrays_size(&a, END, 4) == arcs &&
               arrays_size(&a, SIZE, 4) == arcs && arrays_size(&a, SEGMENT, 4) == arcs &&
               arrays_size(&a, WORDS, 4) % arcs == 0 && arrays_within(&a, START, 0, nodes) &&
               arrays_within(&a, END, 0, nodes) &&
               arrays_within(&a, SIZE, 0, arrays_size(&a, WORDS, 4) / arcs + 1) &&
               arrays_within(&a, SEGMENT, 0, arrays_size(&a, OPENINGS, 1));
    int32_t *arc_of = fits ? PyMem_RawMalloc((size_t)(nodes + 1) * sizeof *arc_of) : NULL;
    PyObject *words = NULL, *left = NULL, *right = NULL, *out = NULL;
    if (arc_of)
        count = leaving(&a, arc_of, nodes);
    if (count >= 0 && (words = arrays_new(count, 8)) && (left = arrays_new(nodes, 8)) &&
        (right = arrays_new(nodes, 8))) {
        count = write_line(&a, arc_of, nodes, opener, (int64_t *)PyByteArray_AS_STRING(words),
                           (int64_t *)PyByteArray_AS_STRING(left),
                           (int64_t *)PyByteArray_AS_STRING(right));
        if (PyByteArray_Resize(words, 8 * count) == 0)
            out = PyTuple_Pack(3, words, left, right);
    } else if (!PyErr_Occurred()) {
        if (fits && !arc_of)
            PyErr_NoMemory();
        else
            arrays_misfit();
    }
    Py_XDECREF(words);
    Py_XDECREF(left);
    Py_XDECREF(right);
    PyMem_RawFree(arc_of);
    arrays_drop(&a);
    return out;
}

static PyMethodDef methods[] = {
    {"line", line, METH_VARARGS, "A document as one of its readings has it."},
    {"around", around, METH_VARARGS, "The vectors of what stands around places."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_context, "What stands around places of a document.", methods, NULL)
