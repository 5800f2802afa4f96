/* The style of a text: its classes of tokens counted, its sentences' ends, its marks of quotation.
 *
 * The plain versions stand in style.py, whose tables these read.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "style.h"
#include <stdint.h>
#include <string.h>

#define REVISION 6 /* that of style.py; a build of other sources is not used */

static PyObject *
counter_count(Counter *self, PyObject *args)
{
    PyObject *text, *found = NULL;
    Py_ssize_t end;
    Counts *n;
    if (!PyArg_ParseTuple(args, "Un", &text, &end) || !(n = tokens_of(self, text, end, NULL, 0)))
        return NULL;
    count_features(n);
    uint32_t *each = PyMem_Malloc(FEATURES * sizeof *each);
    for (int k = 0; each && k < FEATURES; k++)
        each[k] = n->count[k];
    if (!each)
        PyErr_NoMemory();
    else if (n->tokens < self->least)
        found = Py_NewRef(Py_None);
    else
        found = Py_BuildValue("y#n", (char *)each, (Py_ssize_t)(FEATURES * sizeof *each), n->tokens);
    PyMem_Free(each);
    PyMem_Free(n);
    return found;
}

static PyObject *
counter_weigh(Counter *self, PyObject *args)
{
    PyObject *text, *weights;
    Py_ssize_t end;
    if (!PyArg_ParseTuple(args, "UnO", &text, &end, &weights))
        return NULL;
    return weighed(self, text, end, weights, NULL, 0);
}

static void
tables_dealloc(PyObject *capsule)
{
    Py_XDECREF(PyCapsule_GetContext(capsule));
}

/* The counter for other kernels, which lives as long as what they are given. */
static PyObject *
counter_tables(Counter *self, PyObject *unused)
{
    PyObject *capsule = PyCapsule_New(self, STYLE_TABLES, tables_dealloc);
    if (capsule && PyCapsule_SetContext(capsule, Py_NewRef((PyObject *)self)))
        Py_CLEAR(capsule);
    return capsule;
}

/* ---- sentences ---- */

static inline int
is_stop(Py_UCS4 c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x061F || c == 0x0964 ||
           c == 0x3002 || c == 0xFF01 || c == 0xFF1F;
}

static inline int
is_closing(Py_UCS4 c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x201D || c == 0x2019;
}

/* Whether a sentence may end at a character: most are told by one look. */
static inline int
may_end(Py_UCS4 c)
{
    static const uint8_t ends[256] = {['\n'] = 1, ['.'] = 1, ['!'] = 1, ['?'] = 1};
    return c < 256 ? ends[c] : is_stop(c);
}

/* How many sentences end in a text, counted up to a number. */
#define STOPS(NAME, TYPE)                                                                       \
    static Py_ssize_t NAME(const TYPE *text, Py_ssize_t size, Py_ssize_t most)                  \
    {                                                                                           \
        Py_ssize_t found = 0, i = 0;                                                            \
        while (found < most) {                                                                  \
            while (i < size && !may_end(text[i]))                                               \
                i++;                                                                            \
            if (i >= size)                                                                      \
                break;                                                                          \
            Py_UCS4 point = text[i];                                                            \
            Py_ssize_t begin = i++;                                                             \
            if (point == '\n') { /* an empty line: up to the last line feed of blanks */        \
                Py_ssize_t last = 0;                                                            \
                for (; i < size && Py_UNICODE_ISSPACE(text[i]); i++)                            \
                    last = text[i] == '\n' ? i : last;                                          \
                found += last > 0;                                                              \
            }                                                                                   \
            else if (is_stop(point)) {                                                          \
                while (i < size && is_stop(text[i]))                                            \
                    i++;                                                                        \
                Py_ssize_t end = i;                                                             \
                while (i < size && is_closing(text[i]))                                         \
                    i++;                                                                        \
                if (i == size || Py_UNICODE_ISSPACE(text[i])) {                                 \
                    found++;                                                                    \
                    i++;                                                                        \
                }                                                                               \
                else /* those of full width end one each */                                     \
                    for (; begin < end; begin++)                                                \
                        found += text[begin] > 0x3000;                                          \
            }                                                                                   \
        }                                                                                       \
        return found < most ? found : most;                                                     \
    }

STOPS(stops_1, Py_UCS1)
STOPS(stops_2, Py_UCS2)
STOPS(stops_4, Py_UCS4)

