/* How every kernel becomes a module: one type or some functions, and the REVISION of its sources. */
#ifndef UNSPUN_KERNEL_H
#define UNSPUN_KERNEL_H

/* The same sums to the last bit as the plain code: no product and sum in one rounding. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

#include <Python.h>

#if PY_VERSION_HEX >= 0x030C0000
#define KERNEL_INTERPRETERS {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#else
#define KERNEL_INTERPRETERS
#endif
#if PY_VERSION_HEX >= 0x030D0000
#define KERNEL_UNLOCKED {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#else
#define KERNEL_UNLOCKED
#endif

/* The end of an object of a type of the heap that holds nothing of its own. */
static inline void
kernel_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static inline int
kernel_execute(PyObject *module, PyType_Spec *spec, int revision)
{
    if (spec) {
        PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
        int failed = !type || PyModule_AddType(module, (PyTypeObject *)type) < 0;
        Py_XDECREF(type);
        if (failed)
            return -1;
    }
    return PyModule_AddIntConstant(module, "REVISION", revision);
}

/* The module of a file: its name, what it is, its functions and the spec of its type, or NULL. */
#define KERNEL(NAME, DOC, METHODS, SPEC)                                              \
    static int execute(PyObject *module) { return kernel_execute(module, SPEC, REVISION); } \
    static PyModuleDef_Slot slots[] = {                                               \
        {Py_mod_exec, execute}, KERNEL_INTERPRETERS KERNEL_UNLOCKED {0, NULL},        \
    };                                                                                \
    static struct PyModuleDef definition = {                                          \
        PyModuleDef_HEAD_INIT, #NAME, DOC, 0, METHODS, slots, NULL, NULL, NULL,       \
    };                                                                                \
    PyMODINIT_FUNC PyInit_##NAME(void) { return PyModuleDef_Init(&definition); }

#endif
