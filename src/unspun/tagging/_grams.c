/* The second reading: the longest known n-gram, up to six characters, that ends at each character
 * of a text, the words and letters that are known, and the sums of their evidence.
 *
 * The n-grams are sorted keys of ten bits a character, the last character highest. An index over
 * the last three characters leaves few of them to search. The tables come from supplement.py, which
 * has the plain version beside it.
 */
#define PY_SSIZE_T_CLEAN
#include "bits.h"
#include "kernel.h"
#include <stddef.h>

#define REVISION 5 /* that of supplement.py; a build of other sources is not used */

#define COLUMNS 64
#define CODED 0x3001 /* character codes: the last one is that of all other characters */
#define BITS 10
#define LONGEST 6
#define TOP (BITS * (LONGEST - 1))
#define TWO (TOP - BITS)   /* bits of a key below its last two characters */
#define THREE (TWO - BITS) /* and below its last three */
#define TABLES 8
#define READ 256 /* characters of a chunk at most */
#define LANES (COLUMNS / 8)
#define ROWS 256 /* of evidence in 8 bits that 16 bits can add up */

/* The keys with the same last three characters: in 30 bits what they share, in 22 the first of
   them, in 12 how many; 0 where none is. */
typedef uint64_t Range;
#define RANGE(head, first, count) ((uint64_t)(head) << 34 | (uint64_t)(first) << 12 | (count))
#define HEAD(range) ((range) >> 34)
#define FIRST(range) ((uint32_t)((range) >> 12 & 0x3FFFFF))
#define SIZE(range) ((uint32_t)((range) & 0xFFF))

/* All that is asked of an n-gram in one place: in 30 bits what its key has below its last three
   characters, in 6 how many bits are spare, in 28 the row of its longest known ending. */
typedef uint64_t Gram;
#define GRAM(key, spare, shorter) \
    (((key) & ((1u << THREE) - 1)) << 34 | (uint64_t)(spare) << 28 | (uint64_t)(shorter))
#define REST(gram) ((gram) >> 34)
#define SPARE(gram) ((gram) >> 28 & 0x3F)
#define SHORTER(gram) ((uint32_t)((gram) & 0xFFFFFFF))

typedef struct {
    uint32_t hash, start; /* of its letters */
    uint32_t size, row; /* row 0 where no word is */
} Word;

typedef struct {
    PyObject_HEAD
    Py_buffer code, keys, spare, shorter, weights, token, letter, lower;
    PyObject *chunk; /* what makes a chunk that is not simply put into lower case */
    PyObject *named; /* what finds the rows of a chunk with rare characters */
    Py_ssize_t reach, limit; /* characters that are read: of a chunk without its blanks, of all */
    Gram *gram;      /* by row, as the keys */
    uint32_t *two;   /* the longest known n-gram of each two last characters */
    Range *range;    /* by the last three characters, open addressing */
    Word *word;      /* the same by hash */
    uint16_t *letters; /* of the words */
    uint32_t range_mask, word_mask;
} Grams;

#define AT(buffer, type, i) (((const type *)(buffer).buf)[i])
#define COUNT(g) ((g)->keys.len / 8)

/* Where the range of a key is sought. */
static inline Range *
range_from(const Grams *g, uint64_t key)
{
    uint32_t hash = (uint32_t)(key >> THREE) * 0x9E3779B1u;
    return &g->range[(hash ^ hash >> 15) & g->range_mask];
}

/* The place of the range of a key. */
static inline Range *
range_at(const Grams *g, Range *at, uint64_t key)
{
    while (*at && HEAD(*at) != key >> THREE)
        at = at == g->range + g->range_mask ? g->range : at + 1;
    return at;
}

/* The longest n-gram that ends a key, whose range is known. */
static inline uint32_t
longest(const Grams *g, uint64_t key, Range range)
{
    const Gram *gram = g->gram;
    const uint64_t rest = key & ((1u << THREE) - 1);
    uint32_t row = FIRST(range), count = SIZE(range);
    if (!range)
        return g->two[key >> TWO];
    while (count > 1) { /* the last one that is not above the key; no branch to be foreseen */
        uint32_t half = count / 2;
        row += REST(gram[row + half]) <= rest ? half : 0;
        count -= half;
    }
    if (REST(gram[row]) > rest)
        return g->two[key >> TWO];
    for (int k = 0; k < LONGEST && (REST(gram[row]) ^ rest) >> SPARE(gram[row]); k++)
        row = SHORTER(gram[row]); /* one of two characters or less has no rest: it ends the key */
    return row;
}

