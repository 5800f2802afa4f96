/* Words, lines, paragraphs and their repetitions, counted in one call for all rules.
 *
 * The text is read where it lies, in characters of one, two or four bytes: what is done for each
 * character or word is compiled for each of these widths. The plain version is in shape.py and
 * ngrams.py; field by field both give the same whole numbers. Tables are keyed by a number of this
 * process, so that no text can be made to collide.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 4

#if defined(__GNUC__) || defined(__clang__)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE inline
#endif

#define TOPS 3
#define BEYOND 0x10000 /* code points without an entry in the table: none of them is a blank */

/* Of a character; NOTED ones go to `note`. */
enum { SPACE = 1, LETTER = 2, NOTED = 4, BULLET = 8, END = 16 };

typedef struct {
    PyObject_HEAD
    uint64_t seed;
    uint8_t classes[BEYOND];
} Counter;

typedef struct {
    uint32_t start, size, first; /* which is the first that is the same */
} Slice;

#define BRIEF 16 /* bytes of a slice that are kept in its slot */

/* What tells a slice from others: its bytes with zeros behind, or a hash where it is longer. */
typedef struct {
    uint64_t head, tail;
} Key;

typedef struct {
    Key key;
    uint32_t size, slice; /* 1 + the first of its kind; 0 is free */
} Slot;

typedef struct {
    Slice *slices;
    size_t count, room;
    Slot *slots;
    size_t mask, filled, expected; /* expected: slots to begin with, a power of two */
} List;

typedef struct {
    size_t words, word_characters, alphabetic, stops;
    size_t lines, bullets, ellipses, ended, brief, feeds;
    size_t lines_again, line_characters, line_characters_again;
    size_t paragraphs, paragraphs_again;
    size_t symbols, marks, scripts, damage;
    size_t units, unit_characters;
    size_t top[TOPS], duplicate[TOPS];
} Counts;

/* A stretch without the blanks around it: a line, a block of lines; empty while there is none. */
typedef struct {
    size_t start, stop;
} Stretch;

typedef struct {
    Counts *c;
    const Counter *counter;
    const char *data, *end;
    size_t size;
    int kind, spaced; /* bytes of a character; whether there are blanks between words */
    size_t script_end; /* of the last line that speaks of JavaScript */
    Stretch line, block;
    unsigned stops;
    List lines, blocks, units;
} Reading;

#define FOUR(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
static const uint32_t STOPS[] = {
    FOUR('t', 'h', 'e', 0),   FOUR('b', 'e', 0, 0),     FOUR('t', 'o', 0, 0),
    FOUR('o', 'f', 0, 0),     FOUR('a', 'n', 'd', 0),   FOUR('t', 'h', 'a', 't'),
    FOUR('h', 'a', 'v', 'e'), FOUR('w', 'i', 't', 'h'),
};
#define STOP_COUNT (sizeof STOPS / sizeof *STOPS)
static const int TOP[TOPS] = {2, 3, 4}, DUPLICATE[TOPS] = {5, 7, 10};
#define SHORT_LINE 30
#define LEAST_UNITS 30
#define MOST_EXPECTED 0x4000
#define ELLIPSIS 0x2026
#define SEEN SIZE_MAX

static inline int
is_letter(Py_UCS4 ch)
{
    if (ch < 0x80)
        return (ch | 0x20) >= 'a' && (ch | 0x20) <= 'z';
    return Py_UNICODE_ISALNUM(ch) && !Py_UNICODE_ISDECIMAL(ch);
}

static inline int
is_damage(Py_UCS4 ch)
{
    if (ch < 0xa0)
        return ch < 9 || (ch >= 0x0e && ch < 0x20) || (ch >= 0x7f && ch != 0x85);
    return ch >= 0xd800 && (ch <= 0xf8ff || (ch >= 0xfffd && ch <= 0xffff));
}

static uint8_t
class_of(Py_UCS4 ch)
{
    int noted = is_damage(ch) || ch == ELLIPSIS || (ch < 0x80 && ch && strchr("#.{jJ", (int)ch));
    return (uint8_t)((Py_UNICODE_ISSPACE(ch) ? SPACE : 0) | (is_letter(ch) ? LETTER : 0) |
                     (noted ? NOTED : 0));
}

