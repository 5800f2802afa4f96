/* The operations between two passages: script.py, operations.py and what classes.py says of ASCII.
 *
 * Places are those of a passage until the operations are made. Words become numbers, so that the
 * optimal script compares numbers, 64 at a time (Hyyro 2003). What is not ASCII and needs more than
 * to be compared is left to the plain code, and so are numbers and doubtful names.
 */
#define PY_SSIZE_T_CLEAN
#include "numbers.h"
#include "words.h"
#include <stddef.h>
#include <stdlib.h>

#define REVISION 2 /* that of operations.py */

#define REFINED 400 /* these four as in script.py */
#define MOVED_LETTERS 4
#define SWAPPED 3
#define MOVES_TRIED 2000
#define MOST_BITS (4 << 20) /* beyond, rapidfuzz halves the problem, and may break ties otherwise */
#define SHORT_PATTERN 65
#define SHORT_TEXT 10
#define MOST_WORDS 48   /* of an edit that is classed here, */
#define MOST_LETTERS 480 /* and letters on each side */

enum { OP, HYP, REF, CLASS, FIELDS };
enum { EQUAL, INSERT, DELETE, REPLACE, MOVE, KINDS_OF_STEPS };
enum {
    ENCODING, WHITESPACE, PUNCTUATION, CASE, SPELLING, INFLECTION, SYNONYM, ENTITY, NUMBER, REORDER,
    INSERTION, DELETION, KINDS_OF_EDITS, UNDECIDED, FAILED
};

typedef struct {
    PyObject_HEAD
    Lexicon lexicon;
    PyObject *numerals, *openers; /* strings of one-character words */
    PyObject *op_type, *steps, *classes, *classify, *named, *related, *runs;
    Py_ssize_t around; /* characters before and after an edit that the plain code looks at */
    PyObject *fields[FIELDS]; /* what sets an operation's values: descriptors of its slots */
} Scripter;

typedef struct {
    int32_t start, end;
    int32_t word, folded; /* numbers of its text, and of its text in small letters; -1: not yet */
    uint8_t mark, ascii;
} Token;

typedef struct {
    PyObject *text;
    Py_ssize_t base; /* where the passage begins in the text */
    int32_t size;
    Py_UCS4 *chars, *lower; /* the passage, and the same with small ASCII letters */
    Token *tokens;
    int32_t count, room;
} Side;

typedef struct {
    int32_t op, a, b, c, d;
} Step;

typedef struct {
    Step *at;
    int32_t count, room;
} Steps;

typedef struct Block {
    struct Block *next;
    Py_UCS4 chars[];
} Block;

typedef struct {
    const Scripter *tools;
    Side hyp, ref;
    Steps found, pieces, fine, moves;
    Numbers numbers;
    int32_t *ids, *places; /* room for numbers: of two runs of tokens; of a number's pattern */
    int32_t ids_room, places_room;
    uint64_t *bits;
    size_t bits_room;
    Block *blocks;
} Work;

/* ---- Room. ---- */

static int
add_step(Steps *steps, int op, int32_t a, int32_t b, int32_t c, int32_t d)
{
    if (!GROW(steps->at, steps->room, (int64_t)steps->count + 1))
        return 0;
    steps->at[steps->count++] = (Step){op, a, b, c, d};
    return 1;
}

/* A step between places where the texts differ. */
static int
add_change(Steps *steps, int32_t a, int32_t b, int32_t c, int32_t d)
{
    return add_step(steps, a < b && c < d ? REPLACE : a < b ? DELETE : INSERT, a, b, c, d);
}

static int
add_token(Side *side, int32_t start, int32_t end)
{
    if (!GROW(side->tokens, side->room, (int64_t)side->count + 1))
        return 0;
    side->tokens[side->count++] = (Token){start, end, -1, -1, 0, 0};
    return 1;
}

/* ---- Numbers of tokens. ---- */

static PyObject *
word_of(const Side *side, const Token *token)
{
    return PyUnicode_Substring(side->text, side->base + token->start, side->base + token->end);
}

static int32_t
exactly(Work *w, Side *side, int32_t k)
{
    Token *token = side->tokens + k;
    if (token->word < 0)
        token->word = number_text(&w->numbers, side->chars + token->start, token->end - token->start);
    return token->word;
}

/* The number of a token's text without regard to capitals. */
static int32_t
folded(Work *w, Side *side, int32_t k)
{
    Token *token = side->tokens + k;
    PyObject *word, *plain;
    Block *block;
    Py_ssize_t size;
    int whole = 1;
    if (token->folded >= 0)
        return token->folded;
    for (int32_t i = token->start; i < token->end; i++)
        whole &= side->chars[i] < 128;
    if (whole)
        return token->folded =
                   number_text(&w->numbers, side->lower + token->start, token->end - token->start);
    word = word_of(side, token);
    plain = word ? PyObject_CallMethod(word, "casefold", NULL) : NULL;
    Py_XDECREF(word);
    if (!plain)
        return -1;
    size = PyUnicode_GET_LENGTH(plain);
    block = PyMem_Malloc(sizeof *block + ((size_t)size + 1) * sizeof(Py_UCS4));
    if (!block || !PyUnicode_AsUCS4(plain, block->chars, size + 1, 1)) {
        PyMem_Free(block);
        Py_DECREF(plain);
        if (!PyErr_Occurred())
            PyErr_NoMemory();
        return -1;
    }
    Py_DECREF(plain);
    block->next = w->blocks;
    w->blocks = block;
    return token->folded = number_text(&w->numbers, block->chars, (int32_t)size);
}

/* ---- What both begin and end with, and the chunks between. ---- */

static inline int
is_space(const Work *w, Py_UCS4 c)
{
    return c < 0x10000 && w->tools->lexicon.kinds[c] == SPACE;
}

static int
breaks(const Work *w, const Side *side, int32_t place)
{
    return place < 0 || place >= side->size || is_space(w, side->chars[place]);
}

static int
is_blank(const Work *w, const Side *side, int32_t from, int32_t to)
{
    while (from < to && is_space(w, side->chars[from]))
        from++;
    return from >= to;
}

/* The chunk that begins at a place or after it; its end. */
static int32_t
chunk(const Work *w, const Side *side, int32_t *from, int32_t to)
{
    int32_t end;
    while (*from < to && is_space(w, side->chars[*from]))
        ++*from;
    for (end = *from; end < to && !is_space(w, side->chars[end]);)
        end++;
    return end;
}

