/* How many words two texts have in common, in order: likeness.py, 64 words at a time.
 *
 * Hyyro 2004, "Bit-parallel LCS-length computation revisited".
 */
#define PY_SSIZE_T_CLEAN
#include "numbers.h"

#define REVISION 1 /* that of likeness.py */

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

/* The length of the longest common subsequence; -1 with an exception. */
static int32_t
common(const int32_t *a, int32_t n, const int32_t *b, int32_t m, int32_t words)
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
    rows = PyMem_Calloc(size, sizeof *rows);
    place = PyMem_Malloc(((size_t)words + 1) * sizeof *place);
    if (!rows || !place) {
        PyMem_Free(rows);
        PyMem_Free(place);
        PyErr_NoMemory();
        return -1;
    }
    memset(place, -1, (size_t)words * sizeof *place);
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
    PyMem_Free(rows);
    PyMem_Free(place);
    return first + last + found;
}

static PyObject *
shared(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *hyp, *ref, *found = NULL;
    Side ours = {0}, theirs = {0};
    Numbers numbers = {0};
    if (!PyArg_ParseTuple(args, "UU:shared", &hyp, &ref))
        return NULL;
    if (read_side(&ours, hyp, &numbers) && read_side(&theirs, ref, &numbers)) {
        int32_t size =
            common(ours.words, ours.count, theirs.words, theirs.count, numbers.count);
        if (size >= 0)
            found = Py_BuildValue("iii", (int)size, (int)ours.count, (int)theirs.count);
    }
    PyMem_Free(ours.chars);
    PyMem_Free(ours.words);
    PyMem_Free(theirs.chars);
    PyMem_Free(theirs.words);
    free_numbers(&numbers);
    return found;
}

static PyMethodDef methods[] = {
    {"shared", shared, METH_VARARGS,
     "shared(hyp, ref)\n--\n\nWords in common, in order, and the words of each."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_likeness, "Words that two texts have in common.", methods, NULL)
