/* Words, lines, paragraphs and their repetitions, counted in one call for all rules.
 *
 * The plain version is in shape.py and ngrams.py; field by field both give the same whole
 * numbers. Tables are keyed by a number of this process, so that no text can be made to collide.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 2

#define TOPS 3
#define LEVELS 20 /* units of the longest n-gram, where a character is one */

typedef struct {
    const Py_UCS4 *at;
    size_t size;
    uint64_t hash;
} Slice;

typedef struct {
    Slice *slices;
    size_t count, room;
} List;

typedef struct {
    size_t *first; /* 1 + the index of the first of its kind; 0 is free */
    size_t mask;
} Table;

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

static inline int
is_space(Py_UCS4 ch)
{
    if (ch < 0x80)
        return ch == ' ' || (ch >= 9 && ch <= 13) || (ch >= 0x1c && ch <= 0x1f);
    if (ch < 0x1680 || ch > 0x3000)
        return ch == 0x85 || ch == 0xa0;
    return Py_UNICODE_ISSPACE(ch);
}

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
    return ch >= 0xd800 &&
           (ch < 0xe000 || (ch >= 0xe000 && ch <= 0xf8ff) || (ch >= 0xfffd && ch <= 0xffff));
}

static inline int
among(Py_UCS4 ch, const Py_UCS4 *set, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (set[i] == ch)
            return 1;
    return 0;
}

static inline uint64_t
mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static inline uint64_t two(const Py_UCS4 *at) { return (uint64_t)at[0] << 32 | at[1]; }

static uint64_t
hashed(const Py_UCS4 *at, size_t size, uint64_t seed)
{
    uint64_t hash = mixed(seed, size), other = ~seed;
    size_t i = 0;
    for (; i + 4 <= size; i += 4) { /* two at a time: they do not wait for one another */
        hash = mixed(hash, two(at + i));
        other = mixed(other, two(at + i + 2));
    }
    hash = mixed(hash, other);
    if (i + 2 <= size) {
        hash = mixed(hash, two(at + i));
        i += 2;
    }
    return i < size ? mixed(hash, at[i]) : hash;
}

static int
push(List *list, Slice slice)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 256;
        Slice *more = PyMem_RawRealloc(list->slices, room * sizeof(Slice));
        if (!more)
            return -1;
        list->slices = more;
        list->room = room;
    }
    list->slices[list->count++] = slice;
    return 0;
}

static int
add(List *list, const Py_UCS4 *at, size_t size, uint64_t seed)
{
    return push(list, (Slice){at, size, hashed(at, size, seed)});
}

static int
table_for(Table *table, size_t count)
{
    size_t size = 16;
    while (size < 2 * count)
        size *= 2;
    table->mask = size - 1;
    table->first = PyMem_RawCalloc(size, sizeof *table->first);
    return table->first ? 0 : -1;
}

/* The index of the first slice that is the same as this one. */
static size_t
first_of(Table *table, const List *list, size_t index)
{
    const Slice *one = &list->slices[index];
    size_t at = (size_t)one->hash & table->mask;
    while (table->first[at]) {
        const Slice *other = &list->slices[table->first[at] - 1];
        if (other->hash == one->hash && other->size == one->size &&
            !memcmp(other->at, one->at, one->size * sizeof(Py_UCS4)))
            return table->first[at] - 1;
        at = (at + 1) & table->mask;
    }
    table->first[at] = index + 1;
    return index;
}

/* How many repeat an earlier one, and their characters. */
static int
repeats(const List *list, size_t *again, size_t *characters)
{
    Table table;
    if (table_for(&table, list->count) < 0)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        if (first_of(&table, list, i) != i) {
            ++*again;
            *characters += list->slices[i].size;
        }
    PyMem_RawFree(table.first);
    return 0;
}

/* The stop word that a word is, as one bit; ASCII letters in any case. */
static unsigned
stop_word(const Slice *word)
{
    uint32_t packed = 0;
    if (word->size > 4)
        return 0;
    for (size_t i = 0; i < word->size; i++) {
        if ((word->at[i] | 0x20) < 'a' || (word->at[i] | 0x20) > 'z')
            return 0;
        packed |= (uint32_t)(word->at[i] | 0x20) << 8 * i;
    }
    for (unsigned k = 0; k < STOP_COUNT; k++)
        if (packed == STOPS[k])
            return 1u << k;
    return 0;
}

