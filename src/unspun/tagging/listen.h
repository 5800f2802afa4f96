/* The totals of a text's script groups, and the windows of words that speak against them. */
#ifndef UNSPUN_TAGGING_LISTEN_H
#define UNSPUN_TAGGING_LISTEN_H

#include "evidence.h"

#define WINDOW 6 /* words */
#define PROBE 32 /* words of a group by which its column is guessed */

/* Number the script groups that are there, in order. */
static void
number_units(Words *w)
{
    uint8_t seen[256] = {0};
    for (Py_ssize_t k = 0; k < w->count; k++)
        seen[w->word[k].group] = 1;
    for (int group = 0; group < 256; group++)
        if (seen[group])
            w->unit[group] = (uint8_t)w->units++;
}

typedef struct {
    Total *total;     /* NULL where it is known */
    Evidence sum;     /* in 16 bits as long as they hold the loudest columns */
    uint32_t most;
    int main;         /* the column against which a window is loud */
    int64_t bound;    /* of the gain of the window that ends here */
    uint32_t each[WINDOW], tops; /* what its words add to the bound; their loudest columns */
    uint16_t top[WINDOW];
    Evidence said[WINDOW];
} Listener;

static void
flush(Listener *l)
{
    uint16_t each[COLUMNS];
    memcpy(each, &l->sum, sizeof each);
    for (int k = 0; l->total && k < COLUMNS; k++)
        l->total->sums[k] += each[k];
    memset(&l->sum, 0, sizeof l->sum);
    l->most = 0;
}

static inline void
add(Listener *l, const Word *word, const Said *said)
{
    if (l->most + said->top > 0xFFFF)
        flush(l);
    l->most += said->top;
    for (int k = 0; k < PACKED; k++)
        l->sum.packed[k] += said->evidence->packed[k];
    l->total->letters += word->size;
}

/* Whether the words of a window that 16 bits can add up leave the main column the loudest. */
static inline int
is_quiet(const Listener *l, int64_t gain)
{
    Evidence sum = l->said[0];
    for (int k = 1; k < WINDOW; k++)
        for (int n = 0; n < PACKED; n++)
            sum.packed[n] += l->said[k].packed[n];
    return (int64_t)loudest(&sum) - (int64_t)column_of(&sum, l->main) <= gain;
}

/* Keep the window that begins with a word if it is loud. */
static int
loud_window(Words *w, const Listener *l, Py_ssize_t first)
{
    if (l->tops <= 0xFFFF && is_quiet(l, w->reader->gain))
        return 1;
    uint32_t sum[COLUMNS] = {0}, top = 0;
    int best = 0;
    for (int k = 0; k < WINDOW; k++) {
        uint16_t each[COLUMNS];
        memcpy(each, &l->said[k], sizeof each);
        for (int c = 0; c < COLUMNS; c++)
            sum[c] += each[c];
    }
    for (int c = 0; c < COLUMNS; c++)
        top = sum[c] > top ? sum[c] : top;
    if ((int64_t)top - (int64_t)sum[l->main] <= w->reader->gain)
        return 1;
    while (sum[best] < top)
        best++;
    if (!grown((void **)&w->loud, &w->loud_room, w->louds, sizeof(Loud)))
        return 0;
    w->loud[w->louds++] = (Loud){first, best};
    return 1;
}

/* Take a word into the window that ends with it, in place of the one that leaves. */
static inline void
follow_window(Listener *l, int slot, const Said *said)
{
    uint32_t gain = said->top - column_of(said->evidence, l->main);
    l->bound += (int64_t)gain - (int64_t)l->each[slot];
    l->tops += (uint32_t)said->top - l->top[slot];
    l->each[slot] = gain;
    l->top[slot] = said->top;
    l->said[slot] = *said->evidence;
}