static inline unsigned
class_at(const Counter *counter, Py_UCS4 ch)
{
    return ch < BEYOND ? counter->classes[ch] : is_letter(ch) ? LETTER : 0;
}

static inline Py_UCS4
char_at(const Reading *r, size_t at)
{
    return PyUnicode_READ(r->kind, r->data, at);
}

#define FACTOR 0x9E3779B97F4A7C15u

static inline uint64_t
mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * FACTOR;
    return hash ^ hash >> 32;
}

/* Up to sixteen bytes with zeros behind them, in two reads where as many are there. */
static inline Key
brief_key(const Reading *r, const char *at, size_t size)
{
    static const uint8_t ONES[2 * BRIEF] = {255, 255, 255, 255, 255, 255, 255, 255,
                                            255, 255, 255, 255, 255, 255, 255, 255};
    Key key = {0, 0}, mask;
    if (r->end - at < BRIEF) {
        memcpy(&key, at, size);
        return key;
    }
    memcpy(&key, at, BRIEF);
    memcpy(&mask, ONES + BRIEF - size, BRIEF);
    return (Key){key.head & mask.head, key.tail & mask.tail};
}

static Key
long_key(const Reading *r, const char *at, size_t size)
{
    uint64_t hash = r->counter->seed, chunk = 0;
    for (; size >= sizeof chunk; at += sizeof chunk, size -= sizeof chunk) {
        memcpy(&chunk, at, sizeof chunk);
        hash = mixed(hash, chunk);
    }
    chunk = 0;
    memcpy(&chunk, at, size);
    return (Key){mixed(hash, chunk), 0};
}

static inline size_t
slot_of(const Key *key, uint64_t seed)
{
    return (size_t)mixed((key->head ^ seed) * FACTOR, key->tail);
}

static int
more_slots(List *list, uint64_t seed)
{
    size_t size = list->mask ? 2 * (list->mask + 1) : list->expected;
    Slot *slots = PyMem_RawCalloc(size, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t k = 0; list->mask && k <= list->mask; k++) {
        if (!list->slots[k].slice)
            continue;
        size_t at = slot_of(&list->slots[k].key, seed) & (size - 1);
        while (slots[at].slice)
            at = (at + 1) & (size - 1);
        slots[at] = list->slots[k];
    }
    PyMem_RawFree(list->slots);
    list->slots = slots;
    list->mask = size - 1;
    return 0;
}

static int
more_room(List *list)
{
    size_t room = list->room ? 2 * list->room : list->expected;
    Slice *more = PyMem_RawRealloc(list->slices, room * sizeof *more);
    if (!more)
        return -1;
    list->slices = more;
    list->room = room;
    return 0;
}

/* Add a slice; whether it is new, or -1. Of brief ones nothing but a clash takes a branch. */
static ALWAYS_INLINE int
add(const Reading *r, List *list, size_t start, size_t size, const size_t width)
{
    const char *at = r->data + start * width;
    size_t bytes = size * width, index = list->count;
    uint64_t seed = r->counter->seed;
    int brief = bytes <= BRIEF, taken;
    if ((index == list->room && more_room(list) < 0) ||
        (2 * list->filled >= list->mask && more_slots(list, seed) < 0))
        return -1;
    Key key = brief ? brief_key(r, at, bytes) : long_key(r, at, bytes);
    Slot *found;
    for (size_t slot = slot_of(&key, seed);; slot++) {
        found = &list->slots[slot & list->mask];
        taken = found->slice != 0;
        if (taken & ((found->key.head != key.head) | (found->key.tail != key.tail) |
                     (found->size != size)))
            continue;
        if (brief || !taken ||
            !memcmp(r->data + list->slices[found->slice - 1].start * width, at, bytes))
            break;
    }
    uint32_t first = taken ? found->slice - 1 : (uint32_t)index;
    *found = (Slot){key, (uint32_t)size, first + 1};
    list->slices[index] = (Slice){(uint32_t)start, (uint32_t)size, first};
    list->count = index + 1;
    list->filled += !taken;
    return !taken;
}

static void
free_list(List *list)
{
    PyMem_RawFree(list->slices);
    PyMem_RawFree(list->slots);
}

