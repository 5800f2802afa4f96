/* The words of a text, its runs of one script, and their evidence for each language.
 *
 * One pass cuts words. A second adds up what their n-grams say, four columns of 16 bits at a time,
 * or finds it in the memo; then each script group is totalled, and the windows are found that speak
 * against the total. All sums are of integers, so they are those of the plain version in batch.py,
 * which reads the same tables.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include "bits.h"
#include "memo.h"
#include "style.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

#define REVISION 8 /* that of compiled.py; a build of other sources is not used */

#define POINTS 0x110000
#define ASCII 0x80
#define CODED 0x3001  /* letter codes: the last one is that of all other characters */
#define LONGEST 128   /* letters of a word */
#define LETTERS 5     /* of a word, roughly */
#define WINDOW 6      /* words */
#define NAMED 3       /* language, script and confidence */
#define MOST 8        /* columns of a path */
#define CANDIDATES 5  /* columns that are tried beside the main one */
#define ROOM 24       /* words on either side of a loud window in which a switch is looked for */
#define CODE_SHARE 0.2 /* marks among the characters of a line of code, blanks aside */
#define DENSE 0x2E80 /* from here on, characters say as much as several letters */
#define DENSE_WEIGHT 3
#define CODE_LEAST 4
#define UNLOCK 8192   /* characters from which other threads may run meanwhile */
#define NEAR 0x10000  /* characters whose groups are at hand, signs among them */
#define PROBE 32      /* words of a group by which its column is guessed */
#define AHEAD 24      /* words that are sought at a time */
#define SIGN 255      /* in place of a group: what may be a sign of a blank */

enum { KANA = 1, HAN = 2, SIMPLIFIED = 4, TRADITIONAL = 8 };
enum { BEFORE = 1, BEHIND = 2 };
enum { LINK = 1, CODE = 2 }; /* what a text may have that is no language */

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

/* ---- cutting ---- */

static inline int
add_word(Words *w, Py_ssize_t start, Py_ssize_t size, uint8_t group)
{
    if (w->count == w->room && !grown((void **)&w->word, &w->room, w->count, sizeof(Word)))
        return 0;
    Word *word = &w->word[w->count];
    *word = (Word){start, (uint8_t)size, group, 1, 0, NO_CLASS};
    if (w->count++ && STOP(word[-1]) == start) {
        word[-1].met |= BEHIND;
        word->met = BEFORE;
    }
    return 1;
}

#define NEAR_GROUP(r, point) ((r)->near[point])
#define ANY_GROUP(r, point) ((point) < NEAR ? (r)->near[point] : far_group(r, point))

static inline uint8_t
far_group(const Reader *r, Py_UCS4 point)
{
    return point < POINTS ? AT(r->group, uint8_t, point) : 0;
}

/* What a character may be a sign of: a scheme's end, a host's beginning, a mailbox, code. */
static unsigned
sign(const Words *w, Py_ssize_t at)
{
    int kind = PyUnicode_KIND(w->text);
    const void *data = PyUnicode_DATA(w->text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text);
    switch (PyUnicode_READ(kind, data, at)) {
    case '@':
        return LINK;
    case ':':
        return at + 2 < size && PyUnicode_READ(kind, data, at + 1) == '/' &&
               PyUnicode_READ(kind, data, at + 2) == '/' ? LINK : 0;
    case '.':
        return at > 2 && PyUnicode_READ(kind, data, at - 1) == 'w' &&
               PyUnicode_READ(kind, data, at - 2) == 'w' &&
               PyUnicode_READ(kind, data, at - 3) == 'w' ? LINK : 0;
    default:
        return CODE;
    }
}

/* What stretches from one place to another: a word or several, signs, or nothing. */
static inline int
add_stretch(Words *w, Py_ssize_t start, Py_ssize_t end, uint8_t group, unsigned *signs)
{
    if (group == SIGN)
        for (; start < end; start++)
            *signs |= sign(w, start);
    else if (group)
        for (; start < end; start += LONGEST)
            if (!add_word(w, start, end - start > LONGEST ? LONGEST : end - start, group))
                return 0;
    return 1;
}

/* A bit for each character of a block whose group is another than that of the one before. */
static inline uint64_t
changes(const uint8_t *group)
{
    uint8_t each[BLOCK];
    for (int k = 0; k < BLOCK; k++)
        each[k] = group[k + 1] != group[k];
    return bits_of(each);
}

