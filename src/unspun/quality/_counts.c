/* Words, lines, paragraphs and their repetitions, counted in one call for all rules.
 *
 * The text is read where it lies, in characters of one, two or four bytes: what is done for each
 * character or word is compiled for each of these widths. The plain version is in shape.py and
 * ngrams.py; field by field both give the same whole numbers. Tables are keyed by a number of this
 * process, so that no text can be made to collide.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "marks.h"
#include "repeats.h"

#define REVISION 7

#define BEYOND 0x10000 /* code points without an entry in the table */

/* Of a character. */
enum { LETTER = 1, BULLET = 2, END = 4 };

typedef struct {
    PyObject_HEAD
    PyTypeObject *made; /* a Shape: a tuple with names */
    uint64_t seed;
    uint8_t classes[BEYOND];
} Counter;

typedef struct {
    size_t words, word_characters, alphabetic, stops;
    size_t lines, bullets, ellipses, ended, brief, feeds;
    size_t lines_again, line_characters, line_characters_again;
    size_t paragraphs, paragraphs_again;
    size_t symbols, marks, scripts, damage;
    size_t units, unit_characters;
    size_t top[TOPS], duplicate[TOPS];
} Counts;

typedef struct {
    Counts *c;
    const Counter *counter;
    Text text;
    int spaced;        /* whether there are blanks between words */
    int english;       /* whether stop words are counted */
    size_t script_end; /* of the last line that speaks of JavaScript */
    uint32_t *edges;   /* where words begin and end, in turns */
    size_t known, line; /* how many edges are known, and were when the line began */
    size_t block, block_stop, block_lines; /* lines that no blank one parts; 0 while there is none */
    uint64_t *units;   /* the keys of words, or characters */
    List lines, blocks;
} Reading;

#define SHORT_LINE 30
#define NEAR_LETTERS 16 /* of a word: the others are read in a loop */
#define LEAST_UNITS 30

static inline int
is_letter(Py_UCS4 ch)
{
    if (ch < 0x80)
        return (ch | 0x20) >= 'a' && (ch | 0x20) <= 'z';
    return Py_UNICODE_ISALNUM(ch) && !Py_UNICODE_ISDECIMAL(ch);
}

static inline unsigned
class_at(const Counter *counter, Py_UCS4 ch)
{
    return ch < BEYOND ? counter->classes[ch] : is_letter(ch) ? LETTER : 0;
}

static inline Py_UCS4
char_at(const Reading *r, size_t at)
{
    return PyUnicode_READ(r->text.kind, r->text.data, at);
}

/* Whether ASCII letters in any case stand here; no other letter becomes one of them. */
static int
is_here(const Reading *r, size_t at, const char *ascii)
{
    for (; *ascii; at++, ascii++) {
        Py_UCS4 ch = at < r->text.size ? char_at(r, at) : 0x80;
        if (ch >= 0x80 ||
            (ch != (Py_UCS4)*ascii && (*ascii < 'a' || (ch | 0x20) != (Py_UCS4)*ascii)))
            return 0;
    }
    return 1;
}

/* Symbols, marks and damage; lines that speak of JavaScript. */
static void
note(Reading *r, size_t at)
{
    Counts *c = r->c;
    Py_UCS4 ch = char_at(r, at);
    c->damage += (size_t)is_damage(ch);
    c->symbols += ch == '#' || ch == ELLIPSIS;
    c->marks += ch == '{';
    if ((ch | 0x20) == 'j' && at >= r->script_end && is_here(r, at, "javascript")) {
        c->scripts++;
        while (at < r->text.size && char_at(r, at) != '\n')
            at++;
        r->script_end = at;
    } else if (ch == '.' && (!at || char_at(r, at - 1) != '.')) {
        size_t stop = at;
        while (stop < r->text.size && char_at(r, stop) == '.')
            stop++;
        c->symbols += (stop - at) / 3;
    }
}

/* The line from its first word on, which ends with the last word that is known. */
static int
close_line(Reading *r)
{
    Counts *c = r->c;
    size_t at = r->edges[r->line], stop = r->edges[r->known - 1], size = stop - at;
    Py_UCS4 last = char_at(r, stop - 1);
    c->line_characters += size;
    c->bullets += (class_at(r->counter, char_at(r, at)) & BULLET) != 0;
    c->ended += (class_at(r->counter, last) & END) != 0;
    c->ellipses += last == ELLIPSIS || (last == '.' && size >= 3 && is_here(r, stop - 3, "..."));
    c->brief += size < SHORT_LINE;
    size_t times = add(&r->text, &r->lines, at, size);
    c->lines_again += times > 1;
    c->line_characters_again += times > 1 ? size : 0;
    if (!r->block_lines++)
        r->block = at;
    r->block_stop = stop;
    r->line = r->known;
    return times ? 0 : -1;
}

