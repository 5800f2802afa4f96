/* What paths.py works out of each step of a graph, and of all that lead on from it. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "arrays.h"

#define REVISION 1 /* that of paths.py */

/* weigh(score, step, missed, arc, left, lm): each step's score; missed may be -1, the last. */
static PyObject *
weigh(PyObject *module, PyObject *args)
{
    Arrays a;
    PyObject *out = NULL;
    if (!arrays_take(&a, args, 5))
        return NULL;
    double lm = arrays_last_float(args, 6);
    Py_ssize_t steps = arrays_size(&a, 0, 4), arcs = arrays_size(&a, 3, 8);
    Py_ssize_t phrases = arrays_size(&a, 4, 8);
    int fits = arrays_size(&a, 1, 4) == steps && arrays_size(&a, 2, 4) == steps && phrases > 0 &&
               arrays_within(&a, 1, 0, arcs) && arrays_within(&a, 2, -1, phrases);
    if (arrays_fit(fits) && (out = arrays_new(steps, 8))) {
        double *told = (double *)PyByteArray_AS_STRING(out);
        for (Py_ssize_t k = 0; k < steps; k++) {
            int32_t missed = INT32S(&a, 2)[k];
            told[k] = lm * (double)FLOATS(&a, 0)[k] + DOUBLES(&a, 3)[INT32S(&a, 1)[k]] +
                      DOUBLES(&a, 4)[missed < 0 ? phrases - 1 : missed];
        }
    }
    arrays_drop(&a);
    return out;
}

/* beside(weight, step, start, end, crest, far): each step's score beside that of one path. */
static PyObject *
beside(PyObject *module, PyObject *args)
{
    Arrays a;
    PyObject *out = NULL;
    if (!arrays_take(&a, args, 5))
        return NULL;
    double far = arrays_last_float(args, 6);
    Py_ssize_t steps = arrays_size(&a, 0, 8), arcs = arrays_size(&a, 2, 4);
    Py_ssize_t nodes = arrays_size(&a, 4, 8);
    int fits = arrays_size(&a, 1, 4) == steps && arrays_size(&a, 3, 4) == arcs &&
               arrays_within(&a, 1, 0, arcs) && arrays_within(&a, 2, 0, nodes) &&
               arrays_within(&a, 3, 0, nodes);
    if (arrays_fit(fits) && (out = arrays_new(steps, 8))) {
        double *told = (double *)PyByteArray_AS_STRING(out);
        const double *crest = DOUBLES(&a, 4);
        for (Py_ssize_t k = 0; k < steps; k++) {
            int32_t arc = INT32S(&a, 1)[k];
            double apart = DOUBLES(&a, 0)[k] - (crest[INT32S(&a, 3)[arc]] - crest[INT32S(&a, 2)[arc]]);
            told[k] = apart < -far ? -far : apart > far ? far : apart;
        }
    }
    arrays_drop(&a);
    return out;
}

/* ---- A graph: what most functions here are given. ---- */

enum { SOURCE, TARGET, TOLD, ARC, NODE, LAST, STEP, SEGMENT };

/* Whether steps lead between states, states stand at nodes, and segments end at some. */
static int
graph_fits(const Arrays *a, Py_ssize_t nodes)
{
    Py_ssize_t steps = arrays_size(a, TOLD, 8), states = arrays_size(a, ARC, 4);
    return arrays_size(a, SOURCE, 4) == steps && arrays_size(a, TARGET, 4) == steps &&
           arrays_size(a, NODE, 4) == states && arrays_within(a, SOURCE, 0, states) &&
           arrays_within(a, TARGET, 0, states) && nodes >= 0 &&
           arrays_within(a, NODE, 0, nodes) && arrays_within(a, LAST, 0, nodes);
}

/* The number of the segment that each node ends, or -1; NULL without memory. */
static int32_t *
ended(const Arrays *a, Py_ssize_t nodes)
{
    int32_t *out = PyMem_RawMalloc((size_t)(nodes + 1) * sizeof *out);
    if (out) {
        memset(out, 0xFF, (size_t)nodes * sizeof *out);
        for (Py_ssize_t k = 0; k < arrays_size(a, LAST, 4); k++)
            out[INT32S(a, LAST)[k]] = (int32_t)k;
    }
    return out;
}