/* Take in the words of a run: their sum, where it is wanted, and the windows that are loud. */
static int
listen_run(Words *w, Memo *memo, Py_ssize_t first, Py_ssize_t last, Listener *l)
{
    int slot = 0;
    Ahead ahead;
    Evidence other;
    seek_from(w, memo, first, last, &ahead);
    for (Py_ssize_t begin = first, count; begin < last; begin += count) {
        Sought *sought = sought_next(w, memo, &ahead, &count);
        for (Py_ssize_t k = 0; k < count; k++) {
            Py_ssize_t at = begin + k;
            Said said = said_by(w, memo, &sought[k], at, &other);
            w->word[at].class = said.class;
            if (l->total && w->word[at].said)
                add(l, &w->word[at], &said);
            follow_window(l, slot, &said);
            slot = slot + 1 < WINDOW ? slot + 1 : 0;
            if (l->bound > w->reader->gain && at - first >= WINDOW - 1 &&
                !loud_window(w, l, at - WINDOW + 1))
                return 0;
        }
    }
    flush(l);
    return 1;
}

/* Take in the words of a run for their sum alone. */
static void
sum_run(Words *w, Memo *memo, Py_ssize_t first, Py_ssize_t last, Total *total)
{
    Ahead ahead;
    Evidence other;
    Listener listener = {.total = total};
    seek_from(w, memo, first, last, &ahead);
    for (Py_ssize_t begin = first, count; begin < last; begin += count) {
        Sought *sought = sought_next(w, memo, &ahead, &count);
        for (Py_ssize_t k = 0; k < count; k++) {
            Word *word = &w->word[begin + k];
            Said said = said_by(w, memo, &sought[k], begin + k, &other);
            word->class = said.class;
            if (word->said)
                add(&listener, word, &said);
        }
    }
    flush(&listener);
}

/* Take in all words; the columns of the units are known, or guessed. */
static int
listen(Words *w, Memo *memo, Total *totals)
{
    w->louds = 0;
    w->heard = 1;
    for (Py_ssize_t first = 0, last; first < w->count; first = last) {
        int unit = w->unit[w->word[first].group];
        Listener listener = {totals ? &totals[unit] : NULL, {{0}}, 0, w->best[unit],
                             0, {0}, 0, {0}, {{{0}}}};
        last = run_end(w, first);
        if (!listen_run(w, memo, first, last, &listener))
            return 0;
    }
    return 1;
}

/* Guess the column of each unit by its first words. */
static int
guess(Words *w, Memo *memo)
{
    uint8_t seen[256] = {0};
    for (Py_ssize_t first = 0, last; first < w->count; first = last) {
        uint8_t group = w->word[first].group;
        last = run_end(w, first);
        if (seen[group] || w->reader->mute[group])
            continue;
        int64_t second;
        Total total = {group, 0, {0}};
        Py_ssize_t end = last - first > PROBE ? first + PROBE : last;
        seen[group] = 1;
        if (!say_all(w, memo, first, end))
            return 0;
        for (Py_ssize_t k = first; k < end; k++)
            for (int c = 0; c < COLUMNS; c++)
                total.sums[c] += column_of(&memo->each[k - first], c);
        w->best[w->unit[group]] = (uint8_t)best_of(w, &total, &second);
    }
    return 1;
}

/* Total the units, and where windows are wanted, find those that are loud against them: at once,
   if the guess was right. */
static int
total_up(Words *w, Memo *memo, Total *totals, int windows)
{
    int right = 1;
    for (Py_ssize_t first = 0, last; first < w->count; first = last) {
        Total *total = &totals[w->unit[w->word[first].group]];
        last = run_end(w, first);
        total->group = w->word[first].group;
        if (!windows)
            sum_run(w, memo, first, last, total);
    }
    if (!windows)
        return 1;
    if (!guess(w, memo) || !listen(w, memo, totals))
        return 0;
    for (int k = 0; k < w->units; k++) {
        int64_t second;
        int best = best_of(w, &totals[k], &second);
        right &= best == w->best[k];
        w->best[k] = (uint8_t)best;
    }
    return right || listen(w, memo, NULL);
}

#endif