/* A block of lines, at a line that is blank. */
static int
close_block(Reading *r)
{
    size_t size = r->block_stop - r->block;
    size_t times = add(&r->text, &r->blocks, r->block, size);
    r->c->paragraphs_again += times > 1;
    r->block_lines = 0;
    return times ? 0 : -1;
}

/* At a line feed, and at the end of the text. */
static int
end_line(Reading *r)
{
    if (r->line < r->known)
        return close_line(r);
    return r->block_lines ? close_block(r) : 0;
}

#define EDGES 8 /* that are written at a time */
#define LAST ((uint64_t)1 << (BLOCK - 1))

/* Read the edges of words and the line feeds of a block; `before` is 1 where a blank stands before
   it. A line feed is blank: of the edges up to it, each second one is the end of a word. */
static ALWAYS_INLINE int
read_block(Reading *r, size_t base, const Marks *marks, uint64_t before)
{
    for (uint64_t noted = marks->noted; noted; noted &= noted - 1)
        note(r, base + (size_t)lowest(noted));
    uint64_t edges = marks->blank ^ (marks->blank << 1 | before), feeds = marks->feed;
    for (;; feeds &= feeds - 1) {
        uint64_t some = feeds ? edges & (feeds ^ (feeds - 1)) : edges;
        uint32_t *edge = r->edges + r->known;
        r->known += count_of(some);
        for (edges ^= some; some; edge += EDGES) /* how many more are written is soon foreseen */
            for (int k = 0; k < EDGES; k++, some &= some - 1)
                edge[k] = (uint32_t)base + (uint32_t)lowest(some | LAST);
        if (!feeds)
            return 0;
        r->c->feeds++;
        if (end_line(r) < 0)
            return -1;
    }
}

/* Cut the text into words and lines. */
static ALWAYS_INLINE int
cut_chars(Reading *r, const size_t width)
{
    uint64_t before = 1;
    for (size_t base = 0; base < r->text.size; base += BLOCK) {
        Marks marks = marks_of(&r->text, base, width);
        if (read_block(r, base, &marks, before) < 0)
            return -1;
        before = marks.blank >> (BLOCK - 1);
    }
    if (r->known % 2)
        r->edges[r->known++] = (uint32_t)r->text.size;
    return end_line(r) < 0 || end_line(r) < 0 ? -1 : 0; /* the line, then its block */
}

#define FOUR(a, b, c, d, bits)                                        \
    ((uint64_t)(a) | (uint64_t)(b) << (bits) | (uint64_t)(c) << 2 * (bits) | \
     (uint64_t)(d) << 3 * (bits))
#define STOP(a, b, c, d, size) {{FOUR(a, b, c, d, 8), FOUR(a, b, c, d, 16)}, size}

/* Stop words as letters of one byte and of two, in the order of their highest bits when multiplied. */
static const struct {
    uint64_t letters[2];
    size_t size;
} STOPS[] = {
    STOP('o', 'f', ' ', ' ', 2), STOP('a', 'n', 'd', ' ', 3), STOP('t', 'h', 'a', 't', 4),
    STOP('h', 'a', 'v', 'e', 4), STOP('t', 'o', ' ', ' ', 2), STOP('w', 'i', 't', 'h', 4),
    STOP('b', 'e', ' ', ' ', 2), STOP('t', 'h', 'e', ' ', 3),
};
#define ALL_STOPS 0xFFu
static const uint64_t SPREAD[] = {0x2BF5522FA9CA3E9Bu, 0x13423B7BA6FB890Fu};

/* The bit of a stop word in any case, by its first letters; 0 of other words. */
static ALWAYS_INLINE unsigned
stop_of(const uint64_t *first, size_t size, const size_t width)
{
    uint64_t four = width == 1 ? first[0] & UINT32_MAX : first[0];
    if (width == 4 || !PY_LITTLE_ENDIAN) {
        Py_UCS4 each[4];
        four = 0;
        for (size_t k = 0, bits = 8 * width; k < 4; k++) {
            size_t low = k * bits % 64;
            each[k] = (Py_UCS4)(first[k * bits / 64] >> (PY_LITTLE_ENDIAN ? low : 64 - bits - low));
            each[k] &= (Py_UCS4)(UINT64_MAX >> (64 - bits));
        }
        if ((each[0] | each[1] | each[2] | each[3]) < 0x80)
            four = FOUR(each[0], each[1], each[2], each[3], width == 1 ? 8 : 16);
    }
    const int wide = width > 1;
    four |= wide ? 0x0020002000200020u : 0x20202020u;
    size_t place = (size_t)(four * SPREAD[wide] >> 61);
    return (unsigned)((STOPS[place].letters[wide] == four) & (STOPS[place].size == size)) << place;
}

