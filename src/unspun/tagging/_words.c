/* The words of a text, its runs of one script, and their evidence for each language.
 *
 * One pass looks up the script group and the letter code of each character; a second cuts words,
 * adds up what their n-grams say, four columns of 16 bits at a time, and totals each script group.
 * All sums are of integers, so they are those of the plain version in batch.py, which reads the
 * same tables.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

#define REVISION 2 /* that of compiled.py; a build of other sources is not used */

#define COLUMNS 32
#define PACKED (COLUMNS / 4)
#define POINTS 0x110000
#define CODED 0x3001  /* letter codes: the last one is that of all other characters */
#define LONGEST 128   /* letters of a word */
#define WINDOW 6      /* words */
#define MOST 8        /* columns of a path */
#define CODE_SHARE 0.2 /* marks among the characters of a line of code, blanks aside */
#define DENSE 0x2E80 /* from here on, characters say as much as several letters */
#define DENSE_WEIGHT 3
#define CODE_LEAST 4
#define UNLOCK 8192   /* characters from which other threads may run meanwhile */

enum { KANA = 1, HAN = 2, SIMPLIFIED = 4, TRADITIONAL = 8 };

typedef struct {
    Py_ssize_t start, stop;
    uint8_t group, said;
    uint64_t evidence[PACKED];
} Word;

typedef struct {
    uint8_t group;
    Py_ssize_t letters;
    int64_t sums[COLUMNS];
} Total;

typedef struct {
    PyObject_HEAD
    PyTypeObject *words;
    Py_buffer group, code, pair, triple, back, weights, kinds, marks, columns, code_marks;
    Py_ssize_t letters;
    int64_t prices[3], gain;
} Reader;

typedef struct {
    PyObject_HEAD
    Reader *reader;
    PyObject *text, *blanks, *runs, *totals;
    Py_ssize_t count, room;
    Word *word;
    uint8_t unit[256]; /* of each group that is there */
    int units;
} Words;

#define AT(buffer, type, i) (((const type *)(buffer).buf)[i])

/* ---- reading ---- */

#define LOOK_UP(NAME, TYPE)                                                                  \
    static void NAME(const Reader *r, const TYPE *text, Py_ssize_t size, uint8_t *group,     \
                     uint16_t *code)                                                         \
    {                                                                                        \
        for (Py_ssize_t i = 0; i < size; i++) {                                              \
            uint32_t point = text[i];                                                        \
            group[i] = point < POINTS ? AT(r->group, uint8_t, point) : 0;                    \
            code[i] = (uint16_t)AT(r->code, int32_t, point < CODED ? point : CODED - 1);     \
        }                                                                                    \
    }

LOOK_UP(look_up_1, Py_UCS1)
LOOK_UP(look_up_2, Py_UCS2)
LOOK_UP(look_up_4, Py_UCS4)

static void
look_up(const Reader *r, int kind, const void *data, Py_ssize_t size, uint8_t *group,
        uint16_t *code)
{
    if (kind == PyUnicode_1BYTE_KIND)
        look_up_1(r, data, size, group, code);
    else if (kind == PyUnicode_2BYTE_KIND)
        look_up_2(r, data, size, group, code);
    else
        look_up_4(r, data, size, group, code);
}

static Word *
next_word(Words *w, Py_ssize_t start, uint8_t group)
{
    if (w->count == w->room) {
        Py_ssize_t room = w->room ? 2 * w->room : 32;
        Word *grown = PyMem_RawRealloc(w->word, (size_t)room * sizeof(Word));
        if (!grown)
            return NULL;
        w->word = grown;
        w->room = room;
    }
    Word *word = &w->word[w->count++];
    memset(word, 0, sizeof *word);
    word->start = word->stop = start;
    word->group = group;
    word->said = 1;
    return word;
}

