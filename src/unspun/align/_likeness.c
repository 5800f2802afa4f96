/* How many words two texts have in common, in order: likeness.py, 64 words at a time.
 *
 * Hyyro 2004, "Bit-parallel LCS-length computation revisited". In texts of more
 * than NEAR words each word has a partner near its own place alone.
 */
#define PY_SSIZE_T_CLEAN
#include "numbers.h"

#define REVISION 3 /* that of likeness.py */

#define NEAR 8192  /* words; that of likeness.py */
#define CHUNK 4096 /* words of the longer text that are read against one part of the other */

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

enum { NONE = -1, THERE = -2 }; /* instead of a row; THERE: the part has the word */

/* The row of each word; NONE for all between two uses. */
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
        places->at[places->count] = NONE;
    return 1;
}

/* One part of a text: where those of its words stand that are looked for, a row of bits for each. */
typedef struct {
    uint64_t *rows;
    int32_t room;
    size_t blocks; /* of a row */
} Part;

/* Another part of a text, for other words; 0 with an exception. */
static int
read_part(Part *part, const int32_t *a, int32_t size, const int32_t *b, int32_t wanted,
          int32_t *place)
{
    int32_t distinct = 0;
    part->blocks = ((size_t)size + 63) / 64;
    for (int32_t k = 0; k < size; k++)
        place[a[k]] = THERE;
    for (int32_t k = 0; k < wanted; k++)
        if (place[b[k]] == THERE)
            place[b[k]] = distinct++;
    if (!GROW(part->rows, part->room, (int64_t)distinct * (int64_t)part->blocks))
        return 0;
    if (distinct)
        memset(part->rows, 0, (size_t)distinct * part->blocks * sizeof *part->rows);
    for (int32_t k = 0; k < size; k++)
        if (place[a[k]] >= 0)
            part->rows[(size_t)place[a[k]] * part->blocks + (size_t)k / 64] |= (uint64_t)1
                                                                               << (k % 64);
    return 1;
}

/* Read words against a part: each bit of the state that goes out is a word in common. */
static void
step(uint64_t *state, const Part *part, const int32_t *b, int32_t size, const int32_t *place)
{
    for (int32_t k = 0; k < size; k++) {
        const uint64_t *row;
        uint64_t carry = 0;
        if (place[b[k]] < 0)
            continue;
        row = part->rows + (size_t)place[b[k]] * part->blocks;
        for (size_t i = 0; i < part->blocks; i++) {
            uint64_t s = state[i], u = s & row[i], sum = s + u, more = sum < s;
            sum += carry;
            more |= sum < carry;
            carry = more;
            state[i] = sum | (s - u);
        }
    }
}

/* The length of the longest common subsequence; -1 with an exception. */
static int32_t
common(const int32_t *a, int32_t n, const int32_t *b, int32_t m, int32_t words, Places *places)
{
    int32_t first = 0, last = 0, least = n < m ? n : m, found = 0;
    size_t blocks;
    uint64_t *state;
    Part part = {0};
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
    if (n > m)
        return first + last + common(b, m, a, n, words, places);
    if (!more_places(places, words))
        return -1;
    blocks = ((size_t)n + 63) / 64;
    state = PyMem_Malloc(blocks * sizeof *state);
    if (!state) {
        PyErr_NoMemory();
        return -1;
    }
    memset(state, -1, blocks * sizeof *state);
    for (int32_t k = 0; k < m; k += CHUNK) {
        int32_t size = m - k < CHUNK ? m - k : CHUNK;
        int64_t low = (int64_t)k * n / m - NEAR, high = (int64_t)(k + size) * n / m + NEAR;
        low = low < 0 ? 0 : low / 64 * 64;
        high = high > n ? n : high;
        if (!read_part(&part, a + low, (int32_t)(high - low), b + k, size, places->at)) {
            PyMem_Free(part.rows);
            PyMem_Free(state);
            return -1;
        }
        step(state + low / 64, &part, b + k, size, places->at);
        for (int64_t i = low; i < high; i++)
            places->at[a[i]] = NONE;
    }
    PyMem_Free(part.rows);
    for (int32_t k = 0; k < n; k++)
        found += !(state[(size_t)k / 64] >> (k % 64) & 1);
    PyMem_Free(state);
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
