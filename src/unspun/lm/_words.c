/* Cuts text into words: the grammars of lm/words.py and channel/tokens.py, character by character. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "cut.h"
#include "hashes.h"

#define REVISION 3 /* that of words.py */

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

/* The end of the word characters that stand at a place. */
static inline Py_ssize_t
word_end(const Text *t, Py_ssize_t k)
{
    while (k < t->size && (is(t, k, ALNUM) || at(t, k) == '_'))
        k++;
    return k;
}

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
        k = word_end(&t, k);
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

/* ---- What phrases begin with: see heads.py. ---- */

#define HEAD 4 /* parts that are looked at */

/* The next part that begins before a limit: its hash, and in `k` where it ends; 0 if none does. */
static inline int
next_part(const Text *t, Py_ssize_t *k, Py_ssize_t limit, uint64_t *key)
{
    Py_ssize_t begin = *k;
    while (begin < limit && is(t, begin, SPACE))
        begin++;
    if (begin >= limit)
        return 0;
    uint64_t hash = 0xCBF29CE484222325u; /* of Fowler, Noll and Vo, a character at a time */
    *k = word_end(t, begin);
    *k += *k == begin;
    for (; begin < *k; begin++) {
        Py_UCS4 c = at(t, begin);
        hash = (hash ^ (c == CURLY ? '\'' : c)) * 0x100000001B3u;
    }
    *key = (hash ^ hash >> 32) * 0x9E3779B97F4A7C15u;
    return 1;
}

/* heads(text): the hash of what each line begins with, up to HEAD parts. */
static PyObject *
heads(PyObject *module, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "phrases are lines of a string");
    Text t = text_of(text);
    uint64_t *keys = PyMem_RawMalloc(((size_t)t.size + 1) * sizeof *keys), key, next;
    Py_ssize_t count = 0;
    for (Py_ssize_t k = 0; keys && k < t.size; k++) {
        Py_ssize_t end = k;
        while (end < t.size && at(&t, end) != '\n')
            end++;
        if (next_part(&t, &k, end, &key)) {
            for (int part = 1; part < HEAD && next_part(&t, &k, end, &next); part++)
                key = both_of(key, next);
            keys[count++] = key;
        }
        k = end;
    }
    PyObject *out = keys ? PyBytes_FromStringAndSize((char *)keys, count * 8) : PyErr_NoMemory();
    PyMem_RawFree(keys);
    return out;
}

/* Whether a hash is among some in order, of each of which two bits are set in a table. */
static inline int
among(uint64_t key, const uint8_t *able, const Py_buffer *keys)
{
    if (!is_twice_able(key, able))
        return 0;
    const uint64_t *known = keys->buf;
    Py_ssize_t low = 0, high = keys->len / 8;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (known[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < keys->len / 8 && known[low] == key;
}

/* holds(text, able, keys): whether one of some phrases may begin in a text. */
static PyObject *
holds(PyObject *module, PyObject *args)
{
    PyObject *text;
    Py_buffer able, keys;
    if (!PyArg_ParseTuple(args, "Uy*y*", &text, &able, &keys))
        return NULL;
    int fits = able.len == ABLE_SIZE, found = 0;
    if (fits) {
        Text t = text_of(text);
        uint64_t since[HEAD], key; /* what began some parts ago */
        int known = 0;
        for (Py_ssize_t k = 0; !found && next_part(&t, &k, t.size, &key);) {
            for (int part = known = known < HEAD ? known + 1 : HEAD; part-- > 0;) {
                since[part] = part ? both_of(since[part - 1], key) : key;
                found |= among(since[part], able.buf, &keys);
            }
        }
    }
    else
        PyErr_SetString(PyExc_ValueError, "the table is none of heads");
    PyBuffer_Release(&able);
    PyBuffer_Release(&keys);
    return fits ? PyBool_FromLong(found) : NULL;
}

static PyMethodDef methods[] = {
    {"heads", heads, METH_O, "Hashes of what the lines of a text begin with."},
    {"holds", holds, METH_VARARGS, "Whether a text holds the beginning of a phrase."},
    {"tokens", tokens, METH_O, "The tokens of a text, where they begin, where they end."},
    {"words", words, METH_O, "The tokens of a text."},
    {"parts", parts, METH_O, "The parts of a text's words, where they begin, what they are."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_words, "Cuts text into words.", methods, NULL)