/* Cut words and add up their evidence: that of the n-grams which end in a word or right behind. */
static int
cut(Words *w, const uint8_t *group, const uint16_t *code, Py_ssize_t size)
{
    const Reader *r = w->reader;
    const int32_t *pair = r->pair.buf;
    const uint16_t *triple = r->triple.buf, *back = r->back.buf;
    const uint64_t *weights = r->weights.buf;
    const int32_t letters = (int32_t)r->letters;
    Word *word = NULL;
    int32_t last = 0, two = 0;
    for (Py_ssize_t i = 0; i <= size; i++) {
        uint8_t here = i < size ? group[i] : 0;
        int32_t now = here ? code[i] : 0;
        if (here) {
            if (!word || word->stop != i || word->group != here || i - word->start == LONGEST) {
                word = next_word(w, i, here);
                if (!word)
                    return 0;
            }
            word->stop = i + 1;
        }
        int32_t row = triple[pair[two] * letters + now];
        two = last * letters + now;
        last = now;
        if (!row)
            row = back[two];
        if (row && word) {
            const uint64_t *weight = weights + (size_t)row * PACKED;
            for (int k = 0; k < PACKED; k++)
                word->evidence[k] += weight[k];
        }
    }
    return 1;
}

static inline uint32_t
evidence(const Word *word, int column)
{
    uint16_t value;
    memcpy(&value, (const char *)word->evidence + 2 * column, sizeof value);
    return value;
}

static void
add_up(Total *total, const Word *word)
{
    uint16_t each[COLUMNS];
    memcpy(each, word->evidence, sizeof each);
    for (int k = 0; k < COLUMNS; k++)
        total->sums[k] += each[k];
    total->letters += word->stop - word->start;
}

static Py_ssize_t
first_from(const Words *w, Py_ssize_t start) /* the first word that starts there or later */
{
    Py_ssize_t low = 0, high = w->count;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (w->word[middle].start < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- what was read, as Python values ---- */

/* Number the script groups that are there, in order. */
static void
number_units(Words *w)
{
    uint8_t seen[256] = {0};
    for (Py_ssize_t k = 0; k < w->count; k++)
        seen[w->word[k].group] = 1;
    for (int group = 0; group < 256; group++)
        if (seen[group])
            w->unit[group] = (uint8_t)w->units++;
}

static PyObject *
total_value(const Words *w, const Total *total)
{
    int columns = AT(w->reader->columns, uint8_t, total->group), best = 0;
    int64_t second = 0;
    for (int k = 1; k < columns; k++)
        if (total->sums[k] > total->sums[best])
            best = k;
    for (int k = 0; k < columns; k++)
        if (k != best && total->sums[k] > second)
            second = total->sums[k];
    return Py_BuildValue("iniLL", (int)total->group, total->letters, best,
                         (long long)(columns ? total->sums[best] : 0), (long long)second);
}

static PyObject *
totalled(Words *w)
{
    number_units(w);
    Total *totals = PyMem_Calloc((size_t)w->units + 1, sizeof(Total));
    PyObject *found = totals ? PyList_New(w->units) : PyErr_NoMemory();
    for (Py_ssize_t k = 0; found && k < w->count; k++) {
        Total *total = &totals[w->unit[w->word[k].group]];
        total->group = w->word[k].group;
        if (w->word[k].said)
            add_up(total, &w->word[k]);
    }
    for (int k = 0; found && k < w->units; k++) {
        PyObject *one = total_value(w, &totals[k]);
        if (!one)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, k, one);
    }
    PyMem_Free(totals);
    return found;
}

static PyObject *
runs(Words *w)
{
    PyObject *found = PyList_New(0);
    for (Py_ssize_t first = 0, last; found && first < w->count; first = last) {
        uint8_t group = w->word[first].group;
        for (last = first + 1; last < w->count && w->word[last].group == group;)
            last++;
        PyObject *one = Py_BuildValue("nnnnii", first, last, w->word[first].start,
                                      w->word[last - 1].stop, group, w->unit[group]);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    return found;
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

/* Set the groups of spans to 0. */
static int
blank(PyObject *spans, uint8_t *group, Py_ssize_t size)
{
    PyObject *items = PySequence_Fast(spans, "blanks must be a sequence of spans");
    int good = items != NULL;
    for (Py_ssize_t k = 0; good && k < PySequence_Fast_GET_SIZE(items); k++) {
        Py_ssize_t start, end;
        good = span(PySequence_Fast_GET_ITEM(items, k), &start, &end);
        if (good && (start < 0 || start > end || end > size)) {
            PyErr_SetString(PyExc_ValueError, "a blank lies outside the text");
            good = 0;
        }
        if (good)
            memset(group + start, 0, (size_t)(end - start));
    }
    Py_XDECREF(items);
    return good;
}

static int
read_text(Words *w)
{
    PyObject *text = w->text;
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text), done;
    const void *data = PyUnicode_DATA(text);
    uint16_t *code = PyMem_RawMalloc(3 * (size_t)size + 2);
    if (!code)
        return PyErr_NoMemory() != NULL;
    uint8_t *group = (uint8_t *)(code + size);
    look_up(w->reader, kind, data, size, group, code);
    if (!blank(w->blanks, group, size)) {
        PyMem_RawFree(code);
        return 0;
    }
    if (size < UNLOCK) {
        done = cut(w, group, code, size);
    }
    else {
        Py_BEGIN_ALLOW_THREADS
        done = cut(w, group, code, size);
        Py_END_ALLOW_THREADS
    }
    PyMem_RawFree(code);
    if (!done)
        PyErr_NoMemory();
    return done;
}

static PyObject *
reader_read(Reader *self, PyObject *args)
{
    PyObject *text, *blanks, *skip;
    if (!PyArg_ParseTuple(args, "UOO", &text, &blanks, &skip))
        return NULL;
    Words *w = (Words *)self->words->tp_alloc(self->words, 0);
    if (!w)
        return NULL;
    w->reader = (Reader *)Py_NewRef((PyObject *)self);
    w->text = Py_NewRef(text);
    w->blanks = Py_NewRef(blanks);
    if (!read_text(w) || (skip != Py_None && !silence(w, skip)) ||
        !(w->totals = totalled(w)) || !(w->runs = runs(w)))
        Py_CLEAR(w);
    return (PyObject *)w;
}

/* ---- questions to a text ---- */

static PyObject *
words_lines(Words *w, PyObject *unused)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text), start = 0, word = 0;
    PyObject *found = PyList_New(0);
    while (found && start < size) {
        Py_ssize_t stop = PyUnicode_FindChar(w->text, '\n', start, size, 1);
        if (stop < 0)
            stop = size;
        Py_ssize_t letters = 0; /* a word never goes beyond its line */
        for (; word < w->count && w->word[word].start < stop; word++)
            letters += w->word[word].stop - w->word[word].start;
        if (stop > start) {
            PyObject *one = Py_BuildValue("nnn", start, stop, letters);
            if (!one || PyList_Append(found, one) < 0)
                Py_CLEAR(found);
            Py_XDECREF(one);
        }
        start = stop + 1;
    }
    return found;
}