/* Evidence added up by column: in 16 bits each, every other column, as long as they hold it. */
typedef struct {
    uint64_t even[LANES], odd[LANES];
} Lanes;

typedef struct {
    Lanes lanes;
    int rows;
    int64_t total[COLUMNS];
} Sum;

static void
flush(Sum *sum)
{
    uint16_t even[COLUMNS / 2], odd[COLUMNS / 2];
    memcpy(even, sum->lanes.even, sizeof even);
    memcpy(odd, sum->lanes.odd, sizeof odd);
    for (int k = 0; k < COLUMNS / 2; k++) {
        sum->total[2 * k] += PY_LITTLE_ENDIAN ? even[k] : odd[k];
        sum->total[2 * k + 1] += PY_LITTLE_ENDIAN ? odd[k] : even[k];
    }
    memset(sum, 0, offsetof(Sum, total));
}

/* Add rows of evidence, at most ROWS. */
static inline void
add_rows(const Grams *g, const uint32_t *row, int count, Sum *sum)
{
    const uint64_t low = 0x00FF00FF00FF00FFu;
    Lanes lanes = {{0}, {0}}; /* of their own, so that they stay in registers */
    for (int k = 0; k < count; k++) {
        uint64_t weight[LANES];
        memcpy(weight, (const uint8_t *)g->weights.buf + (size_t)row[k] * COLUMNS, sizeof weight);
        for (int lane = 0; lane < LANES; lane++)
            lanes.even[lane] += weight[lane] & low;
        for (int lane = 0; lane < LANES; lane++)
            lanes.odd[lane] += weight[lane] >> 8 & low;
    }
    if (sum->rows + count > ROWS)
        flush(sum);
    sum->rows += count;
    for (int lane = 0; lane < LANES; lane++) {
        sum->lanes.even[lane] += lanes.even[lane];
        sum->lanes.odd[lane] += lanes.odd[lane];
    }
}

/* What the n-grams of some characters say: step by step, so that what each needs is at hand. */
static void
read_block(const Grams *g, const uint64_t *key, int count, Sum *sum)
{
    Range *from[BLOCK], range[BLOCK];
    uint32_t row[BLOCK];
    for (int k = 0; k < count; k++)
        FETCH(from[k] = range_from(g, key[k]));
    for (int k = 0; k < count; k++) {
        range[k] = *range_at(g, from[k], key[k]);
        if (range[k])
            FETCH(g->gram + FIRST(range[k]) + SIZE(range[k]) / 2);
        else
            FETCH(g->two + (key[k] >> TWO));
    }
    for (int k = 0; k < count; k++) {
        row[k] = longest(g, key[k], range[k]);
        FETCH((const uint8_t *)g->weights.buf + (size_t)row[k] * COLUMNS);
    }
    add_rows(g, row, count, sum); /* row 0 says nothing */
}

/* What the n-grams of a chunk say. */
static void
read_grams(const Grams *g, const uint16_t *chunk, int size, Sum *sum)
{
    uint64_t last = 0, key[BLOCK];
    for (int at = 0; at < size; at += BLOCK) {
        int count = size - at < BLOCK ? size - at : BLOCK;
        for (int k = 0; k < count; k++)
            key[k] = last = last >> BITS | AT(g->code, uint64_t, chunk[at + k]) << TOP;
        read_block(g, key, count, sum);
    }
}

static int
add_row(const Grams *g, PyObject *number, Sum *sum)
{
    Py_ssize_t row = PyLong_AsSsize_t(number);
    if (row < 0 || row >= g->weights.len / COLUMNS) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_IndexError, "no such row");
        return 0;
    }
    add_rows(g, &(uint32_t){(uint32_t)row}, 1, sum);
    return 1;
}

/* What words and letters say, where a character is rare: the plain code finds their rows. */
static int
read_rare(const Grams *g, PyObject *chunk, Sum *sum)
{
    PyObject *rows = PyObject_CallOneArg(g->named, chunk);
    int good = rows && PyList_Check(rows);
    if (rows && !good)
        PyErr_SetString(PyExc_TypeError, "rows must be a list");
    for (Py_ssize_t k = 0; good && k < PyList_GET_SIZE(rows); k++)
        good = add_row(g, PyList_GET_ITEM(rows, k), sum);
    Py_XDECREF(rows);
    return good;
}

