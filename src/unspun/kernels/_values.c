/* Frozen values made at once: what a frozen dataclass with slots sets field by field, guarded. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "slots.h"
#include <stddef.h>

#define REVISION 1 /* that of values.py */

enum { MOST = 32 };

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyTypeObject *made;
    PyObject *fields; /* their names, interned */
    Py_ssize_t count, offsets[MOST];
} Maker;

/* Whether a value may be part of a cycle; the empty tuple never is. */
static int
may_cycle(PyObject *value)
{
    return PyObject_IS_GC(value) && !(PyTuple_CheckExact(value) && !PyTuple_GET_SIZE(value));
}

static PyObject *
maker_call(PyObject *callable, PyObject *const *values, size_t flagged, PyObject *names)
{
    Maker *self = (Maker *)callable;
    Py_ssize_t count = PyVectorcall_NARGS(flagged);
    if (count != self->count || (names && PyTuple_GET_SIZE(names)))
        return PyErr_Format(PyExc_TypeError, "%s has %zd fields, all given by place",
                            self->made->tp_name, self->count);
    PyObject *value = self->made->tp_alloc(self->made, 0);
    int holds = !PyType_IS_GC(self->made);
    for (Py_ssize_t k = 0; value && k < count; k++) {
        *(PyObject **)((char *)value + self->offsets[k]) = Py_NewRef(values[k]);
        holds |= may_cycle(values[k]);
    }
    if (value && !holds) /* of text, numbers and nothing: in no cycle, as a tuple of them */
        PyObject_GC_UnTrack(value);
    return value;
}

/* The field of a name, or -1. */
static Py_ssize_t
field_of(const Maker *self, PyObject *name)
{
    for (Py_ssize_t k = 0; k < self->count; k++)
        if (PyTuple_GET_ITEM(self->fields, k) == name)
            return k;
    for (Py_ssize_t k = 0; k < self->count; k++)
        if (PyUnicode_Compare(PyTuple_GET_ITEM(self->fields, k), name) == 0)
            return k;
    return -1;
}

/* changed(value, **fields): the value with other fields. */
static PyObject *
maker_changed(Maker *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || !Py_IS_TYPE(args[0], self->made))
        return PyErr_Format(PyExc_TypeError, "a value of %s must be given", self->made->tp_name);
    PyObject *value = self->made->tp_alloc(self->made, 0);
    for (Py_ssize_t k = 0; value && k < self->count; k++) {
        PyObject *field = *(PyObject **)((char *)args[0] + self->offsets[k]);
        *(PyObject **)((char *)value + self->offsets[k]) = Py_XNewRef(field);
    }
    for (Py_ssize_t k = 0; value && names && k < PyTuple_GET_SIZE(names); k++) {
        Py_ssize_t at = field_of(self, PyTuple_GET_ITEM(names, k));
        if (at < 0) {
            Py_DECREF(value);
            return PyErr_Format(PyExc_TypeError, "%s has no field %R", self->made->tp_name,
                                PyTuple_GET_ITEM(names, k));
        }
        PyObject **slot = (PyObject **)((char *)value + self->offsets[at]);
        Py_XSETREF(*slot, Py_NewRef(args[k + 1]));
    }
    return value;
}

static PyObject *
maker_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyTypeObject *made;
    PyObject *fields;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Maker takes no keywords");
    if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &made, &PyTuple_Type, &fields))
        return NULL;
    if (PyTuple_GET_SIZE(fields) > MOST)
        return PyErr_Format(PyExc_ValueError, "more than %d fields", MOST);
    Maker *self = (Maker *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->call = maker_call;
    self->made = (PyTypeObject *)Py_NewRef(made);
    self->fields = Py_NewRef(fields);
    self->count = PyTuple_GET_SIZE(fields);
    for (Py_ssize_t k = 0; k < self->count; k++)
        if ((self->offsets[k] = slot_of(made, PyTuple_GET_ITEM(fields, k))) < 0) {
            Py_DECREF(self);
            return NULL;
        }
    return (PyObject *)self;
}

static void
maker_dealloc(Maker *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(self->made);
    Py_XDECREF(self->fields);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef maker_methods[] = {
    {"changed", (PyCFunction)(void (*)(void))maker_changed, METH_FASTCALL | METH_KEYWORDS,
     "The value with other fields."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef maker_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Maker, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot maker_slots[] = {
    {Py_tp_new, maker_new},
    {Py_tp_dealloc, maker_dealloc},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, maker_members},
    {Py_tp_methods, maker_methods},
    {Py_tp_doc, "Maker(type, fields)"},
    {0, NULL},
};

static PyType_Spec maker_spec = {
    "unspun.kernels._values.Maker", sizeof(Maker), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, maker_slots,
};

KERNEL(_values, "Frozen values made at once.", NULL, &maker_spec)
