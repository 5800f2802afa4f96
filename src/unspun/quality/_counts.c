/* Words, lines, paragraphs and their repetitions, counted in one call for all rules.
 *
 * The text is read where it lies, in characters of one, two or four bytes: what is done for each
 * character or word is compiled for each of these widths. The plain version is in shape.py and
 * ngrams.py; field by field both give the same whole numbers. Tables are keyed by a number of this
 * process, so that no text can be made to collide.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "bits.h"
#include "distinct.h"

#define REVISION 5

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

#define NONE SIZE_MAX

typedef struct {
    Counts *c;
    const Counter *counter;
    Text text;
    int spaced;        /* whether there are blanks between words */
    size_t script_end; /* of the last line that speaks of JavaScript */
    size_t word;       /* where one begins that has not ended, or NONE */
    Stretch line, block;
    List lines, blocks, units;
} Reading;

static const char *const STOPS[] = {"the", "be", "to", "of", "and", "that", "have", "with"};
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
    return PyUnicode_READ(r->text.kind, r->text.data, at);
}

/* A word of up to four ASCII letters as a text of a width has it; those of `capitals` are. */
static Key
written(const char *word, size_t size, unsigned capitals, int width)
{
    char bytes[BRIEF] = {0};
    Key key;
    for (size_t k = 0; k < size && k < BRIEF / sizeof(Py_UCS4); k++) {
        Py_UCS4 ch = (Py_UCS4)word[k] ^ (capitals >> k & 1 ? 0x20 : 0);
        PyUnicode_WRITE(width, bytes, k, ch);
    }
    memcpy(&key, bytes, sizeof key);
    return key;
}

