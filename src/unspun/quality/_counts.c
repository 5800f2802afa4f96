/* Words, lines, paragraphs and their repetitions, counted in one call for all rules.
 *
 * The plain version is in shape.py and ngrams.py; field by field both give the same whole
 * numbers. Tables are keyed by a number of this process, so that no text can be made to collide.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 3

#define TOPS 3
#define TABLED 0x100 /* characters whose classes are looked up */

enum { SPACE = 1, LETTER = 2, NOTED = 4 };

typedef struct {
    const Py_UCS4 *at;
    size_t size, first; /* which is the first that is the same */
} Slice;

typedef struct {
    uint64_t hash;
    size_t slice; /* 1 + the first of its kind; 0 is free */
} Slot;

typedef struct {
    Slice *slices;
    size_t count, room;
    Slot *slots;
    size_t mask, expected; /* slots to begin with, a power of two */
} List;

typedef struct {
    const Py_UCS4 *bullets, *ends;
    size_t bullet_count, end_count;
    int spaced;
    uint64_t seed;
} Asked;

typedef struct {
    size_t words, word_characters, alphabetic, stops;
    size_t lines, bullets, ellipses, ended, brief, feeds;
    size_t lines_again, line_characters, line_characters_again;
    size_t paragraphs, paragraphs_again;
    size_t symbols, marks, scripts, damage;
    size_t units, unit_characters;
    size_t top[TOPS], duplicate[TOPS];
} Counts;

/* A stretch without the blanks around it: a line, a block of lines. */
typedef struct {
    const Py_UCS4 *start, *stop; /* NULL while there is nothing of it */
    uint64_t hash;
} Stretch;

typedef struct {
    Counts *c;
    const Asked *asked;
    const Py_UCS4 *text, *end;
    Stretch line, block;
    uint64_t gap; /* hash of the blanks before this place */
    unsigned stops;
    int scripts; /* this line speaks of JavaScript */
    List lines, blocks, units;
    unsigned char classes[TABLED];
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

/* Blanks, letters, and what is looked at more closely: `note`. */
static unsigned
class_of(Py_UCS4 ch)
{
    return (Py_UNICODE_ISSPACE(ch) ? SPACE : 0) | (is_letter(ch) ? LETTER : 0) |
           (is_damage(ch) || ch == ELLIPSIS || (ch < 0x80 && ch && strchr("#.{jJ", (int)ch))
                ? NOTED
                : 0);
}

/* The same, but whether it is a letter is asked only where that is new. */
static inline unsigned
class_at(const Reading *r, Py_UCS4 ch, unsigned seen)
{
    unsigned letter;
    if (ch < TABLED)
        return r->classes[ch];
    letter = !(seen & LETTER) && is_letter(ch) ? LETTER : 0;
    if (ch < 0x1680 || (ch > 0x3000 && ch < 0xd800))
        return letter;
    if (ch <= 0x3000)
        return (Py_UNICODE_ISSPACE(ch) ? SPACE : ch == ELLIPSIS ? NOTED : 0) | letter;
    return (is_damage(ch) ? NOTED : 0) | letter;
}

static inline int
among(Py_UCS4 ch, const Py_UCS4 *set, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (set[i] == ch)
            return 1;
    return 0;
}

#define FACTOR 0x9E3779B97F4A7C15u

static inline uint64_t
mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * FACTOR;
    return hash ^ hash >> 32;
}

