/* Sub-scores of what was counted, by rules with a bound. The plain version is in bounds.py. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"

#define REVISION 4 /* that of bounds.py */

enum { SHARE, MOST, LEAST }; /* as in bounds.py */
#define PARTS 5 /* of a sub-score */

typedef struct {
    PyObject *name, *threshold;
    PyObject *nothing; /* the part where nothing is counted, as in most texts; NULL if that flags */
    double limit; /* the threshold */
    int bound;
    Py_ssize_t some, every, at; /* fields of a shape, -1 for none; which number of `some` */
} Rule;

typedef struct {
    PyObject_HEAD
    PyObject *made; /* makes sub-scores */
    PyObject *sound; /* 1.0, the score of most parts */
    Rule *rules;
    Py_ssize_t count;
} Bounds;

/* A field of a shape, borrowed; NULL with an exception. */
static PyObject *
field_of(PyObject *shape, Py_ssize_t place)
{
    if (place >= 0 && PyTuple_Check(shape) && place < PyTuple_GET_SIZE(shape))
        return PyTuple_GET_ITEM(shape, place);
    return PyErr_Format(PyExc_ValueError, "a shape without such a field");
}

/* The score of a value, and whether it is beyond the bound. */
static double
score_of(const Rule *rule, double value, int *flagged)
{
    *flagged = rule->bound == LEAST ? value < rule->limit : value > rule->limit;
    if (!*flagged)
        return 1.0;
    if (rule->bound == LEAST)
        return value / rule->limit;
    if (rule->bound == MOST)
        return rule->limit != 0 ? rule->limit / value : 1 / (1 + value);
    double left = 1 - (value - rule->limit) / (1 - rule->limit);
    return left > 0 ? left : 0.0;
}

/* The part of a rule, and whether it is flagged; lets go of what is shown. */
static PyObject *
part_with(const Bounds *self, const Rule *rule, double value, PyObject *shown, int *flagged)
{
    double found = score_of(rule, value, flagged);
    PyObject *score = *flagged ? PyFloat_FromDouble(found) : Py_NewRef(self->sound), *part = NULL;
    if (score && shown) {
        PyObject *items[PARTS] = {rule->name, score, shown, rule->threshold,
                                  *flagged ? Py_True : Py_False};
        part = PyObject_Vectorcall(self->made, items, PARTS, NULL);
    }
    Py_XDECREF(score);
    Py_XDECREF(shown);
    return part;
}

static PyObject *
part_of(const Bounds *self, const Rule *rule, PyObject *shape, int *flagged)
{
    PyObject *some = field_of(shape, rule->some), *every = NULL;
    if (some && rule->at >= 0)
        some = field_of(some, rule->at);
    if (!some || (rule->every >= 0 && !(every = field_of(shape, rule->every))))
        return NULL;
    double value = PyLong_AsDouble(some), whole = every ? PyLong_AsDouble(every) : 1;
    if (PyErr_Occurred())
        return NULL;
    *flagged = 0;
    if (value == 0 && rule->nothing)
        return Py_NewRef(rule->nothing);
    if (every)
        value /= whole > 1 ? whole : 1;
    PyObject *shown = every ? PyFloat_FromDouble(value) : Py_NewRef(some);
    return part_with(self, rule, value, shown, flagged);
}

/* rate(shape): a part for each rule, and those of them that are flagged. */
static PyObject *
bounds_rate(Bounds *self, PyObject *shape)
{
    PyObject *parts = PyList_New(self->count), *beyond = PyList_New(0);
    int sound = parts && beyond;
    for (Py_ssize_t k = 0; sound && k < self->count; k++) {
        int flagged;
        PyObject *part = part_of(self, &self->rules[k], shape, &flagged);
        if (part)
            PyList_SET_ITEM(parts, k, part);
        sound = part && !(flagged && PyList_Append(beyond, part));
    }
    PyObject *rated = sound ? PyTuple_Pack(2, parts, beyond) : NULL;
    Py_XDECREF(parts);
    Py_XDECREF(beyond);
    return rated;
}

static int
fill_rule(const Bounds *self, Rule *rule, PyObject *row)
{
    int flagged;
    if (!PyTuple_Check(row) ||
        !PyArg_ParseTuple(row, "UiOnnn", &rule->name, &rule->bound, &rule->threshold, &rule->some,
                          &rule->every, &rule->at)) {
        rule->name = rule->threshold = NULL;
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "a rule must be a tuple");
        return 0;
    }
    Py_INCREF(rule->name);
    Py_INCREF(rule->threshold);
    rule->limit = PyFloat_AsDouble(rule->threshold);
    if (PyErr_Occurred())
        return 0;
    score_of(rule, 0, &flagged);
    if (flagged)
        return 1;
    PyObject *zero = rule->every >= 0 ? PyFloat_FromDouble(0) : PyLong_FromLong(0);
    rule->nothing = part_with(self, rule, 0, zero, &flagged);
    return rule->nothing != NULL;
}

static PyObject *
bounds_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyObject *rows, *made;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Bounds takes no keywords");
    if (!PyArg_ParseTuple(args, "O!O", &PyTuple_Type, &rows, &made))
        return NULL;
    Bounds *self = (Bounds *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->made = Py_NewRef(made);
    self->sound = PyFloat_FromDouble(1);
    self->rules = PyMem_Calloc((size_t)PyTuple_GET_SIZE(rows) + 1, sizeof *self->rules);
    int failed = !self->sound || !self->rules;
    if (!self->rules)
        PyErr_NoMemory();
    while (!failed && self->count < PyTuple_GET_SIZE(rows)) {
        Py_ssize_t at = self->count++;
        failed = !fill_rule(self, &self->rules[at], PyTuple_GET_ITEM(rows, at));
    }
    if (failed)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
bounds_dealloc(Bounds *self)
{
    PyTypeObject *type = Py_TYPE(self);
    for (Py_ssize_t k = 0; k < self->count; k++) {
        Py_XDECREF(self->rules[k].name);
        Py_XDECREF(self->rules[k].threshold);
        Py_XDECREF(self->rules[k].nothing);
    }
    PyMem_Free(self->rules);
    Py_XDECREF(self->made);
    Py_XDECREF(self->sound);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef bounds_methods[] = {
    {"rate", (PyCFunction)bounds_rate, METH_O, "A sub-score of a shape for each rule; the flagged."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot bounds_slots[] = {
    {Py_tp_new, bounds_new},
    {Py_tp_dealloc, bounds_dealloc},
    {Py_tp_methods, bounds_methods},
    {Py_tp_doc, "Bounds(rules, made)"},
    {0, NULL},
};

static PyType_Spec bounds_spec = {
    "unspun.quality._bounds.Bounds", sizeof(Bounds), 0, Py_TPFLAGS_DEFAULT, bounds_slots,
};

KERNEL(_bounds, "Sub-scores of what was counted.", NULL, &bounds_spec)