static PyObject *
words_letters(Words *w, PyObject *args)
{
    Py_ssize_t start, end, letters = 0;
    if (!PyArg_ParseTuple(args, "nn", &start, &end))
        return NULL;
    Py_ssize_t word = first_from(w, start);
    if (word > 0 && w->word[word - 1].stop > start)
        word--;
    for (; word < w->count && w->word[word].start < end; word++) {
        Py_ssize_t low = w->word[word].start, high = w->word[word].stop;
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
            letters += w->word[k].stop - w->word[k].start;
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
            letters += w->word[k].stop - w->word[k].start;
    return Py_BuildValue("nnn", w->word[first].start, w->word[last - 1].stop, letters);
}

/* How much louder a word can speak for any column than for the main one. */
static uint32_t
louder(const Word *word, int main)
{
    uint16_t each[COLUMNS], top = 0;
    memcpy(each, word->evidence, sizeof each);
    for (int k = 0; k < COLUMNS; k++)
        top = each[k] > top ? each[k] : top;
    return (uint32_t)(top - each[main]);
}

static int
loud_window(const Words *w, Py_ssize_t first, int main, PyObject *found)
{
    uint32_t sum[COLUMNS] = {0};
    int best = 0;
    for (Py_ssize_t k = first; k < first + WINDOW; k++)
        for (int c = 0; c < COLUMNS; c++)
            sum[c] += evidence(&w->word[k], c);
    for (int c = 1; c < COLUMNS; c++)
        if (sum[c] > sum[best])
            best = c;
    if ((int64_t)sum[best] - (int64_t)sum[main] <= w->reader->gain)
        return 1;
    PyObject *one = Py_BuildValue("ni", first, best);
    int kept = one && PyList_Append(found, one) == 0;
    Py_XDECREF(one);
    return kept;
}

static int
loud_run(const Words *w, Py_ssize_t first, Py_ssize_t last, int main, PyObject *found)
{
    uint32_t each[WINDOW] = {0};
    int64_t bound = 0; /* of the gain of the window that ends here */
    for (Py_ssize_t k = first; k < last; k++) {
        uint32_t *slot = &each[(k - first) % WINDOW];
        bound -= *slot;
        *slot = louder(&w->word[k], main);
        bound += *slot;
        if (k - first >= WINDOW - 1 && bound > w->reader->gain &&
            !loud_window(w, k - WINDOW + 1, main, found))
            return 0;
    }
    return 1;
}

static PyObject *
words_loud(Words *w, PyObject *columns)
{
    PyObject *mains = PySequence_Fast(columns, "columns must be a sequence");
    if (!mains)
        return NULL;
    PyObject *found = PyList_New(0);
    if (found && PySequence_Fast_GET_SIZE(mains) != w->units) {
        PyErr_SetString(PyExc_ValueError, "as many columns as script groups are needed");
        Py_CLEAR(found);
    }
    for (Py_ssize_t first = 0, last; found && first < w->count; first = last) {
        uint8_t group = w->word[first].group;
        for (last = first + 1; last < w->count && w->word[last].group == group;)
            last++;
        if (last - first < WINDOW)
            continue;
        long main = PyLong_AsLong(PySequence_Fast_GET_ITEM(mains, w->unit[group]));
        if (main < 0 || main >= COLUMNS) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_IndexError, "no such column");
            Py_CLEAR(found);
        }
        else if (!loud_run(w, first, last, (int)main, found))
            Py_CLEAR(found);
    }
    Py_DECREF(mains);
    return found;
}

