/* The words of one text, as they are laid out, and the reader that has the tables. */
#ifndef UNSPUN_TAGGING_LAID_H
#define UNSPUN_TAGGING_LAID_H

#include "memo.h"
#include "style.h"

#define POINTS 0x110000
#define ASCII 0x80
#define CODED 0x3001 /* letter codes: the last one is that of all other characters */
#define NEAR 0x10000 /* characters whose groups are at hand, signs among them */
#define SIGN 255 /* in place of a group: what may be a sign of a blank */

enum { BEFORE = 1, BEHIND = 2 };

typedef struct {
    uint8_t group;
    Py_ssize_t letters;
    int64_t sums[COLUMNS];
} Total;

typedef struct {
    Py_ssize_t word;
    int column;
} Loud;

typedef struct {
    PyObject_HEAD
    PyTypeObject *words;
    Py_buffer group, code, pair, triple, back, weights, kinds, marks, columns, code_marks;
    Py_ssize_t letters;
    int64_t prices[3], gain;
    PyObject *tables;   /* a capsule, or NULL: then no word has a class of style */
    const Counter *style;
    Memo *memos;        /* not in use */
    uint8_t mute[256];  /* groups of which no letter has a code */
    uint8_t near[NEAR]; /* groups, and signs */
    uint8_t latin;      /* the group of ASCII's letters, where `ascii_group` gives what is at hand */
} Reader;

typedef struct {
    PyObject_HEAD
    Reader *reader;
    PyObject *text, *blanks, *runs, *totals;
    Py_ssize_t count, room, louds, loud_room;
    Word *word;
    Loud *loud; /* the windows that speak against the best columns */
    uint8_t unit[256]; /* of each group that is there */
    uint8_t best[256]; /* column of each unit */
    int units;
    int heard; /* whether the windows are those against the best columns */
} Words;

#define AT(buffer, type, i) (((const type *)(buffer).buf)[i])

/* Make room for one item more. */
static int
grown(void **at, Py_ssize_t *room, Py_ssize_t count, size_t size)
{
    if (count < *room)
        return 1;
    Py_ssize_t more = *room ? 2 * *room : 64;
    void *new = PyMem_RawRealloc(*at, (size_t)more * size);
    if (!new)
        return 0;
    *at = new;
    *room = more;
    return 1;
}

static Memo *
take_memo(Reader *r)
{
    Memo *memo;
#ifdef Py_GIL_DISABLED
    Py_BEGIN_CRITICAL_SECTION(r);
#endif
    memo = r->memos;
    if (memo)
        r->memos = memo->next;
#ifdef Py_GIL_DISABLED
    Py_END_CRITICAL_SECTION();
#endif
    return memo ? memo : memo_new();
}

static void
give_memo(Reader *r, Memo *memo)
{
#ifdef Py_GIL_DISABLED
    Py_BEGIN_CRITICAL_SECTION(r);
#endif
    memo->next = r->memos;
    r->memos = memo;
#ifdef Py_GIL_DISABLED
    Py_END_CRITICAL_SECTION();
#endif
}

static Py_ssize_t
first_from(const Words *w, Py_ssize_t start) /* the first word that starts there or later */
{
    Py_ssize_t low = 0, high = w->count;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (w->word[middle].start < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static Py_ssize_t
run_end(const Words *w, Py_ssize_t first)
{
    Py_ssize_t last = first + 1;
    while (last < w->count && w->word[last].group == w->word[first].group)
        last++;
    return last;
}

/* The best column of a total, and the evidence of the second. */
static int
best_of(const Words *w, const Total *total, int64_t *second)
{
    int columns = AT(w->reader->columns, uint8_t, total->group), best = 0;
    for (int k = 1; k < columns; k++)
        if (total->sums[k] > total->sums[best])
            best = k;
    *second = 0;
    for (int k = 0; k < columns; k++)
        if (k != best && total->sums[k] > *second)
            *second = total->sums[k];
    return best;
}

#endif
