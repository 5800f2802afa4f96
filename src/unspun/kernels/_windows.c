/* Windows of up to three characters by class, all of them looked for in one pass over a text.
 *
 * A window is four sets: the character before it, its first, second and third. Each window is one
 * bit of a 64-bit mask, each class of characters has such a mask for each of the four places, so
 * that one step for all windows is a few ANDs. The tables come from windows.py, which has the
 * plain version beside it; both read the same sets.
 */
#define PY_SSIZE_T_CLEAN
#include "bits.h"
#include "kernel.h"

#define REVISION 6 /* that of windows.py; a build of other sources is not used */

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
    uint16_t near[NEAR];     /* classes of the first code points */
    uint16_t *classes;       /* by page, 256 each */
    Masks *masks;            /* by class */
    uint64_t word;           /* windows behind a word character */
    int typed;               /* whether no window is of what is typed in English alone */
} Scanner;

static inline int is_word(Py_UCS4 ch) { return ch == '_' || Py_UNICODE_ISALNUM(ch); }

#define CLASS_NEAR(s, c) ((s)->near[c])
#define CLASS_ANY(s, c)                                                                         \
    ((c) < NEAR ? (s)->near[c] : (s)->classes[((size_t)(s)->pages[(c) >> 8] << 8) | ((c) & 0xFF)])

/* The windows that begin at a place, of characters of these classes. */
#define WINDOWS(CLASS)                                                                          \
    (masks[CLASS(s, text[i])].first & masks[i > 0 ? CLASS(s, text[i - 1]) : OUTSIDE].before &   \
     masks[i + 1 < size ? CLASS(s, text[i + 1]) : OUTSIDE].second &                             \
     masks[i + 2 < size ? CLASS(s, text[i + 2]) : OUTSIDE].third)

/* Whether a window may begin with the first of three characters, whatever is before it. */
#define MAY(a, b, c) (masks[a].first & masks[b].second & masks[c].third)

/* What is typed in English: printable characters of ASCII, tabs and line feeds. */
#define IS_TYPED(TYPE, c) (((TYPE)((c) - ' ') < 0x5F) | ((c) == '\n') | ((c) == '\t'))

/* From start on: all windows that are there, or (where stop is set) the first of them. Blocks of what
   is typed have none, and of the other places, most are passed over, four at a time. */
#define SCAN(NAME, TYPE, CLASS)                                                                 \
    static inline int NAME##_typed(const TYPE *text)                                            \
    {                                                                                           \
        TYPE other = 0;                                                                         \
        for (int k = 0; k < BLOCK; k++)                                                         \
            other |= (TYPE)!IS_TYPED(TYPE, text[k]);                                            \
        return !other;                                                                          \
    }                                                                                           \
                                                                                                \
    static uint64_t NAME(const Scanner *s, const TYPE *text, Py_ssize_t size, Py_ssize_t start, \
                         int stop, Py_ssize_t *place)                                           \
    {                                                                                           \
        const Masks *masks = s->masks;                                                          \
        uint64_t shown = 0;                                                                     \
        for (Py_ssize_t i = start, end, last; i < size;) {                                      \
            while (s->typed && i + BLOCK <= size && NAME##_typed(text + i))                     \
                i += BLOCK - 2; /* in which windows begin that end in it */                     \
            last = (s->typed && i + BLOCK <= size ? i + BLOCK : size) - 6;                      \
            size_t a, b, c, d, e = i <= last ? CLASS(s, text[i]) : 0,                           \
                   f = i <= last ? CLASS(s, text[i + 1]) : 0;                                   \
            for (end = i + 4; i <= last; i += 4, end += 4) {                                    \
                a = e, b = f, c = CLASS(s, text[i + 2]), d = CLASS(s, text[i + 3]);             \
                e = CLASS(s, text[i + 4]), f = CLASS(s, text[i + 5]);                           \
                if ((MAY(a, b, c) | MAY(b, c, d) | MAY(c, d, e) | MAY(d, e, f)) & ~shown)       \
                    break;                                                                      \
            }                                                                                   \
            for (end = end < size ? end : size; i < end; i++) {                                 \
                uint64_t found = WINDOWS(CLASS);                                                \
                if ((found & s->word) && !(i > 0 && is_word(text[i - 1])))                      \
                    found &= ~s->word;                                                          \
                shown |= found;                                                                 \
                if (found && stop) {                                                            \
                    *place = i;                                                                 \
                    return shown;                                                               \
                }                                                                               \
            }                                                                                   \
        }                                                                                       \
        return shown;                                                                           \
    }

SCAN(scan_1, Py_UCS1, CLASS_NEAR)
SCAN(scan_2, Py_UCS2, CLASS_NEAR)
SCAN(scan_4, Py_UCS4, CLASS_ANY)

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

static inline int
is_blank(Py_UCS4 ch)
{
    return ch == ' ' || ch == '\t' || ch == '\n';
}

/* words(text): of each word between blanks that has windows its start, its end and, read alone, their
   bits. */
static PyObject *
scanner_words(Scanner *self, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    int kind = PyUnicode_KIND(text);
    const char *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), stop = 0, place = -1;
    PyObject *found = PyList_New(0);
    while (found && scan_kind(self, kind, data, size, stop, 1, &place)) {
        Py_ssize_t start = place, none;
        while (start > stop && !is_blank(PyUnicode_READ(kind, data, start - 1)))
            start--;
        for (stop = place; stop < size && !is_blank(PyUnicode_READ(kind, data, stop));)
            stop++;
        uint64_t bits = scan_kind(self, kind, data + start * kind, stop - start, 0, 0, &none);
        PyObject *one = bits ? Py_BuildValue("nnK", start, stop, (unsigned long long)bits) : NULL;
        if (bits && (!one || PyList_Append(found, one) < 0))
            Py_CLEAR(found);
        Py_XDECREF(one);
        stop += stop == place; /* a window that begins with a blank */
    }
    return found;
}

/* Whether no window can be of what is typed in English, or of that and the text's end. */
static int
is_quiet(const Scanner *s)
{
    const Masks *outside = &s->masks[OUTSIDE];
    uint64_t first = 0, second = outside->second, third = outside->third;
    for (Py_UCS4 c = 0; c < 0x80; c++)
        if (IS_TYPED(Py_UCS4, c)) {
            first |= s->masks[s->near[c]].first;
            second |= s->masks[s->near[c]].second;
            third |= s->masks[s->near[c]].third;
        }
    return !(first & second & third);
}

static int
fill(Scanner *self, const Py_buffer *pages, const Py_buffer *classes, const Py_buffer *masks)
{
    Py_ssize_t count = classes->len / (256 * (Py_ssize_t)sizeof(uint16_t));
    Py_ssize_t kinds = masks->len / (Py_ssize_t)sizeof(Masks);
    if (pages->len != (Py_ssize_t)sizeof self->pages || count < 1 || kinds < 1 ||
        !(self->classes = PyMem_Malloc((size_t)classes->len)) ||
        !(self->masks = PyMem_Malloc((size_t)masks->len)))
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
    for (Py_UCS4 c = 0; c < NEAR; c++)
        self->near[c] = self->classes[(size_t)self->pages[c >> 8] << 8 | (c & 0xFF)];
    self->typed = is_quiet(self);
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
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef scanner_methods[] = {
    {"shown", (PyCFunction)scanner_shown, METH_O, "The windows that a text has, as bits."},
    {"words", (PyCFunction)scanner_words, METH_O, "The words with windows, and those as bits."},
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
