/* The words of a text, its runs of one script, and their evidence for each language.
 *
 * One pass cuts words. A second adds up what their n-grams say, four columns of 16 bits at a time,
 * or finds it in the memo; then each script group is totalled, and the windows are found that speak
 * against the total. All sums are of integers, so they are those of the plain version in batch.py,
 * which reads the same tables.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "code.h"
#include "cut.h"
#include "path.h"
#include <structmember.h>

#define REVISION 9 /* that of compiled.py; a build of other sources is not used */

#define LETTERS 5 /* of a word, roughly */
#define NAMED 3 /* language, script and confidence */
#define UNLOCK 8192 /* characters from which other threads may run meanwhile */

enum { KANA = 1, HAN = 2, SIMPLIFIED = 4, TRADITIONAL = 8 };

/* ---- what was read, as Python values ---- */

/* A tuple of numbers, or of such tuples: in no cycle, so no matter of the garbage collector. */
static inline PyObject *
settled(PyObject *tuple)
{
    if (tuple && PyTuple_GET_SIZE(tuple))
        PyObject_GC_UnTrack(tuple);
    return tuple;
}

static PyObject *
total_value(const Words *w, const Total *total)
{
    int64_t second;
    int best = best_of(w, total, &second);
    return settled(Py_BuildValue("iniLL", (int)total->group, total->letters, best,
                         (long long)(AT(w->reader->columns, uint8_t, total->group)
                                         ? total->sums[best] : 0),
                         (long long)second));
}

static PyObject *
total_values(const Words *w, const Total *totals)
{
    PyObject *found = PyTuple_New(w->units);
    for (int k = 0; found && k < w->units; k++) {
        PyObject *one = total_value(w, &totals[k]);
        if (!one)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, k, one);
    }
    return settled(found);
}

/* The runs; made when they are asked for. */
static PyObject *
words_runs(Words *w, void *unused)
{
    if (w->runs)
        return Py_NewRef(w->runs);
    PyObject *found = PyList_New(0);
    for (Py_ssize_t first = 0, last; found && first < w->count; first = last) {
        uint8_t group = w->word[first].group;
        last = run_end(w, first);
        PyObject *one = settled(Py_BuildValue("nnnnii", first, last, w->word[first].start,
                                              STOP(w->word[last - 1]), group, w->unit[group]));
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    if (found)
        w->runs = settled(PyList_AsTuple(found));
    Py_XDECREF(found);
    return Py_XNewRef(w->runs);
}

static int
span(PyObject *item, Py_ssize_t *start, Py_ssize_t *end)
{
    PyObject *pair = PySequence_Tuple(item);
    int parsed = pair && PyArg_ParseTuple(pair, "nn", start, end);
    Py_XDECREF(pair);
    return parsed;
}

/* The words that begin in spans have no say. */
static int
silence(Words *w, PyObject *spans)
{
    PyObject *items = PySequence_Fast(spans, "skip must be a sequence of spans");
    int good = items != NULL;
    for (Py_ssize_t k = 0; good && k < PySequence_Fast_GET_SIZE(items); k++) {
        Py_ssize_t start, end;
        good = span(PySequence_Fast_GET_ITEM(items, k), &start, &end);
        for (Py_ssize_t word = good ? first_from(w, start) : w->count;
             word < w->count && w->word[word].start < end; word++)
            w->word[word].said = 0;
    }
    Py_XDECREF(items);
    return good;
}

/* ---- reading ---- */

/* Cut what stands between blanks. */
static int
cut_between(Words *w, PyObject *blanks, unsigned *signs)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text), at = 0;
    PyObject *items = PySequence_Fast(blanks, "blanks must be a sequence of spans");
    int good = items != NULL;
    for (Py_ssize_t k = 0; good && k < PySequence_Fast_GET_SIZE(items); k++) {
        Py_ssize_t start, end;
        good = span(PySequence_Fast_GET_ITEM(items, k), &start, &end);
        if (good && (start < at || start > end || end > size)) {
            PyErr_SetString(PyExc_ValueError, "a blank lies outside the text or in another");
            good = 0;
        }
        if (good && start < end) {
            if (!cut(w, at, start, signs))
                good = PyErr_NoMemory() != NULL;
            at = end;
        }
    }
    if (good && !cut(w, at, size, signs))
        good = PyErr_NoMemory() != NULL;
    Py_XDECREF(items);
    return good;
}

