/* A lattice as the decoder's arrays: what numbering.py does with NumPy, arc by arc. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "arrays.h"

#define REVISION 1 /* that of numbering.py */

enum { /* the readings, the originals' texts, other texts, the channel, the words, the segments */
    START, END, TEXT, ENTRY, CAPITAL, WHOLE,
    TEXTS, SIZES, FAMILIES,
    MORE, MORE_SIZES, MORE_FAMILIES,
    OWNER, CLAIMS,
    IDS, STEMS, CAPITALS, KEPT, OPENS,
    BOUNDS, GIVEN
};
enum { BEGINS, ENDS, LEVEL, WORDS, SIZE, TAKEN, ORIGINAL, CLAIM, BIG, CLOSED, STEM, SEGMENT, MADE };

typedef struct {
    Arrays a;
    Py_ssize_t rows, count, segments, texts, more, width, more_width, most;
    int32_t *segment; /* of each word */
    void *out[MADE];
} Work;

/* Whether all numbers of a column of eight bytes are from `least` to before `size`. */
static int
within(const Arrays *a, int k, int64_t least, int64_t size)
{
    const int64_t *values = INT64S(a, k);
    for (Py_ssize_t n = 0; n < arrays_size(a, k, 8); n++)
        if (values[n] < least || values[n] >= size)
            return 0;
    return 1;
}

/* Segments must follow one another from the first word to the last. */
static int
covered(const Work *w)
{
    int32_t at = 0;
    for (Py_ssize_t k = 0; k < w->segments; k++) {
        int32_t first = INT32S(&w->a, BOUNDS)[2 * k], last = INT32S(&w->a, BOUNDS)[2 * k + 1];
        if (first != at || last < first)
            return 0;
        at = last;
    }
    return at == w->count;
}

static int
fits(Work *w)
{
    const Arrays *a = &w->a;
    w->rows = arrays_size(a, START, 8);
    w->count = arrays_size(a, IDS, 4);
    w->segments = arrays_size(a, BOUNDS, 8);
    w->texts = arrays_size(a, SIZES, 4);
    w->more = arrays_size(a, MORE_SIZES, 4);
    w->width = w->texts ? arrays_size(a, TEXTS, 8) / w->texts : 0;
    w->more_width = w->more ? arrays_size(a, MORE, 8) / w->more : 0;
    Py_ssize_t entries = arrays_size(a, OWNER, 4);
    return w->count < INT32_MAX / 4 && w->rows < INT32_MAX / 4 &&
           arrays_size(a, END, 8) == w->rows && arrays_size(a, TEXT, 8) == w->rows &&
           arrays_size(a, ENTRY, 8) == w->rows && arrays_size(a, CAPITAL, 1) == w->rows &&
           arrays_size(a, WHOLE, 1) == w->rows && arrays_size(a, FAMILIES, 4) == w->texts &&
           arrays_size(a, MORE_FAMILIES, 4) == w->more && entries > 1 &&
           arrays_size(a, CLAIMS, 4) == entries && arrays_size(a, STEMS, 4) == w->count &&
           arrays_size(a, CAPITALS, 1) == w->count && arrays_size(a, KEPT, 4) == w->count &&
           arrays_size(a, OPENS, 1) == w->count && arrays_size(a, TEXTS, 8) == w->texts * w->width &&
           arrays_size(a, MORE, 8) == w->more * w->more_width &&
           arrays_within(a, SIZES, 0, w->width + 1) &&
           arrays_within(a, MORE_SIZES, 0, w->more_width + 1) && within(a, START, 0, w->count) &&
           within(a, END, 0, w->count + 1) && within(a, TEXT, 0, w->texts + w->more) &&
           within(a, ENTRY, -2, entries - 2) && covered(w);
}

/* The ids of a text as it stands in a place, and how many they are. */
static const int32_t *
words_of(const Work *w, Py_ssize_t row, int32_t *size)
{
    int64_t text = INT64S(&w->a, TEXT)[row], opens = BYTES(&w->a, OPENS)[INT64S(&w->a, START)[row]];
    if (text < w->texts) {
        *size = INT32S(&w->a, SIZES)[text];
        return INT32S(&w->a, TEXTS) + ((opens != 0) * w->texts + text) * w->width;
    }
    text -= w->texts;
    *size = INT32S(&w->a, MORE_SIZES)[text];
    return INT32S(&w->a, MORE) + ((opens != 0) * w->more + text) * w->more_width;
}

#define PUT(column, value) ((int32_t *)w->out[column])[arc] = (int32_t)(value)

