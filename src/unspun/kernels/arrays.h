/* Arrays as arguments: buffers of several functions, taken and given back together. */
#ifndef UNSPUN_ARRAYS_H
#define UNSPUN_ARRAYS_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

#define ARRAYS_MOST 24

typedef struct {
    Py_buffer view[ARRAYS_MOST];
    int count;
} Arrays;

#define INT32S(a, k) ((const int32_t *)(a)->view[k].buf)
#define INT64S(a, k) ((const int64_t *)(a)->view[k].buf)
#define FLOATS(a, k) ((const float *)(a)->view[k].buf)
#define DOUBLES(a, k) ((const double *)(a)->view[k].buf)
#define BYTES(a, k) ((const uint8_t *)(a)->view[k].buf)

static inline void
arrays_drop(Arrays *a)
{
    for (int k = 0; k < a->count; k++)
        PyBuffer_Release(&a->view[k]);
    a->count = 0;
}

/* The first so many arguments; 0 with an exception where they are no arrays. */
static inline int
arrays_take(Arrays *a, PyObject *args, int count)
{
    a->count = 0;
    if (count > ARRAYS_MOST || PyTuple_GET_SIZE(args) < count) {
        PyErr_SetString(PyExc_TypeError, "too few arrays");
        return 0;
    }
    for (; a->count < count; a->count++)
        if (PyObject_GetBuffer(PyTuple_GET_ITEM(args, a->count), &a->view[a->count], PyBUF_SIMPLE)) {
            arrays_drop(a);
            return 0;
        }
    return 1;
}

/* How many elements of a width an array has. */
static inline Py_ssize_t
arrays_size(const Arrays *a, int k, Py_ssize_t width)
{
    return a->view[k].len / width;
}

/* Whether all of some numbers are from `least` to before `size`. */
static inline int
arrays_within(const Arrays *a, int k, int32_t least, Py_ssize_t size)
{
    const int32_t *values = INT32S(a, k);
    int32_t low = least, high = least;
    for (Py_ssize_t n = 0; n < arrays_size(a, k, 4); n++) {
        low = values[n] < low ? values[n] : low;
        high = values[n] > high ? values[n] : high;
    }
    return low >= least && (high < size || arrays_size(a, k, 4) == 0);
}

/* An array that is to be filled; NULL with an exception. */
static inline PyObject *
arrays_new(Py_ssize_t count, Py_ssize_t width)
{
    return PyByteArray_FromStringAndSize(NULL, count * width);
}

static inline PyObject *
arrays_misfit(void)
{
    return PyErr_Format(PyExc_ValueError, "arrays do not fit one another");
}

/* Whether all is well; with an exception where it is not. */
static inline int
arrays_fit(int fits)
{
    if (!fits && !PyErr_Occurred())
        arrays_misfit();
    return !PyErr_Occurred();
}

/* The last of so many arguments, or what stands in for it where there are others than so many. */
static inline double
arrays_last_float(PyObject *args, Py_ssize_t count)
{
    return PyTuple_GET_SIZE(args) == count ? PyFloat_AsDouble(PyTuple_GET_ITEM(args, count - 1)) : 0.0;
}

static inline Py_ssize_t
arrays_last_size(PyObject *args, Py_ssize_t count)
{
    return PyTuple_GET_SIZE(args) == count ? PyLong_AsSsize_t(PyTuple_GET_ITEM(args, count - 1)) : -1;
}

#endif