/* The stop word that a word is, as one bit; ASCII letters in any case. */
static unsigned
stop_word(const Reading *r, size_t start, size_t size)
{
    uint32_t letters = 0;
    if (size > 4)
        return 0;
    for (size_t i = 0; i < size; i++) {
        Py_UCS4 ch = char_at(r, start + i) | 0x20;
        if (ch < 'a' || ch > 'z')
            return 0;
        letters |= (uint32_t)ch << 8 * i;
    }
    for (unsigned k = 0; k < STOP_COUNT; k++)
        if (letters == STOPS[k])
            return 1u << k;
    return 0;
}

/* Whether ASCII letters in any case stand here; no other letter becomes one of them. */
static int
is_here(const Reading *r, size_t at, const char *ascii)
{
    for (; *ascii; at++, ascii++) {
        Py_UCS4 ch = at < r->size ? char_at(r, at) : 0x80;
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
        while (at < r->size && char_at(r, at) != '\n')
            at++;
        r->script_end = at;
    } else if (ch == '.' && (!at || char_at(r, at - 1) != '.')) {
        size_t stop = at;
        while (stop < r->size && char_at(r, stop) == '.')
            stop++;
        c->symbols += (stop - at) / 3;
    }
}

static int
close_line(Reading *r)
{
    Counts *c = r->c;
    size_t at = r->line.start, size = r->line.stop - at;
    Py_UCS4 last = char_at(r, r->line.stop - 1);
    c->line_characters += size;
    c->bullets += (class_at(r->counter, char_at(r, at)) & BULLET) != 0;
    c->ended += (class_at(r->counter, last) & END) != 0;
    c->ellipses += last == ELLIPSIS || (size >= 3 && is_here(r, r->line.stop - 3, "..."));
    c->brief += size < SHORT_LINE;
    int fresh = add(r, &r->lines, at, size, (size_t)r->kind);
    if (!fresh) {
        c->lines_again++;
        c->line_characters_again += size;
    }
    if (!r->block.stop)
        r->block.start = at;
    r->block.stop = r->line.stop;
    r->line.stop = 0;
    return fresh < 0 ? -1 : 0;
}

/* A block of lines, at a line that is blank. */
static int
close_block(Reading *r)
{
    int fresh = add(r, &r->blocks, r->block.start, r->block.stop - r->block.start, (size_t)r->kind);
    r->c->paragraphs_again += fresh == 0;
    r->block.stop = 0;
    return fresh < 0 ? -1 : 0;
}

/* At a line feed, and at the end of the text. */
static int
end_line(Reading *r)
{
    if (r->line.stop)
        return close_line(r);
    return r->block.stop ? close_block(r) : 0;
}

#define CHAR(at) PyUnicode_READ((int)width, r->data, (at))

static ALWAYS_INLINE int
take_word(Reading *r, size_t start, size_t stop, const size_t width)
{
    Counts *c = r->c;
    if ((CHAR(start) | 0x20) == 'i' && start >= 6 && is_here(r, start - 6, "lorem ipsum"))
        c->marks++;
    r->line.start = r->line.stop ? r->line.start : start;
    r->line.stop = stop;
    if (!r->spaced) {
        for (; start < stop; start++)
            if (add(r, &r->units, start, 1, width) < 0)
                return -1;
        return 0;
    }
    int fresh = add(r, &r->units, start, stop - start, width);
    if (fresh > 0)
        r->stops |= stop_word(r, start, stop - start);
    c->word_characters += stop - start;
    while (start < stop && !(class_at(r->counter, CHAR(start)) & LETTER))
        start++;
    c->alphabetic += start < stop;
    return fresh < 0 ? -1 : 0;
}

/* Read the words and the blanks between them. */
static ALWAYS_INLINE int
read_chars(Reading *r, const size_t width)
{
    size_t at = 0, start, size = r->size;
    while (at < size) {
        unsigned kind;
        for (start = at; at < size; at++) {
            Py_UCS4 ch = CHAR(at);
            kind = ch < BEYOND ? r->counter->classes[ch] : 0;
            if (!(kind & (SPACE | NOTED)))
                continue;
            if (kind & NOTED)
                note(r, at);
            if (kind & SPACE)
                break;
        }
        if (start < at && take_word(r, start, at, width) < 0)
            return -1;
        if (at < size && CHAR(at) == '\n') {
            r->c->feeds++;
            if (end_line(r) < 0)
                return -1;
        }
        at++;
    }
    return end_line(r) < 0 || end_line(r) < 0 ? -1 : 0; /* the line, then its block */
}

