/* The edits of TER: the search of ter.py, with its beam, its order of ties and its limits.
 *
 * Words are characters. The matrix is filled within the beam from the start and from the end; a
 * shift then needs only the rows that it changes, between the two. ter.py is the plain version.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#define REVISION 1 /* that of ter.py; a build of other sources is not used */

#define WIDTH 25 /* sacrebleu's beam, and Tercom's limits as sacrebleu has them */
#define MAX_SIZE 10
#define MAX_DISTANCE 50
#define MAX_CANDIDATES 1000
#define FAR (INT32_MAX / 4)

typedef struct {
    Py_ssize_t n, m;         /* words of the hypothesis and of the reference */
    Py_UCS4 *hyp, *ref;      /* the words */
    Py_UCS4 *moved;          /* room for the hypothesis after a shift */
    Py_ssize_t *low, *high;  /* first column of each row, and one past the last */
    Py_ssize_t *place;       /* where each row begins in the matrices, less its first column */
    int32_t *ahead, *behind; /* costs from the start, and to the end */
    int32_t *rows;           /* room for two rows */
    Py_ssize_t *before;      /* hypothesis words before each reference word's place, or in it */
    Py_ssize_t *hyp_first, *ref_first; /* size of the shortest block with an error from there */
    Py_ssize_t *next, *heads;          /* reference words of each kind, in order */
    char *hyp_wrong, *ref_wrong;
} Search;

typedef struct {
    int32_t gain;
    Py_ssize_t length, start, target;
} Shift;

static void
beam(Search *s)
{
    double ratio = (double)s->m / (double)s->n;
    Py_ssize_t width = WIDTH, size = s->m + 1;
    if (width < ratio / 2)
        width = (Py_ssize_t)ceil(ratio / 2 + width);
    s->low[0] = s->place[0] = 0;
    s->high[0] = s->m + 1;
    for (Py_ssize_t i = 1; i <= s->n; i++) {
        Py_ssize_t middle = (Py_ssize_t)floor((double)i * ratio);
        s->low[i] = middle > width ? middle - width : 0;
        s->high[i] = middle + width < s->m + 1 ? middle + width : s->m + 1;
        if (i == s->n)
            s->high[i] = s->m + 1;
        s->place[i] = size - s->low[i];
        size += s->high[i] - s->low[i];
    }
}

/* One row below another; `above` and `row` are indexed by column. */
static void
step(const Search *s, Py_ssize_t i, Py_UCS4 word, const int32_t *above, int32_t *row)
{
    Py_ssize_t low = s->low[i], high = s->high[i], from = s->low[i - 1], to = s->high[i - 1];
    int32_t left = FAR;
    for (Py_ssize_t j = low; j < high; j++) {
        int32_t cost = FAR, up;
        if (j > from && j <= to)
            cost = above[j - 1] + (s->ref[j - 1] != word);
        up = j >= from && j < to ? above[j] + 1 : FAR;
        if (up < cost)
            cost = up;
        if (left + 1 < cost)
            cost = left + 1;
        row[j] = left = cost;
    }
}

static void
fill(Search *s)
{
    for (Py_ssize_t j = 0; j <= s->m; j++)
        s->ahead[j] = (int32_t)j;
    for (Py_ssize_t i = 1; i <= s->n; i++)
        step(s, i, s->hyp[i - 1], s->ahead + s->place[i - 1], s->ahead + s->place[i]);
}

static void
fill_back(Search *s)
{
    int32_t *row = s->behind + s->place[s->n];
    for (Py_ssize_t j = s->low[s->n]; j <= s->m; j++)
        row[j] = (int32_t)(s->m - j);
    for (Py_ssize_t i = s->n - 1; i > 0; i--) {
        const int32_t *below = row;
        Py_ssize_t from = s->low[i + 1], to = s->high[i + 1];
        int32_t right = FAR;
        row = s->behind + s->place[i];
        for (Py_ssize_t j = s->high[i] - 1; j >= s->low[i]; j--) {
            int32_t cost = FAR, down;
            if (j < s->m && j + 1 >= from && j + 1 < to)
                cost = below[j + 1] + (s->ref[j] != s->hyp[i]);
            down = j >= from && j < to ? below[j] + 1 : FAR;
            if (down < cost)
                cost = down;
            if (right + 1 < cost)
                cost = right + 1;
            row[j] = right = cost;
        }
    }
}