static void
common_ends(const Work *w, int32_t *first, int32_t *last)
{
    const Side *a = &w->hyp, *b = &w->ref;
    int32_t least = a->size < b->size ? a->size : b->size, head = 0, tail = 0, i, j, ours, theirs;
    while (head < least && a->chars[head] == b->chars[head])
        head++;
    if (!(breaks(w, a, head) && breaks(w, b, head)))
        while (head && !is_space(w, a->chars[head - 1]))
            head--;
    i = j = head;
    ours = chunk(w, a, &i, a->size);
    theirs = chunk(w, b, &j, b->size);
    *first = is_blank(w, a, 0, head) ? 0 : head;
    *last = 0;
    if (i < ours && ours - i == theirs - j &&
        !memcmp(a->chars + i, b->chars + j, (size_t)(ours - i) * sizeof *a->chars))
        return;
    while (tail < least - head && a->chars[a->size - 1 - tail] == b->chars[b->size - 1 - tail])
        tail++;
    if (!(breaks(w, a, a->size - tail - 1) && breaks(w, b, b->size - tail - 1)))
        while (tail && !is_space(w, a->chars[a->size - tail]))
            tail--;
    if (!is_blank(w, a, a->size - tail, a->size))
        *last = tail;
}

/* ---- The shortest script. ---- */

/* What rapidfuzz finds where the plain code must be asked: equal runs as 4-tuples. */
static int
ask_runs(Work *w, const int32_t *a, int32_t n, const int32_t *b, int32_t m, int32_t *match)
{
    PyObject *sides[2] = {PyList_New(n), PyList_New(m)}, *runs = NULL, *list = NULL;
    int fine = sides[0] && sides[1];
    for (int which = 0; fine && which < 2; which++)
        for (int32_t k = 0; fine && k < (which ? m : n); k++) {
            PyObject *number = PyLong_FromLong(which ? b[k] : a[k]);
            fine = number != NULL;
            if (fine)
                PyList_SET_ITEM(sides[which], k, number);
        }
    if (fine)
        runs = PyObject_CallFunctionObjArgs(w->tools->runs, sides[0], sides[1], NULL);
    list = runs ? PySequence_List(runs) : NULL;
    fine = list != NULL;
    for (Py_ssize_t k = 0; fine && k < PyList_GET_SIZE(list); k++) {
        int i, to, j, end;
        fine = PyArg_ParseTuple(PyList_GET_ITEM(list, k), "iiii", &i, &to, &j, &end);
        if (fine && (i < 0 || to > n || j < 0 || to - i != end - j || end > m)) {
            PyErr_SetString(PyExc_ValueError, "a run beyond the words");
            fine = 0;
        }
        for (; fine && i < to; i++, j++)
            match[i] = j;
    }
    Py_XDECREF(sides[0]);
    Py_XDECREF(sides[1]);
    Py_XDECREF(runs);
    Py_XDECREF(list);
    return fine;
}

/* The partner of each number of `a` in the shortest script, or -1. */
static int
shortest(Work *w, const int32_t *a, int32_t n, const int32_t *b, int32_t m, int32_t *match)
{
    size_t blocks = ((size_t)n + 63) / 64, row = blocks, used = 0, size;
    uint64_t *pattern, *up, *down;
    int shared = 0;
    for (int32_t i = 0; i < n; i++)
        match[i] = -1;
    if (!GROW(w->places, w->places_room, w->numbers.count))
        return 0;
    for (int32_t i = 0; i < n; i++)
        w->places[a[i]] = -1;
    for (int32_t j = 0; j < m; j++)
        w->places[b[j]] = -1;
    for (int32_t i = 0; i < n; i++)
        if (w->places[a[i]] < 0)
            w->places[a[i]] = (int32_t)used++;
    for (int32_t j = 0; j < m; j++)
        shared |= w->places[b[j]] >= 0;
    if (!shared)
        return 1;
    if ((int64_t)n * m >= MOST_BITS && n >= SHORT_PATTERN && m >= SHORT_TEXT)
        return ask_runs(w, a, n, b, m, match);
    size = (used + 2 * ((size_t)m + 1)) * row;
    if (size > w->bits_room) {
        PyMem_Free(w->bits);
        w->bits_room = 0;
        w->bits = PyMem_Malloc(size * sizeof *w->bits);
        if (!w->bits) {
            PyErr_NoMemory();
            return 0;
        }
        w->bits_room = size;
    }
    pattern = w->bits;
    up = pattern + used * row;         /* rows 0 to m: where the cost grows from left to right */
    down = up + ((size_t)m + 1) * row; /* and where it falls */
    memset(pattern, 0, used * row * sizeof *pattern);
    memset(up, -1, row * sizeof *up);
    memset(down, 0, row * sizeof *down);
    for (int32_t i = 0; i < n; i++)
        pattern[(size_t)w->places[a[i]] * row + (size_t)i / 64] |= (uint64_t)1 << (i % 64);
    for (int32_t j = 0; j < m; j++) {
        const uint64_t *same =
            w->places[b[j]] < 0 ? NULL : pattern + (size_t)w->places[b[j]] * row;
        uint64_t plus = 1, minus = 0;
        for (size_t k = 0; k < row; k++, up++, down++) {
            uint64_t vp = *up, vn = *down, x = (same ? same[k] : 0) | minus;
            uint64_t zero = (((x & vp) + vp) ^ vp) | x | vn;
            uint64_t hp = vn | ~(zero | vp), hn = zero & vp, carry = plus;
            plus = hp >> 63;
            hp = hp << 1 | carry;
            carry = minus;
            minus = hn >> 63;
            hn = hn << 1 | carry;
            up[row] = hn | ~(zero | hp);
            down[row] = hp & zero;
        }
    }
#define BIT(rows, j, i) (rows[(size_t)(j) * row + (size_t)(i) / 64] >> ((i) % 64) & 1)
    up = pattern + used * row;
    down = up + ((size_t)m + 1) * row;
    for (int32_t i = n, j = m; i && j;) {
        if (BIT(up, j, i - 1)) {
            i--;
        } else {
            j--;
            if (!j || !BIT(down, j, i - 1)) {
                i--;
                if (a[i] == b[j])
                    match[i] = j;
            }
        }
    }
#undef BIT
    return 1;
}