static void
share_out(const Arrays *a, const int32_t *segment_of, double *past, double *future, double *share,
          double *mass)
{
    const int32_t *source = INT32S(a, SOURCE), *target = INT32S(a, TARGET);
    const double *odds = DOUBLES(a, TOLD);
    Py_ssize_t steps = arrays_size(a, TOLD, 8), states = arrays_size(a, ARC, 4);
    memset(mass, 0, (size_t)arrays_size(a, LAST, 4) * sizeof *mass);
    for (Py_ssize_t k = 0; k < states; k++) {
        past[k] = INT32S(a, ARC)[k] < 0;
        future[k] = segment_of[INT32S(a, NODE)[k]] >= 0;
    }
    for (Py_ssize_t k = 0; k < steps; k++)
        past[target[k]] += past[source[k]] * odds[k];
    for (Py_ssize_t k = steps; k-- > 0;)
        future[source[k]] += future[target[k]] * odds[k];
    for (Py_ssize_t k = 0; k < states; k++) {
        int32_t segment = segment_of[INT32S(a, NODE)[k]];
        if (segment >= 0)
            mass[segment] += past[k];
    }
    for (Py_ssize_t k = 0; k < steps; k++)
        share[k] = past[source[k]] * odds[k] * future[target[k]] /
                   mass[INT32S(a, SEGMENT)[INT32S(a, STEP)[k]]];
}

/* shares(source, target, odds, arc, node, last, step, segment, nodes): each step's share of all
 * paths, and the odds of all paths of each segment. */
static PyObject *
shares(PyObject *module, PyObject *args)
{
    Arrays a;
    PyObject *share = NULL, *mass = NULL;
    if (!arrays_take(&a, args, 8))
        return NULL;
    Py_ssize_t nodes = arrays_last_size(args, 9);
    Py_ssize_t steps = arrays_size(&a, TOLD, 8), states = arrays_size(&a, ARC, 4);
    Py_ssize_t segments = arrays_size(&a, LAST, 4);
    int fits = !PyErr_Occurred() && graph_fits(&a, nodes) && arrays_size(&a, STEP, 4) == steps &&
               arrays_within(&a, STEP, 0, arrays_size(&a, SEGMENT, 4)) &&
               arrays_within(&a, SEGMENT, 0, segments);
    if (arrays_fit(fits)) {
        int32_t *segment_of = ended(&a, nodes);
        double *past = PyMem_RawMalloc((size_t)(2 * states + 1) * sizeof *past);
        share = arrays_new(steps, 8);
        mass = share ? arrays_new(segments, 8) : NULL;
        if (segment_of && past && mass) {
            Py_BEGIN_ALLOW_THREADS
            share_out(&a, segment_of, past, past + states,
                      (double *)PyByteArray_AS_STRING(share), (double *)PyByteArray_AS_STRING(mass));
            Py_END_ALLOW_THREADS
        } else if (!PyErr_Occurred())
            PyErr_NoMemory();
        PyMem_RawFree(segment_of);
        PyMem_RawFree(past);
    }
    arrays_drop(&a);
    if (!PyErr_Occurred())
        return Py_BuildValue("NN", share, mass);
    Py_XDECREF(share);
    Py_XDECREF(mass);
    return NULL;
}

/* ---- The best path. ---- */

/* The steps of the best path of each segment, last ones first; how many, or -1. */
static Py_ssize_t
climb(const Arrays *a, const int32_t *segment_of, double *top, int32_t *back, int32_t *best,
      int64_t *chosen)
{
    const int32_t *source = INT32S(a, SOURCE), *target = INT32S(a, TARGET);
    Py_ssize_t steps = arrays_size(a, TOLD, 8), states = arrays_size(a, ARC, 4), count = 0;
    Py_ssize_t segments = arrays_size(a, LAST, 4);
    for (Py_ssize_t k = 0; k < states; k++) {
        top[k] = INT32S(a, ARC)[k] < 0 ? 0.0 : -1e30;
        back[k] = -1;
    }
    for (Py_ssize_t k = 0; k < steps; k++) {
        double score = top[source[k]] + DOUBLES(a, TOLD)[k];
        if (score > top[target[k]]) {
            top[target[k]] = score;
            back[target[k]] = (int32_t)k;
        }
    }
    for (Py_ssize_t k = 0; k < segments; k++)
        best[k] = -1;
    for (Py_ssize_t k = 0; k < states; k++) {
        int32_t segment = segment_of[INT32S(a, NODE)[k]];
        if (segment >= 0 && (best[segment] < 0 || top[k] > top[best[segment]]))
            best[segment] = (int32_t)k;
    }
    for (Py_ssize_t k = 0; k < segments; k++)
        for (int32_t here = best[k]; here >= 0 && back[here] >= 0; here = source[chosen[count++]]) {
            if (count == steps)
                return -1;
            chosen[count] = back[here];
        }
    return count;
}

