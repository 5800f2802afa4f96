/* The first look at a text: what keys.py, gate.py and markers.py find with NumPy, word by word. */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "look.h"

#define REVISION 5 /* that of keys.py */

static PyObject *
misfit(void)
{
    return PyErr_Format(PyExc_ValueError, "words and tables do not fit one another");
}

static PyObject *
bytes_of(const void *values, Py_ssize_t size)
{
    return PyBytes_FromStringAndSize(size ? values : NULL, size);
}

typedef struct {
    int64_t *starts, *sizes;
    uint64_t *keys, *small;
    uint8_t *kinds;
    Py_ssize_t count;
} Cut;

static int
resized(void **block, Py_ssize_t count, size_t width)
{
    void *more = PyMem_RawRealloc(*block, (size_t)count * width);
    if (more)
        *block = more;
    return more != NULL;
}

/* Room for so many words. */
static int
make_room(Cut *cut, Py_ssize_t room)
{
    return resized((void **)&cut->starts, room, 8) && resized((void **)&cut->sizes, room, 8) &&
           resized((void **)&cut->keys, room, 8) && resized((void **)&cut->small, room, 8) &&
           resized((void **)&cut->kinds, room, 1);
}

static void
drop(Cut *cut)
{
    PyMem_RawFree(cut->starts);
    PyMem_RawFree(cut->sizes);
    PyMem_RawFree(cut->keys);
    PyMem_RawFree(cut->small);
    PyMem_RawFree(cut->kinds);
}

/* Add the words of a page to arrays that have room for as many as it can have. */
static void
cut_page(Cut *cut, const Page *page)
{
    Runs runs = {.before = -2};
    Block block = {.count = 0};
    for (;;) {
        next_runs(&runs, page, MOST_BLOCK);
        read_block(&runs, page, runs.ended < MOST_BLOCK ? runs.ended : MOST_BLOCK, &block);
        if (!block.count)
            break;
        leave_runs(&runs, block.count);
        for (Py_ssize_t k = 0; k < block.count; k++) {
            Py_ssize_t at = cut->count++;
            cut->starts[at] = block.starts[k];
            cut->sizes[at] = block.sizes[k];
            cut->keys[at] = cut->small[at] = block.keys[k];
            if (block.kinds[k] & BEGINS_CAPITAL)
                cut->small[at] = lowered(page->page + block.starts[k], block.sizes[k], page->t);
            cut->kinds[at] = block.kinds[k];
            if (block.joined[k])
                cut->kinds[at - 1] |= JOINED;
        }
    }
}

/* cut(text, kinds, lower, factors): starts, sizes, hashes, those in lower case, and kinds. */
static PyObject *
cut(PyObject *module, PyObject *args)
{
    PyObject *text, *out = NULL;
    Py_buffer kind, lower, factors;
    if (!PyArg_ParseTuple(args, "Uy*y*y*", &text, &kind, &lower, &factors))
        return NULL;
    if (kind.len != LATIN || lower.len != LATIN || factors.len != 4 * 8) {
        misfit();
        goto done;
    }
    Tables t = {kind.buf, lower.buf, factors.buf};
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    uint8_t *own = PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND ? NULL : page_of(text, size);
    const uint8_t *page = own ? own : (const uint8_t *)PyUnicode_DATA(text);
    Cut found = {0};
    int ok = (own || PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND) &&
             make_room(&found, size / 2 + 1); /* one character, and one between two */
    if (ok) {
        Py_BEGIN_ALLOW_THREADS
        cut_page(&found, &(Page){&t, page, size});
        Py_END_ALLOW_THREADS
    }
    if (ok)
        out = Py_BuildValue(
            "NNNNN", bytes_of(found.starts, found.count * 8),
            bytes_of(found.sizes, found.count * 8), bytes_of(found.keys, found.count * 8),
            bytes_of(found.small, found.count * 8), bytes_of(found.kinds, found.count));
    else
        PyErr_NoMemory();
    drop(&found);
    PyMem_RawFree(own);
done:
    PyBuffer_Release(&kind);
    PyBuffer_Release(&lower);
    PyBuffer_Release(&factors);
    return out;
}

/* ---- The classifier: words and pairs of neighbours, and what they say. ---- */