/* Equal runs and the changes between them, of two lists of numbers; places from 0. */
static int
hunks(Work *w, const int32_t *a, int32_t n, const int32_t *b, int32_t m, int32_t *match, Steps *out)
{
    int32_t least = n < m ? n : m, first = 0, last = 0, i, j, k;
    while (first < least && a[first] == b[first])
        first++;
    while (last < least - first && a[n - 1 - last] == b[m - 1 - last])
        last++;
    if (first && !add_step(out, EQUAL, 0, first, 0, first))
        return 0;
    i = j = first;
    n -= last;
    m -= last;
    if (i < n && j < m) {
        if (!shortest(w, a + first, n - first, b + first, m - first, match))
            return 0;
        for (k = first; k < n; k++) {
            int32_t from = k, to = match[k - first] + first;
            if (match[k - first] < 0)
                continue;
            if ((k > i || to > j) && !add_change(out, i, k, j, to))
                return 0;
            while (k + 1 < n && match[k + 1 - first] == match[k - first] + 1)
                k++;
            i = k + 1;
            j = to + (i - from);
            if (!add_step(out, EQUAL, from, i, to, j))
                return 0;
        }
    }
    if ((i < n || j < m) && !add_change(out, i, n, j, m))
        return 0;
    return !last || add_step(out, EQUAL, n, n + last, m, m + last);
}

/* The numbers of tokens, one list after the other, and room for as many partners. */
static int
numbered(Work *w, int32_t i, int32_t j, int32_t **match)
{
    int32_t n = w->hyp.count - i, m = w->ref.count - j;
    if (!GROW(w->ids, w->ids_room, 2 * (int64_t)n + m))
        return 0;
    for (int32_t k = 0; k < n; k++)
        if ((w->ids[k] = exactly(w, &w->hyp, i + k)) < 0)
            return 0;
    for (int32_t k = 0; k < m; k++)
        if ((w->ids[n + k] = exactly(w, &w->ref, j + k)) < 0)
            return 0;
    *match = w->ids + n + m;
    return 1;
}

/* ---- Related words within a change. ---- */

static int
letters_of(const Side *side, const Token *token, char *out)
{
    for (int32_t k = token->start; k < token->end; k++)
        *out++ = (char)side->lower[k];
    return token->end - token->start;
}

static int
has_number(const Lexicon *lexicon, Word word)
{
    for (int32_t k = 0; k < word.size; k++)
        if (word.text[k] >= '0' && word.text[k] <= '9')
            return 1;
    return number_of(&lexicon->numerals, word) >= 0;
}

static int
ask_related(Work *w, const Token *a, const Token *b)
{
    PyObject *ours = word_of(&w->hyp, a), *theirs = word_of(&w->ref, b), *found = NULL;
    long worth = -1;
    if (ours && theirs)
        found = PyObject_CallFunctionObjArgs(w->tools->related, ours, theirs, NULL);
    if (found)
        worth = PyLong_AsLong(found);
    Py_XDECREF(ours);
    Py_XDECREF(theirs);
    Py_XDECREF(found);
    return worth < 0 || worth > 4 ? -1 : (int)worth;
}

static int
is_numeral(const Work *w, const Side *side, const Token *token)
{
    return PyUnicode_FindChar(w->tools->numerals, side->chars[token->start], 0,
                              PyUnicode_GET_LENGTH(w->tools->numerals), 1) >= 0;
}

/* How closely two words are related; 0 for not, -1 on failure. */
static int
related(Work *w, int32_t i, int32_t j)
{
    const Lexicon *lexicon = &w->tools->lexicon;
    const Token *a = w->hyp.tokens + i, *b = w->ref.tokens + j;
    char ours[LONGEST], theirs[LONGEST];
    Word one = {ours, 0}, other = {theirs, 0};
    if (exactly(w, &w->hyp, i) == exactly(w, &w->ref, j))
        return 4;
    if (a->mark != b->mark)
        return 0;
    if (!a->ascii || !b->ascii || a->end - a->start > LONGEST || b->end - b->start > LONGEST) {
        if (kind_of(lexicon, w->hyp.chars[a->start]) == IDEOGRAPH &&
            kind_of(lexicon, w->ref.chars[b->start]) == IDEOGRAPH)
            return is_numeral(w, &w->hyp, a) && is_numeral(w, &w->ref, b) ? 3 : 0;
        return ask_related(w, a, b);
    }
    one.size = letters_of(&w->hyp, a, ours);
    other.size = letters_of(&w->ref, b, theirs);
    if (same_word(one, other))
        return 4;
    if (a->mark)
        return 1;
    if (same_lemma(lexicon, one, other) || (has_number(lexicon, one) && has_number(lexicon, other)))
        return 3;
    return misspelt(one, other) ? 2 : 0;
}

/* A change as the pairs of related words that are worth most together, and what is between. */
static int
refine(Work *w, Step hunk, Steps *out)
{
    int32_t rows = hunk.b - hunk.a, columns = hunk.d - hunk.c, i = hunk.a, j = hunk.c;
    if (rows && columns && rows + columns > 2 && (int64_t)rows * columns <= REFINED) {
        int worth[REFINED];
        int32_t best[2 * REFINED + 2], wide = columns + 1, a = 0, c = 0;
#define WORTH(i, j) worth[(i) * columns + (j)]
#define BEST(i, j) best[(i) * wide + (j)]
        memset(best, 0, sizeof best);
        for (int32_t x = rows - 1; x >= 0; x--)
            for (int32_t y = columns - 1; y >= 0; y--) {
                int value = WORTH(x, y) = related(w, hunk.a + x, hunk.c + y);
                int32_t most = value ? value + BEST(x + 1, y + 1) : 0;
                if (value < 0)
                    return 0;
                if (BEST(x + 1, y) > most)
                    most = BEST(x + 1, y);
                if (BEST(x, y + 1) > most)
                    most = BEST(x, y + 1);
                BEST(x, y) = most;
            }
        while (a < rows && c < columns) {
            if (WORTH(a, c) && BEST(a, c) == WORTH(a, c) + BEST(a + 1, c + 1)) {
                int32_t x = hunk.a + a++, y = hunk.c + c++;
                int same = exactly(w, &w->hyp, x) == exactly(w, &w->ref, y);
                if ((x > i || y > j) && !add_change(out, i, x, j, y))
                    return 0;
                if (!add_step(out, same ? EQUAL : REPLACE, x, x + 1, y, y + 1))
                    return 0;
                i = x + 1;
                j = y + 1;
            } else if (BEST(a, c) == BEST(a + 1, c)) {
                a++;
            } else {
                c++;
            }
        }
#undef BEST
#undef WORTH
    }
    return !(i < hunk.b || j < hunk.d) || add_change(out, i, hunk.b, j, hunk.d);
}

/* ---- Passages, and the tokens of those that differ. ---- */