#define HASH(hash, point) (((hash) ^ (point)) * 0x01000193u)

static inline Word *
word_from(const Grams *g, uint32_t hash)
{
    return &g->word[(hash ^ hash >> 15) & g->word_mask];
}

/* The place of a word. */
static inline Word *
word_at(const Grams *g, Word *at, const uint16_t *text, int size, uint32_t hash)
{
    while (at->row && (at->hash != hash || at->size != (uint32_t)size ||
                       memcmp(g->letters + at->start, text, (size_t)size * sizeof *text)))
        at = at == g->word + g->word_mask ? g->word : at + 1;
    return at;
}

/* What the letters of a chunk say, each once. */
static void
read_letters(const Grams *g, const uint16_t *chunk, int size, Sum *sum)
{
    uint64_t seen[CODED / 64 + 1] = {0};
    uint32_t row[READ];
    int count = 0;
    for (int i = 0; i < size; i++) {
        uint16_t point = chunk[i];
        row[count] = (uint32_t)AT(g->letter, int32_t, point);
        count += row[count] && !(seen[point / 64] >> point % 64 & 1);
        seen[point / 64] |= (uint64_t)1 << point % 64;
    }
    add_rows(g, row, count, sum);
}

/* What the words of a chunk say, which ends with a blank. */
static void
read_words(const Grams *g, const uint16_t *chunk, int size, Sum *sum)
{
    struct {
        Word *from;
        uint32_t hash;
        int start, size;
    } word[READ / 2];
    uint32_t hash = 0, row[READ / 2];
    int start = 0, words = 0, count = 0;
    for (int i = 0; i < size; i++) {
        if (AT(g->token, uint8_t, chunk[i])) {
            hash = HASH(hash, chunk[i]);
            continue;
        }
        if (i > start) {
            FETCH(word[words].from = word_from(g, hash));
            word[words].hash = hash;
            word[words].start = start;
            word[words++].size = i - start;
        }
        start = i + 1;
        hash = 0;
    }
    for (int k = 0; k < words; k++) {
        row[count] = word_at(g, word[k].from, chunk + word[k].start, word[k].size,
                             word[k].hash)->row;
        FETCH((const uint8_t *)g->weights.buf + (size_t)row[count] * COLUMNS);
        count += row[count] != 0;
    }
    add_rows(g, row, count, sum);
}

static void
read_named(const Grams *g, const uint16_t *chunk, int size, Sum *sum)
{
    read_letters(g, chunk, size, sum);
    read_words(g, chunk, size, sum);
}

/* Put a chunk into lower case, a blank on either side: its size, or 0 where it is not simple. */
static int
lowered(const Grams *g, PyObject *text, Py_ssize_t at, uint16_t *chunk)
{
    int kind = PyUnicode_KIND(text), size = 0;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t end = PyUnicode_GET_LENGTH(text);
    end = end - at < g->reach ? end : at + g->reach;
    chunk[size++] = ' ';
    for (; at < end; at++) {
        Py_UCS4 point = PyUnicode_READ(kind, data, at);
        uint16_t low = AT(g->lower, uint16_t, point < CODED ? point : CODED - 1);
        if (!low)
            return 0;
        chunk[size++] = low;
    }
    chunk[size++] = ' ';
    return size;
}

/* Read a chunk that Python puts into lower case. */
static int
read_other(const Grams *g, PyObject *text, Py_ssize_t at, Sum *sum)
{
    PyObject *chunk = PyObject_CallFunction(g->chunk, "On", text, at);
    if (!chunk || !PyUnicode_Check(chunk) || PyUnicode_GET_LENGTH(chunk) > READ) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "a chunk must be a short str");
        Py_XDECREF(chunk);
        return 0;
    }
    uint16_t points[READ];
    int size = (int)PyUnicode_GET_LENGTH(chunk), rare = 0, good = 1;
    for (int k = 0; k < size; k++) {
        Py_UCS4 point = PyUnicode_READ_CHAR(chunk, k);
        points[k] = (uint16_t)(point < CODED - 1 ? point : CODED - 1);
        rare |= point >= CODED - 1;
    }
    if (rare)
        good = read_rare(g, chunk, sum);
    else
        read_named(g, points, size, sum);
    read_grams(g, points, size, sum);
    Py_DECREF(chunk);
    return good;
}