static int
more_slots(List *list)
{
    size_t size = list->mask ? 2 * (list->mask + 1) : list->expected;
    Slot *slots = PyMem_RawCalloc(size, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t k = 0; list->mask && k <= list->mask; k++) {
        if (!list->slots[k].slice)
            continue;
        size_t at = (size_t)list->slots[k].hash & (size - 1);
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
    size_t room = list->room ? 2 * list->room : list->expected / 2;
    Slice *more = PyMem_RawRealloc(list->slices, room * sizeof *more);
    if (!more)
        return -1;
    list->slices = more;
    list->room = room;
    return 0;
}

/* Add a slice by its hash, the same for the same characters; whether it is new, or -1. */
static inline int
add(List *list, const Py_UCS4 *at, size_t size, uint64_t hash)
{
    if ((list->count == list->room && more_room(list) < 0) ||
        (2 * list->count >= list->mask && more_slots(list) < 0))
        return -1;
    size_t slot = (size_t)hash & list->mask, index = list->count++;
    Slice *one = &list->slices[index];
    one->at = at;
    one->size = size;
    for (; list->slots[slot].slice; slot = (slot + 1) & list->mask) {
        const Slice *other = &list->slices[list->slots[slot].slice - 1];
        if (list->slots[slot].hash == hash && other->size == size &&
            !memcmp(other->at, at, size * sizeof *at)) {
            one->first = list->slots[slot].slice - 1;
            return 0;
        }
    }
    list->slots[slot].hash = hash;
    list->slots[slot].slice = index + 1;
    one->first = index;
    return 1;
}

static void
free_list(List *list)
{
    PyMem_RawFree(list->slices);
    PyMem_RawFree(list->slots);
}

/* The stop word that a word is, as one bit; ASCII letters in any case. */
static unsigned
stop_word(const Py_UCS4 *word, size_t size)
{
    uint32_t packed = 0;
    if (size > 4)
        return 0;
    for (size_t i = 0; i < size; i++) {
        if ((word[i] | 0x20) < 'a' || (word[i] | 0x20) > 'z')
            return 0;
        packed |= (uint32_t)(word[i] | 0x20) << 8 * i;
    }
    for (unsigned k = 0; k < STOP_COUNT; k++)
        if (packed == STOPS[k])
            return 1u << k;
    return 0;
}

/* Whether ASCII letters in any case stand here; no other letter becomes one of them. */
static int
is_here(const Reading *r, const Py_UCS4 *at, const char *ascii)
{
    for (; *ascii; at++, ascii++)
        if (at == r->end || *at >= 0x80 ||
            (*at != (Py_UCS4)*ascii && (*ascii < 'a' || (*at | 0x20) != (Py_UCS4)*ascii)))
            return 0;
    return 1;
}

/* Symbols, marks and damage; JavaScript. */
static void
note(Reading *r, const Py_UCS4 *at)
{
    Counts *c = r->c;
    Py_UCS4 ch = *at;
    c->damage += (size_t)is_damage(ch);
    c->symbols += ch == '#' || ch == ELLIPSIS;
    c->marks += ch == '{';
    if ((ch | 0x20) == 'j') {
        r->scripts = r->scripts || is_here(r, at, "javascript");
    } else if (ch == '.' && (at == r->text || at[-1] != '.')) {
        const Py_UCS4 *dots = at;
        while (dots < r->end && *dots == '.')
            dots++;
        c->symbols += (size_t)(dots - at) / 3;
    }
}

/* Read the word that begins here; where it ends, or NULL where there is no memory. */
static const Py_UCS4 *
read_word(Reading *r, const Py_UCS4 *start, unsigned kind)
{
    Counts *c = r->c;
    const Py_UCS4 *at = start;
    uint64_t hash = r->asked->seed;
    unsigned seen = 0;
    if ((*at | 0x20) == 'i' && at - r->text >= 6 && is_here(r, at - 6, "lorem ipsum"))
        c->marks++;
    do {
        seen |= kind;
        if (kind & NOTED)
            note(r, at);
        hash = (hash ^ *at) * FACTOR;
        at++;
    } while (at < r->end && !((kind = class_at(r, *at, seen)) & SPACE));
    hash ^= hash >> 32;
    size_t size = (size_t)(at - start);
    if (r->asked->spaced) {
        int fresh = add(&r->units, start, size, hash);
        if (fresh < 0)
            return NULL;
        if (fresh)
            r->stops |= stop_word(start, size);
        c->alphabetic += (seen & LETTER) != 0;
        c->word_characters += size;
    } else {
        for (const Py_UCS4 *one = start; one < at; one++)
            if (add(&r->units, one, 1, mixed(r->asked->seed, *one)) < 0)
                return NULL;
    }
    if (r->line.start) {
        r->line.hash = mixed(mixed(r->line.hash, r->gap), hash);
    } else {
        r->line = (Stretch){start, at, mixed(r->asked->seed, hash)};
        if (r->block.start)
            r->block.hash = mixed(r->block.hash, r->gap);
        else
            r->block = (Stretch){start, at, r->asked->seed};
    }
    r->line.stop = at;
    r->gap = 0;
    return at;
}

static int
close_line(Reading *r)
{
    Counts *c = r->c;
    const Py_UCS4 *at = r->line.start;
    size_t size = (size_t)(r->line.stop - at);
    Py_UCS4 last = at[size - 1];
    c->line_characters += size;
    c->bullets += (size_t)among(at[0], r->asked->bullets, r->asked->bullet_count);
    c->ended += (size_t)among(last, r->asked->ends, r->asked->end_count);
    c->ellipses += last == ELLIPSIS ||
                   (size >= 3 && last == '.' && at[size - 2] == '.' && at[size - 3] == '.');
    c->brief += size < SHORT_LINE;
    c->scripts += (size_t)r->scripts;
    int fresh = add(&r->lines, at, size, r->line.hash);
    if (!fresh) {
        c->lines_again++;
        c->line_characters_again += size;
    }
    r->block.hash = mixed(r->block.hash, r->line.hash);
    r->block.stop = r->line.stop;
    r->line.start = NULL;
    r->scripts = 0;
    return fresh < 0 ? -1 : 0;
}

/* A block of lines, at a line that is blank. */
static int
close_block(Reading *r)
{
    const Stretch *block = &r->block;
    int fresh = add(&r->blocks, block->start, (size_t)(block->stop - block->start), block->hash);
    r->c->paragraphs_again += fresh == 0;
    r->block.start = NULL;
    return fresh < 0 ? -1 : 0;
}

/* At a line feed, and at the end of the text. */
static int
end_line(Reading *r)
{
    if (r->line.start)
        return close_line(r);
    return r->block.start ? close_block(r) : 0;
}

static int
read_text(Reading *r)
{
    for (const Py_UCS4 *at = r->text; at < r->end;) {
        unsigned kind = class_at(r, *at, 0);
        if (!(kind & SPACE)) {
            if (!(at = read_word(r, at, kind)))
                return -1;
            continue;
        }
        if (kind & NOTED)
            note(r, at);
        if (*at == '\n') {
            r->c->feeds++;
            if (end_line(r) < 0)
                return -1;
        }
        r->gap = mixed(r->gap, *at++);
    }
    return end_line(r) < 0 || end_line(r) < 0 ? -1 : 0; /* the line, then its block */
}

typedef struct {
    uint64_t key;
    size_t gram, count; /* its number; how often it is there; 0 for a free slot */
} Gram;

typedef struct {
    size_t *at, *gram; /* where n-grams that come again begin, ascending; which they are */
    size_t count;
} Level;

/* Of the units those that come twice and more. */
static void
again_alone(Level *level, const Slice *units, size_t *counts)
{
    size_t kept = 0;
    memset(counts, 0, level->count * sizeof *counts);
    for (size_t i = 0; i < level->count; i++)
        counts[units[i].first]++;
    for (size_t i = 0; i < level->count; i++)
        if (counts[units[i].first] > 1) {
            level->at[kept] = i;
            level->gram[kept++] = units[i].first;
        }
    level->count = kept;
}

/* Of the n-grams with these keys those that come twice and more; all arrays have room enough. */
static void
again(Level *level, const uint64_t *keys, size_t *slots, Gram *table, size_t mask, uint64_t seed)
{
    size_t kept = 0, grams = 0;
    memset(table, 0, (mask + 1) * sizeof *table);
    for (size_t i = 0; i < level->count; i++) {
        size_t at = (size_t)mixed(seed, keys[i]) & mask;
        while (table[at].count && table[at].key != keys[i])
            at = (at + 1) & mask;
        if (!table[at].count++) {
            table[at].key = keys[i];
            table[at].gram = SIZE_MAX;
        }
        slots[i] = at;
    }
    for (size_t i = 0; i < level->count; i++) {
        Gram *gram = &table[slots[i]];
        if (gram->count < 2)
            continue;
        if (gram->gram == SIZE_MAX)
            gram->gram = grams++;
        level->at[kept] = level->at[i];
        level->gram[kept++] = gram->gram;
    }
    level->count = kept;
}

/* Characters in the commonest n-gram, the first of several. */
static size_t
top_of(const Level *level, int n, const List *units, size_t *counts)
{
    size_t best = 0, most = 0, size = 0;
    if (!level->count)
        return 0;
    memset(counts, 0, level->count * sizeof *counts);
    for (size_t i = 0; i < level->count; i++)
        counts[level->gram[i]]++;
    for (size_t i = 0; i < level->count; i++)
        if (counts[level->gram[i]] > most) {
            most = counts[level->gram[i]];
            best = level->at[i];
        }
    for (int k = 0; k < n; k++)
        size += units->slices[best + (size_t)k].size;
    return most * size;
}

/* Characters in n-grams seen before, none counted twice. */
static size_t
duplicate_of(const Level *level, int n, const List *units, size_t *seen)
{
    size_t size = 0, done = 0;
    memset(seen, 0, level->count * sizeof *seen);
    for (size_t i = 0; i < level->count; i++) {
        if (!seen[level->gram[i]]++)
            continue;
        size_t stop = level->at[i] + (size_t)n;
        for (size_t k = level->at[i] > done ? level->at[i] : done; k < stop; k++)
            size += units->slices[k].size;
        done = stop;
    }
    return size;
}

static void
look_at_level(Counts *c, const Level *level, int n, int scale, const List *units, size_t *scratch)
{
    for (int k = 0; k < TOPS; k++) {
        if (n == TOP[k] * scale)
            c->top[k] = top_of(level, n, units, scratch);
        if (n == DUPLICATE[k] * scale)
            c->duplicate[k] = duplicate_of(level, n, units, scratch);
    }
}

static int
find_grams(Counts *c, const List *units, int scale, uint64_t seed)
{
    size_t count = units->count, size = 16;
    while (size < 2 * count)
        size *= 2;
    size_t *block = PyMem_RawMalloc(3 * count * sizeof(size_t));
    uint64_t *keys = PyMem_RawMalloc(count * sizeof(uint64_t));
    Gram *grams = PyMem_RawMalloc(size * sizeof(Gram));
    int failed = !block || !keys || !grams;
    if (!failed) {
        size_t *slots = block;
        Level level = {block + count, block + 2 * count, count};
        again_alone(&level, units->slices, slots);
        for (int n = 2; n <= DUPLICATE[TOPS - 1] * scale && level.count; n++) {
            size_t follows = 0;
            for (size_t i = 0; i + 1 < level.count; i++)
                if (level.at[i + 1] == level.at[i] + 1) {
                    size_t at = level.at[i], last = units->slices[at + (size_t)n - 1].first;
                    keys[follows] = (uint64_t)level.gram[i] * count + last;
                    level.at[follows++] = at;
                }
            level.count = follows;
            size_t mask = 15;
            while (mask + 1 < 2 * follows)
                mask = 2 * mask + 1;
            again(&level, keys, slots, grams, mask, seed);
            look_at_level(c, &level, n, scale, units, slots);
        }
    }
    PyMem_RawFree(block);
    PyMem_RawFree(keys);
    PyMem_RawFree(grams);
    return failed ? -1 : 0;
}

static int
look(Counts *c, const Asked *asked, const Py_UCS4 *text, size_t size)
{
    Reading r = {.c = c, .asked = asked, .text = text, .end = text + size};
    int scale = asked->spaced ? 1 : 2;
    for (Py_UCS4 ch = 0; ch < TABLED; ch++)
        r.classes[ch] = (unsigned char)class_of(ch);
    r.lines.expected = r.blocks.expected = r.units.expected = 64;
    while (r.units.expected < size / 2 && r.units.expected < MOST_EXPECTED)
        r.units.expected *= 2;
    int failed = read_text(&r) < 0;
    c->lines = r.lines.count;
    c->paragraphs = r.blocks.count;
    c->units = r.units.count;
    c->words = asked->spaced ? c->units : 0;
    for (size_t i = 0; i < r.units.count; i++)
        c->unit_characters += r.units.slices[i].size;
    for (; r.stops; r.stops &= r.stops - 1)
        c->stops++;
    if (!failed && c->units >= (size_t)(LEAST_UNITS * scale))
        failed = find_grams(c, &r.units, scale, asked->seed) < 0;
    free_list(&r.lines);
    free_list(&r.blocks);
    free_list(&r.units);
    return failed ? -1 : 0;
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

static PyObject *
counts_count(PyObject *module, PyObject *args)
{
    PyObject *text, *bullets, *ends, *found = NULL;
    Asked asked = {0};
    Counts counts = {0};
    int failed = -1;
    (void)module;
    if (!PyArg_ParseTuple(args, "UpUUK", &text, &asked.spaced, &bullets, &ends, &asked.seed))
        return NULL;
    Py_UCS4 *chars = PyUnicode_AsUCS4Copy(text);
    asked.bullets = PyUnicode_AsUCS4Copy(bullets);
    asked.ends = PyUnicode_AsUCS4Copy(ends);
    if (chars && asked.bullets && asked.ends) {
        size_t size = (size_t)PyUnicode_GET_LENGTH(text);
        asked.bullet_count = (size_t)PyUnicode_GET_LENGTH(bullets);
        asked.end_count = (size_t)PyUnicode_GET_LENGTH(ends);
        Py_BEGIN_ALLOW_THREADS
        failed = look(&counts, &asked, chars, size);
        Py_END_ALLOW_THREADS
        found = failed ? PyErr_NoMemory() : answer(&counts);
    }
    PyMem_Free(chars);
    PyMem_Free((void *)asked.bullets);
    PyMem_Free((void *)asked.ends);
    return found;
}

static PyMethodDef methods[] = {
    {"count", counts_count, METH_VARARGS, "count(text, spaced, bullets, ends, seed)"},
    {NULL, NULL, 0, NULL},
};

KERNEL(_counts, "What the rules of quality count.", methods, NULL)
