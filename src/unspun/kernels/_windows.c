/* Windows of up to three characters by class, all of them looked for in one pass over a text.
 *
 * A window is four sets: the character before it, its first, second and third. Each window is one
 * bit of a 64-bit mask, each class of characters has such a mask for each of the four places, so
 * that one step for all windows is a few ANDs. The tables come from windows.py, which has the
 * plain version beside it; both read the same sets.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 2 /* that of windows.py; a build of other sources is not used */

#define PAGES 0x1100 /* of 256 code points */
#define NEAR 0x10000 /* code points that are known one by one */
#define OUTSIDE 0    /* the class of what is before and behind the text */
#define UNLOCK 8192  /* code points from which other threads may run meanwhile */

typedef struct {
    uint64_t before, first, second, third;
} Masks;

typedef struct {
    PyObject_HEAD
    uint16_t pages[PAGES];   /* page of each 256 code points */
    uint16_t low[256];       /* classes of the first page, for the commonest texts */
    uint16_t *classes;       /* by page, 256 each */
    Masks *masks;            /* by class */
    uint8_t *quiet;          /* whether no window begins with it, by code point below NEAR */
    uint64_t word;           /* windows behind a word character */
} Scanner;

static inline int is_word(Py_UCS4 ch) { return ch == '_' || Py_UNICODE_ISALNUM(ch); }

#define LOW(s, c) ((s)->low[c])
#define ANY(s, c) ((s)->classes[((size_t)(s)->pages[(c) >> 8] << 8) | ((c) & 0xFF)])

/* From start on: all windows that are there, or (where stop is set) the first of them. Most
   characters begin none, and are passed over by their class. */
#define SCAN(NAME, TYPE, CLASS, QUIET)                                                           \
    static uint64_t NAME(const Scanner *s, const TYPE *text, Py_ssize_t size, Py_ssize_t start, \
                         int stop, Py_ssize_t *place)                                           \
    {                                                                                           \
        const Masks *masks = s->masks;                                                          \
        uint64_t shown = 0;                                                                     \
        for (Py_ssize_t i = start; i < size; i++) {                                             \
            while (i + 4 <= size && QUIET(s, text[i]) && QUIET(s, text[i + 1]) &&               \
                   QUIET(s, text[i + 2]) && QUIET(s, text[i + 3]))                              \
                i += 4;                                                                         \
            if (i >= size || QUIET(s, text[i]))                                                 \
                continue;                                                                       \
            uint64_t found = masks[CLASS(s, text[i])].first;                                    \
            found &= masks[i > 0 ? CLASS(s, text[i - 1]) : OUTSIDE].before;                     \
            found &= masks[i + 1 < size ? CLASS(s, text[i + 1]) : OUTSIDE].second;              \
            found &= masks[i + 2 < size ? CLASS(s, text[i + 2]) : OUTSIDE].third;               \
            if ((found & s->word) && !(i > 0 && is_word(text[i - 1])))                          \
                found &= ~s->word;                                                              \
            shown |= found;                                                                     \
            if (found && stop) {                                                                \
                *place = i;                                                                     \
                return shown;                                                                   \
            }                                                                                   \
        }                                                                                       \
        return shown;                                                                           \
    }

#define QUIET_LOW(s, c) ((s)->quiet[c])
#define QUIET_ANY(s, c) ((c) < NEAR ? (s)->quiet[c] : !(s)->masks[ANY(s, c)].first)

SCAN(scan_1, Py_UCS1, LOW, QUIET_LOW)
SCAN(scan_2, Py_UCS2, ANY, QUIET_LOW)
SCAN(scan_4, Py_UCS4, ANY, QUIET_ANY)

static uint64_t
scan_kind(const Scanner *s, int kind, const void *data, Py_ssize_t size, Py_ssize_t start,
          int stop, Py_ssize_t *place)
{
    switch (kind) {
    case PyUnicode_1BYTE_KIND:
        return scan_1(s, data, size, start, stop, place);
    case PyUnicode_2BYTE_KIND:
        return scan_2(s, data, size, start, stop, place);
    default:
        return scan_4(s, data, size, start, stop, place);
    }
}