static PyObject *
grams_score(Grams *self, PyObject *text)
{
    Sum sum = {{{0}, {0}}, 0, {0}};
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    Py_ssize_t at = 0, end = PyUnicode_GET_LENGTH(text);
    end = end < self->limit ? end : self->limit;
    do {
        uint16_t chunk[READ];
        int size = lowered(self, text, at, chunk);
        if (size) {
            read_named(self, chunk, size, &sum);
            read_grams(self, chunk, size, &sum);
        }
        else if (!read_other(self, text, at, &sum))
            return NULL;
        at += self->reach;
    } while (at < end);
    flush(&sum);
    PyObject *found = PyTuple_New(COLUMNS);
    for (int c = 0; found && c < COLUMNS; c++) {
        PyObject *one = PyLong_FromLongLong((long long)sum.total[c]);
        if (!one)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, c, one);
    }
    if (found)
        PyObject_GC_UnTrack(found); /* numbers are in no cycle */
    return found;
}

/* Whether every number of the tables leads to one that is there. */
static int
fits(const Grams *g)
{
    Py_ssize_t count = COUNT(g);
    if (count < 1 || count > 0x3FFFFF || g->spare.len != count ||
        g->shorter.len != count * 4 || g->code.len != CODED * 8 ||
        g->weights.len < count * COLUMNS || AT(g->keys, uint64_t, 0) || g->token.len != CODED ||
        g->letter.len != CODED * 4 || AT(g->token, uint8_t, CODED - 1) ||
        g->lower.len != CODED * 2 || AT(g->lower, uint16_t, CODED - 1) ||
        AT(g->token, uint8_t, ' ') || g->reach < 1 || g->reach > READ - 2)
        return 0;
    for (Py_ssize_t k = 0; k < CODED; k++)
        if (AT(g->code, uint64_t, k) >> BITS || AT(g->letter, int32_t, k) < 0 ||
            AT(g->letter, int32_t, k) >= g->weights.len / COLUMNS ||
            AT(g->lower, uint16_t, k) >= CODED - 1)
            return 0;
    for (Py_ssize_t k = 0; k < COLUMNS; k++)
        if (AT(g->weights, uint8_t, k))
            return 0;
    for (Py_ssize_t k = 0; k < count; k++)
        if (AT(g->spare, uint8_t, k) > 63 || AT(g->shorter, int32_t, k) < 0 ||
            AT(g->shorter, int32_t, k) >= count || AT(g->keys, uint64_t, k) >> (TOP + BITS) ||
            (k && AT(g->keys, uint64_t, k) <= AT(g->keys, uint64_t, k - 1)))
            return 0;
    return 1;
}

/* A power of two that leaves open addressing room for so many. */
static uint32_t
room(Py_ssize_t count)
{
    uint32_t size = 64;
    while (size < 2 * (size_t)count)
        size *= 2;
    return size;
}

/* The row of an n-gram of one or two characters, or else another. */
static uint32_t
short_row(const Grams *g, uint64_t key, uint32_t *row, uint32_t other)
{
    while ((Py_ssize_t)*row < COUNT(g) && AT(g->keys, uint64_t, *row) < key)
        ++*row;
    return (Py_ssize_t)*row < COUNT(g) && AT(g->keys, uint64_t, *row) == key ? *row : other;
}

/* Number the keys by their last two characters, and by their last three. */
static int
index_keys(Grams *g)
{
    uint32_t one = 0, at = 0;
    Py_ssize_t heads = 0, count = COUNT(g);
    const uint64_t *keys = g->keys.buf;
    g->two = PyMem_Malloc(sizeof *g->two << 2 * BITS);
    g->gram = PyMem_Malloc((size_t)count * sizeof *g->gram);
    for (Py_ssize_t k = 1; k < count; k++)
        heads += keys[k] >> THREE != keys[k - 1] >> THREE;
    g->range_mask = room(heads + 1) - 1;
    g->range = PyMem_Calloc((size_t)g->range_mask + 1, sizeof *g->range);
    if (!g->two || !g->range || !g->gram)
        return PyErr_NoMemory() != NULL;
    for (Py_ssize_t k = 0; k < count; k++)
        g->gram[k] = GRAM(keys[k], AT(g->spare, uint8_t, k), AT(g->shorter, int32_t, k));
    for (uint64_t head = 0; head < 1 << 2 * BITS; head++) {
        if (!(head & ((1 << BITS) - 1)))
            one = head ? short_row(g, head << TWO, &at, 0) : 0;
        g->two[head] = short_row(g, head << TWO, &at, one);
    }
    for (Py_ssize_t first = 0, end; first < count; first = end) {
        uint64_t key = keys[first];
        for (end = first + 1; end < count && keys[end] >> THREE == key >> THREE; end++)
            ;
        if (end - first > 0xFFF)
            return PyErr_Format(PyExc_ValueError, "too many keys are alike") != NULL;
        *range_at(g, range_from(g, key), key) = RANGE(key >> THREE, first, (uint64_t)(end - first));
    }
    return 1;
}