/* The script: match or substitute, else delete, else insert. */
static void
trace(Search *s)
{
    Py_ssize_t i = s->n, j = s->m;
    memset(s->hyp_wrong, 1, (size_t)s->n);
    memset(s->ref_wrong, 1, (size_t)s->m);
    memset(s->before, 0, (size_t)s->m * sizeof *s->before);
    while (i && j) {
        const int32_t *row = s->ahead + s->place[i], *above = s->ahead + s->place[i - 1];
        int32_t cost = row[j];
        int differ = s->hyp[i - 1] != s->ref[j - 1];
        if (j > s->low[i - 1] && j <= s->high[i - 1] && above[j - 1] + differ == cost) {
            s->before[j - 1] = i--;
            j--;
            if (!differ)
                s->hyp_wrong[i] = s->ref_wrong[j] = 0;
        } else if (j >= s->low[i - 1] && j < s->high[i - 1] && above[j] + 1 == cost) {
            i--;
        } else {
            s->before[--j] = i;
        }
    }
}

static void
next_errors(const char *wrong, Py_ssize_t *found, Py_ssize_t count)
{
    Py_ssize_t size = count + MAX_SIZE + 1; /* none up to the end */
    for (Py_ssize_t i = count - 1; i >= 0; i--) {
        size = wrong[i] ? 1 : size + 1;
        found[i] = size;
    }
}

/* Move a block of words; a target inside the block pushes it on by the rest. */
static void
shift_words(const Search *s, Py_ssize_t start, Py_ssize_t length, Py_ssize_t target)
{
    Py_UCS4 *out = s->moved;
    Py_ssize_t end = start + length;
#define TAKE(from, to)                                                                          \
    do {                                                                                        \
        Py_ssize_t upto = (to) < s->n ? (to) : s->n;                                            \
        if (upto > (from)) {                                                                    \
            memcpy(out, s->hyp + (from), (size_t)(upto - (from)) * sizeof *out);                \
            out += upto - (from);                                                               \
        }                                                                                       \
    } while (0)
    if (target < start) {
        TAKE(0, target);
        TAKE(start, end);
        TAKE(target, start);
        TAKE(end, s->n);
    } else {
        Py_ssize_t place = target > end ? target : target + length;
        TAKE(0, start);
        TAKE(end, place);
        TAKE(start, end);
        TAKE(place, s->n);
    }
#undef TAKE
}

/* The distance after a shift, from the rows that it changes. */
static int32_t
distance_after(Search *s, Py_ssize_t start, Py_ssize_t length, Py_ssize_t target)
{
    Py_ssize_t stop = start + length, low = target < start ? target : start;
    Py_ssize_t end = target < start ? stop : target > stop ? target : target + length;
    const int32_t *above = s->ahead + s->place[low], *tail;
    int32_t best = FAR;
    if (end > s->n)
        end = s->n;
    shift_words(s, start, length, target);
    for (Py_ssize_t i = low + 1; i <= end; i++) {
        int32_t *row = s->rows + (i & 1) * (s->m + 1);
        step(s, i, s->moved[i - 1], above, row);
        above = row;
    }
    tail = s->behind + s->place[end];
    for (Py_ssize_t j = s->low[end]; j < s->high[end]; j++)
        if (above[j] + tail[j] < best)
            best = above[j] + tail[j];
    return best;
}