/* What a switch before a word costs: by what stands between it and the word before. */
static int64_t
price(const Words *w, Py_ssize_t word)
{
    const Reader *r = w->reader;
    int kind = PyUnicode_KIND(w->text), most = word ? 0 : 2;
    const void *data = PyUnicode_DATA(w->text);
    for (Py_ssize_t i = word ? w->word[word - 1].stop : w->word[word].start;
         i < w->word[word].start && most < 2; i++) {
        Py_UCS4 point = PyUnicode_READ(kind, data, i);
        int mark = (Py_ssize_t)point < r->marks.len ? AT(r->marks, uint8_t, point) : 0;
        most = mark > most ? mark : most;
    }
    return r->prices[most];
}

static int
first_best(const int64_t *score, int count)
{
    int best = 0;
    for (int k = 1; k < count; k++)
        if (score[k] > score[best])
            best = k;
    return best;
}

static void
follow(const Words *w, Py_ssize_t first, Py_ssize_t last, const int *column, int count,
       uint8_t *back)
{
    int64_t score[MOST] = {0};
    for (int k = 1; k < count; k++)
        score[k] = -price(w, first);
    for (Py_ssize_t word = first; word < last; word++) {
        int best = first_best(score, count);
        int64_t floor = score[best] - price(w, word);
        for (int k = 0; k < count; k++) {
            int stays = score[k] >= floor;
            back[(word - first) * MOST + k] = (uint8_t)(stays ? k : best);
            score[k] = (stays ? score[k] : floor) + evidence(&w->word[word], column[k]);
        }
    }
    uint8_t at = (uint8_t)first_best(score, count); /* of each word, in the first place */
    for (Py_ssize_t word = last - 1; word >= first; word--) {
        uint8_t *row = back + (word - first) * MOST, before = row[at];
        row[0] = at;
        at = before;
    }
}

static PyObject *
words_path(Words *w, PyObject *args)
{
    Py_ssize_t first, last;
    PyObject *others;
    int column[MOST], count = 1;
    if (!PyArg_ParseTuple(args, "nniO!", &first, &last, &column[0], &PyList_Type, &others))
        return NULL;
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(others) && count < MOST; k++)
        column[count++] = (int)PyLong_AsLong(PyList_GET_ITEM(others, k));
    if (PyErr_Occurred())
        return NULL;
    for (int k = 0; k < count; k++)
        if (column[k] < 0 || column[k] >= COLUMNS)
            return PyErr_Format(PyExc_IndexError, "no such column");
    if (first < 0 || first >= last || last > w->count || PyList_GET_SIZE(others) >= MOST)
        return PyErr_Format(PyExc_IndexError, "no such words, or too many columns");
    uint8_t *back = PyMem_Malloc((size_t)(last - first) * MOST);
    if (!back)
        return PyErr_NoMemory();
    follow(w, first, last, column, count, back);
    PyObject *found = PyList_New(last - first);
    for (Py_ssize_t k = 0; found && k < last - first; k++) {
        PyObject *one = PyLong_FromLong(column[back[k * MOST]]);
        if (!one)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, k, one);
    }
    PyMem_Free(back);
    return found;
}