#define CHAR(at) PyUnicode_READ((int)width, data, (at))

/* The key of a word, 64 bits of it and of a number of this process: that two words of a text share
   one is as good as impossible. Notes its stop word, unless all of them are noted. */
static ALWAYS_INLINE uint64_t
word_key(const Reading *r, size_t start, size_t size, unsigned *stops, const size_t width)
{
    uint64_t first[NEAR_LETTERS * 4 / 8], key = r->text.seed + size;
    const char *at = r->text.data + start * width;
    first_bytes(&r->text, at, size * width, first, NEAR_LETTERS * width);
    if (*stops != ALL_STOPS)
        *stops |= stop_of(first, size, width);
    if (size > NEAR_LETTERS) {
        Key both = long_key(&r->text, at, size * width);
        return mixed(mixed(key, both.head), both.tail);
    }
    for (size_t k = 0; k < NEAR_LETTERS * width / 8; k++)
        key = mixed(key, first[k]);
    return key;
}

/* Read the words, or where there are none, the characters between blanks. */
static ALWAYS_INLINE void
read_words(Reading *r, const size_t width)
{
    const char *data = r->text.data;
    const uint32_t *last = r->edges + r->known;
    uint64_t *unit = r->units;
    size_t characters = 0, alphabetic = 0;
    unsigned stops = r->english ? 0 : ALL_STOPS;
    for (const uint32_t *edge = r->edges; edge < last; edge += 2) {
        size_t start = edge[0], stop = edge[1];
        if (((CHAR(start) | 0x20) == 'i') & ((CHAR(start + 1) | 0x20) == 'p') && start >= 6 &&
            is_here(r, start - 6, "lorem ipsum"))
            r->c->marks++;
        characters += stop - start;
        if (!r->spaced) {
            for (; start < stop; start++)
                *unit++ = CHAR(start);
            continue;
        }
        *unit++ = word_key(r, start, stop - start, &stops, width);
        while (start < stop && !(class_at(r->counter, CHAR(start)) & LETTER))
            start++;
        alphabetic += start < stop;
    }
    r->c->units = (size_t)(unit - r->units);
    r->c->unit_characters = characters;
    r->c->alphabetic = alphabetic;
    for (; r->english && stops; stops &= stops - 1)
        r->c->stops++;
}

#define CUT(NAME, MACHINE)           \
    static MACHINE int NAME(Reading *r) \
    {                                \
        switch (r->text.kind) {      \
        case PyUnicode_1BYTE_KIND:   \
            return cut_chars(r, 1);  \
        case PyUnicode_2BYTE_KIND:   \
            return cut_chars(r, 2);  \
        default:                     \
            return cut_chars(r, 4);  \
        }                            \
    }

CUT(cut_text, )
CUT(cut_text_wide, WIDE_MACHINE)

static void
read_units(Reading *r)
{
    switch (r->text.kind) {
    case PyUnicode_1BYTE_KIND:
        read_words(r, 1);
        break;
    case PyUnicode_2BYTE_KIND:
        read_words(r, 2);
        break;
    default:
        read_words(r, 4);
    }
}

static int
look(Reading *r)
{
    Counts *c = r->c;
    int scale = r->spaced ? 1 : 2;
    r->edges = PyMem_RawMalloc((r->text.size + 2 + EDGES) * sizeof *r->edges);
    if (!r->edges || (IS_WIDE_MACHINE() ? cut_text_wide(r) : cut_text(r)) < 0)
        return -1;
    r->units = PyMem_RawMalloc(((r->spaced ? r->known / 2 : r->text.size) + 1) * sizeof *r->units);
    if (!r->units)
        return -1;
    read_units(r);
    c->lines = r->lines.count;
    c->paragraphs = r->blocks.count;
    if (r->spaced) {
        c->words = c->units;
        c->word_characters = c->unit_characters;
    }
    if (c->units < (size_t)(LEAST_UNITS * scale))
        return 0;
    Units units = {r->spaced ? r->edges : NULL, r->units, c->units};
    return find_repeats(&units, scale, r->text.seed, c->top, c->duplicate);
}

/* Put numbers into a tuple from a place on; 0 with an exception. */
static int
put(PyObject *tuple, Py_ssize_t at, const size_t *each, Py_ssize_t count)
{
    for (Py_ssize_t k = 0; k < count; k++) {
        PyObject *one = PyLong_FromSize_t(each[k]);
        if (!one)
            return 0;
        PyTuple_SET_ITEM(tuple, at + k, one);
    }
    return 1;
}

/* A tuple of such numbers. */
static PyObject *
numbers(const size_t *each)
{
    PyObject *found = PyTuple_New(TOPS);
    if (found && !put(found, 0, each, TOPS))
        Py_CLEAR(found);
    return found;
}

enum { GIVEN = 2 }; /* fields of a Shape that are: the language, and whether it has spaces */