/* best(source, target, weight, arc, node, last, nodes): the steps of each segment's best path. */
static PyObject *
best(PyObject *module, PyObject *args)
{
    Arrays a;
    PyObject *out = NULL;
    if (!arrays_take(&a, args, 6))
        return NULL;
    Py_ssize_t nodes = arrays_last_size(args, 7);
    Py_ssize_t steps = arrays_size(&a, TOLD, 8), states = arrays_size(&a, ARC, 4), count = -1;
    if (arrays_fit(!PyErr_Occurred() && graph_fits(&a, nodes))) {
        int32_t *segment_of = ended(&a, nodes);
        double *top = PyMem_RawMalloc((size_t)(states + 1) * sizeof *top);
        int32_t *back = PyMem_RawMalloc((size_t)(states + 1) * sizeof *back);
        int32_t *ends = PyMem_RawMalloc((size_t)(arrays_size(&a, LAST, 4) + 1) * sizeof *ends);
        out = arrays_new(steps, 8);
        if (segment_of && top && back && ends && out) {
            count = climb(&a, segment_of, top, back, ends, (int64_t *)PyByteArray_AS_STRING(out));
            if (count < 0)
                arrays_misfit();
        } else if (!PyErr_Occurred())
            PyErr_NoMemory();
        PyMem_RawFree(segment_of);
        PyMem_RawFree(top);
        PyMem_RawFree(back);
        PyMem_RawFree(ends);
    }
    arrays_drop(&a);
    if (out && count >= 0 && PyByteArray_Resize(out, 8 * count) == 0)
        return out;
    Py_XDECREF(out);
    return NULL;
}

/* kept(share, source, step, target, missed, score, limit): what of each has a larger share. */
static PyObject *
kept(PyObject *module, PyObject *args)
{
    Arrays a;
    PyObject *out = NULL;
    if (!arrays_take(&a, args, 6))
        return NULL;
    double limit = arrays_last_float(args, 7);
    const double *share = DOUBLES(&a, 0);
    Py_ssize_t steps = arrays_size(&a, 0, 8), count = 0;
    int fits = !PyErr_Occurred();
    for (int k = 1; k < 6; k++)
        fits = fits && arrays_size(&a, k, 4) == steps;
    fits = arrays_fit(fits);
    for (Py_ssize_t k = 0; fits && k < steps; k++)
        count += share[k] > limit;
    out = fits ? PyTuple_New(6) : NULL;
    for (int k = 0; out && k < 6; k++) {
        PyObject *column = arrays_new(count, k ? 4 : 8);
        if (!column) {
            Py_CLEAR(out);
            break;
        }
        char *room = PyByteArray_AS_STRING(column);
        Py_ssize_t at = 0;
        for (Py_ssize_t n = 0; n < steps; n++)
            if (share[n] > limit) {
                if (k)
                    ((int32_t *)room)[at++] = INT32S(&a, k)[n];
                else
                    ((double *)room)[at++] = share[n];
            }
        PyTuple_SET_ITEM(out, k, column);
    }
    arrays_drop(&a);
    return out;
}

static PyMethodDef methods[] = {
    {"weigh", weigh, METH_VARARGS, "The score of each step."},
    {"beside", beside, METH_VARARGS, "The score of each step beside that of one path."},
    {"shares", shares, METH_VARARGS, "Each step's share of all paths."},
    {"best", best, METH_VARARGS, "The steps of the best path of each segment."},
    {"kept", kept, METH_VARARGS, "The steps of a larger share."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_paths, "Paths through a graph of readings.", methods, NULL)