static PyObject *
style_stops(PyObject *module, PyObject *args)
{
    PyObject *text;
    Py_ssize_t most, found;
    if (!PyArg_ParseTuple(args, "Un", &text, &most))
        return NULL;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND)
        found = stops_1(data, size, most);
    else if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND)
        found = stops_2(data, size, most);
    else
        found = stops_4(data, size, most);
    return PyLong_FromSsize_t(found);
}

/* ---- quotation ---- */

enum { STRAIGHT, CURLY, FULL_WIDTH, GUILLEMETS, CONVENTIONS };

typedef struct {
    Py_ssize_t count, start, end; /* how often; where it first is */
} Convention;

static inline int is_word(Py_UCS4 c) { return c == '_' || Py_UNICODE_ISALNUM(c); }

/* Of which convention the mark between two characters is, or -1; -2 where a blank is part of it. */
static int
convention(Py_UCS4 before, Py_UCS4 mark, Py_UCS4 behind)
{
    switch (mark) {
    case '\'':
        return is_word(before) && is_word(behind) ? STRAIGHT : -1;
    case '"':
        return (before == '(' || Py_UNICODE_ISSPACE(before)) && is_word(behind) ? STRAIGHT : -1;
    case 0x2019:
        return is_word(before) && is_word(behind) ? CURLY : -1;
    case 0x201C:
        return is_word(behind) ? CURLY : -1;
    case 0x3001: case 0x3002: case 0xFF01: case 0xFF08: case 0xFF09:
    case 0xFF0C: case 0xFF1A: case 0xFF1B: case 0xFF1F:
        return is_letter(before) ? FULL_WIDTH : -1;
    case 0x300C:
        return is_letter(behind) ? FULL_WIDTH : -1;
    case 0xAB:
        return is_word(behind) ? GUILLEMETS : Py_UNICODE_ISSPACE(behind) ? -2 : -1;
    default:
        return -1;
    }
}

static inline int
may_quote(Py_UCS4 c)
{
    return c == '\'' || c == '"' || c == 0xAB || c >= 0x2019;
}

/* What stands before and behind the text is no character of any kind. */
#define QUOTES(NAME, TYPE)                                                                      \
    static void NAME(const TYPE *text, Py_ssize_t size, Convention *found)                      \
    {                                                                                           \
        for (Py_ssize_t i = 0; i < size; i++) {                                                 \
            if (!may_quote(text[i]))                                                            \
                continue;                                                                       \
            int of = convention(i > 0 ? text[i - 1] : 0, text[i], i + 1 < size ? text[i + 1] : 0); \
            Py_ssize_t end = i + 1;                                                             \
            if (of == -2) {                                                                     \
                of = i + 2 < size && is_word(text[i + 2]) ? GUILLEMETS : -1;                    \
                end++;                                                                          \
            }                                                                                   \
            if (of >= 0 && !found[of].count++) {                                                \
                found[of].start = i;                                                            \
                found[of].end = end;                                                            \
            }                                                                                   \
        }                                                                                       \
    }

QUOTES(quotes_1, Py_UCS1)
QUOTES(quotes_2, Py_UCS2)
QUOTES(quotes_4, Py_UCS4)

static PyObject *
style_conventions(PyObject *module, PyObject *text)
{
    Convention each[CONVENTIONS] = {{0}};
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND)
        quotes_1(data, size, each);
    else if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND)
        quotes_2(data, size, each);
    else
        quotes_4(data, size, each);
    PyObject *found = PyList_New(CONVENTIONS);
    for (int k = 0; found && k < CONVENTIONS; k++) {
        PyObject *one = Py_BuildValue("nnn", each[k].count, each[k].start, each[k].end);
        if (!one)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, k, one);
    }
    return found;
}

/* ---- the tables ---- */

/* A word or an ending as letters, as they are read. */
static int
letters(PyObject *text, Letters *word)
{
    Py_ssize_t size;
    const char *from = PyUnicode_AsUTF8AndSize(text, &size);
    memset(word, 0, sizeof *word);
    if (from && (size < 1 || size > NAMED_LETTERS))
        PyErr_SetString(PyExc_ValueError, "a word is empty or too long");
    for (Py_ssize_t k = 0; k < size && !PyErr_Occurred(); k++)
        add_letter(word, (unsigned char)from[k]);
    return !PyErr_Occurred();
}

static int
class_of(PyObject *value, int *class)
{
    *class = (int)PyLong_AsLong(value);
    if (!PyErr_Occurred() && (*class < 0 || *class >= CLASSES))
        PyErr_SetString(PyExc_ValueError, "no such class");
    return !PyErr_Occurred();
}