static int
tokenize(Work *w, Side *side, int32_t from, int32_t to)
{
    while (from < to) {
        if (is_space(w, side->chars[from])) {
            from++;
            continue;
        }
        int32_t end = token_end(&w->tools->lexicon, side->chars, from, to);
        Token *token;
        if (!add_token(side, from, end))
            return 0;
        token = side->tokens + side->count - 1;
        token->mark = kind_of(&w->tools->lexicon, side->chars[from]) == MARK;
        token->ascii = 1;
        for (; from < end; from++)
            token->ascii &= side->chars[from] < 128;
    }
    return 1;
}

/* Pieces are steps between places in the texts; equal ones that follow one another become one. */
static int
add_piece(Steps *pieces, int op, int32_t a, int32_t b, int32_t c, int32_t d)
{
    Step *last = pieces->count ? pieces->at + pieces->count - 1 : NULL;
    if (last && last->op == EQUAL && op == EQUAL) {
        last->b = b;
        last->d = d;
        return 1;
    }
    return add_step(pieces, op, a, b, c, d);
}

/* A piece that both have at an end, without the space around it. */
static int
add_end(Work *w, int32_t a, int32_t c, int32_t size)
{
    int32_t from = 0, to = size;
    while (from < to && is_space(w, w->hyp.chars[a + from]))
        from++;
    while (to > from && is_space(w, w->hyp.chars[a + to - 1]))
        to--;
    return add_piece(&w->pieces, EQUAL, a + from, a + to, c + from, c + to);
}

static int
chunks(Work *w, Side *side, int32_t from, int32_t to)
{
    for (;;) {
        int32_t end = chunk(w, side, &from, to);
        if (from >= end)
            return 1;
        if (!add_token(side, from, end))
            return 0;
        from = end;
    }
}

static int
find_pieces(Work *w)
{
    int32_t head, tail, *match;
    Side *hyp = &w->hyp, *ref = &w->ref;
    common_ends(w, &head, &tail);
    if (head && !add_end(w, 0, 0, head))
        return 0;
    if (!chunks(w, hyp, head, hyp->size - tail) || !chunks(w, ref, head, ref->size - tail) ||
        !numbered(w, 0, 0, &match))
        return 0;
    if (!hunks(w, w->ids, hyp->count, w->ids + hyp->count, ref->count, match, &w->fine))
        return 0;
    for (int32_t k = 0; k < w->fine.count; k++) {
        Step s = w->fine.at[k];
        int32_t a = 0, b = 0, c = 0, d = 0;
        if (s.a < s.b) {
            a = hyp->tokens[s.a].start;
            b = hyp->tokens[s.b - 1].end;
        }
        if (s.c < s.d) {
            c = ref->tokens[s.c].start;
            d = ref->tokens[s.d - 1].end;
        }
        if (!add_piece(&w->pieces, s.op, a, b, c, d))
            return 0;
    }
    hyp->count = ref->count = 0;
    return !tail || add_end(w, hyp->size - tail, ref->size - tail, tail);
}

static int
find_steps(Work *w)
{
    for (int32_t k = 0; k < w->pieces.count; k++) {
        Step p = w->pieces.at[k];
        int32_t i = w->hyp.count, j = w->ref.count, *match, rows, columns;
        if (p.op == EQUAL) {
            if (!add_token(&w->hyp, p.a, p.b) || !add_token(&w->ref, p.c, p.d) ||
                !add_step(&w->found, EQUAL, i, i + 1, j, j + 1))
                return 0;
            continue;
        }
        if (!tokenize(w, &w->hyp, p.a, p.b) || !tokenize(w, &w->ref, p.c, p.d))
            return 0;
        rows = w->hyp.count - i;
        columns = w->ref.count - j;
        if (rows == 1 && columns == 1) {
            if (!add_step(&w->found, REPLACE, i, i + 1, j, j + 1))
                return 0;
            continue;
        }
        w->fine.count = 0;
        if (!numbered(w, i, j, &match) ||
            !hunks(w, w->ids, rows, w->ids + rows, columns, match, &w->fine))
            return 0;
        for (int32_t n = 0; n < w->fine.count; n++) {
            Step s = w->fine.at[n];
            s = (Step){s.op, i + s.a, i + s.b, j + s.c, j + s.d};
            if (s.op == EQUAL ? !add_step(&w->found, EQUAL, s.a, s.b, s.c, s.d)
                              : !refine(w, s, &w->found))
                return 0;
        }
    }
    return 1;
}

/* ---- What moved. ---- */

/* The longest run of words in both parts: its size (0: none, -1: failure) and its starts. */
static int32_t
longest_run(Work *w, Step gone, Step new, int32_t *start, int32_t *target)
{
    int32_t rows = gone.b - gone.a, columns = new.d - new.c, most = 0, *theirs, *above, *row;
    if (!GROW(w->ids, w->ids_room, 3 * (int64_t)columns + 2))
        return -1;
    theirs = w->ids;
    above = theirs + columns;
    row = above + columns + 1;
    memset(above, 0, (2 * (size_t)columns + 2) * sizeof *above);
    for (int32_t j = 0; j < columns; j++)
        if ((theirs[j] = folded(w, &w->ref, new.c + j)) < 0)
            return -1;
    for (int32_t i = 0; i < rows; i++) {
        int32_t word = folded(w, &w->hyp, gone.a + i), *swap = above;
        if (word < 0)
            return -1;
        for (int32_t j = 0; j < columns; j++) {
            row[j + 1] = theirs[j] == word ? above[j] + 1 : 0;
            if (row[j + 1] > most) {
                most = row[j + 1];
                *start = gone.a + i + 1 - most;
                *target = new.c + j + 1 - most;
            }
        }
        above = row;
        row = swap;
    }
    return most;
}

/* Whether only a few words stand between where words were and where they are. */
static int
is_near(const Work *w, Step gone, Step new)
{
    int32_t from = gone.b <= new.a ? gone.b : new.a, to = gone.b <= new.a ? new.a : gone.a;
    int between = 0;
    for (int32_t k = from; k < to && between <= SWAPPED; k++) {
        int32_t at = w->hyp.tokens[k].start, end = w->hyp.tokens[k].end;
        while (between <= SWAPPED) {
            int32_t stop = chunk(w, &w->hyp, &at, end);
            if (at >= stop)
                break;
            between++;
            at = stop;
        }
    }
    return between <= SWAPPED;
}

static int
longer_first(const void *one, const void *other)
{
    const Step *a = one, *b = other;
    int32_t sizes[2] = {a->b - a->a, b->b - b->a};
    if (sizes[0] != sizes[1])
        return sizes[0] > sizes[1] ? -1 : 1;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->c < b->c ? -1 : a->c > b->c;
}