/* features(keys, small, kinds, known, first, bits, nothing): two rows of numbers. */
static PyObject *
features(PyObject *module, PyObject *args)
{
    Py_buffer keys, small, kinds, known;
    int first, bits, nothing;
    if (!PyArg_ParseTuple(args, "y*y*y*y*iii", &keys, &small, &kinds, &known, &first, &bits,
                          &nothing))
        return NULL;
    PyObject *out = NULL;
    Py_ssize_t count = kinds.len;
    int fits = keys.len == 8 * count && small.len == 8 * count && known.len == KNOWN_SIZE &&
               bits > 0 && bits < 31;
    if (!fits) {
        misfit();
        goto done;
    }
    out = PyByteArray_FromStringAndSize(NULL, 8 * count);
    if (!out)
        goto done;
    int32_t *single = (int32_t *)PyByteArray_AS_STRING(out), *pair = single + count;
    int32_t before = 0;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t k = 0; k < count; k++) {
        const uint8_t *kind = (const uint8_t *)kinds.buf + k;
        int32_t id = id_of(known.buf, ((const uint64_t *)keys.buf)[k]);
        if (id == UNKNOWN && *kind & BEGINS_CAPITAL)
            id = id_of(known.buf, ((const uint64_t *)small.buf)[k]);
        if (id == UNKNOWN && *kind & BEGINS_FIGURE)
            id = NUMBER;
        single[k] = id + first;
        pair[k] = k ? pair_of(before, id, kind[-1] & JOINED, bits) : nothing;
        before = id;
    }
    Py_END_ALLOW_THREADS
done:
    PyBuffer_Release(&keys);
    PyBuffer_Release(&small);
    PyBuffer_Release(&kinds);
    PyBuffer_Release(&known);
    return out;
}

/* The numbers from `first` to before `last`, cut into blocks, each of so many: how many blocks. */
static Py_ssize_t
blocks_of(Py_ssize_t first, Py_ssize_t last, Py_ssize_t size, Py_ssize_t count)
{
    int fits = 0 <= first && first <= last && last <= count && size > 0;
    return fits ? (last - first + size - 1) / size : -1;
}

#define STRIDE 64 /* words whose weights are fetched before the first is counted */

/* What the features of a stretch of words say that were not seen before. */
static int64_t
said_of(const int32_t *single, Py_ssize_t count, Py_ssize_t first, Py_ssize_t last,
        const Py_buffer *weights, uint32_t *seen, int bits)
{
    const int8_t *units = weights->buf;
    const uint64_t known = (uint64_t)weights->len;
    int64_t sum = 0;
    for (; first < last; first += STRIDE) {
        int size = last - first < STRIDE ? (int)(last - first) : STRIDE, left = 0;
        uint32_t features[2 * STRIDE];
        int8_t said[2 * STRIDE];
        for (int k = 0; k < 2 * size; k++) { /* each word, and the pair that it ends */
            uint32_t feature = (uint32_t)single[first + k / 2 + (k & 1 ? count : 0)];
            features[left] = feature;
            said[left] = feature < known ? units[feature] : 0;
            left += said[left] != 0;
        }
        for (int k = 0; k < left; k++)
            if (is_new(seen, bits, features[k]))
                sum += said[k];
    }
    return sum;
}

/* blocks(features, weights, first, last, block): the sum of each block, each feature once. */
static PyObject *
blocks(PyObject *module, PyObject *args)
{
    Py_buffer rows, weights;
    Py_ssize_t first, last, block;
    if (!PyArg_ParseTuple(args, "y*y*nnn", &rows, &weights, &first, &last, &block))
        return NULL;
    PyObject *out = NULL;
    uint32_t *seen = NULL;
    Py_ssize_t count = rows.len / 8, parts = blocks_of(first, last, block, count);
    int bits = 4;
    if (parts < 0 || rows.len % 8 || last - first > 1 << 28) {
        misfit();
        goto done;
    }
    while ((Py_ssize_t)1 << bits < 3 * (last - first))
        bits++;
    seen = PyMem_RawCalloc((size_t)1 << bits, sizeof *seen);
    out = seen ? PyByteArray_FromStringAndSize(NULL, 8 * parts) : PyErr_NoMemory();
    if (!out)
        goto done;
    int64_t *sums = (int64_t *)PyByteArray_AS_STRING(out);
    Py_BEGIN_ALLOW_THREADS
    memset(sums, 0, (size_t)(8 * parts));
    for (Py_ssize_t k = first, part = 0; k < last; k += block, part++)
        sums[part] = said_of(rows.buf, count, k, last - k < block ? last : k + block, &weights,
                             seen, bits);
    Py_END_ALLOW_THREADS
done:
    PyMem_RawFree(seen);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&weights);
    return out;
}

/* distinct(keys, first, last, block): how many words differ in each block. */
static PyObject *
distinct(PyObject *module, PyObject *args)
{
    Py_buffer keys;
    Py_ssize_t first, last, block;
    if (!PyArg_ParseTuple(args, "y*nnn", &keys, &first, &last, &block))
        return NULL;
    PyObject *out = NULL;
    Py_ssize_t parts = blocks_of(first, last, block, keys.len / 8);
    if (parts < 0)
        misfit();
    else
        out = PyByteArray_FromStringAndSize(NULL, 8 * parts);
    const uint64_t *words = keys.buf;
    for (Py_ssize_t part = 0; out && part < parts; part++) {
        Py_ssize_t at = first + part * block, end = last - at < block ? last : at + block;
        int64_t count = 0;
        Set seen;
        if (!set_new(&seen, end - at)) {
            Py_CLEAR(out);
            PyErr_NoMemory();
            break;
        }
        for (; at < end; at++)
            count += set_add(&seen, words[at]);
        PyMem_RawFree(seen.slots);
        ((int64_t *)PyByteArray_AS_STRING(out))[part] = count;
    }
    PyBuffer_Release(&keys);
    return out;
}

