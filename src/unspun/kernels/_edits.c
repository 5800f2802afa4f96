/* Edits made, traced and found: the plain version is in edits.py and tracing.py. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "slots.h"

#define REVISION 2 /* that of edits.py */

enum { START, END, BEFORE, AFTER, FIELDS };

typedef struct {
    PyObject_HEAD
    PyTypeObject *made, *projection;
    Py_ssize_t offsets[FIELDS];
} Editor;

/* One edit, its texts borrowed. */
typedef struct {
    Py_ssize_t start, end;
    PyObject *before, *after;
} Edit;

/* Where an edit lies in one text. */
typedef struct {
    Py_ssize_t start, end;
} Span;

typedef struct {
    PyObject_HEAD
    Py_ssize_t count;
    Span *raw, *out;
} Projection;

static int
read_edit(const Editor *self, PyObject *value, Edit *edit)
{
    if (!Py_IS_TYPE(value, self->made))
        return PyErr_Format(PyExc_TypeError, "an edit must be given") != NULL;
    PyObject *start = SLOT(value, self->offsets[START]), *end = SLOT(value, self->offsets[END]);
    edit->before = SLOT(value, self->offsets[BEFORE]);
    edit->after = SLOT(value, self->offsets[AFTER]);
    if (!start || !end || !edit->before || !edit->after || !PyUnicode_Check(edit->before) ||
        !PyUnicode_Check(edit->after))
        return PyErr_Format(PyExc_TypeError, "an edit is not what it should be") != NULL;
    edit->start = PyLong_AsSsize_t(start);
    edit->end = PyLong_AsSsize_t(end);
    return !PyErr_Occurred();
}

/* ---- making ---- */

/* Whether a text stands at a place of another. */
static int
stands(PyObject *text, Py_ssize_t at, PyObject *part)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(part);
    int kind = PyUnicode_KIND(text), other = PyUnicode_KIND(part);
    const char *data = PyUnicode_DATA(text);
    if (kind == other)
        return !memcmp(data + at * kind, PyUnicode_DATA(part), (size_t)(size * kind));
    for (Py_ssize_t k = 0; k < size; k++)
        if (PyUnicode_READ(kind, data, at + k) != PyUnicode_READ_CHAR(part, k))
            return 0;
    return 1;
}

/* Read edits that must fit a text: how long it is with them and what its widest characters may be;
   whether they fit, or -1. */
static int
measure(const Editor *self, PyObject *text, PyObject *items, Py_ssize_t *size, Py_UCS4 *widest)
{
    Py_ssize_t last = 0, length = PyUnicode_GET_LENGTH(text);
    *size = length;
    *widest = PyUnicode_MAX_CHAR_VALUE(text);
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(items); k++) {
        Edit edit;
        if (!read_edit(self, PySequence_Fast_GET_ITEM(items, k), &edit))
            return -1;
        if (edit.start < last || edit.end < edit.start || edit.end > length ||
            edit.end - edit.start != PyUnicode_GET_LENGTH(edit.before) ||
            !stands(text, edit.start, edit.before))
            return 0;
        Py_UCS4 wide = PyUnicode_MAX_CHAR_VALUE(edit.after);
        *widest = wide > *widest ? wide : *widest;
        *size += PyUnicode_GET_LENGTH(edit.after) - (edit.end - edit.start);
        last = edit.end;
    }
    return 1;
}