static uint64_t
scan(const Scanner *s, PyObject *text, Py_ssize_t start, int stop, Py_ssize_t *place)
{
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    uint64_t shown;
    if (size - start < UNLOCK)
        return scan_kind(s, kind, data, size, start, stop, place);
    Py_BEGIN_ALLOW_THREADS
    shown = scan_kind(s, kind, data, size, start, stop, place);
    Py_END_ALLOW_THREADS
    return shown;
}

static PyObject *
scanner_shown(Scanner *self, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    Py_ssize_t place = -1;
    return PyLong_FromUnsignedLongLong(scan(self, text, 0, 0, &place));
}

static PyObject *
scanner_find(Scanner *self, PyObject *args)
{
    PyObject *text;
    Py_ssize_t start = 0, place = -1;
    if (!PyArg_ParseTuple(args, "U|n", &text, &start))
        return NULL;
    if (start < 0)
        return PyErr_Format(PyExc_ValueError, "start must not be negative");
    if (start < PyUnicode_GET_LENGTH(text))
        scan(self, text, start, 1, &place);
    return PyLong_FromSsize_t(place);
}

static int
fill(Scanner *self, const Py_buffer *pages, const Py_buffer *classes, const Py_buffer *masks)
{
    Py_ssize_t count = classes->len / (256 * (Py_ssize_t)sizeof(uint16_t));
    Py_ssize_t kinds = masks->len / (Py_ssize_t)sizeof(Masks);
    if (pages->len != (Py_ssize_t)sizeof self->pages || count < 1 || kinds < 1 ||
        !(self->classes = PyMem_Malloc((size_t)classes->len)) ||
        !(self->masks = PyMem_Malloc((size_t)masks->len)) || !(self->quiet = PyMem_Malloc(NEAR)))
        return 0;
    memcpy(self->pages, pages->buf, sizeof self->pages);
    memcpy(self->classes, classes->buf, (size_t)classes->len);
    memcpy(self->masks, masks->buf, (size_t)masks->len);
    for (Py_ssize_t i = 0; i < PAGES; i++)
        if (self->pages[i] >= count)
            return 0;
    for (Py_ssize_t i = 0; i < count * 256; i++)
        if (self->classes[i] >= kinds)
            return 0;
    memcpy(self->low, self->classes + 256 * (Py_ssize_t)self->pages[0], sizeof self->low);
    for (Py_UCS4 c = 0; c < NEAR; c++)
        self->quiet[c] = !self->masks[ANY(self, c)].first;
    return 1;
}

static PyObject *
scanner_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    Py_buffer pages, classes, masks;
    unsigned long long word;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Scanner takes no keywords");
    if (!PyArg_ParseTuple(args, "y*y*y*K", &pages, &classes, &masks, &word))
        return NULL;
    Scanner *self = (Scanner *)type->tp_alloc(type, 0);
    if (self) {
        self->word = word;
        if (!fill(self, &pages, &classes, &masks)) {
            Py_CLEAR(self);
            PyErr_SetString(PyExc_ValueError, "tables do not fit one another");
        }
    }
    PyBuffer_Release(&pages);
    PyBuffer_Release(&classes);
    PyBuffer_Release(&masks);
    return (PyObject *)self;
}

static void
scanner_dealloc(Scanner *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyMem_Free(self->classes);
    PyMem_Free(self->masks);
    PyMem_Free(self->quiet);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef scanner_methods[] = {
    {"shown", (PyCFunction)scanner_shown, METH_O, "The windows that a text has, as bits."},
    {"find", (PyCFunction)scanner_find, METH_VARARGS, "The first place of a window, or -1."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot scanner_slots[] = {
    {Py_tp_new, scanner_new},
    {Py_tp_dealloc, scanner_dealloc},
    {Py_tp_methods, scanner_methods},
    {Py_tp_doc, "Scanner(pages, classes, masks, word)"},
    {0, NULL},
};

static PyType_Spec scanner_spec = {
    "unspun.kernels._windows.Scanner", sizeof(Scanner), 0, Py_TPFLAGS_DEFAULT, scanner_slots,
};

KERNEL(_windows, "Windows of characters by class.", NULL, &scanner_spec)