/* Runs that were deleted here and inserted there, the longest first, none within another. */
static int
find_moves(Work *w)
{
    int32_t gone = 0, new = 0, kept = 0;
    for (int32_t k = 0; k < w->found.count; k++) {
        gone += w->found.at[k].op == DELETE;
        new += w->found.at[k].op == INSERT;
    }
    if (!gone || !new || (int64_t)gone * new > MOVES_TRIED)
        return 1;
    for (int32_t i = 0; i < w->found.count; i++)
        for (int32_t j = 0; j < w->found.count; j++) {
            Step here = w->found.at[i], there = w->found.at[j];
            int32_t a = 0, c = 0, size, letters = 0;
            if (here.op != DELETE || there.op != INSERT)
                continue;
            size = longest_run(w, here, there, &a, &c);
            if (size < 0)
                return 0;
            for (int32_t k = a; k < a + size; k++)
                if (!w->hyp.tokens[k].mark)
                    letters += w->hyp.tokens[k].end - w->hyp.tokens[k].start;
            if ((letters >= MOVED_LETTERS || (letters && is_near(w, here, there))) &&
                !add_step(&w->moves, MOVE, a, a + size, c, c + size))
                return 0;
        }
    if (w->moves.count)
        qsort(w->moves.at, (size_t)w->moves.count, sizeof *w->moves.at, longer_first);
    for (int32_t k = 0; k < w->moves.count; k++) {
        Step move = w->moves.at[k];
        int free = 1;
        for (int32_t n = 0; n < kept; n++) {
            Step m = w->moves.at[n];
            free &= (move.b <= m.a || m.b <= move.a) && (move.d <= m.c || m.d <= move.c);
        }
        if (free)
            w->moves.at[kept++] = move;
    }
    w->moves.count = kept;
    return 1;
}

static int
by_start(const void *one, const void *other)
{
    const Step *a = one, *b = other;
    return a->a < b->a ? -1 : a->a > b->a;
}

static int
by_target(const void *one, const void *other)
{
    const Step *a = one, *b = other;
    return a->c < b->c ? -1 : a->c > b->c;
}

static int
add_unless_empty(Steps *steps, int op, int32_t a, int32_t b, int32_t c, int32_t d)
{
    return (a >= b && c >= d) || add_step(steps, op, a, b, c, d);
}

/* The steps of one kind without what moved; a move stands where the hypothesis has its words. */
static int
cut(Work *w, int op, Steps *out)
{
    Steps *moves = &w->moves;
    qsort(moves->at, (size_t)moves->count, sizeof *moves->at, op == DELETE ? by_start : by_target);
    out->count = 0;
    for (int32_t k = 0; k < w->found.count; k++) {
        Step s = w->found.at[k];
        int32_t a = s.a, c = s.c;
        for (int32_t n = 0; s.op == op && n < moves->count; n++) {
            Step m = moves->at[n];
            if (op == DELETE && s.a <= m.a && m.a < s.b) {
                if (!add_unless_empty(out, DELETE, a, m.a, c, c) ||
                    !add_step(out, MOVE, m.a, m.b, m.c, m.d))
                    return 0;
                a = m.b;
            } else if (op == INSERT && s.c <= m.c && m.c < s.d) {
                if (!add_unless_empty(out, INSERT, a, a, c, m.c))
                    return 0;
                c = m.d;
            }
        }
        if (!add_unless_empty(out, s.op, a, s.b, c, s.d))
            return 0;
    }
    return 1;
}

static int
cut_moves(Work *w)
{
    Steps swap;
    for (int op = INSERT; w->moves.count && op <= DELETE; op++) {
        if (!cut(w, op, &w->fine))
            return 0;
        swap = w->found;
        w->found = w->fine;
        w->fine = swap;
    }
    return 1;
}

/* ---- Classes. ---- */

/* One side of an edit in ASCII. */
typedef struct {
    char joined[MOST_LETTERS], letters[MOST_LETTERS]; /* with marks, and without */
    int32_t joined_size, letters_size;
    Word words[MOST_WORDS]; /* without marks, in small letters */
    int32_t count;
    char small[MOST_LETTERS], names[MOST_LETTERS];
    Word named[MOST_WORDS]; /* the names, in small letters */
    int32_t named_count;
    int numbered;  /* whether there is a number among the words */
    int32_t first; /* which token, opening a sentence, may be a name; -1: none */
} Wording;

static int
opens(const Work *w, const Side *side, int32_t start)
{
    int32_t last;
    if (!start)
        return 1;
    last = side->tokens[start - 1].end - 1;
    return PyUnicode_FindChar(w->tools->openers, side->chars[last], 0,
                              PyUnicode_GET_LENGTH(w->tools->openers), 1) >= 0;
}

/* Add a token to the names if it is one, or may be. */
static void
add_name(const Work *w, const Side *side, int32_t start, int32_t k, Wording *out, char *room)
{
    const Token *token = side->tokens + k;
    const Py_UCS4 *text = side->chars + token->start;
    int32_t size = token->end - token->start;
    int capitals = 0, small = 0, plain;
    for (int32_t i = 0; i < size; i++) {
        capitals |= text[i] >= 'A' && text[i] <= 'Z';
        small |= text[i] >= 'a' && text[i] <= 'z';
    }
    if (!capitals)
        return;
    plain = (size == 1 && (text[0] == 'I' || text[0] == 'A')) ||
            (size > 1 && text[0] == 'I' && text[1] == '\'');
    if (size > 1 && !small)
        plain = 0;
    else if (!plain && k == start && opens(w, side, start))
        out->first = k;
    if (plain)
        return;
    letters_of(side, token, room);
    if (size >= 2 && room[size - 2] == '\'' && room[size - 1] == 's')
        size -= 2;
    if (size && room[size - 1] == '\'')
        size--;
    out->named[out->named_count++] = (Word){room, size};
}

/* What the tokens say; 0 where they are not ASCII, or too many. */
static int
read_side(const Work *w, const Side *side, int32_t start, int32_t end, Wording *out)
{
    out->joined_size = out->letters_size = out->count = out->named_count = 0;
    out->numbered = 0;
    out->first = -1;
    if (end - start > MOST_WORDS)
        return 0;
    for (int32_t k = start; k < end; k++) {
        const Token *token = side->tokens + k;
        int32_t size = token->end - token->start;
        Word word = {out->small + out->letters_size, size};
        if (!token->ascii || size > MOST_LETTERS - out->joined_size)
            return 0;
        add_name(w, side, start, k, out, out->names + out->joined_size);
        for (int32_t i = 0; i < size; i++)
            out->joined[out->joined_size + i] = (char)side->chars[token->start + i];
        if (!token->mark) {
            memcpy(out->letters + out->letters_size, out->joined + out->joined_size, (size_t)size);
            letters_of(side, token, out->small + out->letters_size);
            out->words[out->count++] = word;
            out->letters_size += size;
            out->numbered |= has_number(&w->tools->lexicon, word);
        }
        out->joined_size += size;
    }
    return 1;
}

