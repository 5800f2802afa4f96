/* Sums of what each character costs behind the one before it.
 *
 * The costs are asked of Python, once for each two characters, and remembered; see letters.py, which
 * has the plain version. Costs are whole numbers, so that both versions add up to the same.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 2

#define FIRST (1u << 10)    /* slots of a new table */
#define MOST (1u << 17)     /* of a full one; half of them are used, then all is forgotten */

#ifndef Py_BEGIN_CRITICAL_SECTION /* before Python 3.13 the lock does it */
#define Py_BEGIN_CRITICAL_SECTION(object) {
#define Py_END_CRITICAL_SECTION() }
#endif

typedef struct {
    uint64_t key; /* both characters, and 1 in bit 63: 0 is an empty slot */
    int64_t cost;
} Slot;

typedef struct {
    PyObject_HEAD
    PyObject *ask; /* (before, char) -> int */
    Slot *slots;
    uint32_t size; /* a power of two */
    uint32_t used;
} Costs;

static Slot *
slot_of(const Costs *self, uint64_t key)
{
    uint32_t at = (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 40) & (self->size - 1);
    while (self->slots[at].key && self->slots[at].key != key)
        at = (at + 1) & (self->size - 1);
    return &self->slots[at];
}

static int
make_room(Costs *self)
{
    Slot *old = self->slots;
    uint32_t size = self->size;
    if (self->used < size / 2)
        return 0;
    if (size >= MOST) {
        memset(old, 0, size * sizeof(Slot));
        self->used = 0;
        return 0;
    }
    self->slots = PyMem_Calloc((size_t)size * 2, sizeof(Slot));
    if (!self->slots) {
        self->slots = old;
        PyErr_NoMemory();
        return -1;
    }
    self->size = size * 2;
    for (uint32_t i = 0; i < size; i++)
        if (old[i].key)
            *slot_of(self, old[i].key) = old[i];
    PyMem_Free(old);
    return 0;
}

static int
asked(Costs *self, Py_UCS4 before, Py_UCS4 ch, uint64_t key, int64_t *cost)
{
    PyObject *one = PyUnicode_FromOrdinal((int)before), *two = PyUnicode_FromOrdinal((int)ch);
    PyObject *found = one && two ? PyObject_CallFunctionObjArgs(self->ask, one, two, NULL) : NULL;
    Py_XDECREF(one);
    Py_XDECREF(two);
    if (!found)
        return -1;
    *cost = PyLong_AsLongLong(found);
    Py_DECREF(found);
    if (*cost == -1 && PyErr_Occurred())
        return -1;
    if (make_room(self) < 0)
        return -1;
    Slot *slot = slot_of(self, key); /* only now: other threads may have been here meanwhile */
    self->used += !slot->key;
    slot->key = key;
    slot->cost = *cost;
    return 0;
}

static int
add_up(Costs *self, PyObject *text, int64_t *total)
{
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    Py_UCS4 before = ' ';
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 ch = PyUnicode_READ(kind, data, i);
        if (ch >= 0x80 || before >= 0x80) { /* ASCII costs nothing */
            uint64_t key = (uint64_t)1 << 63 | (uint64_t)before << 21 | ch;
            const Slot *slot = slot_of(self, key);
            int64_t cost = slot->cost;
            if (!slot->key && asked(self, before, ch, key, &cost) < 0)
                return -1;
            *total += cost;
        }
        before = ch;
    }
    return 0;
}

static PyObject *
costs_total(Costs *self, PyObject *text)
{
    int64_t total = 0;
    int failed;
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    if (PyUnicode_IS_ASCII(text))
        return PyLong_FromLong(0);
    Py_BEGIN_CRITICAL_SECTION(self);
    failed = add_up(self, text, &total);
    Py_END_CRITICAL_SECTION();
    return failed ? NULL : PyLong_FromLongLong(total);
}

static PyObject *
costs_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyObject *ask;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Costs takes no keywords");
    if (!PyArg_ParseTuple(args, "O", &ask))
        return NULL;
    Costs *self = (Costs *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->ask = Py_NewRef(ask);
    self->slots = PyMem_Calloc(FIRST, sizeof(Slot));
    self->size = FIRST;
    if (!self->slots) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static int
costs_traverse(Costs *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->ask);
    return 0;
}

static int
costs_clear(Costs *self)
{
    Py_CLEAR(self->ask);
    return 0;
}

static void
costs_dealloc(Costs *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    costs_clear(self);
    PyMem_Free(self->slots);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef costs_methods[] = {
    {"total", (PyCFunction)costs_total, METH_O, "The sum of the costs of a text's characters."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot costs_slots[] = {
    {Py_tp_new, costs_new},
    {Py_tp_dealloc, costs_dealloc},
    {Py_tp_traverse, costs_traverse},
    {Py_tp_clear, costs_clear},
    {Py_tp_methods, costs_methods},
    {Py_tp_doc, "Costs(ask): ask(before, char) gives the cost of a character, a whole number."},
    {0, NULL},
};

static PyType_Spec costs_spec = {
    "unspun.encodings._letters.Costs", sizeof(Costs), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    costs_slots,
};

KERNEL(_letters, "Sums of what characters cost.", NULL, &costs_spec)
