/* How many words two texts have in common, in order: likeness.py, 64 words at a time.
 *
 * Hyyro 2004, "Bit-parallel LCS-length computation revisited".
 */
#define PY_SSIZE_T_CLEAN
#include "numbers.h"

#define REVISION 2 /* that of likeness.py */

typedef struct {
    Py_UCS4 *chars;
    int32_t *words; /* the numbers of its words */
    int32_t count, room;
} Side;

static int
read_side(Side *side, PyObject *text, Numbers *numbers)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (size > INT32_MAX / 8) {
        PyErr_SetString(PyExc_OverflowError, "the text is too long");
        return 0;
    }
    side->chars = PyUnicode_AsUCS4Copy(text);
    if (!side->chars)
        return 0;
    for (int32_t k = 0, start; k < size;) {
        int32_t number;
        if (Py_UNICODE_ISSPACE(side->chars[k])) {
            k++;
            continue;
        }
        for (start = k; k < size && !Py_UNICODE_ISSPACE(side->chars[k]);)
            k++;
        number = number_text(numbers, side->chars + start, k - start);
        if (number < 0 || !GROW(side->words, side->room, (int64_t)side->count + 1))
            return 0;
        side->words[side->count++] = number;
    }
    return 1;
}

/* Where each word stands first in a text; -1 for all between two uses. */
typedef struct {
    int32_t *at;
    int32_t count, room;
} Places;

static int
more_places(Places *places, int32_t words)
{
    if (!GROW(places->at, places->room, (int64_t)words + 1))
        return 0;
    for (; places->count < places->room; places->count++)
        places->at[places->count] = -1;
    return 1;
}

/* The length of the longest common subsequence; -1 with an exception. */
static int32_t
common(const int32_t *a, int32_t n, const int32_t *b, int32_t m, int32_t words, Places *places)
{
    int32_t first = 0, last = 0, least = n < m ? n : m, found = 0;
    size_t blocks, size;
    uint64_t *rows, *state;
    int32_t *place;
    while (first < least && a[first] == b[first])
        first++;
    while (last < least - first && a[n - 1 - last] == b[m - 1 - last])
        last++;
    a += first;
    b += first;
    n -= first + last;
    m -= first + last;
    if (!n || !m)
        return first + last;
    blocks = ((size_t)n + 63) / 64;
    size = (size_t)n * blocks + blocks;
    if (!more_places(places, words))
        return -1;
    place = places->at;
    rows = PyMem_Calloc(size, sizeof *rows);
    if (!rows) {
        PyErr_NoMemory();
        return -1;
    }
    state = rows + (size_t)n * blocks;
    memset(state, -1, blocks * sizeof *state);
    for (int32_t k = 0; k < n; k++) {
        if (place[a[k]] < 0)
            place[a[k]] = k;
        rows[(size_t)place[a[k]] * blocks + (size_t)k / 64] |= (uint64_t)1 << (k % 64);
    }
    for (int32_t k = 0; k < m; k++) {
        const uint64_t *row = rows + (size_t)place[b[k]] * blocks;
        uint64_t carry = 0;
        if (place[b[k]] < 0)
            continue;
        for (size_t i = 0; i < blocks; i++) {
            uint64_t s = state[i], u = s & row[i], sum = s + u, more = sum < s;
            sum += carry;
            more |= sum < carry;
            carry = more;
            state[i] = sum | (s - u);
        }
    }
    for (int32_t k = 0; k < n; k++)
        found += !(state[(size_t)k / 64] >> (k % 64) & 1);
    for (int32_t k = 0; k < n; k++)
        place[a[k]] = -1;
    PyMem_Free(rows);
    return first + last + found;
}

static PyObject *
shared(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *hyp, *ref, *found = NULL;
    Side ours = {0}, theirs = {0};
    Numbers numbers = {0};
    Places places = {0};
    if (!PyArg_ParseTuple(args, "UU:shared", &hyp, &ref))
        return NULL;
    if (read_side(&ours, hyp, &numbers) && read_side(&theirs, ref, &numbers)) {
        int32_t size = common(ours.words, ours.count, theirs.words, theirs.count, numbers.count,
                              &places);
        if (size >= 0)
            found = Py_BuildValue("iii", (int)size, (int)ours.count, (int)theirs.count);
    }
    PyMem_Free(ours.chars);
    PyMem_Free(ours.words);
    PyMem_Free(theirs.chars);
    PyMem_Free(theirs.words);
    PyMem_Free(places.at);
    free_numbers(&numbers);
    return found;
}

