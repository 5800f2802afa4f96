/* The features of style: tokens as classes, one to three of them in a row hashed and counted.
 *
 * One pass over the text. The words, endings and marks come from style.py, which has the plain
 * version beside it.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define REVISION 4 /* that of style.py; a build of other sources is not used */

#define SIZE 16384      /* features */
#define SHIFT 18        /* of the hash that numbers them */
#define LONGEST 16      /* letters of a word that has a class of its own */
#define SLOTS 1024      /* for such words, open addressing */
#define ENDINGS 32
#define CLASSES 512
#define TOKENS 0x4000   /* that can be read: their features are counted in 16 bits */

/* What a character below 128 begins. */
enum { NOTHING = 0, LOWER, UPPER, DIGIT, SIGN };
enum { OTHER = 0, DIGITS = 1, MARK = 2, CAPITALS = 3, CAPITAL = 4 };

typedef struct {
    uint64_t text[2]; /* filled up with zeros */
    int32_t class;    /* -1 where no word is */
} Known;

typedef struct {
    uint64_t text, mask; /* the last letter lowest */
    uint16_t class;
    uint8_t last;        /* 0 for a */
} Ending;

typedef struct {
    PyObject_HEAD
    Known known[SLOTS];
    Ending ending[ENDINGS];
    int endings, of[26]; /* endings by last letter; where those of each begin */
    uint16_t marks[128];
    uint8_t begins[128];
    Py_ssize_t longest, least; /* tokens that are read, and that must be there */
} Counter;

typedef struct {
    uint32_t last, before; /* classes */
    Py_ssize_t tokens, features;
    uint16_t count[SIZE], feature[SIZE + 1]; /* how often; those that are there, in their order */
} Counts;

typedef struct {
    uint64_t text[2], tail; /* its letters from the first on; its last eight, the last one lowest */
    Py_ssize_t size;
    int capital, capitals;
} Letters;

static inline int is_lower(Py_UCS4 c) { return c - 'a' < 26; }
static inline int is_letter(Py_UCS4 c) { return (c | 0x20) - 'a' < 26; }
#define EIGHT(byte) (0x0101010101010101u * (byte)) /* the same byte eight times */

static inline int is_apostrophe(Py_UCS4 c) { return c == '\'' || c == 0x2018 || c == 0x2019; }

/* A code point with curly marks made straight. */
static inline Py_UCS4
straight(Py_UCS4 point)
{
    switch (point) {
    case 0x201C: case 0x201D: return '"';
    case 0x2018: case 0x2019: return '\'';
    case 0x2013: case 0x2014: return '-';
    default: return point;
    }
}

static uint32_t
slot(const uint64_t *text)
{
    return (uint32_t)((text[0] * 0x9E3779B97F4A7C15u ^ text[1] * 0xC2B2AE3D27D4EB4Fu) >> 40) %
           SLOTS;
}

static const Known *
find(const Counter *c, const uint64_t *text)
{
    const Known *at = &c->known[slot(text)];
    while (at->class >= 0 && (at->text[0] != text[0] || at->text[1] != text[1]))
        if (++at == c->known + SLOTS)
            at = c->known;
    return at;
}

static inline void
add_letter(Letters *word, Py_UCS4 point)
{
    uint64_t letter = point | 0x20; /* which leaves an apostrophe as it is */
    if (word->size < LONGEST)
        word->text[word->size >> 3] |= letter << 8 * (word->size & 7);
    word->tail = word->tail << 8 | letter;
    word->size++;
}

static inline uint64_t
reversed(uint64_t eight)
{
#if defined(__GNUC__)
    return __builtin_bswap64(eight);
#else
    uint64_t found = 0;
    for (int k = 0; k < 8; k++, eight >>= 8)
        found = found << 8 | (eight & 0xFF);
    return found;
#endif
}

/* How many letters eight characters begin with. */
static inline int
letters_in(uint64_t eight)
{
    uint64_t low = (eight | EIGHT(0x20)) & EIGHT(0x7F);
    uint64_t is = (low + EIGHT(0x80 - 'a')) & ~(low + EIGHT(0x7F - 'z')) & ~eight & EIGHT(0x80);
    uint64_t other = ~is & EIGHT(0x80);
#if defined(__GNUC__)
    return other ? __builtin_ctzll(other) >> 3 : 8;
#else
    int found = 0;
    for (; found < 8 && !(other & 0xFF); found++)
        other >>= 8;
    return found;
#endif
}

/* Take in as many letters of eight characters: after a multiple of eight of them. */
static inline void
add_letters(Letters *word, uint64_t eight, int count)
{
    uint64_t all = count ? UINT64_MAX >> 8 * (8 - count) : 0, lower = (eight | EIGHT(0x20)) & all;
    word->capitals &= !(eight & all & EIGHT(0x20));
    if (word->size < LONGEST)
        word->text[word->size >> 3] = lower;
    if (count)
        word->tail = (count < 8 ? word->tail << 8 * count : 0) | reversed(lower) >> 8 * (8 - count);
    word->size += count;
}