/* The group of a character of ASCII, or SIGN, without a table: of many characters at once. */
static inline uint8_t
ascii_group(uint8_t latin, uint8_t c)
{
    uint8_t letter = (uint8_t)((c | 0x20) - 'a'), mark = (uint8_t)(c - ':');
    uint8_t group = letter < 26 ? latin : 0;
    group = mark < 5 ? SIGN : group; /* : ; < = > */
    group = c == '.' ? SIGN : group;
    group = c == '@' ? SIGN : group;
    group = c == '{' ? SIGN : group;
    return c == '}' ? SIGN : group;
}

/* The groups of a block, 0 behind its last character. */
#define GROUPS_OF(NAME, TYPE, GROUP)                                                            \
    static inline void NAME(const Reader *r, const TYPE *text, int count, uint8_t *group)       \
    {                                                                                           \
        TYPE all = count == BLOCK && r->latin ? 0 : 0x80;                                       \
        for (int k = 0; all < 0x80 && k < BLOCK; k += 16)                                       \
            for (int next = k; next < k + 16; next++)                                           \
                all |= text[next];                                                              \
        if (all < 0x80)                                                                         \
            for (int k = 0; k < BLOCK; k++)                                                     \
                group[k] = ascii_group(r->latin, (uint8_t)text[k]);                             \
        else {                                                                                  \
            for (int k = 0; k < count; k++)                                                     \
                group[k] = GROUP(r, text[k]);                                                   \
            memset(group + count, 0, (size_t)(BLOCK - count));                                  \
        }                                                                                       \
    }

GROUPS_OF(groups_1, Py_UCS1, NEAR_GROUP)
GROUPS_OF(groups_2, Py_UCS2, NEAR_GROUP)
GROUPS_OF(groups_4, Py_UCS4, ANY_GROUP)

/* Cut words from one place to another; note the signs of what is no language. */
#define CUT(NAME, TYPE, GROUPS)                                                                 \
    static int NAME(Words *w, const TYPE *text, Py_ssize_t at, Py_ssize_t end, unsigned *signs) \
    {                                                                                           \
        const Reader *r = w->reader;                                                            \
        uint8_t group[BLOCK + 1] = {0}, of = 0;                                                 \
        Py_ssize_t start = at;                                                                  \
        for (; at < end; at += BLOCK) {                                                         \
            int count = end - at < BLOCK ? (int)(end - at) : BLOCK;                             \
            GROUPS(r, text + at, count, group + 1);                                             \
            for (uint64_t bits = changes(group); bits; bits &= bits - 1) {                      \
                int k = lowest(bits);                                                           \
                if (of && !add_stretch(w, start, at + k, of, signs))                            \
                    return 0;                                                                   \
                start = at + k;                                                                 \
                of = group[k + 1];                                                              \
            }                                                                                   \
            group[0] = group[BLOCK];                                                            \
        }                                                                                       \
        return add_stretch(w, start, end, of, signs);                                           \
    }

CUT(cut_1, Py_UCS1, groups_1)
CUT(cut_2, Py_UCS2, groups_2)
CUT(cut_4, Py_UCS4, groups_4)

static int
cut(Words *w, Py_ssize_t start, Py_ssize_t end, unsigned *signs)
{
    const void *data = PyUnicode_DATA(w->text);
    switch (PyUnicode_KIND(w->text)) {
    case PyUnicode_1BYTE_KIND:
        return cut_1(w, data, start, end, signs);
    case PyUnicode_2BYTE_KIND:
        return cut_2(w, data, start, end, signs);
    default:
        return cut_4(w, data, start, end, signs);
    }
}

/* ---- evidence ---- */

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