/* Whether two texts are the same without apostrophes and hyphens. */
static int
same_letters(const Wording *a, const Wording *b)
{
    int32_t i = 0, j = 0;
    for (;; i++, j++) {
        while (i < a->letters_size && (a->letters[i] == '\'' || a->letters[i] == '-'))
            i++;
        while (j < b->letters_size && (b->letters[j] == '\'' || b->letters[j] == '-'))
            j++;
        if (i >= a->letters_size || j >= b->letters_size)
            return i >= a->letters_size && j >= b->letters_size;
        if (a->letters[i] != b->letters[j])
            return 0;
    }
}

static int
same_but_for_case(const char *a, int32_t size, const char *b, int32_t other)
{
    if (size != other)
        return 0;
    for (int32_t k = 0; k < size; k++) {
        char x = a[k] >= 'A' && a[k] <= 'Z' ? (char)(a[k] | 32) : a[k];
        char y = b[k] >= 'A' && b[k] <= 'Z' ? (char)(b[k] | 32) : b[k];
        if (x != y)
            return 0;
    }
    return 1;
}

static int
holds(const Word *words, int32_t count, Word word)
{
    int32_t found = 0;
    for (int32_t k = 0; k < count; k++)
        found += same_word(words[k], word);
    return found;
}

static int
is_reordered(const Wording *a, const Wording *b)
{
    if (a->count < 2 || a->count != b->count)
        return 0;
    for (int32_t k = 0; k < a->count; k++)
        if (holds(a->words, a->count, a->words[k]) != holds(b->words, b->count, a->words[k]))
            return 0;
    return 1;
}

/* Those that the others lack: how many, and the last of them. */
static int32_t
lacking(const Word *words, int32_t count, const Word *others, int32_t other, Word *last)
{
    int32_t found = 0;
    for (int32_t k = 0; k < count; k++)
        if (!holds(others, other, words[k])) {
            *last = words[k];
            found++;
        }
    return found;
}

/* Names that the others lack: how many different ones there are. */
static int32_t
missing(const Wording *side, const Wording *other)
{
    int32_t found = 0;
    for (int32_t k = 0; k < side->named_count; k++)
        found += !holds(other->named, other->named_count, side->named[k]) &&
                 !holds(side->named, k, side->named[k]);
    return found;
}

static PyObject *
words_of(const Side *side, int32_t start, int32_t end)
{
    PyObject *list = PyList_New(end - start);
    for (int32_t k = start; list && k < end; k++) {
        PyObject *word = word_of(side, side->tokens + k);
        if (word)
            PyList_SET_ITEM(list, k - start, word);
        else
            Py_CLEAR(list);
    }
    return list;
}

/* The places from the first token to the last; empty after what stands before. */
static void
place(const Side *side, int32_t start, int32_t end, int32_t *from, int32_t *to)
{
    if (start < end) {
        *from = side->tokens[start].start;
        *to = side->tokens[end - 1].end;
    } else {
        *from = *to = start          ? side->tokens[start - 1].end
                      : side->count ? side->tokens[0].start
                                    : 0;
    }
}

/* Some of the text before the tokens, or after them. */
static PyObject *
around(const Work *w, const Side *side, int32_t start, int32_t end, int before)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(side->text), most = w->tools->around, at;
    int32_t first, last;
    place(side, start, end, &first, &last);
    at = side->base + (before ? first : last);
    if (before)
        return PyUnicode_Substring(side->text, at > most ? at - most : 0, at);
    return PyUnicode_Substring(side->text, at, most < size - at ? at + most : size);
}

/* Ask whether the word that opens a sentence is a name, and forget it if not; 0 on failure. */
static int
ask_named(const Work *w, const Side *side, int32_t from, int32_t to, const Side *beside,
          int32_t start, int32_t end, Wording *out)
{
    PyObject *words, *others, *rest, *found = NULL;
    int named = -1;
    if (out->first < 0)
        return 1;
    words = words_of(side, from, to);
    others = words_of(beside, start, end);
    rest = around(w, side, from, to, 0);
    if (words && others && rest)
        found = PyObject_CallFunctionObjArgs(w->tools->named, words, others, rest, NULL);
    if (found)
        named = PyObject_IsTrue(found);
    Py_XDECREF(words);
    Py_XDECREF(others);
    Py_XDECREF(rest);
    Py_XDECREF(found);
    if (!named) /* it stands first */
        memmove(out->named, out->named + 1, (size_t)--out->named_count * sizeof *out->named);
    return named >= 0;
}

static int
class_of_content(const Work *w, const Step *s, Wording *a, Wording *b)
{
    Word one = {0}, other = {0};
    int32_t left, right;
    if (a->numbered || b->numbered)
        return UNDECIDED;
    if (is_reordered(a, b))
        return REORDER;
    if (!ask_named(w, &w->hyp, s->a, s->b, &w->ref, s->c, s->d, a) ||
        !ask_named(w, &w->ref, s->c, s->d, &w->hyp, s->a, s->b, b))
        return FAILED;
    left = missing(a, b);
    right = missing(b, a);
    if (left || right)
        return left == 1 && right == 1 ? UNDECIDED : ENTITY;
    left = lacking(a->words, a->count, b->words, b->count, &one);
    right = lacking(b->words, b->count, a->words, a->count, &other);
    if (left == 1 && right == 1 ? same_lemma(&w->tools->lexicon, one, other) : !left && !right)
        return INFLECTION;
    if (a->count == 1 && b->count == 1 && misspelt(a->words[0], b->words[0]))
        return SPELLING;
    return SYNONYM;
}

/* The class of an edit as the plain code has it, UNDECIDED, or FAILED with an exception. */
static int
class_of(const Work *w, const Step *s)
{
    Wording a, b;
    if (!read_side(w, &w->hyp, s->a, s->b, &a) || !read_side(w, &w->ref, s->c, s->d, &b))
        return UNDECIDED;
    int same = a.joined_size == b.joined_size &&
               !memcmp(a.joined, b.joined, (size_t)a.joined_size);
    if (!a.count && !b.count)
        return same ? WHITESPACE : PUNCTUATION;
    if (!b.count)
        return DELETION;
    if (!a.count)
        return INSERTION;
    if (same)
        return WHITESPACE;
    if (same_letters(&a, &b))
        return PUNCTUATION;
    if (same_but_for_case(a.joined, a.joined_size, b.joined, b.joined_size) ||
        same_but_for_case(a.letters, a.letters_size, b.letters, b.letters_size))
        return CASE;
    return class_of_content(w, s, &a, &b);
}