/* Number of a function word, or the shape of any other. */
static uint32_t
word_class(const Counter *c, const Letters *word)
{
    if (word->size <= LONGEST) {
        const Known *known = find(c, word->text);
        if (known->class >= 0)
            return (uint32_t)known->class;
    }
    if (word->capital)
        return word->size > 1 && word->capitals ? CAPITALS : CAPITAL;
    uint8_t last = (uint8_t)((word->tail & 0xFF) - 'a');
    for (int k = last < 26 ? c->of[last] : c->endings; k < c->endings; k++) {
        if (c->ending[k].last != last)
            break;
        if ((word->tail & c->ending[k].mask) == c->ending[k].text)
            return c->ending[k].class;
    }
    return OTHER;
}

static inline void
count_one(Counts *n, uint32_t key)
{
    uint32_t place = key * 0x9E3779B1u >> SHIFT;
    n->feature[n->features] = (uint16_t)place; /* which counts where it is new */
    n->features += !n->count[place]++;
}

static void
count(Counts *n, uint32_t class)
{
    count_one(n, class);
    if (n->tokens > 0)
        count_one(n, class * CLASSES + n->last + (1u << 20));
    if (n->tokens > 1)
        count_one(n, (class * CLASSES + n->last) * CLASSES + n->before + (1u << 30));
    n->before = n->last;
    n->last = class;
    n->tokens++;
}

static inline int
begins(const Counter *c, Py_UCS4 point)
{
    if (point < 128)
        return c->begins[point];
    if (Py_UNICODE_ISDECIMAL(point))
        return DIGIT;
    return Py_UNICODE_ISALNUM(point) || Py_UNICODE_ISSPACE(point) ? NOTHING : SIGN;
}

/* Eight characters from a place on, as a byte each: 0 beyond ASCII, and beyond the text. */
#define FETCH(NAME, TYPE)                                                                       \
    static inline uint64_t NAME(const TYPE *text, Py_ssize_t size, Py_ssize_t at)               \
    {                                                                                           \
        uint8_t each[8] = {0};                                                                  \
        uint64_t eight = 0;                                                                     \
        if (at + 8 <= size)                                                                     \
            for (int k = 0; k < 8; k++)                                                         \
                each[k] = text[at + k] < 128 ? (uint8_t)text[at + k] : 0;                       \
        else                                                                                    \
            for (int k = 0; at + k < size; k++)                                                 \
                each[k] = text[at + k] < 128 ? (uint8_t)text[at + k] : 0;                       \
        for (int k = 0; k < 8; k++)                                                             \
            eight |= (uint64_t)each[k] << 8 * k;                                                \
        return eight;                                                                           \
    }

FETCH(fetch_1, Py_UCS1)
FETCH(fetch_2, Py_UCS2)
FETCH(fetch_4, Py_UCS4)

#define READ(NAME, TYPE, FETCH)                                                                 \
    static void NAME(const Counter *c, const TYPE *text, Py_ssize_t size, Counts *n)            \
    {                                                                                           \
        for (Py_ssize_t i = 0; i < size && n->tokens < c->longest;) {                           \
            Py_UCS4 point = straight(text[i]);                                                  \
            int kind = begins(c, point), more;                                                  \
            if (kind == LOWER || kind == UPPER) {                                               \
                Letters word = {{0, 0}, 0, 0, kind == UPPER, 1};                                \
                do {                                                                            \
                    uint64_t eight = FETCH(text, size, i);                                      \
                    more = letters_in(eight);                                                   \
                    add_letters(&word, eight, more);                                            \
                    i += more;                                                                  \
                } while (more == 8);                                                            \
                if (i + 1 < size && is_apostrophe(text[i]) && is_lower(text[i + 1])) {          \
                    word.capitals = 0;                                                          \
                    add_letter(&word, '\'');                                                    \
                    for (i++; i < size && is_lower(text[i]); i++)                               \
                        add_letter(&word, text[i]);                                             \
                }                                                                               \
                count(n, word_class(c, &word));                                                 \
                i += i < size && text[i] == ' ';                                                \
                continue;                                                                       \
            }                                                                                   \
            i++;                                                                                \
            if (kind == DIGIT) {                                                                \
                while (i < size && (text[i] == '.' || text[i] == ',' ||                         \
                                    Py_UNICODE_ISDECIMAL(text[i])))                             \
                    i++;                                                                        \
                count(n, DIGITS);                                                               \
            }                                                                                   \
            else if (kind == SIGN)                                                              \
                count(n, point < 128 && c->marks[point] ? c->marks[point] : MARK);              \
        }                                                                                       \
    }