/* Cut a text; where it shows signs of blanks, once more without those that are found. */
static int
cut_all(Words *w, PyObject *find)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text);
    Py_ssize_t line = 0, end;
    unsigned signs = 0;
    int done;
    w->room = size / LETTERS + 16;
    w->word = PyMem_RawMalloc((size_t)w->room * sizeof(Word));
    if (!w->word)
        return PyErr_NoMemory() != NULL;
    if (size < UNLOCK)
        done = cut(w, 0, size, &signs);
    else {
        Py_BEGIN_ALLOW_THREADS
        done = cut(w, 0, size, &signs);
        Py_END_ALLOW_THREADS
    }
    if (!done)
        return PyErr_NoMemory() != NULL;
    if (signs == CODE && !next_code(w->reader, w->text, &line, &end))
        signs = 0; /* marks of code in prose */
    w->blanks = signs ? PyObject_CallFunction(find, "Oi", w->text, (int)signs) : PyTuple_New(0);
    if (!w->blanks)
        return 0;
    Py_ssize_t blanks = PyObject_Length(w->blanks);
    if (blanks > 0) {
        w->count = 0;
        return cut_between(w, w->blanks, &signs);
    }
    return blanks == 0;
}

static int
read_text(Words *w, PyObject *find, PyObject *skip, int windows)
{
    if (!cut_all(w, find) || (skip != Py_None && !silence(w, skip)))
        return 0;
    number_units(w);
    Memo *memo = take_memo(w->reader);
    Total *totals = PyMem_Calloc((size_t)w->units + 1, sizeof(Total));
    int done = memo && totals;
    if (done && PyUnicode_GET_LENGTH(w->text) < UNLOCK)
        done = total_up(w, memo, totals, windows);
    else if (done) {
        Py_BEGIN_ALLOW_THREADS
        done = total_up(w, memo, totals, windows);
        Py_END_ALLOW_THREADS
    }
    w->totals = done ? total_values(w, totals) : PyErr_NoMemory();
    PyMem_Free(totals);
    if (memo)
        give_memo(w->reader, memo);
    return w->totals != NULL;
}

static PyObject *
reader_read(Reader *self, PyObject *args)
{
    PyObject *text, *find, *skip;
    int windows;
    if (!PyArg_ParseTuple(args, "UOOp", &text, &find, &skip, &windows))
        return NULL;
    Words *w = (Words *)self->words->tp_alloc(self->words, 0);
    if (!w)
        return NULL;
    w->reader = (Reader *)Py_NewRef((PyObject *)self);
    w->text = Py_NewRef(text);
    if (!read_text(w, find, skip, windows))
        Py_CLEAR(w);
    return (PyObject *)w;
}

/* ---- questions to a text ---- */

/* The next line that is not empty: its start, end and letters; 0 where there is none. */
static int
next_line(const Words *w, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *word,
          Py_ssize_t *letters)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text);
    for (; *start < size; (*start)++) {
        *stop = PyUnicode_FindChar(w->text, '\n', *start, size, 1);
        if (*stop < 0)
            *stop = size;
        if (*stop > *start)
            break;
    }
    if (*start >= size)
        return 0;
    *letters = 0; /* a word never goes beyond its line */
    for (; *word < w->count && w->word[*word].start < *stop; (*word)++)
        *letters += w->word[*word].size;
    return 1;
}