/* Seek some words, so that their places are at hand: of none where one cannot be kept. */
static int
seek_some(const Words *w, const Memo *memo, Py_ssize_t first, Py_ssize_t last, Sought *ahead)
{
    int letter = PyUnicode_KIND(w->text);
    size_t kind = (size_t)letter, size = (size_t)PyUnicode_GET_LENGTH(w->text) * kind;
    const char *data = PyUnicode_DATA(w->text);
    int count = last - first < AHEAD ? (int)(last - first) : AHEAD;
    for (int k = 0; k < count; k++) {
        const Word *word = &w->word[first + k];
        size_t at = (size_t)word->start * kind, bytes = word->size * kind;
        if (word->met || bytes > 8 * MEMO_CHUNKS)
            ahead[k].place = NULL;
        else
            memo_seek(memo, data + at, bytes, size - at, letter, &ahead[k]);
    }
    for (int k = 0; k < count; k++)
        if (ahead[k].place)
            memo_soon(memo, &ahead[k]);
    return count;
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
    Sought ahead[AHEAD];
    Evidence other;
    if (!memo_room(memo, last - first))
        return 0;
    for (Py_ssize_t begin = first; begin < last; begin += AHEAD) {
        int count = seek_some(w, memo, begin, last, ahead);
        for (int k = 0; k < count; k++)
            memo->each[begin + k - first] =
                *said_by(w, memo, &ahead[k], begin + k, &other).evidence;
    }
    return 1;
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

/* ---- what was read, as Python values ---- */

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

/* A tuple of numbers, or of such tuples: in no cycle, so no matter of the garbage collector. */
static inline PyObject *
settled(PyObject *tuple)
{
    if (tuple && PyTuple_GET_SIZE(tuple))
        PyObject_GC_UnTrack(tuple);
    return tuple;
}

static PyObject *
total_value(const Words *w, const Total *total)
{
    int64_t second;
    int best = best_of(w, total, &second);
    return settled(Py_BuildValue("iniLL", (int)total->group, total->letters, best,
                         (long long)(AT(w->reader->columns, uint8_t, total->group)
                                         ? total->sums[best] : 0),
                         (long long)second));
}

static PyObject *
total_values(const Words *w, const Total *totals)
{
    PyObject *found = PyTuple_New(w->units);
    for (int k = 0; found && k < w->units; k++) {
        PyObject *one = total_value(w, &totals[k]);
        if (!one)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, k, one);
    }
    return settled(found);
}

static Py_ssize_t
run_end(const Words *w, Py_ssize_t first)
{
    Py_ssize_t last = first + 1;
    while (last < w->count && w->word[last].group == w->word[first].group)
        last++;
    return last;
}