/* The different stop words among the words, in any case. */
static size_t
stops_of(const Reading *r)
{
    size_t found = 0;
    for (size_t k = 0; k < STOP_COUNT; k++) {
        size_t size = strlen(STOPS[k]);
        int held = 0;
        for (unsigned capitals = 0; !held && capitals < 1u << size; capitals++)
            held = holds(&r->units, written(STOPS[k], size, capitals, r->text.kind), size,
                         r->text.seed);
        found += (size_t)held;
    }
    return found;
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
    int fresh = add(&r->text, &r->lines, at, size, (size_t)r->text.kind);
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
    size_t size = r->block.stop - r->block.start;
    int fresh = add(&r->text, &r->blocks, r->block.start, size, (size_t)r->text.kind);
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

#define CHAR(at) PyUnicode_READ((int)width, r->text.data, (at))

static ALWAYS_INLINE int
take_word(Reading *r, size_t start, size_t stop, const size_t width)
{
    Counts *c = r->c;
    if ((CHAR(start) | 0x20) == 'i' && stop - start >= 5 && start >= 6 &&
        is_here(r, start - 6, "lorem ipsum"))
        c->marks++;
    r->line.start = r->line.stop ? r->line.start : start;
    r->line.stop = stop;
    c->unit_characters += stop - start;
    if (!r->spaced) {
        for (; start < stop; start++)
            if (add(&r->text, &r->units, start, 1, width) < 0)
                return -1;
        return 0;
    }
    int fresh = add(&r->text, &r->units, start, stop - start, width);
    while (start < stop && !(class_at(r->counter, CHAR(start)) & LETTER))
        start++;
    c->alphabetic += start < stop;
    return fresh < 0 ? -1 : 0;
}

/* Of the characters of a block: which are blank, to be noted, line feeds. */
typedef struct {
    uint64_t blank, noted, feed;
} Marks;

/* A flag for each character of a block; loops so short become comparisons of many at a time. */
#define FLAG(flags, op, test)            \
    for (int k = 0; k < BLOCK; k++) {    \
        const uint8_t ch = chars[k];     \
        (flags)[k] op (uint8_t)(test);   \
    }

/* What `class_of` says of characters of one byte. */
static inline Marks
marks_of_bytes(const uint8_t *chars)
{
    uint8_t blank[BLOCK], noted[BLOCK], feed[BLOCK];
    FLAG(blank, =, (ch == ' ') | ((uint8_t)(ch - 9) < 5) | ((uint8_t)(ch - 0x1c) < 4))
    FLAG(blank, |=, (ch == 0x85) | (ch == 0xa0))
    FLAG(noted, =, (ch < 9) | ((uint8_t)(ch - 0x0e) < 0x12))
    FLAG(noted, |=, ((uint8_t)(ch - 0x7f) < 0x21) & (ch != 0x85))
    FLAG(noted, |=, (ch == '#') | (ch == '{'))
    FLAG(noted, |=, (ch == '.') | ((ch | 0x20) == 'j'))
    FLAG(feed, =, ch == '\n')
    return (Marks){bits_of(blank), bits_of(noted), bits_of(feed)};
}

/* The marks of a block of the text; behind its end all are blank. */
static ALWAYS_INLINE Marks
marks_of(const Reading *r, size_t base, const size_t width)
{
    uint8_t kinds[BLOCK], blank[BLOCK], noted[BLOCK], feed[BLOCK], low[BLOCK];
    size_t left = r->text.size - base, count = left < BLOCK ? left : BLOCK;
    if (width == 1 && count == BLOCK)
        return marks_of_bytes((const uint8_t *)r->text.data + base);
    if (width == 2 && count == BLOCK) {
        unsigned all = 0;
        for (size_t k = 0; k < BLOCK; k++) {
            Py_UCS2 ch = (Py_UCS2)CHAR(base + k);
            low[k] = (uint8_t)ch;
            all |= ch;
        }
        if (all < 0x100)
            return marks_of_bytes(low);
    }
    memset(kinds, SPACE, sizeof kinds);
    memset(feed, 0, sizeof feed);
    for (size_t k = 0; k < count; k++) {
        Py_UCS4 ch = CHAR(base + k);
        kinds[k] = ch < BEYOND ? r->counter->classes[ch] : 0;
        feed[k] = ch == '\n';
    }
    for (int k = 0; k < BLOCK; k++) {
        blank[k] = (kinds[k] & SPACE) != 0;
        noted[k] = (kinds[k] & NOTED) != 0;
    }
    return (Marks){bits_of(blank), bits_of(noted), bits_of(feed)};
}

/* Read the words and line feeds of a block; `before` is 1 where a blank stands before it. */
static ALWAYS_INLINE int
read_block(Reading *r, size_t base, const Marks *marks, uint64_t before, const size_t width)
{
    for (uint64_t noted = marks->noted; noted; noted &= noted - 1)
        note(r, base + (size_t)lowest(noted));
    uint64_t edges = marks->blank ^ (marks->blank << 1 | before);
    uint64_t starts = edges & ~marks->blank, stops = (edges & marks->blank) | marks->feed;
    for (; stops; stops &= stops - 1) {
        uint64_t bit = stops & -stops;
        size_t at = base + (size_t)lowest(stops);
        if (edges & bit) {
            size_t start = r->word;
            if (start == NONE) {
                start = base + (size_t)lowest(starts);
                starts &= starts - 1;
            }
            r->word = NONE;
            if (take_word(r, start, at, width) < 0)
                return -1;
        }
        if (marks->feed & bit) {
            r->c->feeds++;
            if (end_line(r) < 0)
                return -1;
        }
    }
    if (starts)
        r->word = base + (size_t)lowest(starts);
    return 0;
}

/* Read the words and the blanks between them. */
static ALWAYS_INLINE int
read_chars(Reading *r, const size_t width)
{
    uint64_t before = 1;
    for (size_t base = 0; base < r->text.size; base += BLOCK) {
        Marks marks = marks_of(r, base, width);
        if (read_block(r, base, &marks, before, width) < 0)
            return -1;
        before = marks.blank >> (BLOCK - 1);
    }
    if (r->word != NONE && take_word(r, r->word, r->text.size, width) < 0)
        return -1;
    return end_line(r) < 0 || end_line(r) < 0 ? -1 : 0; /* the line, then its block */
}

static int
read_text(Reading *r)
{
    if (r->text.kind == PyUnicode_1BYTE_KIND)
        return read_chars(r, 1);
    return r->text.kind == PyUnicode_2BYTE_KIND ? read_chars(r, 2) : read_chars(r, 4);
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
again_alone(Level *level, const List *units)
{
    size_t kept = 0;
    for (size_t i = 0; i < units->count; i++) {
        uint32_t number = units->numbers[i];
        level->at[kept] = (uint32_t)i;
        level->gram[kept] = number;
        kept += units->distinct[number].count > 1;
    }
    level->count = kept;
}

/* Characters of so many units from one on. */
static size_t
characters(const List *units, size_t from, size_t stop)
{
    size_t size = 0;
    for (; from < stop; from++)
        size += units->distinct[units->numbers[from]].size;
    return size;
}

/* The n-grams of one more unit than those that came again, of which these alone can. */
static void
grow(Level *level, int n, const List *units, uint64_t *keys)
{
    size_t follows = 0;
    for (size_t i = 0; i + 1 < level->count; i++) {
        size_t at = level->at[i];
        uint32_t last = units->numbers[at + (size_t)n - 1];
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
    size_t best = 0, most = 0;
    if (!level->count)
        return 0;
    for (size_t i = 0; i < level->count; i++)
        if (table[level->gram[i]].count > most) {
            most = table[level->gram[i]].count;
            best = level->at[i];
        }
    return most * characters(units, best, best + (size_t)n);
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
        size += characters(units, level->at[i] > done ? level->at[i] : done, stop);
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
        Level level = {block, block + count, 0};
        again_alone(&level, units);
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
    size_t expected = r->text.size / 4;
    r->lines.expected = r->blocks.expected = r->units.expected = 64;
    while (r->units.expected < expected && r->units.expected < MOST_EXPECTED)
        r->units.expected *= 2;
    if (read_text(r) < 0)
        return -1;
    c->lines = r->lines.count;
    c->paragraphs = r->blocks.count;
    c->units = r->units.count;
    if (r->spaced) {
        c->words = c->units;
        c->word_characters = c->unit_characters;
        c->stops = stops_of(r);
    }
    if (c->units < (size_t)(LEAST_UNITS * scale))
        return 0;
    return find_grams(c, &r->units, scale, r->text.seed);
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
    Reading r = {.c = &counts, .counter = self, .word = NONE, .text.seed = self->seed};
    if (!PyArg_ParseTuple(args, "Up", &text, &r.spaced))
        return NULL;
    r.text.kind = PyUnicode_KIND(text);
    r.text.data = PyUnicode_DATA(text);
    r.text.size = (size_t)PyUnicode_GET_LENGTH(text);
    r.text.end = r.text.data + r.text.size * (size_t)r.text.kind;
    if (r.text.size >= UINT32_MAX)
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