/* Whether ASCII letters in any case stand here; no other letter becomes one of them. */
static int
is_here(const Py_UCS4 *at, size_t size, const char *ascii, size_t width)
{
    size_t k = 0;
    if (width > size)
        return 0;
    while (k < width && at[k] < 0x80 &&
           (at[k] == (Py_UCS4)ascii[k] ||
            (ascii[k] >= 'a' && (at[k] | 0x20) == (Py_UCS4)ascii[k])))
        k++;
    return k == width;
}

static int
is_inside(const Py_UCS4 *at, size_t size, const char *ascii)
{
    size_t width = strlen(ascii);
    for (size_t i = 0; i + width <= size; i++)
        if (is_here(at + i, size - i, ascii, width))
            return 1;
    return 0;
}

static void
look_at_line(Counts *c, const Asked *asked, const Py_UCS4 *at, size_t size, int scripts)
{
    Py_UCS4 last = at[size - 1];
    c->lines++;
    c->line_characters += size;
    c->bullets += among(at[0], asked->bullets, asked->bullet_count);
    c->ended += among(last, asked->ends, asked->end_count);
    c->ellipses += last == 0x2026 ||
                   (size >= 3 && last == '.' && at[size - 2] == '.' && at[size - 3] == '.');
    c->brief += size < SHORT_LINE;
    c->scripts += scripts && is_inside(at, size, "javascript");
}

/* Lines and paragraphs: runs of lines that are not blank. */
static int
cut_lines(Counts *c, const Asked *asked, const Py_UCS4 *text, size_t size, int scripts,
          List *lines, List *paragraphs)
{
    const Py_UCS4 *end = text + size, *block = NULL, *block_end = NULL;
    size_t first = 0; /* line of the block */
    for (const Py_UCS4 *start = text; start <= end;) {
        const Py_UCS4 *stop = start;
        while (stop < end && *stop != '\n')
            stop++;
        const Py_UCS4 *a = start, *b = stop;
        while (a < b && is_space(*a))
            a++;
        while (b > a && is_space(b[-1]))
            b--;
        if (a < b) {
            look_at_line(c, asked, a, (size_t)(b - a), scripts);
            if (add(lines, a, (size_t)(b - a), asked->seed) < 0)
                return -1;
            first = block ? first : lines->count - 1;
            block = block ? block : a;
            block_end = b;
        }
        if (block && (a == b || stop == end)) {
            int alone = first + 1 == lines->count;
            if (alone ? push(paragraphs, lines->slices[first]) < 0
                      : add(paragraphs, block, (size_t)(block_end - block), asked->seed) < 0)
                return -1;
            block = NULL;
        }
        c->feeds += stop < end;
        start = stop + 1;
    }
    c->paragraphs = paragraphs->count;
    return 0;
}

static int
cut_words(Counts *c, const Asked *asked, const Py_UCS4 *text, size_t size, List *words)
{
    for (size_t i = 0; i < size;) {
        while (i < size && is_space(text[i]))
            i++;
        size_t start = i;
        int letter = 0;
        while (i < size && !is_space(text[i])) {
            letter = letter || is_letter(text[i]);
            i++;
        }
        if (start < i) {
            c->alphabetic += (size_t)letter;
            c->word_characters += i - start;
            if (add(words, text + start, i - start, asked->seed) < 0)
                return -1;
        }
    }
    c->words = words->count;
    unsigned stops = 0;
    for (size_t i = 0; i < words->count; i++)
        stops |= stop_word(&words->slices[i]);
    for (; stops; stops &= stops - 1)
        c->stops++;
    return 0;
}

static int
cut_characters(const Asked *asked, const Py_UCS4 *text, size_t size, List *units)
{
    for (size_t i = 0; i < size; i++)
        if (!is_space(text[i]) && add(units, text + i, 1, asked->seed) < 0)
            return -1;
    return 0;
}