/* The runs; made when they are asked for. */
static PyObject *
words_runs(Words *w, void *unused)
{
    if (w->runs)
        return Py_NewRef(w->runs);
    PyObject *found = PyList_New(0);
    for (Py_ssize_t first = 0, last; found && first < w->count; first = last) {
        uint8_t group = w->word[first].group;
        last = run_end(w, first);
        PyObject *one = settled(Py_BuildValue("nnnnii", first, last, w->word[first].start,
                                              STOP(w->word[last - 1]), group, w->unit[group]));
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    if (found)
        w->runs = settled(PyList_AsTuple(found));
    Py_XDECREF(found);
    return Py_XNewRef(w->runs);
}

static int
span(PyObject *item, Py_ssize_t *start, Py_ssize_t *end)
{
    PyObject *pair = PySequence_Tuple(item);
    int parsed = pair && PyArg_ParseTuple(pair, "nn", start, end);
    Py_XDECREF(pair);
    return parsed;
}

/* The words that begin in spans have no say. */
static int
silence(Words *w, PyObject *spans)
{
    PyObject *items = PySequence_Fast(spans, "skip must be a sequence of spans");
    int good = items != NULL;
    for (Py_ssize_t k = 0; good && k < PySequence_Fast_GET_SIZE(items); k++) {
        Py_ssize_t start, end;
        good = span(PySequence_Fast_GET_ITEM(items, k), &start, &end);
        for (Py_ssize_t word = good ? first_from(w, start) : w->count;
             word < w->count && w->word[word].start < end; word++)
            w->word[word].said = 0;
    }
    Py_XDECREF(items);
    return good;
}

/* ---- totals, and the windows that speak against them ---- */

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
    Sought ahead[AHEAD];
    Evidence other;
    for (Py_ssize_t begin = first; begin < last; begin += AHEAD) {
        int count = seek_some(w, memo, begin, last, ahead);
        for (int k = 0; k < count; k++) {
            Py_ssize_t at = begin + k;
            Said said = said_by(w, memo, &ahead[k], at, &other);
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
    Sought ahead[AHEAD];
    Evidence other;
    Listener listener = {.total = total};
    for (Py_ssize_t begin = first; begin < last; begin += AHEAD) {
        int count = seek_some(w, memo, begin, last, ahead);
        for (int k = 0; k < count; k++) {
            Word *word = &w->word[begin + k];
            Said said = said_by(w, memo, &ahead[k], begin + k, &other);
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

/* ---- lines of code ---- */

static int
mark_at(const Reader *r, Py_UCS4 point)
{
    return point < ASCII ? AT(r->code_marks, uint8_t, point) : 0;
}

/* The first mark that prose does not have, from a place on, or the end; whether a line is code. */
#define CODE_OF(STRONG, IS_CODE, TYPE)                                                          \
    static Py_ssize_t STRONG(const Reader *r, const TYPE *text, Py_ssize_t at, Py_ssize_t size) \
    {                                                                                           \
        while (at < size && mark_at(r, text[at]) < 2)                                           \
            at++;                                                                               \
        return at;                                                                              \
    }                                                                                           \
                                                                                                \
    static int IS_CODE(const Reader *r, const TYPE *text, Py_ssize_t at, Py_ssize_t end)        \
    {                                                                                           \
        Py_ssize_t marks = 0, solid = 0;                                                        \
        for (; at < end; at++) {                                                                \
            marks += mark_at(r, text[at]) > 0;                                                  \
            solid += text[at] >= DENSE ? DENSE_WEIGHT : text[at] != ' ';                        \
        }                                                                                       \
        return marks >= CODE_LEAST && (double)marks > CODE_SHARE * (double)solid;               \
    }

CODE_OF(strong_1, is_code_1, Py_UCS1)
CODE_OF(strong_2, is_code_2, Py_UCS2)
CODE_OF(strong_4, is_code_4, Py_UCS4)

/* The next line of code, from the beginning of a line on: where it begins and ends. */
static int
next_code(const Reader *r, PyObject *text, Py_ssize_t *line, Py_ssize_t *end)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    for (; *line < size; *line = *end + 1) {
        Py_ssize_t at = kind == PyUnicode_1BYTE_KIND   ? strong_1(r, data, *line, size)
                        : kind == PyUnicode_2BYTE_KIND ? strong_2(r, data, *line, size)
                                                       : strong_4(r, data, *line, size);
        if (at == size)
            return 0;
        Py_ssize_t before = PyUnicode_FindChar(text, '\n', *line, at, -1);
        *line = before < 0 ? *line : before + 1;
        *end = PyUnicode_FindChar(text, '\n', at, size, 1);
        *end = *end < 0 ? size : *end;
        if (kind == PyUnicode_1BYTE_KIND   ? is_code_1(r, data, *line, *end)
            : kind == PyUnicode_2BYTE_KIND ? is_code_2(r, data, *line, *end)
                                           : is_code_4(r, data, *line, *end))
            return 1;
    }
    return 0;
}

/* ---- reading ---- */

/* Cut what stands between blanks. */
static int
cut_between(Words *w, PyObject *blanks, unsigned *signs)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text), at = 0;
    PyObject *items = PySequence_Fast(blanks, "blanks must be a sequence of spans");
    int good = items != NULL;
    for (Py_ssize_t k = 0; good && k < PySequence_Fast_GET_SIZE(items); k++) {
        Py_ssize_t start, end;
        good = span(PySequence_Fast_GET_ITEM(items, k), &start, &end);
        if (good && (start < at || start > end || end > size)) {
            PyErr_SetString(PyExc_ValueError, "a blank lies outside the text or in another");
            good = 0;
        }
        if (good && start < end) {
            if (!cut(w, at, start, signs))
                good = PyErr_NoMemory() != NULL;
            at = end;
        }
    }
    if (good && !cut(w, at, size, signs))
        good = PyErr_NoMemory() != NULL;
    Py_XDECREF(items);
    return good;
}

/* Cut a text; where it shows signs of blanks, once more without those that are found. */
static int
cut_all(Words *w, PyObject *find)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text);
    Py_ssize_t line = 0, end;
    unsigned signs = 0;
    int done;
    w->room = size / LETTERS + 16;
    w->word = PyMem_RawMalloc((size_t)w->room * sizeof(Word));
    if (!w->word)
        return PyErr_NoMemory() != NULL;
    if (size < UNLOCK)
        done = cut(w, 0, size, &signs);
    else {
        Py_BEGIN_ALLOW_THREADS
        done = cut(w, 0, size, &signs);
        Py_END_ALLOW_THREADS
    }
    if (!done)
        return PyErr_NoMemory() != NULL;
    if (signs == CODE && !next_code(w->reader, w->text, &line, &end))
        signs = 0; /* marks of code in prose */
    w->blanks = signs ? PyObject_CallFunction(find, "Oi", w->text, (int)signs) : PyTuple_New(0);
    if (!w->blanks)
        return 0;
    Py_ssize_t blanks = PyObject_Length(w->blanks);
    if (blanks > 0) {
        w->count = 0;
        return cut_between(w, w->blanks, &signs);
    }
    return blanks == 0;
}

