/* The features of style: tokens as classes, one to three of them in a row hashed and counted.
 *
 * One pass over the text. The words, endings and marks come from style.py, which has the plain
 * version beside it.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 2 /* that of style.py; a build of other sources is not used */

#define SIZE 16384      /* features */
#define SHIFT 18        /* of the hash that numbers them */
#define LONGEST 16      /* letters of a word that has a class of its own */
#define SLOTS 1024      /* for such words, open addressing */
#define ENDINGS 32
#define CLASSES 512

enum { OTHER = 0, DIGITS = 1, MARK = 2, CAPITALS = 3, CAPITAL = 4 };

typedef struct {
    uint64_t text[2]; /* filled up with zeros */
    int32_t class;    /* -1 where no word is */
} Known;

typedef struct {
    uint8_t size;
    uint16_t class;
    char text[LONGEST];
} Ending;

typedef struct {
    PyObject_HEAD
    Known known[SLOTS];
    Ending ending[ENDINGS];
    int endings;
    uint16_t marks[128];
    Py_ssize_t longest, least; /* tokens that are read, and that must be there */
} Counter;

typedef struct {
    int kind;
    const void *data;
    Py_ssize_t size;
} Text;

typedef struct {
    uint32_t count[SIZE];
    uint32_t last, before; /* classes */
    Py_ssize_t tokens;
} Counts;

/* A code point of the text, with curly marks made straight. */
static inline Py_UCS4
read_at(const Text *t, Py_ssize_t i)
{
    Py_UCS4 point = PyUnicode_READ(t->kind, t->data, i);
    if (point - 0x2013 > 0x201D - 0x2013)
        return point;
    switch (point) {
    case 0x201C: case 0x201D: return '"';
    case 0x2018: case 0x2019: return '\'';
    case 0x2013: case 0x2014: return '-';
    default: return point;
    }
}

static inline int is_lower(Py_UCS4 c) { return c - 'a' < 26; }
static inline int is_letter(Py_UCS4 c) { return (c | 0x20) - 'a' < 26; }

static uint32_t
slot(const uint64_t *text)
{
    return (uint32_t)((text[0] * 0x9E3779B97F4A7C15u ^ text[1] * 0xC2B2AE3D27D4EB4Fu) >> 40) %
           SLOTS;
}

static const Known *
find(const Counter *c, const uint64_t *text)
{
    const Known *at = &c->known[slot(text)];
    while (at->class >= 0 && (at->text[0] != text[0] || at->text[1] != text[1]))
        if (++at == c->known + SLOTS)
            at = c->known;
    return at;
}

/* Number of a function word, or the shape of any other. */
static int
word_class(const Counter *c, const Text *t, Py_ssize_t start, Py_ssize_t end, int capitals)
{
    union { uint64_t packed[2]; char text[LONGEST]; } word = {{0, 0}};
    Py_ssize_t size = end - start;
    if (size <= LONGEST) {
        for (Py_ssize_t i = 0; i < size; i++) {
            Py_UCS4 point = read_at(t, start + i);
            word.text[i] = (char)(point == '\'' ? point : point | 0x20);
        }
        const Known *known = find(c, word.packed);
        if (known->class >= 0)
            return known->class;
    }
    if (!is_lower(read_at(t, start)))
        return size > 1 && capitals ? CAPITALS : CAPITAL;
    for (int k = 0; k < c->endings; k++) {
        const Ending *ending = &c->ending[k];
        int i = ending->size;
        if (size < i)
            continue;
        while (i > 0 && (char)(read_at(t, end - ending->size + i - 1) | 0x20) == ending->text[i - 1])
            i--;
        if (!i)
            return ending->class;
    }
    return OTHER;
}

static void
count(Counts *n, uint32_t class)
{
    n->count[class * 0x9E3779B1u >> SHIFT]++;
    if (n->tokens > 0)
        n->count[(class * CLASSES + n->last + (1u << 20)) * 0x9E3779B1u >> SHIFT]++;
    if (n->tokens > 1)
        n->count[((class * CLASSES + n->last) * CLASSES + n->before + (1u << 30)) * 0x9E3779B1u >>
                 SHIFT]++;
    n->before = n->last;
    n->last = class;
    n->tokens++;
}

static void
read_text(const Counter *c, const Text *t, Counts *n)
{
    for (Py_ssize_t i = 0; i < t->size && n->tokens < c->longest;) {
        Py_UCS4 point = read_at(t, i);
        Py_ssize_t start = i++;
        if (is_letter(point)) {
            int capitals = !is_lower(point);
            for (; i < t->size && is_letter(point = read_at(t, i)); i++)
                capitals &= !is_lower(point);
            if (i + 1 < t->size && point == '\'' && is_lower(read_at(t, i + 1))) {
                capitals = 0;
                for (i++; i < t->size && is_lower(read_at(t, i));)
                    i++;
            }
            count(n, (uint32_t)word_class(c, t, start, i, capitals));
        }
        else if (point == ' ' || point == '_')
            continue;
        else if (Py_UNICODE_ISDECIMAL(point)) {
            while (i < t->size && ((point = read_at(t, i)) == '.' || point == ',' ||
                                   Py_UNICODE_ISDECIMAL(point)))
                i++;
            count(n, DIGITS);
        }
        else if (!Py_UNICODE_ISALNUM(point) && !Py_UNICODE_ISSPACE(point))
            count(n, point < 128 && c->marks[point] ? c->marks[point] : MARK);
    }
}