/* ASCII that is looked at more closely: controls, signs, what words begin with. */
static const unsigned char NOTED[0x80] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['#'] = 1, ['.'] = 1, ['{'] = 1, ['j'] = 1, ['J'] = 1, ['l'] = 1, ['L'] = 1, [0x7f] = 1,
};

/* Symbols, marks and damage; whether JavaScript is spoken of. */
static int
look_at_characters(Counts *c, const Py_UCS4 *text, size_t size)
{
    size_t dots = 0, after = 0; /* where the dots before this place end */
    int scripts = 0;
    for (size_t i = 0; i < size; i++) {
        Py_UCS4 ch = text[i];
        if (ch < 0x80 && !NOTED[ch])
            continue;
        c->symbols += ch == '#' || ch == 0x2026;
        c->marks += ch == '{';
        c->damage += (size_t)is_damage(ch);
        if (ch == '.') {
            dots = after == i ? dots + 1 : 1;
            after = i + 1;
            if (dots == 3) {
                c->symbols++;
                dots = 0;
            }
        } else if ((ch | 0x20) == 'j') {
            scripts = scripts || is_here(text + i, size - i, "javascript", 10);
        } else if ((ch | 0x20) == 'l') {
            c->marks += (size_t)is_here(text + i, size - i, "lorem ipsum", 11);
        }
    }
    return scripts;
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
again_alone(Level *level, const size_t *ids, size_t *counts)
{
    size_t kept = 0;
    memset(counts, 0, level->count * sizeof *counts);
    for (size_t i = 0; i < level->count; i++)
        counts[ids[i]]++;
    for (size_t i = 0; i < level->count; i++)
        if (counts[ids[i]] > 1) {
            level->at[kept] = i;
            level->gram[kept++] = ids[i];
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
    Table table;
    while (size < 2 * count)
        size *= 2;
    if (table_for(&table, count) < 0)
        return -1;
    size_t *block = PyMem_RawMalloc(4 * count * sizeof(size_t));
    uint64_t *keys = PyMem_RawMalloc(count * sizeof(uint64_t));
    Gram *grams = PyMem_RawMalloc(size * sizeof(Gram));
    int failed = !block || !keys || !grams;
    if (!failed) {
        size_t *ids = block, *slots = block + count;
        Level level = {block + 2 * count, block + 3 * count, count};
        for (size_t i = 0; i < count; i++)
            ids[i] = first_of(&table, units, i);
        again_alone(&level, ids, slots);
        for (int n = 2; n <= DUPLICATE[TOPS - 1] * scale && level.count; n++) {
            size_t follows = 0;
            for (size_t i = 0; i + 1 < level.count; i++)
                if (level.at[i + 1] == level.at[i] + 1) {
                    size_t at = level.at[i];
                    keys[follows] = (uint64_t)level.gram[i] * count + ids[at + (size_t)n - 1];
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
    PyMem_RawFree(table.first);
    return failed ? -1 : 0;
}

static int
look(Counts *c, const Asked *asked, const Py_UCS4 *text, size_t size)
{
    List lines = {0}, paragraphs = {0}, units = {0};
    size_t unused = 0;
    int scripts = look_at_characters(c, text, size);
    int failed = cut_lines(c, asked, text, size, scripts, &lines, &paragraphs) < 0 ||
                 repeats(&lines, &c->lines_again, &c->line_characters_again) < 0 ||
                 repeats(&paragraphs, &c->paragraphs_again, &unused) < 0;
    if (!failed)
        failed = asked->spaced ? cut_words(c, asked, text, size, &units) < 0
                               : cut_characters(asked, text, size, &units) < 0;
    if (!failed) {
        int scale = asked->spaced ? 1 : 2;
        c->units = units.count;
        for (size_t i = 0; i < units.count; i++)
            c->unit_characters += units.slices[i].size;
        if (units.count >= (size_t)(LEAST_UNITS * scale))
            failed = find_grams(c, &units, scale, asked->seed) < 0;
    }
    PyMem_RawFree(lines.slices);
    PyMem_RawFree(paragraphs.slices);
    PyMem_RawFree(units.slices);
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
