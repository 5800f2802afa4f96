/* Where the slots of a class keep their values. */
#ifndef UNSPUN_SLOTS_H
#define UNSPUN_SLOTS_H

#include <Python.h>
#include <structmember.h>

/* Where a slot of the type keeps its value, or -1 with an exception. */
static inline Py_ssize_t
slot_of(PyTypeObject *type, PyObject *name)
{
    Py_ssize_t offset = -1;
    PyObject *slot = PyObject_GetAttr((PyObject *)type, name);
    if (slot && Py_IS_TYPE(slot, &PyMemberDescr_Type) && PyDescr_TYPE(slot) == type) {
        const PyMemberDef *member = ((PyMemberDescrObject *)slot)->d_member;
        if (member->type == T_OBJECT_EX && !(member->flags & READONLY))
            offset = member->offset;
    }
    Py_XDECREF(slot);
    if (offset < 0 && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "fields must be slots of the type itself");
    return offset;
}

/* The value of a slot, borrowed; NULL where none is. */
#define SLOT(value, offset) (*(PyObject **)((char *)(value) + (offset)))

#endif