/* The text with the edits. */
static PyObject *
written(const Editor *self, PyObject *text, PyObject *items, Py_ssize_t size, Py_UCS4 widest)
{
    PyObject *made = PyUnicode_New(size, widest), *narrow = NULL;
    Py_ssize_t from = 0, to = 0, count = PySequence_Fast_GET_SIZE(items);
    for (Py_ssize_t k = 0; made && k <= count; k++) {
        Edit edit = {PyUnicode_GET_LENGTH(text), 0, NULL, NULL};
        if (k < count && !read_edit(self, PySequence_Fast_GET_ITEM(items, k), &edit))
            Py_CLEAR(made);
        if (made && PyUnicode_CopyCharacters(made, to, text, from, edit.start - from) < 0)
            Py_CLEAR(made);
        to += edit.start - from;
        from = edit.end;
        if (!made || k == count)
            break;
        if (PyUnicode_CopyCharacters(made, to, edit.after, 0, PyUnicode_GET_LENGTH(edit.after)) < 0)
            Py_CLEAR(made);
        to += PyUnicode_GET_LENGTH(edit.after);
    }
    if (made) /* its widest character may be gone */
        narrow = PyUnicode_FromKindAndData(PyUnicode_KIND(made), PyUnicode_DATA(made), size);
    Py_XDECREF(made);
    return narrow;
}

/* apply(text, edits): the text with them, or None where one does not fit. */
static PyObject *
editor_apply(Editor *self, PyObject *args)
{
    PyObject *text, *edits, *made = NULL;
    Py_ssize_t size;
    Py_UCS4 widest;
    if (!PyArg_ParseTuple(args, "UO", &text, &edits))
        return NULL;
    PyObject *items = PySequence_Fast(edits, "edits must be a sequence");
    if (!items)
        return NULL;
    int fits = measure(self, text, items, &size, &widest);
    if (fits > 0)
        made = written(self, text, items, size, widest);
    else if (!fits)
        made = Py_NewRef(Py_None);
    Py_DECREF(items);
    return made;
}

/* ---- tracing ---- */