static PyObject *
words_lines(Words *w, PyObject *unused)
{
    Py_ssize_t start = 0, stop, word = 0, letters;
    PyObject *found = PyList_New(0);
    for (; found && next_line(w, &start, &stop, &word, &letters); start = stop + 1) {
        PyObject *one = Py_BuildValue("nnn", start, stop, letters);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    return found;
}

/* make(start, end, *what) */
static PyObject *
made(PyObject *make, Py_ssize_t start, Py_ssize_t end, PyObject *what)
{
    PyObject *one = NULL, *args[NAMED + 3] = {NULL};
    args[1] = PyLong_FromSsize_t(start);
    args[2] = PyLong_FromSsize_t(end);
    for (int k = 0; k < NAMED; k++)
        args[k + 3] = PyTuple_GET_ITEM(what, k);
    if (args[1] && args[2])
        one = PyObject_Vectorcall(make, args + 1, (NAMED + 2) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                                  NULL);
    Py_XDECREF(args[1]);
    Py_XDECREF(args[2]);
    return one;
}

static PyObject *
words_paragraphs(Words *w, PyObject *args)
{
    PyObject *make, *what, *other, *found, *all = NULL;
    if (!PyArg_ParseTuple(args, "OO!O!", &make, &PyTuple_Type, &what, &PyTuple_Type, &other))
        return NULL;
    if (PyTuple_GET_SIZE(what) != NAMED || PyTuple_GET_SIZE(other) != NAMED)
        return PyErr_Format(PyExc_ValueError, "what a paragraph is takes %d values", NAMED);
    Py_ssize_t start = 0, stop, word = 0, letters;
    int tracked = 0;
    found = PyList_New(0);
    for (; found && next_line(w, &start, &stop, &word, &letters); start = stop + 1) {
        PyObject *one = made(make, start, stop, letters ? what : other);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        tracked |= one && PyObject_GC_IsTracked(one);
        Py_XDECREF(one);
    }
    if (found)
        all = PyList_AsTuple(found);
    Py_XDECREF(found);
    return tracked ? all : settled(all);
}

static PyObject *
words_letters(Words *w, PyObject *args)
{
    Py_ssize_t start, end, letters = 0;
    if (!PyArg_ParseTuple(args, "nn", &start, &end))
        return NULL;
    Py_ssize_t word = first_from(w, start);
    if (word > 0 && STOP(w->word[word - 1]) > start)
        word--;
    for (; word < w->count && w->word[word].start < end; word++) {
        Py_ssize_t low = w->word[word].start, high = STOP(w->word[word]);
        letters += (high < end ? high : end) - (low > start ? low : start);
    }
    return PyLong_FromSsize_t(letters);
}

static PyObject *
words_said(Words *w, PyObject *args)
{
    Py_ssize_t start, end, letters = 0;
    if (!PyArg_ParseTuple(args, "nn", &start, &end))
        return NULL;
    for (Py_ssize_t k = first_from(w, start); k < w->count && w->word[k].start < end; k++)
        if (w->word[k].said)
            letters += w->word[k].size;
    return PyLong_FromSsize_t(letters);
}

static PyObject *
words_bounds(Words *w, PyObject *args)
{
    Py_ssize_t first, last;
    if (!PyArg_ParseTuple(args, "nn", &first, &last))
        return NULL;
    if (first < 0 || first >= last || last > w->count)
        return PyErr_Format(PyExc_IndexError, "no such words");
    Py_ssize_t letters = 0;
    for (Py_ssize_t k = first; k < last; k++)
        if (w->word[k].said)
            letters += w->word[k].size;
    return Py_BuildValue("nnn", w->word[first].start, STOP(w->word[last - 1]), letters);
}

static PyObject *
loud_values(const Words *w)
{
    PyObject *found = PyList_New(w->louds);
    for (Py_ssize_t k = 0; found && k < w->louds; k++) {
        PyObject *one = Py_BuildValue("ni", w->loud[k].word, w->loud[k].column);
        if (!one)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, k, one);
    }
    return found;
}

/* The columns of the units, and whether windows against others are known, or none. */
static int
take_columns(Words *w, PyObject *columns, int *others)
{
    PyObject *items = PySequence_Fast(columns, "columns must be a sequence");
    if (!items)
        return 0;
    *others = !w->heard;
    if (PySequence_Fast_GET_SIZE(items) != w->units)
        PyErr_SetString(PyExc_ValueError, "as many columns as script groups are needed");
    for (int k = 0; k < w->units && !PyErr_Occurred(); k++) {
        long column = PyLong_AsLong(PySequence_Fast_GET_ITEM(items, k));
        if ((column < 0 || column >= COLUMNS) && !PyErr_Occurred())
            PyErr_SetString(PyExc_IndexError, "no such column");
        if (!PyErr_Occurred()) {
            *others |= column != w->best[k];
            w->best[k] = (uint8_t)column;
        }
    }
    Py_DECREF(items);
    return !PyErr_Occurred();
}

static PyObject *
words_loud(Words *w, PyObject *columns)
{
    int others, found = 1;
    if (!take_columns(w, columns, &others))
        return NULL;
    if (others) {
        Memo *memo = take_memo(w->reader);
        found = memo && listen(w, memo, NULL);
        if (memo)
            give_memo(w->reader, memo);
    }
    return found ? loud_values(w) : PyErr_NoMemory();
}

