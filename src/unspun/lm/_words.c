/* Cuts text into words: the grammars of lm/words.py and channel/tokens.py, character by character. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 2 /* that of words.py */

enum { SPACE = 1, DIGIT = 2, LETTER = 4, ALNUM = 8, ALPHA = 16 }; /* DIGIT is decimal, as \d */
enum { LEFT_DOUBLE = 0x201C, RIGHT_DOUBLE = 0x201D, CURLY = 0x2019 };

typedef struct {
    int kind;
    const void *data;
    Py_ssize_t size;
    uint8_t ascii[128];
} Text;

static uint8_t
told(Py_UCS4 c)
{
    if (Py_UNICODE_ISSPACE(c))
        return SPACE;
    if (!Py_UNICODE_ISALNUM(c))
        return 0;
    return ALNUM | (Py_UNICODE_ISDECIMAL(c) ? DIGIT : LETTER) |
           (Py_UNICODE_ISALPHA(c) ? ALPHA : 0);
}

static inline Py_UCS4
at(const Text *t, Py_ssize_t k)
{
    return k >= 0 && k < t->size ? PyUnicode_READ(t->kind, t->data, k) : 0;
}

/* What a character is; outside the text nothing is anything. */
static inline int
is(const Text *t, Py_ssize_t k, int classes)
{
    if (k < 0 || k >= t->size)
        return 0;
    Py_UCS4 c = PyUnicode_READ(t->kind, t->data, k);
    return (c < 128 ? t->ascii[c] : told(c)) & classes;
}

static inline Py_ssize_t
run(const Text *t, Py_ssize_t k, int classes)
{
    while (is(t, k, classes))
        k++;
    return k;
}

static int
follows(const Text *t, Py_ssize_t k, const char *what)
{
    for (; *what; what++, k++)
        if (at(t, k) != (unsigned char)*what)
            return 0;
    return 1;
}

static inline int
apostrophe(const Text *t, Py_ssize_t k)
{
    Py_UCS4 c = at(t, k);
    return c == '\'' || c == CURLY;
}

/* The end of a clitic that stands at a place, or 0. */
static Py_ssize_t
clitic(const Text *t, Py_ssize_t k)
{
    static const char *const all[] = {"s", "ll", "re", "ve", "d", "m",
                                      "S", "LL", "RE", "VE", "D", "M"};
    for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
        Py_ssize_t end = k + (Py_ssize_t)strlen(all[n]);
        if (follows(t, k, all[n]) && !is(t, end, ALNUM))
            return end;
    }
    return 0;
}

static Py_ssize_t
title(const Text *t, Py_ssize_t k)
{
    static const char *const all[] = {
        "Mr.",  "Mrs.", "Ms.",  "Dr.", "Sen.", "Sens.", "Rep.", "Reps.", "Gov.",  "Gen.", "Lt.",
        "Col.", "Sgt.", "Capt.", "Prof.", "Rev.", "Hon.", "St.", "Jan.", "Feb.", "Aug.", "Sept.",
        "Oct.", "Nov.", "Dec.",
    };
    for (size_t n = 0; n < sizeof all / sizeof *all; n++)
        if (follows(t, k, all[n]))
            return k + (Py_ssize_t)strlen(all[n]);
    return 0;
}

static Py_ssize_t
address(const Text *t, Py_ssize_t k)
{
    static const char *const heads[] = {"http://", "https://", "www."};
    for (size_t n = 0; n < sizeof heads / sizeof *heads; n++) {
        if (!follows(t, k, heads[n]))
            continue;
        Py_ssize_t end = 0;
        for (k += (Py_ssize_t)strlen(heads[n]); k < t->size && !is(t, k, SPACE); k++) {
            Py_UCS4 c = at(t, k);
            if (c == '<' || c == '>' || c == '"' || c == RIGHT_DOUBLE)
                break;
            if (c == CURLY || (c < 128 && c && strchr(".,;:!?)]'", (int)c)))
                continue;
            end = k + 1;
        }
        return end;
    }
    return 0;
}

/* Behind a digit: more of the number, its separators, what is written onto it. */
static Py_ssize_t
separated(const Text *t, Py_ssize_t k, int onto)
{
    while ((at(t, k) == '.' || at(t, k) == ',') && is(t, k + 1, DIGIT)) {
        k = run(t, k + 1, DIGIT);
        if (onto)
            k = run(t, k, ALNUM);
    }
    return k;
}

static Py_ssize_t
lettered(const Text *t, Py_ssize_t k)
{
    Py_ssize_t end = k, found;
    while (is(t, end, LETTER) && at(t, end + 1) == '.')
        end += 2;
    if (end >= k + 4)
        return end;
    Py_UCS4 c = at(t, k);
    if (c >= 'A' && c <= 'Z' && (found = title(t, k)))
        return found;
    if ((c == 'h' || c == 'w') && (found = address(t, k)))
        return found;
    end = run(t, k, LETTER);
    if (is(t, end, DIGIT))
        return separated(t, run(t, end, ALNUM), 1);
    while (apostrophe(t, end) && !clitic(t, end + 1) && is(t, end + 1, LETTER))
        end = run(t, end + 1, LETTER);
    return end;
}

/* The end of the token that begins at a place where no white space is. */
static Py_ssize_t
token(const Text *t, Py_ssize_t k)
{
    Py_UCS4 c = at(t, k);
    if (is(t, k, LETTER))
        return lettered(t, k);
    if (is(t, k, DIGIT))
        return run(t, separated(t, run(t, k, DIGIT), 0), ALNUM);
    if (apostrophe(t, k) && (is(t, k - 1, ALNUM) || at(t, k - 1) == '.')) {
        Py_ssize_t end = clitic(t, k + 1);
        return end ? end : k + 1;
    }
    if (c == '.' || c == '-')
        for (k++; at(t, k) == c;)
            k++;
    else
        k++;
    return k;
}

static void
text_of(PyObject *text, Text *t)
{
    t->kind = PyUnicode_KIND(text);
    t->data = PyUnicode_DATA(text);
    t->size = PyUnicode_GET_LENGTH(text);
    for (Py_UCS4 c = 0; c < 128; c++)
        t->ascii[c] = told(c);
}

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
    Text t;
    text_of(text, &t);
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
    Text t;
    text_of(text, &t);
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
    Text t;
    text_of(text, &t);
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