/* The gain with which another shift is preferred: Tercom's order of ties. */
static int32_t
needed(const Shift *best, Py_ssize_t length, Py_ssize_t start, Py_ssize_t target)
{
    int wins = length != best->length ? length > best->length
               : start != best->start ? start < best->start
                                      : target < best->target;
    if (!best->gain)
        return 1;
    return wins ? best->gain : best->gain + 1;
}

/* Every place for one block that both sides have; whether the limit is reached. */
static int
try_block(Search *s, Shift *best, int *checked, int32_t distance, int32_t ceiling,
          Py_ssize_t start, Py_ssize_t j, Py_ssize_t length)
{
    Py_ssize_t previous = -1, inside = s->before[j] - 1;
    if (start <= inside && inside < start + length)
        return 0;
    for (Py_ssize_t k = j - 1; k < j + length; k++) {
        Py_ssize_t target = k >= 0 ? s->before[k] : 0;
        int32_t need, gain;
        if (target == previous)
            continue;
        previous = target;
        ++*checked;
        need = needed(best, length, start, target);
        if (need > ceiling)
            continue;
        gain = distance - distance_after(s, start, length, target);
        if (gain >= need)
            *best = (Shift){gain, length, start, target};
    }
    return *checked >= MAX_CANDIDATES;
}

static Shift
best_shift(Search *s, int *checked, int32_t distance, int32_t least)
{
    Shift best = {0, 0, 0, 0};
    next_errors(s->hyp_wrong, s->hyp_first, s->n);
    next_errors(s->ref_wrong, s->ref_first, s->m);
    for (Py_ssize_t start = 0; start < s->n; start++) {
        Py_ssize_t room = s->n - start < MAX_SIZE ? s->n - start : MAX_SIZE;
        if (s->hyp_first[start] > room)
            continue;
        for (Py_ssize_t j = s->heads[s->hyp[start]]; j >= 0; j = s->next[j]) {
            Py_ssize_t length = s->ref_first[j], longest = room < s->m - j ? room : s->m - j;
            if (j < start - MAX_DISTANCE)
                continue;
            if (j > start + MAX_DISTANCE)
                break;
            if (length < s->hyp_first[start])
                length = s->hyp_first[start];
            if (length > longest ||
                memcmp(s->hyp + start, s->ref + j, (size_t)length * sizeof *s->ref))
                continue;
            for (;; length++) {
                if (try_block(s, &best, checked, distance, distance - least, start, j, length))
                    return best;
                if (length >= longest || s->hyp[start + length] != s->ref[j + length])
                    break;
            }
        }
    }
    return best;
}

static int32_t
search(Search *s, int32_t least)
{
    int32_t shifts = 0;
    int checked = 0;
    for (;;) {
        int32_t distance;
        Shift best;
        fill(s);
        distance = s->ahead[s->place[s->n] + s->m];
        if (distance == least) /* no order of these words is nearer */
            return shifts + distance;
        fill_back(s);
        trace(s);
        best = best_shift(s, &checked, distance, least);
        if (checked >= MAX_CANDIDATES || best.gain <= 0)
            return shifts + distance;
        shifts++;
        shift_words(s, best.start, best.length, best.target);
        memcpy(s->hyp, s->moved, (size_t)s->n * sizeof *s->hyp);
    }
}

/* Number the words from 0; the edits that no order of the hypothesis can spare. */
static int32_t
number(Search *s, Py_UCS4 most)
{
    int32_t common = 0;
    Py_ssize_t *left = s->heads;
    memset(left, 0, ((size_t)most + 1) * sizeof *left);
    for (Py_ssize_t j = 0; j < s->m; j++)
        left[s->ref[j]]++;
    for (Py_ssize_t i = 0; i < s->n; i++)
        common += left[s->hyp[i]]-- > 0;
    for (Py_UCS4 word = 0; word <= most; word++)
        s->heads[word] = -1;
    for (Py_ssize_t j = s->m - 1; j >= 0; j--) {
        s->next[j] = s->heads[s->ref[j]];
        s->heads[s->ref[j]] = j;
    }
    return (int32_t)(s->n > s->m ? s->n : s->m) - common;
}

