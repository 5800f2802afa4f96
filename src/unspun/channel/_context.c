/* What stands around places of a document: the rows that context.py lays out with NumPy. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#define REVISION 1 /* that of context.py */

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
    Py_ssize_t parts = 2 * r->close + 3;
    if (r->width < 1 || r->close < 0 || r->near < r->close || r->far < 0 || r->far > 1 << 20 ||
        r->near > 1 << 20 || r->last.len != r->first.len)
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
        out = mean(r, total, bound(first - r->near, r->count), bound(first - r->close, r->count),
                   out);
        out = mean(r, total, bound(last + r->close, r->count), bound(last + r->near, r->count), out);
        out = mean(r, total, bound(first - r->far, r->count), bound(last + r->far, r->count), out);
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

static PyMethodDef methods[] = {
    {"around", around, METH_VARARGS, "The vectors of what stands around places."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_context, "What stands around places of a document.", methods, NULL)