/* ---- lines ---- */

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

/* The lines that are code, by their marks. */
static PyObject *
reader_code(Reader *self, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), start = 0;
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    PyObject *found = PyList_New(0);
    while (found && start <= size) {
        Py_ssize_t at = start, marks = 0, strong = 0, solid = 0;
        for (; at < size; at++) {
            Py_UCS4 point = PyUnicode_READ(kind, data, at);
            if (point == '\n')
                break;
            int mark = (Py_ssize_t)point < self->code_marks.len
                           ? AT(self->code_marks, uint8_t, point) : 0;
            solid += point >= DENSE ? DENSE_WEIGHT : point != ' ';
            marks += mark > 0;
            strong += mark > 1;
        }
        if (strong > 0 && marks >= CODE_LEAST && (double)marks > CODE_SHARE * (double)solid) {
            PyObject *one = Py_BuildValue("nn", start, at);
            if (!one || PyList_Append(found, one) < 0)
                Py_CLEAR(found);
            Py_XDECREF(one);
        }
        start = at + 1;
    }
    return found;
}

/* ---- the types ---- */

static void
words_dealloc(Words *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyMem_RawFree(self->word);
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
    {"letters", (PyCFunction)words_letters, METH_VARARGS, "Letters between two characters."},
    {"said", (PyCFunction)words_said, METH_VARARGS, "Letters of words with a say that begin there."},
    {"bounds", (PyCFunction)words_bounds, METH_VARARGS, "Where words lie, and their letters."},
    {"loud", (PyCFunction)words_loud, METH_O, "Windows that speak for another column."},
    {"path", (PyCFunction)words_path, METH_VARARGS, "The best column of each word."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef words_members[] = {
    {"text", T_OBJECT_EX, offsetof(Words, text), READONLY, "The text."},
    {"blanks", T_OBJECT_EX, offsetof(Words, blanks), READONLY, "What is no language."},
    {"runs", T_OBJECT_EX, offsetof(Words, runs), READONLY, "Its runs."},
    {"totals", T_OBJECT_EX, offsetof(Words, totals), READONLY, "What each script group says."},
    {"count", T_PYSSIZET, offsetof(Words, count), READONLY, "Words."},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot words_slots[] = {
    {Py_tp_dealloc, words_dealloc},
    {Py_tp_methods, words_methods},
    {Py_tp_members, words_members},
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
        r->columns.len != 256)
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
    for (Py_ssize_t k = 0; k < r->marks.len; k++)
        if (AT(r->marks, uint8_t, k) > 2)
            return 0;
    for (Py_ssize_t k = 0; k < 256; k++)
        if (AT(r->columns, uint8_t, k) > COLUMNS)
            return 0;
    return 1;
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
    if (!PyArg_ParseTuple(args, "ny*y*y*y*y*y*y*y*y*y*(LLL)L", &self->letters, of[0], of[1], of[2],
                          of[3], of[4], of[5], of[6], of[7], of[8], of[9], &dear, &middle, &cheap,
                          &gain)) {
        memset(&self->group, 0, sizeof(Py_buffer) * TABLES); /* the parser has let go of them */
        Py_DECREF(self);
        return NULL;
    }
    self->prices[0] = dear;
    self->prices[1] = middle;
    self->prices[2] = cheap;
    self->gain = gain;
    if (!fits(self))
        PyErr_SetString(PyExc_ValueError, "tables do not fit one another");
    else
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
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef reader_methods[] = {
    {"read", (PyCFunction)reader_read, METH_VARARGS, "The words of a text."},
    {"code", (PyCFunction)reader_code, METH_O, "The lines that are code."},
    {"han", (PyCFunction)reader_han, METH_VARARGS, "Kana and Han characters of each line."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot reader_slots[] = {
    {Py_tp_new, reader_new},
    {Py_tp_dealloc, reader_dealloc},
    {Py_tp_methods, reader_methods},
    {Py_tp_doc, "Reader(letters, ten tables, prices, gain)"},
    {0, NULL},
};

static PyType_Spec reader_spec = {
    "unspun.tagging._words.Reader", sizeof(Reader), 0, Py_TPFLAGS_DEFAULT, reader_slots,
};

KERNEL(_words, "Words, runs of one script and their evidence.", NULL, &reader_spec)