/* The class of an edit, a new reference. */
static PyObject *
class_name(const Work *w, const Step *s)
{
    PyObject *ours, *theirs, *texts[4], *found = NULL;
    int class = class_of(w, s);
    if (class == FAILED)
        return NULL;
    if (class != UNDECIDED)
        return Py_NewRef(PyTuple_GET_ITEM(w->tools->classes, class));
    ours = words_of(&w->hyp, s->a, s->b);
    theirs = words_of(&w->ref, s->c, s->d);
    for (int which = 0; which < 4; which++)
        texts[which] = which < 2 ? around(w, &w->hyp, s->a, s->b, !which)
                                 : around(w, &w->ref, s->c, s->d, which == 2);
    if (ours && theirs && texts[0] && texts[1] && texts[2] && texts[3])
        found = PyObject_CallFunctionObjArgs(
            w->tools->classify, ours, opens(w, &w->hyp, s->a) ? Py_True : Py_False, texts[0],
            texts[1], theirs, opens(w, &w->ref, s->c) ? Py_True : Py_False, texts[2], texts[3],
            NULL);
    for (int which = 0; which < 4; which++)
        Py_XDECREF(texts[which]);
    Py_XDECREF(ours);
    Py_XDECREF(theirs);
    return found;
}

/* ---- Operations. ---- */

static PyObject *
span(Py_ssize_t base, int32_t start, int32_t end)
{
    PyObject *pair = PyTuple_New(2);
    PyObject *first = PyLong_FromSsize_t(base + start), *last = PyLong_FromSsize_t(base + end);
    if (!pair || !first || !last) {
        Py_XDECREF(pair);
        Py_XDECREF(first);
        Py_XDECREF(last);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, first);
    PyTuple_SET_ITEM(pair, 1, last);
    PyObject_GC_UnTrack(pair); /* two numbers make no cycle */
    return pair;
}

/* Set a value, a reference that this takes, or NULL after a failure. */
static int
set(const Work *w, PyObject *object, int field, PyObject *value)
{
    PyObject *slot = w->tools->fields[field];
    int fine = value && Py_TYPE(slot)->tp_descr_set(slot, object, value) == 0;
    Py_XDECREF(value);
    return fine;
}

/* Add an operation; the class is a reference that it takes, or NULL after a failure. */
static int
add_op(const Work *w, PyObject *ops, int op, Step places, PyObject *class)
{
    PyObject *made = NULL;
    int fine;
    if (class)
        made = PyType_GenericAlloc((PyTypeObject *)w->tools->op_type, 0);
    if (!made) {
        Py_XDECREF(class);
        return 0;
    }
    fine = set(w, made, CLASS, class) &&
           set(w, made, OP, Py_NewRef(PyTuple_GET_ITEM(w->tools->steps, op))) &&
           set(w, made, HYP, span(w->hyp.base, places.a, places.b)) &&
           set(w, made, REF, span(w->ref.base, places.c, places.d)) &&
           PyList_Append(ops, made) == 0;
    Py_DECREF(made);
    return fine;
}

static Step
places(const Work *w, int32_t a, int32_t b, int32_t c, int32_t d)
{
    Step found = {0};
    place(&w->hyp, a, b, &found.a, &found.b);
    place(&w->ref, c, d, &found.c, &found.d);
    return found;
}

/* Whether two passages are equal but for white space, of which both have some or none. */
static int
same_words(const Work *w, Step p)
{
    const Py_UCS4 *hyp = w->hyp.chars, *ref = w->ref.chars;
    while (p.a < p.b && p.c < p.d) {
        int32_t a = p.a, c = p.c;
        while (p.a < p.b && is_space(w, hyp[p.a]))
            p.a++;
        while (p.c < p.d && is_space(w, ref[p.c]))
            p.c++;
        if ((a < p.a) != (c < p.c))
            return 0;
        if (p.a < p.b && p.c < p.d && hyp[p.a++] != ref[p.c++])
            return 0;
    }
    return p.a == p.b && p.c == p.d;
}

/* Equal words; a space that only one side has between two of them is an edit. */
static int
add_equal(const Work *w, PyObject *ops, const Step *s, int moved)
{
    int kept = moved ? MOVE : EQUAL;
    int32_t i = s->a, j = s->c;
    Step all = places(w, s->a, s->b, s->c, s->d);
#define KEPT Py_NewRef(moved ? PyTuple_GET_ITEM(w->tools->classes, REORDER) : Py_None)
    if (same_words(w, all))
        return add_op(w, ops, kept, all, KEPT);
    for (int32_t k = s->a + 1; k < s->b; k++) {
        int32_t m = s->c + k - s->a;
        Step gap = {0, w->hyp.tokens[k - 1].end, w->hyp.tokens[k].start, w->ref.tokens[m - 1].end,
                    w->ref.tokens[m].start};
        if ((gap.a < gap.b) == (gap.c < gap.d))
            continue;
        if (!add_op(w, ops, kept, places(w, i, k, j, m), KEPT) ||
            !add_op(w, ops, gap.a < gap.b ? DELETE : INSERT, gap,
                    Py_NewRef(PyTuple_GET_ITEM(w->tools->classes, WHITESPACE))))
            return 0;
        i = k;
        j = m;
    }
    return add_op(w, ops, kept, places(w, i, s->b, j, s->d), KEPT);
#undef KEPT
}

static int
add_ops(const Work *w, PyObject *ops, int moved)
{
    for (int32_t k = 0; k < w->found.count; k++) {
        Step s = w->found.at[k];
        if (s.op == EQUAL) {
            while (k + 1 < w->found.count && w->found.at[k + 1].op == EQUAL &&
                   w->found.at[k + 1].a == s.b && w->found.at[k + 1].c == s.d) {
                s.b = w->found.at[++k].b;
                s.d = w->found.at[k].d;
            }
            if (!add_equal(w, ops, &s, moved))
                return 0;
        } else {
            PyObject *class = s.op == MOVE
                                  ? Py_NewRef(PyTuple_GET_ITEM(w->tools->classes, REORDER))
                                  : class_name(w, &s);
            if (!add_op(w, ops, s.op, places(w, s.a, s.b, s.c, s.d), class))
                return 0;
        }
    }
    return 1;
}

/* ---- The module. ---- */