static int
read_text(Words *w, PyObject *find, PyObject *skip, int windows)
{
    if (!cut_all(w, find) || (skip != Py_None && !silence(w, skip)))
        return 0;
    number_units(w);
    Memo *memo = take_memo(w->reader);
    Total *totals = PyMem_Calloc((size_t)w->units + 1, sizeof(Total));
    int done = memo && totals;
    if (done && PyUnicode_GET_LENGTH(w->text) < UNLOCK)
        done = total_up(w, memo, totals, windows);
    else if (done) {
        Py_BEGIN_ALLOW_THREADS
        done = total_up(w, memo, totals, windows);
        Py_END_ALLOW_THREADS
    }
    w->totals = done ? total_values(w, totals) : PyErr_NoMemory();
    PyMem_Free(totals);
    if (memo)
        give_memo(w->reader, memo);
    return w->totals != NULL;
}

static PyObject *
reader_read(Reader *self, PyObject *args)
{
    PyObject *text, *find, *skip;
    int windows;
    if (!PyArg_ParseTuple(args, "UOOp", &text, &find, &skip, &windows))
        return NULL;
    Words *w = (Words *)self->words->tp_alloc(self->words, 0);
    if (!w)
        return NULL;
    w->reader = (Reader *)Py_NewRef((PyObject *)self);
    w->text = Py_NewRef(text);
    if (!read_text(w, find, skip, windows))
        Py_CLEAR(w);
    return (PyObject *)w;
}

/* ---- questions to a text ---- */

/* The next line that is not empty: its start, end and letters; 0 where there is none. */
static int
next_line(const Words *w, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *word,
          Py_ssize_t *letters)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(w->text);
    for (; *start < size; (*start)++) {
        *stop = PyUnicode_FindChar(w->text, '\n', *start, size, 1);
        if (*stop < 0)
            *stop = size;
        if (*stop > *start)
            break;
    }
    if (*start >= size)
        return 0;
    *letters = 0; /* a word never goes beyond its line */
    for (; *word < w->count && w->word[*word].start < *stop; (*word)++)
        *letters += w->word[*word].size;
    return 1;
}

static PyObject *
words_lines(Words *w, PyObject *unused)
{
    Py_ssize_t start = 0, stop, word = 0, letters;
    PyObject *found = PyList_New(0);
    for (; found && next_line(w, &start, &stop, &word, &letters); start = stop + 1) {
        PyObject *one = Py_BuildValue("nnn", start, stop, letters);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    return found;
}

/* make(start, end, *what) */
static PyObject *
made(PyObject *make, Py_ssize_t start, Py_ssize_t end, PyObject *what)
{
    PyObject *one = NULL, *args[NAMED + 3] = {NULL};
    args[1] = PyLong_FromSsize_t(start);
    args[2] = PyLong_FromSsize_t(end);
    for (int k = 0; k < NAMED; k++)
        args[k + 3] = PyTuple_GET_ITEM(what, k);
    if (args[1] && args[2])
        one = PyObject_Vectorcall(make, args + 1, (NAMED + 2) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                                  NULL);
    Py_XDECREF(args[1]);
    Py_XDECREF(args[2]);
    return one;
}

static PyObject *
words_paragraphs(Words *w, PyObject *args)
{
    PyObject *make, *what, *other, *found, *all = NULL;
    if (!PyArg_ParseTuple(args, "OO!O!", &make, &PyTuple_Type, &what, &PyTuple_Type, &other))
        return NULL;
    if (PyTuple_GET_SIZE(what) != NAMED || PyTuple_GET_SIZE(other) != NAMED)
        return PyErr_Format(PyExc_ValueError, "what a paragraph is takes %d values", NAMED);
    Py_ssize_t start = 0, stop, word = 0, letters;
    int tracked = 0;
    found = PyList_New(0);
    for (; found && next_line(w, &start, &stop, &word, &letters); start = stop + 1) {
        PyObject *one = made(make, start, stop, letters ? what : other);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        tracked |= one && PyObject_GC_IsTracked(one);
        Py_XDECREF(one);
    }
    if (found)
        all = PyList_AsTuple(found);
    Py_XDECREF(found);
    return tracked ? all : settled(all);
}

static PyObject *
words_letters(Words *w, PyObject *args)
{
    Py_ssize_t start, end, letters = 0;
    if (!PyArg_ParseTuple(args, "nn", &start, &end))
        return NULL;
    Py_ssize_t word = first_from(w, start);
    if (word > 0 && STOP(w->word[word - 1]) > start)
        word--;
    for (; word < w->count && w->word[word].start < end; word++) {
        Py_ssize_t low = w->word[word].start, high = STOP(w->word[word]);
        letters += (high < end ? high : end) - (low > start ? low : start);
    }
    return PyLong_FromSsize_t(letters);
}

static PyObject *
words_said(Words *w, PyObject *args)
{
    Py_ssize_t start, end, letters = 0;
    if (!PyArg_ParseTuple(args, "nn", &start, &end))
        return NULL;
    for (Py_ssize_t k = first_from(w, start); k < w->count && w->word[k].start < end; k++)
        if (w->word[k].said)
            letters += w->word[k].size;
    return PyLong_FromSsize_t(letters);
}

static PyObject *
words_bounds(Words *w, PyObject *args)
{
    Py_ssize_t first, last;
    if (!PyArg_ParseTuple(args, "nn", &first, &last))
        return NULL;
    if (first < 0 || first >= last || last > w->count)
        return PyErr_Format(PyExc_IndexError, "no such words");
    Py_ssize_t letters = 0;
    for (Py_ssize_t k = first; k < last; k++)
        if (w->word[k].said)
            letters += w->word[k].size;
    return Py_BuildValue("nnn", w->word[first].start, STOP(w->word[last - 1]), letters);
}

static PyObject *
loud_values(const Words *w)
{
    PyObject *found = PyList_New(w->louds);
    for (Py_ssize_t k = 0; found && k < w->louds; k++) {
        PyObject *one = Py_BuildValue("ni", w->loud[k].word, w->loud[k].column);
        if (!one)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, k, one);
    }
    return found;
}

