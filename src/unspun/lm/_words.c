/* Cuts text into words: the grammars of lm/words.py and channel/tokens.py, character by character. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "cut.h"

#define REVISION 2 /* that of words.py */

/* Append and let go; 0 with an exception where that fails. */
static int
append(PyObject *list, PyObject *item)
{
    int ok = item && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return ok;
}

/* tokens(text): the tokens, and where each begins and ends. */
static PyObject *
tokens(PyObject *module, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "tokens are cut of a string");
    Text t = text_of(text);
    PyObject *words = PyList_New(0), *starts = PyList_New(0), *ends = PyList_New(0);
    int ok = words && starts && ends;
    for (Py_ssize_t k = 0; ok && k < t.size;) {
        if (is(&t, k, SPACE)) {
            k++;
            continue;
        }
        Py_ssize_t end = token(&t, k);
        ok = append(words, PyUnicode_Substring(text, k, end)) &&
             append(starts, PyLong_FromSsize_t(k)) && append(ends, PyLong_FromSsize_t(end));
        k = end;
    }
    PyObject *out = ok ? PyTuple_Pack(3, words, starts, ends) : NULL;
    Py_XDECREF(words);
    Py_XDECREF(starts);
    Py_XDECREF(ends);
    return out;
}

/* words(text): the tokens alone. */
static PyObject *
words(PyObject *module, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "words are cut of a string");
    Text t = text_of(text);
    PyObject *found = PyList_New(0);
    int ok = found != NULL;
    for (Py_ssize_t k = 0, end; ok && k < t.size; k = end) {
        int blank = is(&t, k, SPACE);
        end = blank ? k + 1 : token(&t, k);
        ok = blank || append(found, PyUnicode_Substring(text, k, end));
    }
    if (!ok)
        Py_CLEAR(found);
    return found;
}

/* ---- Parts of words: runs of word characters, and other characters one by one. ---- */

enum { CASED = 1, WORD = 2, JOINER = 4 }; /* as in page.py */

/* parts(text): the parts, apostrophes made straight, where each begins, and its kind. */
static PyObject *
parts(PyObject *module, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "parts are cut of a string");
    Text t = text_of(text);
    int64_t *starts = PyMem_RawMalloc(((size_t)t.size + 1) * sizeof *starts);
    uint8_t *kinds = PyMem_RawMalloc((size_t)t.size + 1);
    PyObject *forms = PyList_New(0), *out = NULL;
    Py_ssize_t count = 0;
    int ok = forms && starts && kinds;
    if (forms && !ok)
        PyErr_NoMemory();
    for (Py_ssize_t k = 0; ok && k < t.size;) {
        if (is(&t, k, SPACE)) {
            k++;
            continue;
        }
        Py_ssize_t begin = k;
        Py_UCS4 c = at(&t, k);
        while (k < t.size && (is(&t, k, ALNUM) || at(&t, k) == '_'))
            k++;
        int word = k > begin, joins = c == '\'' || c == CURLY || c == '-' || c == 0x2010 || c == 0x2011;
        k += !word;
        starts[count] = begin;
        kinds[count++] = (is(&t, begin, ALPHA) ? CASED : 0) | (word ? WORD : joins ? JOINER : 0);
        ok = append(forms, c == CURLY ? PyUnicode_FromStringAndSize("'", 1)
                                      : PyUnicode_Substring(text, begin, k));
    }
    if (ok)
        out = Py_BuildValue("Oy#y#", forms, starts, count * (Py_ssize_t)sizeof *starts, kinds, count);
    PyMem_RawFree(starts);
    PyMem_RawFree(kinds);
    Py_XDECREF(forms);
    return out;
}

static PyMethodDef methods[] = {
    {"tokens", tokens, METH_O, "The tokens of a text, where they begin, where they end."},
    {"words", words, METH_O, "The tokens of a text."},
    {"parts", parts, METH_O, "The parts of a text's words, where they begin, what they are."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_words, "Cuts text into words.", methods, NULL)