/* ---- Markers. ---- */

typedef struct {
    int64_t *places, *numbers;
    Py_ssize_t count, room;
} Marks;

static int
mark(Marks *marks, Py_ssize_t place, Py_ssize_t number)
{
    if (marks->count == marks->room) {
        marks->room = 2 * marks->room + 64;
        if (!resized((void **)&marks->places, marks->room, 8) ||
            !resized((void **)&marks->numbers, marks->room, 8))
            return 0;
    }
    marks->places[marks->count] = place;
    marks->numbers[marks->count++] = number;
    return 1;
}

/* marked(keys, able, known, heads, single): where markers stand, and their numbers. */
static PyObject *
marked(PyObject *module, PyObject *args)
{
    Py_buffer keys, able, known, heads;
    int single;
    if (!PyArg_ParseTuple(args, "y*y*y*y*p", &keys, &able, &known, &heads, &single))
        return NULL;
    PyObject *out = NULL;
    Marks marks = {0};
    const uint64_t *words = keys.buf;
    Py_ssize_t count = keys.len / 8;
    const Markers listed = {able.buf, known.buf, heads.buf, known.len / 8, single};
    int ok = able.len == ABLE_SIZE && heads.len == 4 * ((1 << BUCKETS) + 1);
    if (!ok) {
        misfit();
        goto done;
    }
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t k = 0; ok && k < count; k++)
        for (int pair = !single; ok && pair < (k + 1 < count ? 2 : 1); pair++) {
            uint64_t key = pair ? both_of(words[k], words[k + 1]) : words[k];
            Py_ssize_t number = marker_of(key, &listed);
            ok = number < 0 || mark(&marks, k, number);
        }
    Py_END_ALLOW_THREADS
    if (ok)
        out = Py_BuildValue("NN", bytes_of(marks.places, 8 * marks.count),
                            bytes_of(marks.numbers, 8 * marks.count));
    else
        PyErr_NoMemory();
done:
    PyMem_RawFree(marks.places);
    PyMem_RawFree(marks.numbers);
    PyBuffer_Release(&keys);
    PyBuffer_Release(&able);
    PyBuffer_Release(&known);
    PyBuffer_Release(&heads);
    return out;
}

/* told(places, numbers, nats, first, last, block): what each block's markers say, each once. */
static PyObject *
told(PyObject *module, PyObject *args)
{
    Py_buffer places, numbers, nats;
    Py_ssize_t first, last, block;
    if (!PyArg_ParseTuple(args, "y*y*y*nnn", &places, &numbers, &nats, &first, &last, &block))
        return NULL;
    PyObject *out = NULL;
    Py_ssize_t parts = blocks_of(first, last, block, PY_SSIZE_T_MAX), count = places.len / 8;
    const int64_t *at = places.buf, *which = numbers.buf;
    Py_ssize_t k = 0, high = count;
    if (parts < 0 || numbers.len != places.len)
        misfit();
    else
        out = PyByteArray_FromStringAndSize(NULL, 8 * parts);
    while (k < high) { /* the first mark that counts */
        Py_ssize_t middle = k + (high - k) / 2;
        if (at[middle] < first)
            k = middle + 1;
        else
            high = middle;
    }
    for (Py_ssize_t part = 0; out && part < parts; part++) {
        Py_ssize_t begin = k, end = first + part * block;
        double said = 0.0;
        Set seen;
        end = last - end < block ? last : end + block;
        while (k < count && at[k] < end)
            k++;
        if (!set_new(&seen, k - begin)) {
            Py_CLEAR(out);
            PyErr_NoMemory();
            break;
        }
        for (; begin < k; begin++)
            if ((uint64_t)which[begin] < (uint64_t)nats.len / 8 &&
                set_add(&seen, (uint64_t)which[begin]))
                said += ((const double *)nats.buf)[which[begin]];
        PyMem_RawFree(seen.slots);
        ((double *)PyByteArray_AS_STRING(out))[part] = said;
    }
    PyBuffer_Release(&places);
    PyBuffer_Release(&numbers);
    PyBuffer_Release(&nats);
    return out;
}

static PyMethodDef methods[] = {
    {"cut", cut, METH_VARARGS, "The words of a text and their hashes."},
    {"features", features, METH_VARARGS, "What a classifier knows of each word and pair."},
    {"blocks", blocks, METH_VARARGS, "What the classifier says of each block of words."},
    {"distinct", distinct, METH_VARARGS, "How many words differ in each block."},
    {"marked", marked, METH_VARARGS, "Where markers stand, and which."},
    {"told", told, METH_VARARGS, "What the markers of each block say."},
    {NULL, NULL, 0, NULL},
};

KERNEL(_look, "The first look at a text.", methods, NULL)
