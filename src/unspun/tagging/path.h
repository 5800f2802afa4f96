/* The best column of each word, where a switch has a price. */
#ifndef UNSPUN_TAGGING_PATH_H
#define UNSPUN_TAGGING_PATH_H

#include "listen.h"

#define MOST 8 /* columns of a path */
#define CANDIDATES 5 /* columns that are tried beside the main one */
#define ROOM 24 /* words on either side of a loud window in which a switch is looked for */

/* What a switch before a word costs: by what stands between it and the word before. */
static int64_t
price(const Words *w, Py_ssize_t word)
{
    const Reader *r = w->reader;
    int kind = PyUnicode_KIND(w->text), most = word ? 0 : 2;
    const void *data = PyUnicode_DATA(w->text);
    for (Py_ssize_t i = word ? STOP(w->word[word - 1]) : w->word[word].start;
         i < w->word[word].start && most < 2; i++) {
        Py_UCS4 point = PyUnicode_READ(kind, data, i);
        int mark = (Py_ssize_t)point < r->marks.len ? AT(r->marks, uint8_t, point) : 0;
        most = mark > most ? mark : most;
    }
    return r->prices[most];
}

static int
first_best(const int64_t *score, int count)
{
    int best = 0;
    for (int k = 1; k < count; k++)
        if (score[k] > score[best])
            best = k;
    return best;
}

static void
follow(const Words *w, const Memo *memo, Py_ssize_t first, Py_ssize_t last, const int *column,
       int count, uint8_t *back)
{
    int64_t score[MOST] = {0};
    for (int k = 1; k < count; k++)
        score[k] = -price(w, first);
    for (Py_ssize_t word = first; word < last; word++) {
        int best = first_best(score, count);
        int64_t floor = score[best] - price(w, word);
        for (int k = 0; k < count; k++) {
            int stays = score[k] >= floor;
            back[(word - first) * MOST + k] = (uint8_t)(stays ? k : best);
            score[k] = (stays ? score[k] : floor) + column_of(&memo->each[word - first], column[k]);
        }
    }
    uint8_t at = (uint8_t)first_best(score, count); /* of each word, in the first place */
    for (Py_ssize_t word = last - 1; word >= first; word--) {
        uint8_t *row = back + (word - first) * MOST, before = row[at];
        row[0] = at;
        at = before;
    }
}

/* The first loud window that begins with a word or later. */
static Py_ssize_t
loud_from(const Words *w, Py_ssize_t word)
{
    Py_ssize_t low = 0, high = w->louds;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (w->loud[middle].word < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The columns that are loudest in most of some windows, beside the main one; how many. */
static int
candidates(const Words *w, Py_ssize_t from, Py_ssize_t to, int main, int *column)
{
    Py_ssize_t windows[COLUMNS] = {0};
    int found = 0;
    for (Py_ssize_t k = from; k < to; k++)
        windows[w->loud[k].column]++;
    for (int k = 0; k < CANDIDATES; k++) {
        int best = 0;
        for (int c = 1; c < COLUMNS; c++)
            if (windows[c] > windows[best])
                best = c;
        if (windows[best] && best != main)
            column[found++] = best;
        windows[best] = 0;
    }
    return found;
}

/* The best column of each word of a run: the main one, but about the loud windows. */
static int
steps_of(const Words *w, Memo *memo, Py_ssize_t first, Py_ssize_t last, int main, uint8_t *steps)
{
    Py_ssize_t from = loud_from(w, first), to = loud_from(w, last);
    int column[1 + CANDIDATES] = {main}, count = 1 + candidates(w, from, to, main, column + 1);
    memset(steps, main, (size_t)(last - first));
    while (from < to) {
        Py_ssize_t low = w->loud[from].word - ROOM, high;
        low = low > first ? low : first;
        do
            high = w->loud[from].word + WINDOW + ROOM;
        while (++from < to && w->loud[from].word - ROOM <= high);
        high = high < last ? high : last;
        uint8_t *back = PyMem_RawMalloc((size_t)(high - low) * MOST);
        if (!back || !say_all(w, memo, low, high)) {
            PyMem_RawFree(back);
            return 0;
        }
        follow(w, memo, low, high, column, count, back);
        for (Py_ssize_t k = 0; k < high - low; k++)
            steps[low - first + k] = (uint8_t)column[back[k * MOST]];
        PyMem_RawFree(back);
    }
    return 1;
}

#endif