READ(read_1, Py_UCS1, fetch_1)
READ(read_2, Py_UCS2, fetch_2)
READ(read_4, Py_UCS4, fetch_4)

/* The counts of a text up to an end; NULL with an exception. */
static Counts *
counts(const Counter *c, PyObject *text, Py_ssize_t end)
{
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    Counts *n = PyMem_Malloc(sizeof *n);
    if (!n)
        return (Counts *)PyErr_NoMemory();
    memset(n, 0, offsetof(Counts, feature));
    size = size < end ? size : end;
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND)
        read_1(c, data, size, n);
    else if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND)
        read_2(c, data, size, n);
    else
        read_4(c, data, size, n);
    return n;
}

static PyObject *
counter_count(Counter *self, PyObject *args)
{
    PyObject *text, *found = NULL;
    Py_ssize_t end;
    Counts *n;
    if (!PyArg_ParseTuple(args, "Un", &text, &end) || !(n = counts(self, text, end)))
        return NULL;
    uint32_t *each = PyMem_Malloc(SIZE * sizeof *each);
    for (int k = 0; each && k < SIZE; k++)
        each[k] = n->count[k];
    if (!each)
        PyErr_NoMemory();
    else if (n->tokens < self->least)
        found = Py_NewRef(Py_None);
    else
        found = Py_BuildValue("y#n", (char *)each, (Py_ssize_t)(SIZE * sizeof *each), n->tokens);
    PyMem_Free(each);
    PyMem_Free(n);
    return found;
}

/* The roots of the counts, each times its weight: weights of one count are added up first, and
   most features are there once. */
static int
weigh(Counts *n, const int8_t *weights, double *sum)
{
    int most = 1;
    int64_t once = 0;
    Py_ssize_t left = 0;
    for (Py_ssize_t k = 0; k < n->features; k++) {
        uint16_t feature = n->feature[k];
        int times = n->count[feature];
        most = times > most ? times : most;
        once += times == 1 ? weights[feature] : 0;
        n->feature[left] = feature;
        left += times > 1;
    }
    int64_t *each = PyMem_Calloc((size_t)most + 1, sizeof *each);
    if (!each)
        return 0;
    for (Py_ssize_t k = 0; k < left; k++)
        each[n->count[n->feature[k]]] += weights[n->feature[k]];
    each[1] = once;
    *sum = 0;
    for (int k = 1; k <= most; k++)
        if (each[k])
            *sum += sqrt((double)k) * (double)each[k];
    PyMem_Free(each);
    return 1;
}

static PyObject *
counter_weigh(Counter *self, PyObject *args)
{
    PyObject *text, *found = NULL;
    Py_ssize_t end;
    Py_buffer weights;
    if (!PyArg_ParseTuple(args, "Uny*", &text, &end, &weights))
        return NULL;
    Counts *n = NULL;
    double sum;
    if (weights.len != SIZE)
        PyErr_SetString(PyExc_ValueError, "a weight of each feature is needed");
    else
        n = counts(self, text, end);
    if (n && n->tokens < self->least)
        found = Py_NewRef(Py_None);
    else if (n)
        found = weigh(n, weights.buf, &sum) ? Py_BuildValue("dn", sum, n->tokens)
                                            : PyErr_NoMemory();
    PyMem_Free(n);
    PyBuffer_Release(&weights);
    return found;
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

/* How many sentences end in a text, counted up to a number. */
#define STOPS(NAME, TYPE)                                                                       \
    static Py_ssize_t NAME(const TYPE *text, Py_ssize_t size, Py_ssize_t most)                  \
    {                                                                                           \
        Py_ssize_t found = 0, i = 0;                                                            \
        while (i < size && found < most) {                                                      \
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
    if (from && (size < 1 || size > LONGEST))
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
        Known *known = (Known *)find(self, word.text);
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
        self->begins[k] = is_lower(k) ? LOWER : is_letter(k) ? UPPER : Py_UNICODE_ISDECIMAL(k) ? DIGIT
                        : k == '_' || Py_UNICODE_ISSPACE(k) ? NOTHING : SIGN;
    self->longest = longest;
    self->least = least;
    if (PyErr_Occurred() || !take_words(self, words) || !take_endings(self, endings) || !take_marks(self, marks))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
counter_dealloc(Counter *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef counter_methods[] = {
    {"count", (PyCFunction)counter_count, METH_VARARGS,
     "Counts of features and how many tokens; None where they are too few."},
    {"weigh", (PyCFunction)counter_weigh, METH_VARARGS,
     "Roots of the counts, weighted and added up, and how many tokens; None where too few."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot counter_slots[] = {
    {Py_tp_new, counter_new},
    {Py_tp_dealloc, counter_dealloc},
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