static PyObject *
turn_values(const uint8_t *steps, Py_ssize_t first, Py_ssize_t last)
{
    PyObject *found = PyList_New(0);
    for (Py_ssize_t at = first, end; found && at < last; at = end) {
        for (end = at + 1; end < last && steps[end - first] == steps[at - first]; end++)
            ;
        PyObject *one = Py_BuildValue("nni", at, end, (int)steps[at - first]);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    return found;
}

static PyObject *
words_turns(Words *w, PyObject *args)
{
    Py_ssize_t first, last;
    int main;
    if (!PyArg_ParseTuple(args, "nni", &first, &last, &main))
        return NULL;
    if (first < 0 || first >= last || last > w->count || main < 0 || main >= COLUMNS)
        return PyErr_Format(PyExc_IndexError, "no such words or column");
    uint8_t *steps = PyMem_Malloc((size_t)(last - first));
    Memo *memo = take_memo(w->reader);
    PyObject *found = NULL;
    if (!steps || !memo || !steps_of(w, memo, first, last, main, steps))
        PyErr_NoMemory();
    else
        found = turn_values(steps, first, last);
    if (memo)
        give_memo(w->reader, memo);
    PyMem_Free(steps);
    return found;
}

/* What the style of a text weighs; see `_style.c`. */
static PyObject *
words_weigh(Words *w, PyObject *args)
{
    PyObject *weights;
    Py_ssize_t end;
    if (!PyArg_ParseTuple(args, "nO", &end, &weights))
        return NULL;
    if (!w->reader->style)
        return PyErr_Format(PyExc_RuntimeError, "the reader has no tables of style");
    return weighed(w->reader->style, w->text, end, weights, w->word, w->count);
}

/* ---- samples and lines ---- */

/* At least as wide a character as the widest of a stretch, of the same kind. */
static Py_UCS4
widest(int kind, const void *data, Py_ssize_t at, Py_ssize_t size)
{
    Py_UCS4 all = 0;
    if (kind == PyUnicode_1BYTE_KIND)
        for (Py_ssize_t k = at; k < at + size; k++)
            all |= ((const Py_UCS1 *)data)[k];
    else if (kind == PyUnicode_2BYTE_KIND)
        for (Py_ssize_t k = at; k < at + size; k++)
            all |= ((const Py_UCS2 *)data)[k];
    else
        for (Py_ssize_t k = at; k < at + size; k++)
            all |= ((const Py_UCS4 *)data)[k];
    return all > 0xFFFF ? 0x10FFFF : all;
}

/* sample(text, head, part): the head of a long text, a part of its middle and its end, as lines. */
static PyObject *
reader_sample(Reader *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 3 || !PyUnicode_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "a text and two sizes are needed");
    PyObject *text = args[0];
    Py_ssize_t head = PyLong_AsSsize_t(args[1]), part = PyLong_AsSsize_t(args[2]);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (head < 0 || part < 0 || head > PY_SSIZE_T_MAX / 8 || part > PY_SSIZE_T_MAX / 8)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_ValueError, "no such sizes");
    if (size <= head + 3 * part)
        return Py_NewRef(text);
    const Py_ssize_t start[] = {0, size / 2, size - part}, length[] = {head, part, part};
    Py_UCS4 wide = '\n';
    for (int k = 0; k < 3; k++)
        wide |= widest(PyUnicode_KIND(text), PyUnicode_DATA(text), start[k], length[k]);
    PyObject *made = PyUnicode_New(head + 2 * part + 2, wide > 0xFFFF ? 0x10FFFF : wide);
    for (Py_ssize_t k = 0, at = 0; made && k < 3; at += length[k++] + 1) {
        if (PyUnicode_CopyCharacters(made, at, text, start[k], length[k]) < 0)
            Py_CLEAR(made);
        else if (k < 2)
            PyUnicode_WRITE(PyUnicode_KIND(made), PyUnicode_DATA(made), at + length[k], '\n');
    }
    return made;
}

