/* What words say for each language: read from their n-grams, or kept in the memo. */
#ifndef UNSPUN_TAGGING_EVIDENCE_H
#define UNSPUN_TAGGING_EVIDENCE_H

#include "laid.h"

#define AHEAD 24 /* words that are sought at a time */

static inline int32_t
code_of(const Reader *r, int kind, const void *data, Py_ssize_t at)
{
    Py_UCS4 point = PyUnicode_READ(kind, data, at);
    return AT(r->code, int32_t, point < CODED ? point : CODED - 1);
}

/* Add up what the n-grams say that end in a word or right behind. */
static void
read_word(const Words *w, Py_ssize_t number, Evidence *evidence)
{
    const Reader *r = w->reader;
    const int32_t *pair = r->pair.buf;
    const uint16_t *triple = r->triple.buf, *back = r->back.buf;
    const uint64_t *weights = r->weights.buf;
    const int32_t letters = (int32_t)r->letters;
    int kind = PyUnicode_KIND(w->text);
    const void *data = PyUnicode_DATA(w->text);
    const Word *word = &w->word[number];
    Py_ssize_t first = word->start, stop = STOP(*word), at = first;
    Py_ssize_t end = r->mute[word->group] ? first + 1 : stop + !(word->met & BEHIND);
    if (word->met & BEFORE) /* as many as there are of the two letters before */
        at -= word[-1].size > 1 || (word[-1].met & BEFORE) ? 2 : 1;
    Evidence sum = {{0}};
    int32_t last = 0, two = 0;
    for (; at < first; at++) {
        int32_t now = code_of(r, kind, data, at);
        two = last * letters + now;
        last = now;
    }
    for (; at < end; at++) {
        int32_t now = at < stop ? code_of(r, kind, data, at) : 0;
        int32_t row = triple[pair[two] * letters + now];
        two = last * letters + now;
        last = now;
        int32_t shorter = back[two]; /* read in any case: which it will be is hard to foresee */
        row = row ? row : shorter;
        for (int k = 0; k < PACKED; k++) /* row 0 says nothing */
            sum.packed[k] += weights[(size_t)row * PACKED + (size_t)k];
    }
    *evidence = sum;
}

static inline uint32_t
column_of(const Evidence *evidence, int column)
{
    uint16_t value;
    memcpy(&value, (const char *)evidence + 2 * column, sizeof value);
    return value;
}

static uint16_t
loudest(const Evidence *evidence)
{
    uint16_t each[COLUMNS], top = 0;
    memcpy(each, evidence, sizeof each);
    for (int k = 0; k < COLUMNS; k++)
        top = each[k] > top ? each[k] : top;
    return top;
}

/* What one word says, how loud it is at most, its class of style. */
typedef struct {
    const Evidence *evidence;
    uint16_t top, class;
} Said;

/* Words of a range that are sought: those that are asked for, and those behind them. */
typedef struct {
    Sought each[2][AHEAD];
    int count[2], turn; /* which of the two are asked for */
    Py_ssize_t next, last;
} Ahead;

/* Seek the next words: no place is sought of those that cannot be kept. */
static inline void
seek_next(const Words *w, const Memo *memo, Ahead *ahead)
{
    int letter = PyUnicode_KIND(w->text), next = !ahead->turn;
    size_t kind = (size_t)letter, size = (size_t)PyUnicode_GET_LENGTH(w->text) * kind;
    const char *data = PyUnicode_DATA(w->text);
    Py_ssize_t left = ahead->last - ahead->next;
    int count = left < AHEAD ? (int)left : AHEAD;
    for (int k = 0; k < count; k++) {
        const Word *word = &w->word[ahead->next + k];
        size_t at = (size_t)word->start * kind, bytes = word->size * kind;
        if (word->met || bytes > 8 * MEMO_CHUNKS)
            ahead->each[next][k].place = NULL;
        else
            memo_seek(memo, data + at, bytes, size - at, letter, &ahead->each[next][k]);
    }
    ahead->count[next] = count;
    ahead->next += count;
}

static inline void
seek_from(const Words *w, const Memo *memo, Py_ssize_t first, Py_ssize_t last, Ahead *ahead)
{
    ahead->turn = 0;
    ahead->next = first;
    ahead->last = last;
    seek_next(w, memo, ahead);
}

/* The next words that were sought, and how many. What they say is fetched, then the places of those
   behind them: each has the time of the other's work to come. */
static inline Sought *
sought_next(const Words *w, const Memo *memo, Ahead *ahead, Py_ssize_t *count)
{
    int turn = ahead->turn = !ahead->turn;
    *count = ahead->count[turn];
    for (int k = 0; k < *count; k++)
        if (ahead->each[turn][k].place)
            memo_soon(memo, &ahead->each[turn][k]);
    seek_next(w, memo, ahead);
    return ahead->each[turn];
}

/* Read a word that is not in its place of the memo, or has none. */
static Said
learn(const Words *w, const Memo *memo, const Sought *sought, Py_ssize_t number, Evidence *other)
{
    const Word *word = &w->word[number];
    const Counter *style = word->met ? NULL : w->reader->style;
    Evidence *evidence = sought->place ? memo_evidence(memo, sought->place) : other;
    read_word(w, number, evidence);
    Said said = {evidence, loudest(evidence), NO_CLASS};
    if (style)
        said.class = style_of(style, PyUnicode_KIND(w->text), PyUnicode_DATA(w->text),
                              word->start, STOP(*word));
    if (sought->place) {
        memo_keep(memo, sought);
        sought->place->top = said.top;
        sought->place->class = said.class;
    }
    return said;
}

/* What one word says: where it is kept, or in the place given. */
static inline Said
said_by(const Words *w, const Memo *memo, Sought *sought, Py_ssize_t number, Evidence *other)
{
    if (sought->place && memo_holds(memo, sought))
        return (Said){memo_evidence(memo, sought->place), sought->place->top,
                      sought->place->class};
    return learn(w, memo, sought, number, other);
}

/* What each word of a range says. */
static int
say_all(const Words *w, Memo *memo, Py_ssize_t first, Py_ssize_t last)
{
    Ahead ahead;
    Evidence other;
    if (!memo_room(memo, last - first))
        return 0;
    seek_from(w, memo, first, last, &ahead);
    for (Py_ssize_t begin = first, count; begin < last; begin += count) {
        Sought *sought = sought_next(w, memo, &ahead, &count);
        for (Py_ssize_t k = 0; k < count; k++)
            memo->each[begin + k - first] =
                *said_by(w, memo, &sought[k], begin + k, &other).evidence;
    }
    return 1;
}

#endif