/* Where an arc begins and ends, and what it is. */
static void
place(Work *w, Py_ssize_t arc, int64_t start, int64_t end, int64_t entry)
{
    Py_ssize_t entries = arrays_size(&w->a, OWNER, 4);
    int32_t segment = w->segment[start];
    int64_t of = entry < 0 ? entries + entry : entry;
    PUT(BEGINS, start + segment);
    PUT(ENDS, end + segment);
    PUT(LEVEL, end - INT32S(&w->a, BOUNDS)[2 * segment]);
    PUT(SEGMENT, segment);
    PUT(TAKEN, entry);
    PUT(CLAIM, INT32S(&w->a, CLAIMS)[of]);
    PUT(ORIGINAL, INT32S(&w->a, OWNER)[of]);
}

static void
fill(Work *w)
{
    const Arrays *a = &w->a;
    for (Py_ssize_t arc = 0; arc < w->rows; arc++) {
        int32_t size, *ids = (int32_t *)w->out[WORDS] + arc * w->most;
        const int32_t *from = words_of(w, arc, &size);
        int64_t text = INT64S(a, TEXT)[arc];
        place(w, arc, INT64S(a, START)[arc], INT64S(a, END)[arc], INT64S(a, ENTRY)[arc]);
        for (Py_ssize_t k = 0; k < w->most; k++)
            ids[k] = k < size ? from[k] : -1;
        PUT(SIZE, size);
        PUT(STEM, text < w->texts ? INT32S(a, FAMILIES)[text]
                                  : INT32S(a, MORE_FAMILIES)[text - w->texts]);
        ((uint8_t *)w->out[BIG])[arc] = BYTES(a, CAPITAL)[arc];
        ((uint8_t *)w->out[CLOSED])[arc] = BYTES(a, WHOLE)[arc];
    }
    for (Py_ssize_t at = 0; at < w->count; at++) { /* behind them, one keeps each word */
        Py_ssize_t arc = w->rows + at;
        int32_t *ids = (int32_t *)w->out[WORDS] + arc * w->most;
        place(w, arc, at, at + 1, -1);
        PUT(ORIGINAL, INT32S(a, KEPT)[at]);
        for (Py_ssize_t k = 0; k < w->most; k++)
            ids[k] = k ? -1 : INT32S(a, IDS)[at];
        PUT(SIZE, 1);
        PUT(STEM, INT32S(a, STEMS)[at]);
        ((uint8_t *)w->out[BIG])[arc] = BYTES(a, CAPITALS)[at];
        ((uint8_t *)w->out[CLOSED])[arc] = 1;
    }
}

/* Room for every column; NULL with an exception. */
static PyObject *
columns(Work *w)
{
    PyObject *out = PyTuple_New(MADE);
    for (int k = 0; out && k < MADE; k++) {
        Py_ssize_t wide = k == BIG || k == CLOSED ? 1 : k == WORDS ? 4 * w->most : 4;
        PyObject *column = arrays_new(w->rows + w->count, wide);
        if (!column) {
            Py_CLEAR(out);
            break;
        }
        w->out[k] = PyByteArray_AS_STRING(column);
        PyTuple_SET_ITEM(out, k, column);
    }
    return out;
}

/* number(readings, texts, more, channel, words, segments): see the names of what is given. */
static PyObject *
number(PyObject *module, PyObject *args)
{
    Work w;
    PyObject *out = NULL;
    if (!arrays_take(&w.a, args, GIVEN))
        return NULL;
    if (!fits(&w))
        arrays_misfit();
    else if (!(w.segment = PyMem_RawMalloc((size_t)(w.count + 1) * sizeof *w.segment)))
        PyErr_NoMemory();
    else {
        for (Py_ssize_t k = 0; k < w.segments; k++)
            for (int32_t at = INT32S(&w.a, BOUNDS)[2 * k]; at < INT32S(&w.a, BOUNDS)[2 * k + 1]; at++)
                w.segment[at] = (int32_t)k;
        w.most = 1;
        for (Py_ssize_t row = 0; row < w.rows; row++) {
            int32_t size;
            words_of(&w, row, &size);
            w.most = size > w.most ? size : w.most;
        }
        if ((out = columns(&w)))
            fill(&w);
        PyMem_RawFree(w.segment);
    }
    arrays_drop(&w.a);
    return out;
}

static PyMethodDef methods[] = {
    {"number", number, METH_VARARGS, "A lattice as the decoder's arrays."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_numbering, "A lattice as arrays.", methods, NULL)