static PyObject *
reader_han(Reader *self, PyObject *args)
{
    PyObject *text;
    Py_ssize_t at, end;
    if (!PyArg_ParseTuple(args, "Unn", &text, &at, &end))
        return NULL;
    if (at < 0 || at > end || end > PyUnicode_GET_LENGTH(text))
        return PyErr_Format(PyExc_IndexError, "no such stretch");
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    PyObject *found = PyList_New(0);
    do {
        Py_ssize_t start = at, kana = 0, han = 0, hans = 0, hant = 0;
        for (Py_UCS4 point = 0; at < end && point != '\n'; at++) {
            point = PyUnicode_READ(kind, data, at);
            uint8_t is = AT(self->kinds, uint8_t, point);
            kana += is & KANA;
            han += (is & HAN) != 0;
            hans += (is & SIMPLIFIED) != 0;
            hant += (is & TRADITIONAL) != 0;
        }
        PyObject *one = Py_BuildValue("nn[nnnn]", start, at, kana, han, hans, hant);
        if (!one || !found || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    } while (found && at < end);
    return found;
}

/* The lines that are code. */
static PyObject *
reader_code(Reader *self, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    Py_ssize_t line = 0, end;
    PyObject *found = PyList_New(0);
    for (; found && next_code(self, text, &line, &end); line = end + 1) {
        PyObject *one = Py_BuildValue("nn", line, end);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    return found;
}

/* ---- the types ---- */

static void
words_dealloc(Words *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyMem_RawFree(self->word);
    PyMem_RawFree(self->loud);
    Py_XDECREF(self->reader);
    Py_XDECREF(self->text);
    Py_XDECREF(self->blanks);
    Py_XDECREF(self->runs);
    Py_XDECREF(self->totals);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef words_methods[] = {
    {"lines", (PyCFunction)words_lines, METH_NOARGS, "Start, end and letters of each line."},
    {"paragraphs", (PyCFunction)words_paragraphs, METH_VARARGS, "Each line as one value."},
    {"letters", (PyCFunction)words_letters, METH_VARARGS, "Letters between two characters."},
    {"said", (PyCFunction)words_said, METH_VARARGS, "Letters of words with a say that begin there."},
    {"bounds", (PyCFunction)words_bounds, METH_VARARGS, "Where words lie, and their letters."},
    {"loud", (PyCFunction)words_loud, METH_O, "Windows that speak for another column."},
    {"weigh", (PyCFunction)words_weigh, METH_VARARGS, "What the style of the text weighs."},
    {"turns", (PyCFunction)words_turns, METH_VARARGS, "Where the best column changes in a run."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef words_members[] = {
    {"text", T_OBJECT_EX, offsetof(Words, text), READONLY, "The text."},
    {"blanks", T_OBJECT_EX, offsetof(Words, blanks), READONLY, "What is no language."},
    {"totals", T_OBJECT_EX, offsetof(Words, totals), READONLY, "What each script group says."},
    {"count", T_PYSSIZET, offsetof(Words, count), READONLY, "Words."},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef words_made[] = {
    {"runs", (getter)words_runs, NULL, "Its runs.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot words_slots[] = {
    {Py_tp_dealloc, words_dealloc},
    {Py_tp_methods, words_methods},
    {Py_tp_members, words_members},
    {Py_tp_getset, words_made},
    {Py_tp_doc, "The words of one text."},
    {0, NULL},
};

static PyType_Spec words_spec = {
    "unspun.tagging._words.Words", sizeof(Words), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, words_slots,
};

#define TABLES 10
#define BUFFERS(r) {&(r)->group, &(r)->code, &(r)->pair, &(r)->triple, &(r)->back, \
                    &(r)->weights, &(r)->kinds, &(r)->marks, &(r)->columns,       \
                    &(r)->code_marks}

/* Whether every number of the tables leads to one that is there. */
static int
fits(const Reader *r)
{
    Py_ssize_t letters = r->letters, rows = r->weights.len / (PACKED * 8);
    Py_ssize_t pairs = letters * letters, triples = r->triple.len / 2;
    if (letters < 1 || letters > 0x7FFF || r->group.len != POINTS || r->kinds.len != POINTS ||
        r->code.len != CODED * 4 || r->pair.len != pairs * 4 || r->back.len != pairs * 2 ||
        r->columns.len != 256 || r->code_marks.len != ASCII)
        return 0;
    for (Py_ssize_t k = 0; k < CODED; k++)
        if (AT(r->code, int32_t, k) < 0 || AT(r->code, int32_t, k) >= letters)
            return 0;
    for (Py_ssize_t k = 0; k < pairs; k++) {
        int32_t head = AT(r->pair, int32_t, k);
        if (head < 0 || (head + 1) * letters > triples || AT(r->back, uint16_t, k) >= rows)
            return 0;
    }
    for (Py_ssize_t k = 0; k < triples; k++)
        if (AT(r->triple, uint16_t, k) >= rows)
            return 0;
    for (Py_ssize_t k = 0; k < letters; k++) /* what stands before a blank says nothing behind */
        for (Py_ssize_t other = 0; other < letters; other++)
            if (AT(r->triple, uint16_t, AT(r->pair, int32_t, k * letters) * letters + other) !=
                AT(r->triple, uint16_t, AT(r->pair, int32_t, 0) * letters + other))
                return 0;
    if (AT(r->triple, uint16_t, AT(r->pair, int32_t, 0) * letters) || AT(r->back, uint16_t, 0))
        return 0;
    for (Py_ssize_t k = 0; k < r->marks.len; k++)
        if (AT(r->marks, uint8_t, k) > 2)
            return 0;
    for (Py_ssize_t k = 0; k < 256; k++)
        if (AT(r->columns, uint8_t, k) > COLUMNS)
            return 0;
    for (Py_ssize_t k = 0; k < POINTS; k++)
        if (AT(r->group, uint8_t, k) == SIGN)
            return 0;
    return 1;
}

/* The groups at hand, with the signs of blanks among them; the groups without letter codes. */
static void
prepare(Reader *r)
{
    memcpy(r->near, r->group.buf, NEAR);
    for (Py_UCS4 k = 0; k < 128; k++)
        if (!r->near[k] && (k == '@' || k == ':' || k == '.' || mark_at(r, k) > 1))
            r->near[k] = SIGN;
    r->latin = r->near['a'];
    for (Py_UCS4 k = 0; k < 128; k++)
        if (r->near[k] != ascii_group(r->latin, (uint8_t)k))
            r->latin = 0;
    memset(r->mute, !AT(r->code, int32_t, CODED - 1), sizeof r->mute);
    for (Py_ssize_t k = 0; k < CODED - 1; k++)
        if (AT(r->code, int32_t, k))
            r->mute[AT(r->group, uint8_t, k)] = 0;
}

static PyObject *
reader_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    long long dear, middle, cheap, gain;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Reader takes no keywords");
    Reader *self = (Reader *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    Py_buffer *of[] = BUFFERS(self);
    PyObject *tables = Py_None;
    if (!PyArg_ParseTuple(args, "ny*y*y*y*y*y*y*y*y*y*(LLL)L|O", &self->letters, of[0], of[1],
                          of[2], of[3], of[4], of[5], of[6], of[7], of[8], of[9], &dear, &middle,
                          &cheap, &gain, &tables)) {
        memset(&self->group, 0, sizeof(Py_buffer) * TABLES); /* the parser has let go of them */
        Py_DECREF(self);
        return NULL;
    }
    self->prices[0] = dear;
    self->prices[1] = middle;
    self->prices[2] = cheap;
    self->gain = gain;
    if (tables != Py_None) {
        self->tables = Py_NewRef(tables);
        self->style = PyCapsule_GetPointer(tables, STYLE_TABLES);
    }
    if (PyErr_Occurred())
        ;
    else if (!fits(self))
        PyErr_SetString(PyExc_ValueError, "tables do not fit one another");
    else
        prepare(self);
    if (!PyErr_Occurred())
        self->words = (PyTypeObject *)PyType_FromSpec(&words_spec);
    if (!self->words)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
reader_dealloc(Reader *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_buffer *of[] = BUFFERS(self);
    for (size_t k = 0; k < sizeof of / sizeof *of; k++)
        PyBuffer_Release(of[k]); /* of none, where none was had */
    Py_XDECREF(self->words);
    Py_XDECREF(self->tables);
    while (self->memos) {
        Memo *memo = self->memos;
        self->memos = memo->next;
        memo_free(memo);
    }
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef reader_methods[] = {
    {"read", (PyCFunction)reader_read, METH_VARARGS, "The words of a text."},
    {"code", (PyCFunction)reader_code, METH_O, "The lines that are code."},
    {"sample", (PyCFunction)(void (*)(void))reader_sample, METH_FASTCALL, "Parts of a long text."},
    {"han", (PyCFunction)reader_han, METH_VARARGS, "Kana and Han characters of each line."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot reader_slots[] = {
    {Py_tp_new, reader_new},
    {Py_tp_dealloc, reader_dealloc},
    {Py_tp_methods, reader_methods},
    {Py_tp_doc, "Reader(letters, ten tables, prices, gain, style=None)"},
    {0, NULL},
};

static PyType_Spec reader_spec = {
    "unspun.tagging._words.Reader", sizeof(Reader), 0, Py_TPFLAGS_DEFAULT, reader_slots,
};

KERNEL(_words, "Words, runs of one script and their evidence.", NULL, &reader_spec)
