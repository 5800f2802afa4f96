/* Kinds of characters, and which words are forms of one another: as tokens.py and words.py have it.
 *
 * Words are ASCII here; others are left to the plain code.
 */
#ifndef UNSPUN_WORDS_H
#define UNSPUN_WORDS_H

#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define LEAST_STEM 3 /* as in words.py */
#define LEAST_SPELLING 4
#define LONGEST 63    /* letters of a word that is looked at here */
#define LONGEST_KEY 15
#define LONGEST_SPELT 480 /* letters of a word whose spelling is compared: all that reach here */

enum { SPACE, MARK, IDEOGRAPH, DIGIT, LETTER };

typedef struct {
    char text[LONGEST_KEY];
    uint8_t size;
    int32_t value; /* -1: an empty place */
} Key;

/* A set of short words, or a table of their numbers: open addressing. */
typedef struct {
    Key *keys;
    uint32_t mask;
} Table;

typedef struct {
    uint8_t kinds[0x10000];
    Table forms, endings, numerals;
} Lexicon;

typedef struct {
    const char *text;
    int32_t size;
} Word;

static inline int
kind_of(const Lexicon *lexicon, Py_UCS4 c)
{
    if (c < 0x10000)
        return lexicon->kinds[c];
    return Py_UNICODE_ISDECIMAL(c) ? DIGIT : LETTER;
}

static inline uint32_t
hashed(const char *text, int32_t size)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (int32_t k = 0; k < size; k++)
        hash = (hash ^ (unsigned char)text[k]) * 16777619u;
    return hash;
}

/* The place of a word in a table, or the empty place where it would stand. */
static Key *
find(const Table *table, Word word)
{
    uint32_t k = hashed(word.text, word.size) & table->mask;
    for (;; k = (k + 1) & table->mask) {
        Key *key = table->keys + k;
        if (key->value < 0 ||
            (key->size == word.size && !memcmp(key->text, word.text, (size_t)word.size)))
            return key;
    }
}

static int32_t
number_of(const Table *table, Word word)
{
    return word.size > LONGEST_KEY ? -1 : find(table, word)->value;
}

/* A table of a dictionary's numbers, or of a set, whose words all have the number 0. */
static int
fill_table(Table *table, PyObject *source)
{
    Py_ssize_t count = PyObject_Length(source), room = 16;
    PyObject *keys = count < 0 ? NULL : PySequence_List(source);
    if (!keys)
        return 0;
    while (room < 2 * count)
        room *= 2;
    table->mask = (uint32_t)room - 1;
    table->keys = PyMem_Malloc((size_t)room * sizeof *table->keys);
    if (!table->keys)
        PyErr_NoMemory();
    for (Py_ssize_t k = 0; table->keys && k < room; k++)
        table->keys[k].value = -1;
    for (Py_ssize_t k = 0; table->keys && !PyErr_Occurred() && k < PyList_GET_SIZE(keys); k++) {
        Py_ssize_t size;
        PyObject *item = PyList_GET_ITEM(keys, k);
        const char *text = PyUnicode_AsUTF8AndSize(item, &size);
        long value = 0;
        if (!text)
            break;
        if (size > LONGEST_KEY) {
            PyErr_SetString(PyExc_ValueError, "a word of the tables is too long");
            break;
        }
        if (PyDict_Check(source))
            value = PyLong_AsLong(PyDict_GetItem(source, item));
        if (value < 0 || value > INT32_MAX) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "numbers of words count from 0");
            break;
        }
        Key *key = find(table, (Word){text, (int32_t)size});
        memcpy(key->text, text, (size_t)size);
        key->size = (uint8_t)size;
        key->value = (int32_t)value;
    }
    Py_DECREF(keys);
    return !PyErr_Occurred();
}

/* The kind of each character, where pairs of first and last ones are marks and ideographs. */
static int
fill_kinds(Lexicon *lexicon, PyObject *marks, PyObject *ideographs)
{
    PyObject *ranges[2] = {marks, ideographs};
    for (Py_UCS4 c = 0; c < 0x10000; c++)
        lexicon->kinds[c] = Py_UNICODE_ISDECIMAL(c) ? DIGIT : LETTER;
    for (int which = 0; which < 2; which++) {
        Py_ssize_t size = PyUnicode_GET_LENGTH(ranges[which]);
        if (size % 2) {
            PyErr_SetString(PyExc_ValueError, "a range has a first and a last character");
            return 0;
        }
        for (Py_ssize_t k = 0; k < size; k += 2) {
            Py_UCS4 last = PyUnicode_READ_CHAR(ranges[which], k + 1);
            for (Py_UCS4 c = PyUnicode_READ_CHAR(ranges[which], k); c <= last && c < 0x10000; c++)
                lexicon->kinds[c] = which ? IDEOGRAPH : MARK;
        }
    }
    for (Py_UCS4 c = 0; c < 0x10000; c++)
        if (Py_UNICODE_ISSPACE(c))
            lexicon->kinds[c] = SPACE;
    return 1;
}