/* Keep a word with its row; one with a rare letter is sought elsewhere. */
static int
keep_word(Grams *g, PyObject *text, PyObject *number, Py_ssize_t *used)
{
    Py_ssize_t row = PyLong_AsSsize_t(number), size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    uint32_t hash = 0;
    if (row < 1 || row >= g->weights.len / COLUMNS) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_IndexError, "no such row");
        return 0;
    }
    uint16_t *letters = g->letters + *used;
    for (Py_ssize_t k = 0; k < size; k++) {
        Py_UCS4 point = PyUnicode_READ(kind, data, k);
        if (point >= CODED - 1 || size > READ)
            return 1;
        hash = HASH(hash, point);
        letters[k] = (uint16_t)point;
    }
    *word_at(g, word_from(g, hash), letters, (int)size, hash) =
        (Word){hash, (uint32_t)*used, (uint32_t)size, (uint32_t)row};
    *used += size;
    return 1;
}

static int
take_words(Grams *g, PyObject *words)
{
    PyObject *key, *value;
    Py_ssize_t at = 0, letters = 0, used = 0;
    while (PyDict_Next(words, &at, &key, &value)) {
        if (!PyUnicode_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "a word must be str");
            return 0;
        }
        letters += PyUnicode_GET_LENGTH(key);
    }
    g->word_mask = room(PyDict_GET_SIZE(words)) - 1;
    g->word = PyMem_Calloc((size_t)g->word_mask + 1, sizeof *g->word);
    g->letters = PyMem_Malloc(((size_t)letters + 1) * sizeof *g->letters);
    if (!g->word || !g->letters)
        return PyErr_NoMemory() != NULL;
    for (at = 0; PyDict_Next(words, &at, &key, &value);)
        if (!keep_word(g, key, value, &used))
            return 0;
    return 1;
}

static PyObject *
grams_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Grams takes no keywords");
    Grams *self = (Grams *)type->tp_alloc(type, 0);
    PyObject *words;
    if (!self)
        return NULL;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*O!OOnn", &self->code, &self->keys, &self->spare,
                          &self->shorter, &self->weights, &self->token, &self->letter,
                          &self->lower, &PyDict_Type, &words, &self->named, &self->chunk,
                          &self->reach, &self->limit)) {
        memset(&self->code, 0, TABLES * sizeof(Py_buffer)); /* the parser has let go of them */
        self->named = self->chunk = NULL;
        Py_DECREF(self);
        return NULL;
    }
    Py_INCREF(self->named);
    Py_INCREF(self->chunk);
    if (!fits(self)) {
        PyErr_SetString(PyExc_ValueError, "tables do not fit one another");
        Py_CLEAR(self);
    }
    else if (!index_keys(self) || !take_words(self, words))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
grams_dealloc(Grams *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_buffer *of[TABLES] = {&self->code,    &self->keys,  &self->spare, &self->shorter,
                             &self->weights, &self->token, &self->letter,
                             &self->lower};
    for (int k = 0; k < TABLES; k++)
        PyBuffer_Release(of[k]); /* of none, where none was had */
    Py_XDECREF(self->named);
    Py_XDECREF(self->chunk);
    PyMem_Free(self->gram);
    PyMem_Free(self->two);
    PyMem_Free(self->range);
    PyMem_Free(self->word);
    PyMem_Free(self->letters);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef grams_methods[] = {
    {"score", (PyCFunction)grams_score, METH_O, "Evidence of a text."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot grams_slots[] = {
    {Py_tp_new, grams_new},
    {Py_tp_dealloc, grams_dealloc},
    {Py_tp_methods, grams_methods},
    {Py_tp_doc, "Grams(eight tables, words, named, chunk, reach, limit)"},
    {0, NULL},
};

static PyType_Spec grams_spec = {
    "unspun.tagging._grams.Grams", sizeof(Grams), 0, Py_TPFLAGS_DEFAULT, grams_slots,
};

KERNEL(_grams, "The longest known n-grams of a text and their evidence.", NULL, &grams_spec)