static void *
room(char **at, size_t count, size_t size)
{
    void *found = *at;
    *at += (count * size + 15) & ~(size_t)15;
    return found;
}

/* The parts of one block of memory; its size where there is none yet. */
static size_t
lay_out(Search *s, char *block, size_t cells, size_t words)
{
    size_t n = (size_t)s->n, m = (size_t)s->m;
    char *at = block;
    s->hyp = room(&at, n + 1, sizeof *s->hyp);
    s->ref = room(&at, m + 1, sizeof *s->ref);
    s->moved = room(&at, n + 1, sizeof *s->moved);
    s->low = room(&at, n + 1, sizeof *s->low);
    s->high = room(&at, n + 1, sizeof *s->high);
    s->place = room(&at, n + 1, sizeof *s->place);
    s->rows = room(&at, 2 * (m + 1), sizeof *s->rows);
    s->before = room(&at, m + 1, sizeof *s->before);
    s->hyp_first = room(&at, n + 1, sizeof *s->hyp_first);
    s->ref_first = room(&at, m + 1, sizeof *s->ref_first);
    s->next = room(&at, m + 1, sizeof *s->next);
    s->heads = room(&at, words, sizeof *s->heads);
    s->hyp_wrong = room(&at, n + 1, 1);
    s->ref_wrong = room(&at, m + 1, 1);
    s->ahead = room(&at, cells, sizeof *s->ahead);
    s->behind = room(&at, cells, sizeof *s->behind);
    return (size_t)(at - block);
}

static PyObject *
edits(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *hyp, *ref;
    Search s;
    Py_UCS4 most = 0;
    size_t cells, width;
    char *block;
    int32_t found;
    if (!PyArg_ParseTuple(args, "UU:edits", &hyp, &ref))
        return NULL;
    s.n = PyUnicode_GET_LENGTH(hyp);
    s.m = PyUnicode_GET_LENGTH(ref);
    if (!s.n || !s.m)
        return PyLong_FromSsize_t(s.n + s.m);
    if (s.n > FAR / 4 || s.m > FAR / 4) {
        PyErr_SetString(PyExc_OverflowError, "too many words");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < s.n; i++)
        if (PyUnicode_READ_CHAR(hyp, i) > most)
            most = PyUnicode_READ_CHAR(hyp, i);
    for (Py_ssize_t j = 0; j < s.m; j++)
        if (PyUnicode_READ_CHAR(ref, j) > most)
            most = PyUnicode_READ_CHAR(ref, j);
    width = 2 * WIDTH + 4 + (size_t)(s.m / s.n); /* no row but the first and last is wider */
    if (width > (size_t)s.m + 1)
        width = (size_t)s.m + 1;
    cells = (size_t)s.n * width + 2 * ((size_t)s.m + 1);
    block = PyMem_RawMalloc(lay_out(&s, NULL, cells, (size_t)most + 1));
    if (!block)
        return PyErr_NoMemory();
    lay_out(&s, block, cells, (size_t)most + 1);
    for (Py_ssize_t i = 0; i < s.n; i++)
        s.hyp[i] = PyUnicode_READ_CHAR(hyp, i);
    for (Py_ssize_t j = 0; j < s.m; j++)
        s.ref[j] = PyUnicode_READ_CHAR(ref, j);
    Py_BEGIN_ALLOW_THREADS
    beam(&s);
    found = search(&s, number(&s, most));
    Py_END_ALLOW_THREADS
    PyMem_RawFree(block);
    return PyLong_FromLong(found);
}

static PyMethodDef methods[] = {
    {"edits", edits, METH_VARARGS,
     "edits(hyp, ref)\n--\n\nThe edits, shifts included, between strings whose characters are words."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_ter, "The edits of TER.", methods, NULL)