/* The columns of the units, and whether windows against others are known, or none. */
static int
take_columns(Words *w, PyObject *columns, int *others)
{
    PyObject *items = PySequence_Fast(columns, "columns must be a sequence");
    if (!items)
        return 0;
    *others = !w->heard;
    if (PySequence_Fast_GET_SIZE(items) != w->units)
        PyErr_SetString(PyExc_ValueError, "as many columns as script groups are needed");
    for (int k = 0; k < w->units && !PyErr_Occurred(); k++) {
        long column = PyLong_AsLong(PySequence_Fast_GET_ITEM(items, k));
        if ((column < 0 || column >= COLUMNS) && !PyErr_Occurred())
            PyErr_SetString(PyExc_IndexError, "no such column");
        if (!PyErr_Occurred()) {
            *others |= column != w->best[k];
            w->best[k] = (uint8_t)column;
        }
    }
    Py_DECREF(items);
    return !PyErr_Occurred();
}

static PyObject *
words_loud(Words *w, PyObject *columns)
{
    int others, found = 1;
    if (!take_columns(w, columns, &others))
        return NULL;
    if (others) {
        Memo *memo = take_memo(w->reader);
        found = memo && listen(w, memo, NULL);
        if (memo)
            give_memo(w->reader, memo);
    }
    return found ? loud_values(w) : PyErr_NoMemory();
}

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