static PyObject *
counter_count(Counter *self, PyObject *args)
{
    PyObject *text;
    Py_ssize_t end;
    if (!PyArg_ParseTuple(args, "Un", &text, &end))
        return NULL;
    Text t = {PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)};
    if (t.size > end)
        t.size = end;
    Counts *n = PyMem_Calloc(1, sizeof *n);
    if (!n)
        return PyErr_NoMemory();
    read_text(self, &t, n);
    PyObject *found =
        n->tokens < self->least
            ? Py_NewRef(Py_None)
            : Py_BuildValue("y#n", (char *)n->count, (Py_ssize_t)sizeof n->count, n->tokens);
    PyMem_Free(n);
    return found;
}

/* ---- the tables ---- */

static int
letters(PyObject *text, char *to, Py_ssize_t *size)
{
    const char *from = PyUnicode_AsUTF8AndSize(text, size);
    if (from && (*size < 1 || *size > LONGEST))
        PyErr_SetString(PyExc_ValueError, "a word is empty or too long");
    else if (from)
        memcpy(to, from, (size_t)*size);
    return !PyErr_Occurred();
}

static int
class_of(PyObject *value, int *class)
{
    *class = (int)PyLong_AsLong(value);
    if (!PyErr_Occurred() && (*class < 0 || *class >= CLASSES))
        PyErr_SetString(PyExc_ValueError, "no such class");
    return !PyErr_Occurred();
}

static int
take_words(Counter *self, PyObject *words)
{
    PyObject *key, *value;
    Py_ssize_t at = 0, size;
    if (PyDict_GET_SIZE(words) > SLOTS / 2) {
        PyErr_SetString(PyExc_ValueError, "too many words");
        return 0;
    }
    for (int k = 0; k < SLOTS; k++)
        self->known[k].class = -1;
    while (PyDict_Next(words, &at, &key, &value)) {
        union { uint64_t packed[2]; char text[LONGEST]; } word = {{0, 0}};
        int class;
        if (!letters(key, word.text, &size) || !class_of(value, &class))
            return 0;
        Known *known = (Known *)find(self, word.packed);
        memcpy(known->text, word.packed, sizeof known->text);
        known->class = class;
    }
    return 1;
}

static int
take_endings(Counter *self, PyObject *endings)
{
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(endings) && k < ENDINGS; k++) {
        Ending *ending = &self->ending[self->endings++];
        PyObject *text, *value;
        Py_ssize_t size;
        int class;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(endings, k), "UO", &text, &value) ||
            !letters(text, ending->text, &size) || !class_of(value, &class))
            return 0;
        ending->size = (uint8_t)size;
        ending->class = (uint16_t)class;
    }
    return 1;
}

static int
take_marks(Counter *self, PyObject *marks)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(marks, &at, &key, &value)) {
        int class;
        if (!PyUnicode_Check(key) || PyUnicode_GET_LENGTH(key) != 1 ||
            PyUnicode_READ_CHAR(key, 0) >= 128 || !class_of(value, &class)) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "no such mark");
            return 0;
        }
        self->marks[PyUnicode_READ_CHAR(key, 0)] = (uint16_t)class;
    }
    return 1;
}

static PyObject *
counter_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyObject *words, *endings, *marks;
    Py_ssize_t longest, least;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Counter takes no keywords");
    if (!PyArg_ParseTuple(args, "O!O!O!nn", &PyDict_Type, &words, &PyList_Type, &endings,
                          &PyDict_Type, &marks, &longest, &least))
        return NULL;
    Counter *self = (Counter *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->longest = longest;
    self->least = least;
    if (!take_words(self, words) || !take_endings(self, endings) || !take_marks(self, marks))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
counter_dealloc(Counter *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef counter_methods[] = {
    {"count", (PyCFunction)counter_count, METH_VARARGS,
     "Counts of features and how many tokens; None where they are too few."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot counter_slots[] = {
    {Py_tp_new, counter_new},
    {Py_tp_dealloc, counter_dealloc},
    {Py_tp_methods, counter_methods},
    {Py_tp_doc, "Counter(words, endings, marks, longest, least)"},
    {0, NULL},
};

static PyType_Spec counter_spec = {
    "unspun.tagging._style.Counter", sizeof(Counter), 0, Py_TPFLAGS_DEFAULT, counter_slots,
};

KERNEL(_style, "Features of style, counted.", NULL, &counter_spec)