static int
take_words(Counter *self, PyObject *words)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    if (PyDict_GET_SIZE(words) > SLOTS / 2) {
        PyErr_SetString(PyExc_ValueError, "too many words");
        return 0;
    }
    for (int k = 0; k < SLOTS; k++)
        self->known[k].class = -1;
    while (PyDict_Next(words, &at, &key, &value)) {
        Letters word;
        int class;
        if (!letters(key, &word) || !class_of(value, &class))
            return 0;
        Named *known = (Named *)named_place(self, word.text);
        memcpy(known->text, word.text, sizeof known->text);
        known->class = class;
    }
    return 1;
}

/* Endings with one last letter must stand together. */
static int
take_endings(Counter *self, PyObject *endings)
{
    for (int k = 0; k < 26; k++)
        self->of[k] = ENDINGS;
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(endings) && k < ENDINGS; k++) {
        Ending *ending = &self->ending[self->endings];
        PyObject *text, *value;
        Letters word;
        int class;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(endings, k), "UO", &text, &value) ||
            !letters(text, &word) || !class_of(value, &class))
            return 0;
        uint8_t last = (uint8_t)((word.tail & 0xFF) - 'a');
        int follows = k && self->ending[k - 1].last == last;
        if (word.size > 8 || last >= 26 || (!follows && self->of[last] < ENDINGS)) {
            PyErr_SetString(PyExc_ValueError, "an ending is too long, or out of order");
            return 0;
        }
        if (!follows)
            self->of[last] = (int)k;
        *ending = (Ending){word.tail, UINT64_MAX >> 8 * (8 - word.size), (uint16_t)class, last};
        self->endings++;
    }
    return 1;
}

static int
take_marks(Counter *self, PyObject *marks)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(marks, &at, &key, &value)) {
        int class;
        if (!PyUnicode_Check(key) || PyUnicode_GET_LENGTH(key) != 1 ||
            PyUnicode_READ_CHAR(key, 0) >= 128 || !class_of(value, &class)) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "no such mark");
            return 0;
        }
        self->marks[PyUnicode_READ_CHAR(key, 0)] = (uint16_t)class;
    }
    return 1;
}

static PyObject *
counter_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyObject *words, *endings, *marks;
    Py_ssize_t longest, least;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Counter takes no keywords");
    if (!PyArg_ParseTuple(args, "O!O!O!nn", &PyDict_Type, &words, &PyList_Type, &endings,
                          &PyDict_Type, &marks, &longest, &least))
        return NULL;
    Counter *self = (Counter *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    if (longest < 0 || longest > TOKENS)
        PyErr_Format(PyExc_ValueError, "at most %d tokens can be read", TOKENS);
    for (Py_UCS4 k = 0; k < 128; k++)
        self->begins[k] = is_lower(k)                          ? BEGINS_LOWER
                          : is_letter(k)                       ? BEGINS_UPPER
                          : Py_UNICODE_ISDECIMAL(k)            ? BEGINS_NUMBER
                          : k == '_' || Py_UNICODE_ISSPACE(k) ? BEGINS_NOTHING
                                                               : BEGINS_MARK;
    self->longest = longest;
    self->least = least;
    if (PyErr_Occurred() || !take_words(self, words) || !take_endings(self, endings) || !take_marks(self, marks))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyMethodDef counter_methods[] = {
    {"count", (PyCFunction)counter_count, METH_VARARGS,
     "Counts of features and how many tokens; None where they are too few."},
    {"weigh", (PyCFunction)counter_weigh, METH_VARARGS,
     "Roots of the counts, weighted and added up, and how many tokens; None where too few."},
    {"tables", (PyCFunction)counter_tables, METH_NOARGS, "The counter, for the reader of words."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot counter_slots[] = {
    {Py_tp_new, counter_new},
    {Py_tp_dealloc, kernel_dealloc},
    {Py_tp_methods, counter_methods},
    {Py_tp_doc, "Counter(words, endings, marks, longest, least)"},
    {0, NULL},
};

static PyType_Spec counter_spec = {
    "unspun.tagging._style.Counter", sizeof(Counter), 0, Py_TPFLAGS_DEFAULT, counter_slots,
};

static PyMethodDef style_functions[] = {
    {"stops", (PyCFunction)style_stops, METH_VARARGS, "How many sentences end, up to a number."},
    {"conventions", (PyCFunction)style_conventions, METH_O,
     "How often each convention of quotation is met; start and end of its first mark."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_style, "Features of style, counted.", style_functions, &counter_spec)