static PyObject *
turn_values(const uint8_t *steps, Py_ssize_t first, Py_ssize_t last)
{
    PyObject *found = PyList_New(0);
    for (Py_ssize_t at = first, end; found && at < last; at = end) {
        for (end = at + 1; end < last && steps[end - first] == steps[at - first]; end++)
            ;
        PyObject *one = Py_BuildValue("nni", at, end, (int)steps[at - first]);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    return found;
}

static PyObject *
words_turns(Words *w, PyObject *args)
{
    Py_ssize_t first, last;
    int main;
    if (!PyArg_ParseTuple(args, "nni", &first, &last, &main))
        return NULL;
    if (first < 0 || first >= last || last > w->count || main < 0 || main >= COLUMNS)
        return PyErr_Format(PyExc_IndexError, "no such words or column");
    uint8_t *steps = PyMem_Malloc((size_t)(last - first));
    Memo *memo = take_memo(w->reader);
    PyObject *found = NULL;
    if (!steps || !memo || !steps_of(w, memo, first, last, main, steps))
        PyErr_NoMemory();
    else
        found = turn_values(steps, first, last);
    if (memo)
        give_memo(w->reader, memo);
    PyMem_Free(steps);
    return found;
}

/* What the style of a text weighs; see `_style.c`. */
static PyObject *
words_weigh(Words *w, PyObject *args)
{
    PyObject *weights;
    Py_ssize_t end;
    if (!PyArg_ParseTuple(args, "nO", &end, &weights))
        return NULL;
    if (!w->reader->style)
        return PyErr_Format(PyExc_RuntimeError, "the reader has no tables of style");
    return weighed(w->reader->style, w->text, end, weights, w->word, w->count);
}

/* ---- lines ---- */

static PyObject *
reader_han(Reader *self, PyObject *args)
{
    PyObject *text;
    Py_ssize_t at, end;
    if (!PyArg_ParseTuple(args, "Unn", &text, &at, &end))
        return NULL;
    if (at < 0 || at > end || end > PyUnicode_GET_LENGTH(text))
        return PyErr_Format(PyExc_IndexError, "no such stretch");
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    PyObject *found = PyList_New(0);
    do {
        Py_ssize_t start = at, kana = 0, han = 0, hans = 0, hant = 0;
        for (Py_UCS4 point = 0; at < end && point != '\n'; at++) {
            point = PyUnicode_READ(kind, data, at);
            uint8_t is = AT(self->kinds, uint8_t, point);
            kana += is & KANA;
            han += (is & HAN) != 0;
            hans += (is & SIMPLIFIED) != 0;
            hant += (is & TRADITIONAL) != 0;
        }
        PyObject *one = Py_BuildValue("nn[nnnn]", start, at, kana, han, hans, hant);
        if (!one || !found || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    } while (found && at < end);
    return found;
}

/* The lines that are code. */
static PyObject *
reader_code(Reader *self, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    Py_ssize_t line = 0, end;
    PyObject *found = PyList_New(0);
    for (; found && next_code(self, text, &line, &end); line = end + 1) {
        PyObject *one = Py_BuildValue("nn", line, end);
        if (!one || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
    }
    return found;
}

/* ---- the types ---- */

static void
words_dealloc(Words *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyMem_RawFree(self->word);
    PyMem_RawFree(self->loud);
    Py_XDECREF(self->reader);
    Py_XDECREF(self->text);
    Py_XDECREF(self->blanks);
    Py_XDECREF(self->runs);
    Py_XDECREF(self->totals);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef words_methods[] = {
    {"lines", (PyCFunction)words_lines, METH_NOARGS, "Start, end and letters of each line."},
    {"paragraphs", (PyCFunction)words_paragraphs, METH_VARARGS, "Each line as one value."},
    {"letters", (PyCFunction)words_letters, METH_VARARGS, "Letters between two characters."},
    {"said", (PyCFunction)words_said, METH_VARARGS, "Letters of words with a say that begin there."},
    {"bounds", (PyCFunction)words_bounds, METH_VARARGS, "Where words lie, and their letters."},
    {"loud", (PyCFunction)words_loud, METH_O, "Windows that speak for another column."},
    {"weigh", (PyCFunction)words_weigh, METH_VARARGS, "What the style of the text weighs."},
    {"turns", (PyCFunction)words_turns, METH_VARARGS, "Where the best column changes in a run."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef words_members[] = {
    {"text", T_OBJECT_EX, offsetof(Words, text), READONLY, "The text."},
    {"blanks", T_OBJECT_EX, offsetof(Words, blanks), READONLY, "What is no language."},
    {"totals", T_OBJECT_EX, offsetof(Words, totals), READONLY, "What each script group says."},
    {"count", T_PYSSIZET, offsetof(Words, count), READONLY, "Words."},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef words_made[] = {
    {"runs", (getter)words_runs, NULL, "Its runs.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot words_slots[] = {
    {Py_tp_dealloc, words_dealloc},
    {Py_tp_methods, words_methods},
    {Py_tp_members, words_members},
    {Py_tp_getset, words_made},
    {Py_tp_doc, "The words of one text."},
    {0, NULL},
};

static PyType_Spec words_spec = {
    "unspun.tagging._words.Words", sizeof(Words), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, words_slots,
};

#define TABLES 10
#define BUFFERS(r) {&(r)->group, &(r)->code, &(r)->pair, &(r)->triple, &(r)->back, \
                    &(r)->weights, &(r)->kinds, &(r)->marks, &(r)->columns,       \
                    &(r)->code_marks}

/* Whether every number of the tables leads to one that is there. */
static int
fits(const Reader *r)
{
    Py_ssize_t letters = r->letters, rows = r->weights.len / (PACKED * 8);
    Py_ssize_t pairs = letters * letters, triples = r->triple.len / 2;
    if (letters < 1 || letters > 0x7FFF || r->group.len != POINTS || r->kinds.len != POINTS ||
        r->code.len != CODED * 4 || r->pair.len != pairs * 4 || r->back.len != pairs * 2 ||
        r->columns.len != 256 || r->code_marks.len != ASCII)
        return 0;
    for (Py_ssize_t k = 0; k < CODED; k++)
        if (AT(r->code, int32_t, k) < 0 || AT(r->code, int32_t, k) >= letters)
            return 0;
    for (Py_ssize_t k = 0; k < pairs; k++) {
        int32_t head = AT(r->pair, int32_t, k);
        if (head < 0 || (head + 1) * letters > triples || AT(r->back, uint16_t, k) >= rows)
            return 0;
    }
    for (Py_ssize_t k = 0; k < triples; k++)
        if (AT(r->triple, uint16_t, k) >= rows)
            return 0;
    for (Py_ssize_t k = 0; k < letters; k++) /* what stands before a blank says nothing behind */
        for (Py_ssize_t other = 0; other < letters; other++)
            if (AT(r->triple, uint16_t, AT(r->pair, int32_t, k * letters) * letters + other) !=
                AT(r->triple, uint16_t, AT(r->pair, int32_t, 0) * letters + other))
                return 0;
    if (AT(r->triple, uint16_t, AT(r->pair, int32_t, 0) * letters) || AT(r->back, uint16_t, 0))
        return 0;
    for (Py_ssize_t k = 0; k < r->marks.len; k++)
        if (AT(r->marks, uint8_t, k) > 2)
            return 0;
    for (Py_ssize_t k = 0; k < 256; k++)
        if (AT(r->columns, uint8_t, k) > COLUMNS)
            return 0;
    for (Py_ssize_t k = 0; k < POINTS; k++)
        if (AT(r->group, uint8_t, k) == SIGN)
            return 0;
    return 1;
}

/* The groups at hand, with the signs of blanks among them; the groups without letter codes. */
static void
prepare(Reader *r)
{
    memcpy(r->near, r->group.buf, NEAR);
    for (Py_UCS4 k = 0; k < 128; k++)
        if (!r->near[k] && (k == '@' || k == ':' || k == '.' || mark_at(r, k) > 1))
            r->near[k] = SIGN;
    r->latin = r->near['a'];
    for (Py_UCS4 k = 0; k < 128; k++)
        if (r->near[k] != ascii_group(r->latin, (uint8_t)k))
            r->latin = 0;
    memset(r->mute, !AT(r->code, int32_t, CODED - 1), sizeof r->mute);
    for (Py_ssize_t k = 0; k < CODED - 1; k++)
        if (AT(r->code, int32_t, k))
            r->mute[AT(r->group, uint8_t, k)] = 0;
}

static PyObject *
reader_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    long long dear, middle, cheap, gain;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Reader takes no keywords");
    Reader *self = (Reader *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    Py_buffer *of[] = BUFFERS(self);
    PyObject *tables = Py_None;
    if (!PyArg_ParseTuple(args, "ny*y*y*y*y*y*y*y*y*y*(LLL)L|O", &self->letters, of[0], of[1],
                          of[2], of[3], of[4], of[5], of[6], of[7], of[8], of[9], &dear, &middle,
                          &cheap, &gain, &tables)) {
        memset(&self->group, 0, sizeof(Py_buffer) * TABLES); /* the parser has let go of them */
        Py_DECREF(self);
        return NULL;
    }
    self->prices[0] = dear;
    self->prices[1] = middle;
    self->prices[2] = cheap;
    self->gain = gain;
    if (tables != Py_None) {
        self->tables = Py_NewRef(tables);
        self->style = PyCapsule_GetPointer(tables, STYLE_TABLES);
    }
    if (PyErr_Occurred())
        ;
    else if (!fits(self))
        PyErr_SetString(PyExc_ValueError, "tables do not fit one another");
    else
        prepare(self);
    if (!PyErr_Occurred())
        self->words = (PyTypeObject *)PyType_FromSpec(&words_spec);
    if (!self->words)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void
reader_dealloc(Reader *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_buffer *of[] = BUFFERS(self);
    for (size_t k = 0; k < sizeof of / sizeof *of; k++)
        PyBuffer_Release(of[k]); /* of none, where none was had */
    Py_XDECREF(self->words);
    Py_XDECREF(self->tables);
    while (self->memos) {
        Memo *memo = self->memos;
        self->memos = memo->next;
        memo_free(memo);
    }
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef reader_methods[] = {
    {"read", (PyCFunction)reader_read, METH_VARARGS, "The words of a text."},
    {"code", (PyCFunction)reader_code, METH_O, "The lines that are code."},
    {"han", (PyCFunction)reader_han, METH_VARARGS, "Kana and Han characters of each line."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot reader_slots[] = {
    {Py_tp_new, reader_new},
    {Py_tp_dealloc, reader_dealloc},
    {Py_tp_methods, reader_methods},
    {Py_tp_doc, "Reader(letters, ten tables, prices, gain, style=None)"},
    {0, NULL},
};

static PyType_Spec reader_spec = {
    "unspun.tagging._words.Reader", sizeof(Reader), 0, Py_TPFLAGS_DEFAULT, reader_slots,
};

KERNEL(_words, "Words, runs of one script and their evidence.", NULL, &reader_spec)