static PyObject *
answer(PyTypeObject *made, PyObject *const *given, const Counts *c)
{
    size_t fields[] = {
        c->words, c->word_characters, c->alphabetic, c->stops, c->lines, c->bullets, c->ellipses,
        c->ended, c->brief, c->feeds, c->lines_again, c->line_characters,
        c->line_characters_again, c->paragraphs, c->paragraphs_again, c->symbols, c->marks,
        c->scripts, c->damage, c->units, c->unit_characters,
    };
    const Py_ssize_t count = sizeof fields / sizeof *fields, most = GIVEN + count;
    PyObject *all = made->tp_alloc(made, most + 2);
    if (!all)
        return NULL;
    for (Py_ssize_t k = 0; k < GIVEN; k++)
        PyTuple_SET_ITEM(all, k, Py_NewRef(given[k]));
    PyTuple_SET_ITEM(all, most, numbers(c->top));
    PyTuple_SET_ITEM(all, most + 1, numbers(c->duplicate));
    if (!PyTuple_GET_ITEM(all, most) || !PyTuple_GET_ITEM(all, most + 1) ||
        !put(all, GIVEN, fields, count))
        Py_CLEAR(all);
    return all;
}

/* count(text, language, spaced): the Shape of a text. */
static PyObject *
counter_count(Counter *self, PyObject *const *args, Py_ssize_t given)
{
    Counts counts = {0};
    Reading r = {.c = &counts, .counter = self, .text.seed = self->seed};
    start_list(&r.lines);
    start_list(&r.blocks);
    if (given != 1 + GIVEN || !PyUnicode_Check(args[0]) || !PyUnicode_Check(args[1]))
        return PyErr_Format(PyExc_TypeError, "a text, its language and a bool are needed");
    PyObject *text = args[0];
    r.english = PyUnicode_CompareWithASCIIString(args[1], "en") == 0;
    r.spaced = PyObject_IsTrue(args[2]);
    r.text.kind = PyUnicode_KIND(text);
    r.text.data = PyUnicode_DATA(text);
    r.text.size = (size_t)PyUnicode_GET_LENGTH(text);
    r.text.end = r.text.data + r.text.size * (size_t)r.text.kind;
    if (r.spaced < 0)
        return NULL;
    if (r.text.size >= UINT32_MAX)
        return PyErr_Format(PyExc_OverflowError, "the text is too long");
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = look(&r) < 0;
    free_list(&r.lines);
    free_list(&r.blocks);
    PyMem_RawFree(r.edges);
    PyMem_RawFree(r.units);
    Py_END_ALLOW_THREADS
    return failed ? PyErr_NoMemory() : answer(self->made, args + 1, &counts);
}

/* Give the characters of a string one more class; 0 with an exception where one has no entry. */
static int
fill(Counter *self, PyObject *chars, uint8_t class)
{
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(chars); i++) {
        Py_UCS4 ch = PyUnicode_READ_CHAR(chars, i);
        if (ch >= BEYOND)
            return PyErr_Format(PyExc_ValueError, "a character beyond the table"), 0;
        self->classes[ch] |= class;
    }
    return 1;
}

static PyObject *
counter_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyTypeObject *made;
    PyObject *bullets, *ends;
    unsigned long long seed;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Counter takes no keywords");
    if (!PyArg_ParseTuple(args, "O!UUK", &PyType_Type, &made, &bullets, &ends, &seed))
        return NULL;
    if (!PyType_IsSubtype(made, &PyTuple_Type))
        return PyErr_Format(PyExc_TypeError, "what is made must be a tuple");
    Counter *self = (Counter *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->made = (PyTypeObject *)Py_NewRef((PyObject *)made);
    self->seed = seed;
    for (Py_UCS4 ch = 0; ch < BEYOND; ch++)
        self->classes[ch] = is_letter(ch) ? LETTER : 0;
    if (!fill(self, bullets, BULLET) || !fill(self, ends, END))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
counter_dealloc(Counter *self)
{
    Py_XDECREF(self->made);
    kernel_dealloc((PyObject *)self);
}

static PyMethodDef counter_methods[] = {
    {"count", (PyCFunction)(void (*)(void))counter_count, METH_FASTCALL,
     "count(text, language, spaced)"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot counter_slots[] = {
    {Py_tp_new, counter_new},
    {Py_tp_dealloc, counter_dealloc},
    {Py_tp_methods, counter_methods},
    {Py_tp_doc, "Counter(shape, bullets, ends, seed)"},
    {0, NULL},
};

static PyType_Spec counter_spec = {
    "unspun.quality._counts.Counter", sizeof(Counter), 0, Py_TPFLAGS_DEFAULT, counter_slots,
};

KERNEL(_counts, "What the rules of quality count.", NULL, &counter_spec)