static int
read_text(Reading *r)
{
    if (r->kind == PyUnicode_1BYTE_KIND)
        return read_chars(r, 1);
    return r->kind == PyUnicode_2BYTE_KIND ? read_chars(r, 2) : read_chars(r, 4);
}

typedef struct {
    uint64_t key;
    size_t count; /* 0 for a free slot */
} Gram;

typedef struct {
    uint32_t *at, *gram; /* where n-grams that come again begin, ascending; their slots */
    size_t count;
} Level;

/* Of the units those that come twice and more. */
static void
again_alone(Level *level, const Slice *units, uint32_t *counts)
{
    size_t kept = 0;
    memset(counts, 0, level->count * sizeof *counts);
    for (size_t i = 0; i < level->count; i++)
        counts[units[i].first]++;
    for (size_t i = 0; i < level->count; i++) {
        level->at[kept] = (uint32_t)i;
        level->gram[kept] = units[i].first;
        kept += counts[units[i].first] > 1;
    }
    level->count = kept;
}

/* The n-grams of one more unit than those that came again, of which these alone can. */
static void
grow(Level *level, int n, const List *units, uint64_t *keys)
{
    size_t follows = 0;
    for (size_t i = 0; i + 1 < level->count; i++) {
        size_t at = level->at[i];
        uint32_t last = units->slices[at + (size_t)n - 1].first;
        keys[follows] = (uint64_t)level->gram[i] << 32 | last;
        level->at[follows] = (uint32_t)at;
        follows += level->at[i + 1] == at + 1;
    }
    level->count = follows;
}

/* Of the n-grams with these keys those that come twice and more. */
static void
again(Level *level, const uint64_t *keys, Gram *table, size_t mask, uint64_t seed)
{
    size_t kept = 0;
    memset(table, 0, (mask + 1) * sizeof *table);
    for (size_t i = 0; i < level->count; i++) {
        size_t at = (size_t)mixed(seed, keys[i]) & mask;
        while ((table[at].count != 0) & (table[at].key != keys[i]))
            at = (at + 1) & mask;
        table[at].key = keys[i];
        table[at].count++;
        level->gram[i] = (uint32_t)at;
    }
    for (size_t i = 0; i < level->count; i++) {
        uint32_t gram = level->gram[i];
        level->at[kept] = level->at[i];
        level->gram[kept] = gram;
        kept += table[gram].count > 1;
    }
    level->count = kept;
}

/* Characters in the commonest n-gram, the first of several. */
static size_t
top_of(const Level *level, int n, const List *units, const Gram *table)
{
    size_t best = 0, most = 0, size = 0;
    if (!level->count)
        return 0;
    for (size_t i = 0; i < level->count; i++)
        if (table[level->gram[i]].count > most) {
            most = table[level->gram[i]].count;
            best = level->at[i];
        }
    for (int k = 0; k < n; k++)
        size += units->slices[best + (size_t)k].size;
    return most * size;
}

/* Characters in n-grams seen before, none counted twice; marks those in the table. */
static size_t
duplicate_of(const Level *level, int n, const List *units, Gram *table)
{
    size_t size = 0, done = 0;
    for (size_t i = 0; i < level->count; i++) {
        Gram *gram = &table[level->gram[i]];
        int seen = gram->count == SEEN;
        gram->count = SEEN;
        if (!seen)
            continue;
        size_t stop = level->at[i] + (size_t)n;
        for (size_t k = level->at[i] > done ? level->at[i] : done; k < stop; k++)
            size += units->slices[k].size;
        done = stop;
    }
    return size;
}

static void
look_at_level(Counts *c, const Level *level, int n, int scale, const List *units, Gram *table)
{
    for (int k = 0; k < TOPS; k++) {
        if (n == TOP[k] * scale)
            c->top[k] = top_of(level, n, units, table);
        if (n == DUPLICATE[k] * scale)
            c->duplicate[k] = duplicate_of(level, n, units, table);
    }
}