/* ---- Paragraphs in a row that belong together. ---- */

typedef struct {
    PyObject *list;
    int from_end;
    Side *sides; /* as many as are read */
    int32_t count, room;
} Row;

/* A paragraph, read once; NULL where there is none, or with an exception. Rows move as they grow. */
static const Side *
side_at(Row *row, Py_ssize_t place, Numbers *numbers)
{
    Py_ssize_t size = PyList_GET_SIZE(row->list);
    if (place >= size)
        return NULL;
    while (row->count <= place) {
        PyObject *text =
            PyList_GET_ITEM(row->list, row->from_end ? size - 1 - row->count : row->count);
        if (!PyUnicode_Check(text)) {
            PyErr_SetString(PyExc_TypeError, "paragraphs are texts");
            return NULL;
        }
        if (!GROW(row->sides, row->room, (int64_t)row->count + 1))
            return NULL;
        row->sides[row->count] = (Side){0};
        if (!read_side(row->sides + row->count++, text, numbers))
            return NULL;
    }
    return row->sides + place;
}

/* Words in common as a share of those of both; 0 where there is none of either; -1: failure. */
static double
share_of(const Side *a, const Side *b, const Numbers *numbers, Places *places)
{
    int32_t words, found;
    if (!a || !b)
        return PyErr_Occurred() ? -1.0 : 0.0;
    words = a->count + b->count;
    found = common(a->words, a->count, b->words, b->count, numbers->count, places);
    return found < 0 ? -1.0 : 2.0 * found / (words ? words : 1);
}

/* How many of both rows belong together, from their beginning or end; -1: failure. */
static Py_ssize_t
in_a_row(Row *hyp, Row *ref, double least, int words, double full, Numbers *numbers,
         Places *places)
{
    Py_ssize_t count = 0;
    for (;; count++) {
        const Side *ours = side_at(hyp, count, numbers), *theirs, *next;
        double found, other;
        if (!ours)
            break;
        theirs = side_at(ref, count, numbers);
        ours = hyp->sides + count;
        if (!theirs)
            break;
        int32_t fewer = ours->count < theirs->count ? ours->count : theirs->count;
        int32_t more = ours->count < theirs->count ? theirs->count : ours->count;
        if (fewer < words || fewer < full * more)
            break;
        found = share_of(ours, theirs, numbers, places);
        if (found < least)
            break;
        next = side_at(ref, count + 1, numbers);
        other = share_of(hyp->sides + count, next, numbers, places);
        if (other < 0 || other >= found)
            break;
        next = side_at(hyp, count + 1, numbers);
        other = share_of(next, ref->sides + count, numbers, places);
        if (other < 0 || other >= found)
            break;
    }
    return PyErr_Occurred() ? -1 : count;
}

static PyObject *
alike(PyObject *Py_UNUSED(module), PyObject *args)
{
    Row hyp = {0}, ref = {0};
    Numbers numbers = {0};
    Places places = {0};
    Row *rows[2] = {&hyp, &ref};
    double least, full;
    int words, from_end;
    Py_ssize_t found;
    if (!PyArg_ParseTuple(args, "O!O!didp:alike", &PyList_Type, &hyp.list, &PyList_Type, &ref.list,
                          &least, &words, &full, &from_end))
        return NULL;
    hyp.from_end = ref.from_end = from_end;
    found = in_a_row(&hyp, &ref, least, words, full, &numbers, &places);
    for (int which = 0; which < 2; which++) {
        for (int32_t k = 0; k < rows[which]->count; k++) {
            PyMem_Free(rows[which]->sides[k].chars);
            PyMem_Free(rows[which]->sides[k].words);
        }
        PyMem_Free(rows[which]->sides);
    }
    PyMem_Free(places.at);
    free_numbers(&numbers);
    return found < 0 ? NULL : PyLong_FromSsize_t(found);
}

static PyMethodDef methods[] = {
    {"alike", alike, METH_VARARGS,
     "alike(hyp, ref, least, words, full, from_end)\n--\n\nParagraphs that belong together."},
    {"shared", shared, METH_VARARGS,
     "shared(hyp, ref)\n--\n\nWords in common, in order, and the words of each."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_likeness, "Words that two texts have in common.", methods, NULL)