static int
read_text(Side *side, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t size = end - start;
    int kind = PyUnicode_KIND(side->text);
    const void *data = PyUnicode_DATA(side->text);
    if (start < 0 || end < start || end > PyUnicode_GET_LENGTH(side->text)) {
        PyErr_SetString(PyExc_ValueError, "the passage is not within the text");
        return 0;
    }
    if (size > INT32_MAX / 8) {
        PyErr_SetString(PyExc_OverflowError, "the passage is too long");
        return 0;
    }
    side->base = start;
    side->size = (int32_t)size;
    side->chars = PyMem_Malloc((2 * (size_t)size + 1) * sizeof *side->chars);
    if (!side->chars) {
        PyErr_NoMemory();
        return 0;
    }
    side->lower = side->chars + size;
    for (Py_ssize_t k = 0; k < size; k++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, start + k);
        side->chars[k] = c;
        side->lower[k] = c >= 'A' && c <= 'Z' ? c | 32 : c;
    }
    return 1;
}

static void
release(Work *w)
{
    void *rooms[] = {w->hyp.chars, w->hyp.tokens, w->ref.chars, w->ref.tokens,
                     w->found.at,  w->pieces.at,  w->fine.at,   w->moves.at,
                     w->ids,       w->places,     w->bits};
    for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++)
        PyMem_Free(rooms[k]);
    free_numbers(&w->numbers);
    while (w->blocks) {
        Block *next = w->blocks->next;
        PyMem_Free(w->blocks);
        w->blocks = next;
    }
}

static PyObject *
operations(PyObject *self, PyObject *args)
{
    Work w = {.tools = (Scripter *)self};
    Py_ssize_t a, b, c, d;
    PyObject *ops;
    int moved;
    if (!PyArg_ParseTuple(args, "UnnUnnp:operations", &w.hyp.text, &a, &b, &w.ref.text, &c, &d,
                          &moved))
        return NULL;
    ops = PyList_New(0);
    if (ops && !(read_text(&w.hyp, a, b) && read_text(&w.ref, c, d) && find_pieces(&w) &&
                 find_steps(&w) && find_moves(&w) && cut_moves(&w) && add_ops(&w, ops, moved))) {
        Py_CLEAR(ops);
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "the plain code answers otherwise than expected");
    }
    release(&w);
    return ops;
}

static int
clear(PyObject *self)
{
    Scripter *s = (Scripter *)self;
    Py_CLEAR(s->numerals);
    Py_CLEAR(s->openers);
    Py_CLEAR(s->op_type);
    Py_CLEAR(s->steps);
    Py_CLEAR(s->classes);
    Py_CLEAR(s->classify);
    Py_CLEAR(s->named);
    Py_CLEAR(s->related);
    Py_CLEAR(s->runs);
    for (int k = 0; k < FIELDS; k++)
        Py_CLEAR(s->fields[k]);
    return 0;
}

static int
traverse(PyObject *self, visitproc visit, void *arg)
{
    Scripter *s = (Scripter *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(s->numerals);
    Py_VISIT(s->openers);
    Py_VISIT(s->op_type);
    Py_VISIT(s->steps);
    Py_VISIT(s->classes);
    Py_VISIT(s->classify);
    Py_VISIT(s->named);
    Py_VISIT(s->related);
    Py_VISIT(s->runs);
    for (int k = 0; k < FIELDS; k++)
        Py_VISIT(s->fields[k]);
    return 0;
}

static void
dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Scripter *s = (Scripter *)self;
    PyObject_GC_UnTrack(self);
    clear(self);
    PyMem_Free(s->lexicon.forms.keys);
    PyMem_Free(s->lexicon.endings.keys);
    PyMem_Free(s->lexicon.numerals.keys);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
new_scripter(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *marks, *ideographs, *forms, *endings, *numerals, *fields;
    Scripter *s = (Scripter *)type->tp_alloc(type, 0);
    if (!s)
        return NULL;
    if (!PyArg_ParseTuple(args, "(UU)(OOOU)(Un)(O!O!O!O!)(OOOO)", &marks, &ideographs, &forms, &endings,
                          &numerals, &s->numerals, &s->openers, &s->around, &PyType_Type, &s->op_type,
                          &PyTuple_Type, &fields, &PyTuple_Type, &s->steps, &PyTuple_Type,
                          &s->classes, &s->classify, &s->named, &s->related, &s->runs)) {
        memset(&s->numerals, 0, sizeof *s - offsetof(Scripter, numerals));
        Py_DECREF(s);
        return NULL;
    }
    Py_INCREF(s->numerals);
    Py_INCREF(s->openers);
    Py_INCREF(s->op_type);
    Py_INCREF(s->steps);
    Py_INCREF(s->classes);
    Py_INCREF(s->classify);
    Py_INCREF(s->named);
    Py_INCREF(s->related);
    Py_INCREF(s->runs);
    if (PyTuple_GET_SIZE(fields) != FIELDS || PyTuple_GET_SIZE(s->steps) != KINDS_OF_STEPS ||
        PyTuple_GET_SIZE(s->classes) != KINDS_OF_EDITS || s->around < 0)
        PyErr_SetString(PyExc_ValueError, "the names of steps and classes do not fit");
    for (int k = 0; !PyErr_Occurred() && k < FIELDS; k++) {
        s->fields[k] = PyObject_GetAttr(s->op_type, PyTuple_GET_ITEM(fields, k));
        if (s->fields[k] && !Py_TYPE(s->fields[k])->tp_descr_set)
            PyErr_SetString(PyExc_TypeError, "an operation has a slot for each value");
    }
    if (PyErr_Occurred() || !fill_kinds(&s->lexicon, marks, ideographs) ||
        !fill_table(&s->lexicon.forms, forms) || !fill_table(&s->lexicon.endings, endings) ||
        !fill_table(&s->lexicon.numerals, numerals)) {
        Py_DECREF(s);
        return NULL;
    }
    return (PyObject *)s;
}

static PyMethodDef scripter_methods[] = {
    {"operations", operations, METH_VARARGS,
     "operations(hyp, start, end, ref, start, end, moved)\n--\n\nThe operations, as a list."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot scripter_slots[] = {
    {Py_tp_new, new_scripter}, {Py_tp_dealloc, dealloc}, {Py_tp_traverse, traverse},
    {Py_tp_clear, clear}, {Py_tp_methods, scripter_methods}, {0, NULL},
};

static PyType_Spec scripter_spec = {
    .name = "unspun.diffing._script.Scripter",
    .basicsize = sizeof(Scripter),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = scripter_slots,
};

KERNEL(_script, "The operations between two passages.", NULL, &scripter_spec)