static int
find_grams(Counts *c, const List *units, int scale, uint64_t seed)
{
    size_t count = units->count, size = 16;
    while (size < 2 * count)
        size *= 2;
    uint32_t *block = PyMem_RawMalloc(2 * count * sizeof *block);
    uint64_t *keys = PyMem_RawMalloc(count * sizeof *keys);
    Gram *grams = PyMem_RawMalloc(size * sizeof *grams);
    int failed = !block || !keys || !grams;
    if (!failed) {
        Level level = {block, block + count, count};
        again_alone(&level, units->slices, (uint32_t *)keys);
        for (int n = 2; n <= DUPLICATE[TOPS - 1] * scale && level.count; n++) {
            size_t mask = 15;
            grow(&level, n, units, keys);
            while (mask + 1 < 2 * level.count)
                mask = 2 * mask + 1;
            again(&level, keys, grams, mask, seed);
            look_at_level(c, &level, n, scale, units, grams);
        }
    }
    PyMem_RawFree(block);
    PyMem_RawFree(keys);
    PyMem_RawFree(grams);
    return failed ? -1 : 0;
}

static int
look(Reading *r)
{
    Counts *c = r->c;
    int scale = r->spaced ? 1 : 2;
    size_t expected = r->size / 4;
    r->lines.expected = r->blocks.expected = r->units.expected = 64;
    while (r->units.expected < expected && r->units.expected < MOST_EXPECTED)
        r->units.expected *= 2;
    if (read_text(r) < 0)
        return -1;
    c->lines = r->lines.count;
    c->paragraphs = r->blocks.count;
    c->units = r->units.count;
    c->words = r->spaced ? c->units : 0;
    for (size_t i = 0; i < r->units.count; i++)
        c->unit_characters += r->units.slices[i].size;
    for (; r->stops; r->stops &= r->stops - 1)
        c->stops++;
    if (c->units < (size_t)(LEAST_UNITS * scale))
        return 0;
    return find_grams(c, &r->units, scale, r->counter->seed);
}

static PyObject *
answer(const Counts *c)
{
    return Py_BuildValue(
        "nnnnnnnnnnnnnnnnnnnnn(nnn)(nnn)", c->words, c->word_characters, c->alphabetic, c->stops,
        c->lines, c->bullets, c->ellipses, c->ended, c->brief, c->feeds, c->lines_again,
        c->line_characters, c->line_characters_again, c->paragraphs, c->paragraphs_again,
        c->symbols, c->marks, c->scripts, c->damage, c->units, c->unit_characters, c->top[0],
        c->top[1], c->top[2], c->duplicate[0], c->duplicate[1], c->duplicate[2]);
}

/* count(text, spaced): the fields of a Shape behind these two. */
static PyObject *
counter_count(Counter *self, PyObject *args)
{
    PyObject *text;
    Counts counts = {0};
    Reading r = {.c = &counts, .counter = self};
    if (!PyArg_ParseTuple(args, "Up", &text, &r.spaced))
        return NULL;
    r.kind = PyUnicode_KIND(text);
    r.data = PyUnicode_DATA(text);
    r.size = (size_t)PyUnicode_GET_LENGTH(text);
    r.end = r.data + r.size * (size_t)r.kind;
    if (r.size >= UINT32_MAX)
        return PyErr_Format(PyExc_OverflowError, "the text is too long");
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = look(&r) < 0;
    free_list(&r.lines);
    free_list(&r.blocks);
    free_list(&r.units);
    Py_END_ALLOW_THREADS
    return failed ? PyErr_NoMemory() : answer(&counts);
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
    PyObject *bullets, *ends;
    unsigned long long seed;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Counter takes no keywords");
    if (!PyArg_ParseTuple(args, "UUK", &bullets, &ends, &seed))
        return NULL;
    Counter *self = (Counter *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->seed = seed;
    for (Py_UCS4 ch = 0; ch < BEYOND; ch++)
        self->classes[ch] = class_of(ch);
    if (!fill(self, bullets, BULLET) || !fill(self, ends, END))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyMethodDef counter_methods[] = {
    {"count", (PyCFunction)counter_count, METH_VARARGS, "count(text, spaced)"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot counter_slots[] = {
    {Py_tp_new, counter_new},
    {Py_tp_dealloc, kernel_dealloc},
    {Py_tp_methods, counter_methods},
    {Py_tp_doc, "Counter(bullets, ends, seed)"},
    {0, NULL},
};

static PyType_Spec counter_spec = {
    "unspun.quality._counts.Counter", sizeof(Counter), 0, Py_TPFLAGS_DEFAULT, counter_slots,
};

KERNEL(_counts, "What the rules of quality count.", NULL, &counter_spec)