/* The last edit that begins at a place or before it, or -1. */
static Py_ssize_t
last_at(const Projection *self, const Span *source, Py_ssize_t place)
{
    Py_ssize_t low = 0, high = self->count;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (source[middle].start <= place)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

/* The target span of the source characters from the first to the last, or of a place. */
static PyObject *
traced(const Projection *self, PyObject *const *args, Py_ssize_t count, const Span *source,
       const Span *target)
{
    if (count != 2)
        return PyErr_Format(PyExc_TypeError, "a start and an end must be given");
    Py_ssize_t start = PyLong_AsSsize_t(args[0]), end = PyLong_AsSsize_t(args[1]), stop = end;
    if (PyErr_Occurred())
        return NULL;
    Py_ssize_t k = last_at(self, source, start), low = start;
    if (k >= 0)
        low = start < source[k].end ? target[k].start : target[k].end + start - source[k].end;
    if (start == end)
        stop = low;
    else if (self->count) {
        k = last_at(self, source, end - 1 > start ? end - 1 : start);
        if (k >= 0)
            stop = end - 1 < source[k].end ? target[k].end : target[k].end + end - source[k].end;
    }
    return Py_BuildValue("nn", low, stop);
}

static PyObject *
projection_origin(Projection *self, PyObject *const *args, Py_ssize_t count)
{
    return traced(self, args, count, self->out, self->raw);
}

static PyObject *
projection_result(Projection *self, PyObject *const *args, Py_ssize_t count)
{
    return traced(self, args, count, self->raw, self->out);
}

static void
projection_dealloc(Projection *self)
{
    PyMem_Free(self->raw);
    kernel_dealloc((PyObject *)self);
}

static PyMethodDef projection_methods[] = {
    {"origin", (PyCFunction)(void (*)(void))projection_origin, METH_FASTCALL,
     "The raw span behind one of the result."},
    {"result", (PyCFunction)(void (*)(void))projection_result, METH_FASTCALL,
     "The span of the result that a raw one became."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot projection_slots[] = {
    {Py_tp_dealloc, projection_dealloc},
    {Py_tp_methods, projection_methods},
    {Py_tp_doc, "Where the spans of two texts lie in the other."},
    {0, NULL},
};

static PyType_Spec projection_spec = {
    "unspun.kernels._edits.Projection", sizeof(Projection), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, projection_slots,
};

/* projection(ledger) */
static PyObject *
editor_projection(Editor *self, PyObject *ledger)
{
    PyObject *items = PySequence_Fast(ledger, "a ledger must be a sequence");
    Projection *made = items ? (Projection *)self->projection->tp_alloc(self->projection, 0) : NULL;
    Py_ssize_t shift = 0, count = items ? PySequence_Fast_GET_SIZE(items) : 0;
    if (made && !(made->raw = PyMem_Calloc((size_t)count + 1, 2 * sizeof *made->raw))) {
        PyErr_NoMemory();
        Py_CLEAR(made);
    }
    if (made)
        made->out = made->raw + count;
    while (made && made->count < count) {
        Edit edit;
        Py_ssize_t k = made->count++;
        if (!read_edit(self, PySequence_Fast_GET_ITEM(items, k), &edit)) {
            Py_CLEAR(made);
            break;
        }
        made->raw[k] = (Span){edit.start, edit.end};
        made->out[k].start = edit.start + shift;
        shift += PyUnicode_GET_LENGTH(edit.after) - (edit.end - edit.start);
        made->out[k].end = edit.end + shift;
    }
    Py_XDECREF(items);
    return (PyObject *)made;
}

/* ---- finding ---- */

/* What changed of a run, without what its ends have in common. */
typedef struct {
    Py_ssize_t from, old, new; /* where it begins in the run; how long it was, and is */
} Change;

static Change
change_of(PyObject *before, Py_ssize_t a, Py_ssize_t old, PyObject *after, Py_ssize_t b,
          Py_ssize_t new)
{
    Change change = {0, old, new};
    int one = PyUnicode_KIND(before), other = PyUnicode_KIND(after);
    const void *was = PyUnicode_DATA(before), *is = PyUnicode_DATA(after);
    while (change.old && change.new &&
           PyUnicode_READ(one, was, a + change.from) == PyUnicode_READ(other, is, b + change.from)) {
        change.from++;
        change.old--;
        change.new--;
    }
    while (change.old && change.new &&
           PyUnicode_READ(one, was, a + change.from + change.old - 1) ==
               PyUnicode_READ(other, is, b + change.from + change.new - 1)) {
        change.old--;
        change.new--;
    }
    return change;
}

enum { MOST = 16 }; /* fields of an edit */

/* make(start, end, before, after, *rest) */
static PyObject *
edit_of(PyObject *make, PyObject *rest, Py_ssize_t at, PyObject *before, Py_ssize_t a,
        PyObject *after, Py_ssize_t b, const Change *change)
{
    Py_ssize_t start = at + a + change->from, from = a + change->from, to = b + change->from;
    Py_ssize_t others = PyTuple_GET_SIZE(rest);
    PyObject *made = NULL, *field[MOST] = {
        PyLong_FromSsize_t(start),
        PyLong_FromSsize_t(start + change->old),
        PyUnicode_Substring(before, from, from + change->old),
        PyUnicode_Substring(after, to, to + change->new),
    };
    for (Py_ssize_t k = 0; k < others; k++)
        field[FIELDS + k] = PyTuple_GET_ITEM(rest, k);
    if (field[START] && field[END] && field[BEFORE] && field[AFTER])
        made = PyObject_Vectorcall(make, field, (size_t)(FIELDS + others), NULL);
    for (int k = 0; k < FIELDS; k++)
        Py_XDECREF(field[k]);
    return made;
}

/* One past the last of the characters from a place on that are of ASCII, or are not. */
#define STRETCH(NAME, TYPE)                                                         \
    static Py_ssize_t NAME(const TYPE *text, Py_ssize_t at, Py_ssize_t size, int ascii) \
    {                                                                               \
        while (at < size && (text[at] < 0x80) == ascii)                             \
            at++;                                                                   \
        return at;                                                                  \
    }

STRETCH(stretch_1, Py_UCS1)
STRETCH(stretch_2, Py_UCS2)
STRETCH(stretch_4, Py_UCS4)

static Py_ssize_t
stretch(PyObject *text, Py_ssize_t at, int ascii)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND:
        return stretch_1(PyUnicode_1BYTE_DATA(text), at, size, ascii);
    case PyUnicode_2BYTE_KIND:
        return stretch_2(PyUnicode_2BYTE_DATA(text), at, size, ascii);
    default:
        return stretch_4(PyUnicode_4BYTE_DATA(text), at, size, ascii);
    }
}

/* changes(make, rest, before, after, at): the edits between two texts that differ only where runs of
   characters beyond ASCII do; None if they differ elsewhere. */
static PyObject *
editor_changes(Editor *self, PyObject *args)
{
    PyObject *make, *rest, *before, *after;
    Py_ssize_t at, a = 0, b = 0;
    if (!PyArg_ParseTuple(args, "OO!UUn", &make, &PyTuple_Type, &rest, &before, &after, &at))
        return NULL;
    if (PyTuple_GET_SIZE(rest) > MOST - FIELDS)
        return PyErr_Format(PyExc_ValueError, "more than %d fields", MOST);
    PyObject *found = PyList_New(0);
    while (found) {
        Py_ssize_t run = stretch(before, a, 1), other = stretch(after, b, 1), end, stop;
        int same = run - a == other - b;
        for (; same && a < run; a++, b++)
            same = PyUnicode_READ_CHAR(before, a) == PyUnicode_READ_CHAR(after, b);
        end = stretch(before, run, 0);
        stop = stretch(after, other, 0);
        if (!same || (end == run) != (stop == other)) {
            Py_DECREF(found);
            return Py_NewRef(Py_None);
        }
        if (end == run)
            break;
        Change change = change_of(before, run, end - run, after, other, stop - other);
        if (change.old || change.new) {
            PyObject *one = edit_of(make, rest, at, before, run, after, other, &change);
            if (!one || PyList_Append(found, one) < 0)
                Py_CLEAR(found);
            Py_XDECREF(one);
        }
        a = end;
        b = stop;
    }
    return found;
}

/* ---- the type ---- */

static PyObject *
editor_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    static const char *const names[FIELDS] = {"start", "end", "before", "after"};
    PyTypeObject *made;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Editor takes no keywords");
    if (!PyArg_ParseTuple(args, "O!", &PyType_Type, &made))
        return NULL;
    Editor *self = (Editor *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->made = (PyTypeObject *)Py_NewRef((PyObject *)made);
    self->projection = (PyTypeObject *)PyType_FromSpec(&projection_spec);
    int good = self->projection != NULL;
    for (int k = 0; good && k < FIELDS; k++) {
        PyObject *name = PyUnicode_InternFromString(names[k]);
        good = name && (self->offsets[k] = slot_of(made, name)) >= 0;
        Py_XDECREF(name);
    }
    if (!good)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
editor_dealloc(Editor *self)
{
    Py_XDECREF(self->made);
    Py_XDECREF(self->projection);
    kernel_dealloc((PyObject *)self);
}

static PyMethodDef editor_methods[] = {
    {"apply", (PyCFunction)editor_apply, METH_VARARGS, "A text with edits, or None."},
    {"projection", (PyCFunction)editor_projection, METH_O, "How a ledger moves spans."},
    {"changes", (PyCFunction)editor_changes, METH_VARARGS, "The edits between two texts, or None."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot editor_slots[] = {
    {Py_tp_new, editor_new},
    {Py_tp_dealloc, editor_dealloc},
    {Py_tp_methods, editor_methods},
    {Py_tp_doc, "Editor(Edit)"},
    {0, NULL},
};

static PyType_Spec editor_spec = {
    "unspun.kernels._edits.Editor", sizeof(Editor), 0, Py_TPFLAGS_DEFAULT, editor_slots,
};

KERNEL(_edits, "Edits made, traced and found.", NULL, &editor_spec)