/* Where the token that begins at a place ends: the expression in tokens.py. */
static int32_t
token_end(const Lexicon *lexicon, const Py_UCS4 *text, int32_t at, int32_t end)
{
#define KIND(place) kind_of(lexicon, text[place])
#define IN_WORD(place) (KIND(place) >= DIGIT)
#define DIGITS(from) for (at = (from); at < end && KIND(at) == DIGIT; at++)
    int kind = KIND(at);
    if (kind == MARK || kind == IDEOGRAPH)
        return at + 1;
    if (kind == DIGIT) {
        DIGITS(at + 1);
        while (at + 1 < end && (text[at] == '.' || text[at] == ',' || text[at] == ':') &&
               KIND(at + 1) == DIGIT)
            DIGITS(at + 2);
        while (at < end && KIND(at) == LETTER)
            at++;
        return at;
    }
    for (at++; at < end && IN_WORD(at);)
        at++;
    while (at + 1 < end) {
        if ((text[at] == '\'' || text[at] == 0x2019) && IN_WORD(at + 1)) {
            for (at += 2; at < end && IN_WORD(at);)
                at++;
        } else if (text[at] == '.' && KIND(at + 1) == DIGIT) {
            DIGITS(at + 2);
        } else {
            break;
        }
    }
    return at;
#undef DIGITS
#undef IN_WORD
#undef KIND
}

static inline int
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline int
same_word(Word a, Word b)
{
    return a.size == b.size && !memcmp(a.text, b.text, (size_t)a.size);
}

/* Letters, and after an apostrophe more of them. */
static int
is_plain_word(Word word)
{
    int32_t k = 0;
    while (k < word.size && is_letter(word.text[k]))
        k++;
    if (k && k + 1 < word.size && word.text[k] == '\'')
        for (k++; k < word.size && is_letter(word.text[k]);)
            k++;
    return k == word.size && k && is_letter(word.text[k - 1]);
}

static int
is_ending(const Table *endings, Word word, int32_t stem)
{
    Word ending = {word.text + stem, word.size - stem};
    if (ending.size > 1 && ending.text[0] == word.text[stem - 1])
        ending = (Word){ending.text + 1, ending.size - 1};
    return number_of(endings, ending) >= 0;
}

/* Whether two words in small letters look like forms of one word. */
static int
same_lemma(const Lexicon *lexicon, Word a, Word b)
{
    int32_t form = number_of(&lexicon->forms, a), stem = 0;
    if (form >= 0 && form == number_of(&lexicon->forms, b))
        return 1;
    while (stem < a.size && stem < b.size && a.text[stem] == b.text[stem])
        stem++;
    if (stem < LEAST_STEM || !is_plain_word(a) || !is_plain_word(b))
        return 0;
    for (int32_t cut = stem; cut >= LEAST_STEM && cut >= stem - 2; cut--)
        if (is_ending(&lexicon->endings, a, cut) && is_ending(&lexicon->endings, b, cut))
            return 1;
    return 0;
}

/* How many kinds of letters one word has that the other lacks: each costs an edit at least. */
static int
kinds_lacking(Word word, Word other)
{
    uint64_t kinds = 0, lacking = 0;
    int count = 0;
    for (int32_t k = 0; k < other.size; k++)
        kinds |= (uint64_t)1 << (other.text[k] & 63);
    for (int32_t k = 0; k < word.size; k++)
        lacking |= (uint64_t)1 << (word.text[k] & 63);
    for (lacking &= ~kinds; lacking; lacking &= lacking - 1)
        count++;
    return count;
}

/* Whether two words in small letters are one, spelt in two ways: optimal string alignment. */
static int
misspelt(Word a, Word b)
{
    int32_t rows[3][LONGEST_SPELT + 1], longer = a.size > b.size ? a.size : b.size;
    int32_t most = (longer - 1) / 4; /* similarity over .75 */
    if (a.size < LEAST_SPELLING || b.size < LEAST_SPELLING || a.size > LONGEST_SPELT ||
        b.size > LONGEST_SPELT || a.size - b.size > most || b.size - a.size > most ||
        kinds_lacking(a, b) > most || kinds_lacking(b, a) > most)
        return 0;
    for (int32_t j = 0; j <= b.size; j++)
        rows[0][j] = j;
    for (int32_t i = 1; i <= a.size; i++) {
        int32_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        int32_t least = row[0] = i;
        for (int32_t j = 1; j <= b.size; j++) {
            int32_t cost = above[j - 1] + (a.text[i - 1] != b.text[j - 1]);
            if (above[j] + 1 < cost)
                cost = above[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            if (i > 1 && j > 1 && a.text[i - 1] == b.text[j - 2] &&
                a.text[i - 2] == b.text[j - 1] && before[j - 2] + 1 < cost)
                cost = before[j - 2] + 1;
            row[j] = cost;
            if (cost < least)
                least = cost;
        }
        if (least > most + 1)
            return 0;
    }
    return rows[a.size % 3][b.size] <= most;
}

#endif
