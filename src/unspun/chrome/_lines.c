/* The lines of a text with their shapes, and what each of them could be by its wording.
 *
 * A line is quiet where no template and no prompt can match it: none of their first or last
 * letters, no needle that every match contains. A text is calm where all lines are, and none has a
 * shape or a place that a rule looks at (calm.py). What the tables do not settle (a character whose
 * folded form depends on its neighbours) is left to the plain code, as not quiet. The plain version
 * of shapes is in lines.py, of reading in page.py; tables come from reading.py.
 */
#define PY_SSIZE_T_CLEAN
#include "kernel.h"
#include <stdint.h>
#include <string.h>

#define REVISION 7

enum { BODY_WIDTH = 100, SHORT = 200, LONG = 600, WORDED = 400, PEEK = 24, FRONT = 12, BACK = 12 };
enum { NEAR = 18, SENTENCE_WIDTH = 45, SENTENCE_WORDS = 8, WORD_WIDTH = 7, FEW = 2, BUTTONS = 20 };
enum { FORM = 0xFFFF, MARK = 1 << 16, SECOND = 1 << 17, FIRST = 1 << 18, TRAIL = 1 << 19 };
enum { DECOR = 1 << 20, WIDE = 1 << 21, FINAL = 1 << 22, QUOTE = 1 << 23, BULLET = 1 << 24 };
enum { JOINT = 1 << 25, OPENER = 1 << 26, SIGN = 1 << 27, ALNUM = 1 << 28, LETTER = 1 << 29 };
enum { SPACE = 1 << 30 };
#define LONGER 0x80000000u /* the form is more than one letter: the number of these */
/* NUMBERED: of lines that begin with a number; WORDED: of those that have a certain word. */
enum { EXACT = 1, STARTS = 2, STARTS_WORDED = 4, ENDS = 8, ENDS_NUMBERED = 16, ENDS_WORDED = 32 };
enum { LONG_STARTS = 64, LONG_STARTS_WORDED = 128, LONG_ENDS = 256, LONG_ENDS_NUMBERED = 512 };
enum { LONG_ENDS_WORDED = 1024, OPENS = 2048, CLOSES = 4096 };
enum { INNER = 1, INNER_NUMBERED = 2, INNER_WORDED = 4, WORD = 8, LONG_INNER = 16, LONG_WORD = 32 };
/* Of the words of prompts, each with the languages that it is of. */
enum { OBJECT = 1, CALL = 2, SELF = 4, KINDS = 3 };
/* Gates, by the roles of the words behind them: those that prompts open with; those that long lines
   start with, and short ones; those that any end with. BRIEF ones are of words that have fewer
   letters than a gate goes by. CLOSING: those that prompts close with. */
enum { OPENING = 1, STARTING = 2, FRONTING = 4, ENDING = 8, CLOSING = 16, BRIEF = 256 };
enum { WORDING = 1, LABEL = 2, PROMPT = 4, NAME = 8, EVERYTHING = 7 }; /* as in page.py */
#define BEYOND 0x10000 /* code points without an entry in the tables */
#define POINTS 0x110000 /* all code points */
#define HEADS 8192
#define LEAD 3 /* letters by which needles are found */
#define GATES 0x4000
#define GATED 4 /* letters that a gate goes by */
#define NOT_SIMPLE (-1)
#define FORM_SIZE 4 /* letters that a form has at most */
#define SHAPE_FIELDS 8
#define LINE_FIELDS 7
#define PAGED 90     /* width of a line with the number of a page */
#define NAME_WORDS 5 /* of a person, at most */
#define TAIL 6 /* characters that tell how a line ends */

typedef struct {
    uint32_t hash, roles; /* no roles is a free slot */
} Entry;

typedef struct {
    Py_UCS4 *chars;
    Py_ssize_t size, anchor; /* the place of the letter that it is looked for by */
    uint32_t roles, languages[KINDS]; /* of prompts: as object, as call, as self */
    int next; /* of those that have the same letters there */
} Needle;

typedef struct {
    Needle *needles;
    Py_ssize_t count;
    int heads[HEADS];
    uint8_t leads[HEADS]; /* by head: the roles of the needles */
    uint8_t *anchors;     /* by code point: the roles of those looked for by it */
} Needles;

typedef struct {
    Py_ssize_t size;
    Py_UCS4 letters[FORM_SIZE];
} Form;

typedef struct {
    PyObject_HEAD
    uint32_t *traits;   /* by code point: folded form, 0 where it depends on others, and kinds */
    uint32_t *lower;    /* by code point: case folded alone */
    Form *forms;        /* of those that have more than one letter */
    Py_ssize_t form_count;
    Entry *entries;
    size_t mask;
    uint16_t gates[GATES]; /* by their first or last letters: entries with roles */
    Needles wording, prompts;
    PyTypeObject *line, *shape;
} Reader;

typedef struct {
    Py_ssize_t size;
    double count, width;
    int final, bullet, quoted, body, wide, keyed;
    Py_UCS4 chars[LONG]; /* of lines below that length */
    Py_UCS4 key[SHORT];
    Py_ssize_t key_size; /* NOT_SIMPLE where the plain code must fold */
} Line;

/* What Python itself knows of a character. */
static uint32_t
known(Py_UCS4 c)
{
    if (Py_UNICODE_ISSPACE(c))
        return SPACE;
    if (!Py_UNICODE_ISALNUM(c))
        return 0;
    return Py_UNICODE_ISDECIMAL(c) ? ALNUM : ALNUM | LETTER;
}

static inline uint32_t
traits_of(const Reader *r, Py_UCS4 c)
{
    return c < BEYOND ? r->traits[c] : known(c);
}

#define IS_SPACE(r, c) ((c) < 0x3001 && ((r)->traits[c] & SPACE)) /* there is none beyond */
#define IS(r, c, kinds) ((traits_of(r, c) & (kinds)) != 0)

static inline uint32_t
mixed(uint32_t hash, Py_UCS4 c)
{
    hash = (hash ^ c) * 0x9E3779B1u;
    return hash ^ hash >> 15;
}

static uint32_t
hash_of(const Py_UCS4 *chars, Py_ssize_t size)
{
    uint32_t hash = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        hash = mixed(hash, chars[i]);
    return hash;
}

/* The roles of something with this hash; two may share one, and then both count. */
static inline uint32_t
roles_of(const Reader *r, uint32_t hash)
{
    for (size_t at = hash & r->mask; r->entries[at].roles; at = (at + 1) & r->mask)
        if (r->entries[at].hash == hash)
            return r->entries[at].roles;
    return 0;
}

static int
listed(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size, uint32_t roles)
{
    return (roles_of(r, hash_of(chars, size)) & roles) != 0;
}

/* Needles are chained under the letters from their anchor on, LEAD where there are so many. */
static inline uint32_t lead(uint32_t before, Py_UCS4 c) { return before * 67u + c; }
static inline size_t head_of(uint32_t lead) { return (lead ^ lead >> 11) & (HEADS - 1); }

/* Whether a needle is at a place, by its anchor. */
static inline int
is_there(const Needle *one, const Py_UCS4 *chars, Py_ssize_t place, Py_ssize_t size)
{
    return one->anchor <= place && one->size - one->anchor <= size - place &&
           !memcmp(one->chars, chars + place - one->anchor, (size_t)one->size * sizeof *chars);
}

/* Those of the roles of the needles that are anchored at a place, with their languages. */
static uint32_t
roles_at(const Needles *n, const Py_UCS4 *chars, Py_ssize_t place, Py_ssize_t size,
         uint32_t roles, uint32_t *languages)
{
    uint32_t found = 0, letters = 0;
    for (Py_ssize_t i = place; i < size && i < place + LEAD; i++) {
        letters = lead(letters, chars[i]);
        if (!(n->leads[head_of(letters)] & roles))
            continue;
        for (int at = n->heads[head_of(letters)]; at >= 0; at = n->needles[at].next) {
            const Needle *one = &n->needles[at];
            if (!(one->roles & roles) || !is_there(one, chars, place, size))
                continue;
            found |= one->roles & roles;
            for (int k = 0; languages && k < KINDS; k++)
                languages[k] |= one->languages[k];
        }
    }
    return found;
}

/* The next place where needles of some roles may be anchored, or the size. */
static inline Py_ssize_t
next_anchor(const Needles *n, const Py_UCS4 *chars, Py_ssize_t at, Py_ssize_t size, uint32_t roles)
{
    const uint8_t *anchors = n->anchors;
    for (; at + 4 <= size; at += 4)
        if ((anchors[chars[at]] | anchors[chars[at + 1]] | anchors[chars[at + 2]] |
             anchors[chars[at + 3]]) & roles)
            break;
    while (at < size && !(anchors[chars[at]] & roles))
        at++;
    return at;
}

/* Those of some roles that needles have which are there; all at the first of those in `enough`. */
static uint32_t
needles_in(const Needles *n, const Py_UCS4 *chars, Py_ssize_t size, uint32_t roles,
           uint32_t enough)
{
    uint32_t found = 0;
    for (Py_ssize_t i = 0; (i = next_anchor(n, chars, i, size, roles)) < size; i++)
        if ((found |= roles_at(n, chars, i, size, roles, NULL)) & enough)
            break;
    return found;
}

static inline int
has_needle(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size, uint32_t roles)
{
    return needles_in(&r->wording, chars, size, roles, roles) != 0;
}

/* Whether an object, a call and a word for the page or the reader of one language are there. */
static int
names_prompt(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size)
{
    uint32_t languages[KINDS] = {0, 0, 0}, kinds = OBJECT | CALL | SELF;
    if (!needles_in(&r->prompts, chars, size, OBJECT, OBJECT))
        return 0;
    const Needles *n = &r->prompts;
    for (Py_ssize_t i = 0; (i = next_anchor(n, chars, i, size, kinds)) < size; i++)
        if (roles_at(n, chars, i, size, kinds, languages) &&
            (languages[0] & languages[1] & languages[2]))
            return 1;
    return 0;
}

/* The kinds of characters, and all bits that they have. */
static uint32_t
kinds_of(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size, uint32_t *kinds)
{
    uint32_t all = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        all |= kinds[i] = traits_of(r, chars[i]);
    return all;
}

/* Whether characters of these kinds change in company. */
static int
changes(const uint32_t *kinds, Py_ssize_t size)
{
    for (Py_ssize_t i = 1; i < size; i++)
        if (((kinds[i] & MARK) && (kinds[i - 1] & TRAIL)) ||
            ((kinds[i] & SECOND) && (kinds[i - 1] & FIRST)))
            return 1;
    return 0;
}

/* Append a form of several letters; whether there is room for it and as many more letters. */
static int
append(const Reader *r, uint32_t form, Py_UCS4 *out, Py_ssize_t *made, Py_ssize_t room)
{
    const Form *one = &r->forms[form & FORM];
    if (*made + one->size > room)
        return 0;
    for (Py_ssize_t i = 0; i < one->size; i++)
        out[(*made)++] = one->letters[i];
    return 1;
}

/* What `fold` makes of characters of these kinds, or NOT_SIMPLE, also where room is short. */
static Py_ssize_t
fold_kinds(const Reader *r, const uint32_t *kinds, Py_ssize_t size, uint32_t all, Py_UCS4 *out,
           Py_ssize_t room)
{
    Py_ssize_t made = 0, first = 0;
    int missing = 0;
    if ((all & (MARK | SECOND)) && changes(kinds, size))
        return NOT_SIMPLE;
    for (Py_ssize_t i = 0; i < size; i++) {
        if (kinds[i] & LONGER) {
            if (!append(r, kinds[i], out, &made, room - (size - i - 1)))
                return NOT_SIMPLE;
            continue;
        }
        out[made] = kinds[i] & FORM;
        missing |= !out[made];
        made += out[made] != ' ' || (made && out[made - 1] != ' ');
    }
    if (missing)
        return NOT_SIMPLE;
    while (made && (out[made - 1] == ' ' || (traits_of(r, out[made - 1]) & DECOR)))
        made--;
    while (first < made && (out[first] == ' ' || (traits_of(r, out[first]) & DECOR)))
        first++;
    if (first)
        memmove(out, out + first, (size_t)(made - first) * sizeof(Py_UCS4));
    return made - first;
}

/* The same of a slice of at most WORDED characters. */
static Py_ssize_t
fold(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size, Py_UCS4 *out, Py_ssize_t room)
{
    uint32_t kinds[WORDED], all = kinds_of(r, chars, size, kinds);
    return fold_kinds(r, kinds, size, all, out, room);
}

/* The roles of what a line begins with, and ends with. */
static uint32_t
begins(const Reader *r, const Py_UCS4 *key, Py_ssize_t size)
{
    uint32_t hash = 0, roles = 0;
    for (Py_ssize_t n = 0; n < FRONT && n < size; n++) {
        hash = mixed(hash, key[n]);
        roles |= roles_of(r, hash);
    }
    return roles;
}

static uint32_t
stops(const Reader *r, const Py_UCS4 *key, Py_ssize_t size)
{
    uint32_t roles = 0;
    for (Py_ssize_t n = 1; n <= BACK && n <= size; n++)
        roles |= roles_of(r, hash_of(key + size - n, n));
    return roles;
}

/* Whether a number may begin with a character: [\d.,\u066b\u066c ] */
static int
is_figure(const Reader *r, Py_UCS4 c)
{
    return (traits_of(r, c) & (ALNUM | LETTER)) == ALNUM || c == '.' || c == ',' || c == 0x66b ||
           c == 0x66c || c == ' ';
}

/* Whether words behind a gate begin with so many letters, or with fewer of them. */
static int
is_open(const Reader *r, const Py_UCS4 *letters, Py_ssize_t count, uint32_t gate)
{
    uint32_t hash = 0;
    for (Py_ssize_t i = 0; i < count && i < GATED; i++) {
        hash = mixed(hash, letters[i]);
        if (r->gates[hash & (GATES - 1)] & (i + 1 < GATED ? gate * BRIEF : gate))
            return 1;
    }
    return 0;
}

/* The same of words that end with them. */
static int
is_open_behind(const Reader *r, const Py_UCS4 *letters, Py_ssize_t count, uint32_t gate)
{
    for (Py_ssize_t n = 1; n <= count && n <= GATED; n++) {
        uint32_t hash = hash_of(letters + count - n, n);
        if (r->gates[hash & (GATES - 1)] & (n < GATED ? gate * BRIEF : gate))
            return 1;
    }
    return 0;
}

/* Whether a folded line may match a template. */
static int
key_may_match(const Reader *r, const Py_UCS4 *key, Py_ssize_t size)
{
    if (size < 1)
        return 1;
    int opens = is_open(r, key, size, FRONTING);
    if (opens && listed(r, key, size, EXACT))
        return 1;
    uint32_t front = opens ? begins(r, key, size) : 0;
    uint32_t back = is_open_behind(r, key, size, ENDING) ? stops(r, key, size) : 0;
    int numbered = is_figure(r, key[0]);
    int worded = (front & STARTS_WORDED) || (back & ENDS_WORDED);
    if ((front & STARTS) || (back & ENDS) || (numbered && (back & ENDS_NUMBERED)))
        return 1;
    uint32_t sure = INNER | (numbered ? INNER_NUMBERED : 0) | (worded ? WORD : 0);
    uint32_t found = needles_in(&r->wording, key, size, sure | INNER_WORDED, sure);
    return (found & sure) ||
           ((found & INNER_WORDED) && has_needle(r, key, size, WORD));
}

/* The letters that a folded line begins with, of one that starts so; 0 where that must be told by
   folding it: where letters change in company, what a number may begin with, decoration. */
static int
first_letters(const Reader *r, const Py_UCS4 *chars, Py_UCS4 *letters)
{
    uint32_t before = traits_of(r, chars[GATED]) & (MARK | SECOND);
    for (int i = GATED - 1; i >= 0 && !before; i--) {
        uint32_t kind = traits_of(r, chars[i]);
        letters[i] = kind & FORM;
        before = letters[i] && !(kind & LONGER) ? kind & (MARK | SECOND) : MARK;
        int doubled = i + 1 < GATED && letters[i + 1] == ' ';
        before |= letters[i] == ' ' && (!i || doubled) ? MARK : 0;
    }
    return !before && !IS(r, letters[0], DECOR) && !is_figure(r, letters[0]);
}

/* Whether a line longer than that may start as a template does. */
static int
may_start(const Reader *r, const Py_UCS4 *chars)
{
    Py_UCS4 letters[GATED];
    return !first_letters(r, chars, letters) || is_open(r, letters, GATED, STARTING);
}

/* Whether it may end as one does. */
static int
may_end(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size)
{
    Py_UCS4 letters[GATED];
    while (size && IS(r, chars[size - 1], DECOR | SPACE))
        size--;
    if (size <= GATED)
        return 1;
    for (int i = 0; i < GATED; i++) {
        uint32_t kind = traits_of(r, chars[size - GATED + i]);
        letters[i] = kind & FORM;
        if (!letters[i] || (kind & (MARK | SECOND | LONGER)) ||
            (letters[i] == ' ' && (!i || letters[i - 1] == ' ')))
            return 1;
    }
    return IS(r, letters[GATED - 1], DECOR) || is_open_behind(r, letters, GATED, ENDING);
}

/* The same as `key_may_match` of a line that is too long to be folded at once. */
static int
long_may_match(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size)
{
    Py_UCS4 key[WORDED];
    Py_ssize_t peek = size < PEEK ? size : PEEK;
    if (size > WORDED)
        return 0;
    uint32_t front = 0, back = 0;
    int numbered = 0;
    if (may_start(r, chars)) {
        Py_ssize_t made = fold(r, chars, peek, key, WORDED);
        if (made < 1)
            return 1;
        numbered = is_figure(r, key[0]);
        front = begins(r, key, made);
    }
    if (may_end(r, chars, size)) {
        Py_ssize_t made = fold(r, chars + size - peek, peek, key, WORDED);
        if (made < 0)
            return 1;
        back = stops(r, key, made);
    }
    if ((front & LONG_STARTS) || (back & LONG_ENDS) || (numbered && (back & LONG_ENDS_NUMBERED)) ||
        has_needle(r, chars, size, LONG_INNER))
        return 1;
    if (!(front & LONG_STARTS_WORDED) && !(back & LONG_ENDS_WORDED))
        return 0;
    Py_ssize_t made = fold(r, chars, size, key, WORDED);
    return made < 0 || has_needle(r, key, made, LONG_WORD);
}

/* A slice in lower case as prompts are compared, or NOT_SIMPLE, also where room is short. */
static Py_ssize_t
lowered(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size, Py_UCS4 *out, Py_ssize_t room)
{
    Py_ssize_t made = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        uint32_t form = chars[i] < BEYOND ? r->lower[chars[i]] : chars[i];
        if (form & LONGER) {
            if (!append(r, form, out, &made, room - (size - i - 1)))
                return NOT_SIMPLE;
        } else if (form) {
            out[made++] = form;
        } else {
            return NOT_SIMPLE;
        }
    }
    return made;
}

typedef struct {
    Py_ssize_t start, size;
} Span;

/* The next word, hyphens and apostrophes inside it included. */
static int
next_word(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size, Py_ssize_t at, Span *word)
{
    while (at < size && !IS(r, chars[at], LETTER))
        at++;
    word->start = at;
    while (at < size && IS(r, chars[at], LETTER)) {
        while (at < size && IS(r, chars[at], LETTER))
            at++;
        if (at + 1 < size && (chars[at] == '\'' || chars[at] == '-') && IS(r, chars[at + 1], LETTER))
            at++;
    }
    word->size = at - word->start;
    return word->size > 0;
}

static int
pair_listed(const Reader *r, const Py_UCS4 *chars, Span one, Span two, uint32_t role)
{
    Py_UCS4 both[8 * NEAR + 1];
    memcpy(both, chars + one.start, (size_t)one.size * sizeof *both);
    both[one.size] = ' ';
    memcpy(both + one.size + 1, chars + two.start, (size_t)two.size * sizeof *both);
    return listed(r, both, one.size + 1 + two.size, role);
}

/* Whether a line may open with words that prompts open with: by the first letters. */
static int
may_open(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size)
{
    Py_UCS4 letters[GATED];
    Py_ssize_t at = 0;
    int count = 0;
    for (; at < size && !IS(r, chars[at], LETTER); at++)
        if (chars[at] >= 0x80)
            return 1;
    for (; at < size && count < GATED && IS(r, chars[at], LETTER); at++)
        if (lowered(r, chars + at, 1, &letters[count++], 1) < 1)
            return 1;
    return is_open(r, letters, count, OPENING);
}

/* Whether it may close with words that prompts close with: by the last letters. */
static int
may_close(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size)
{
    Py_UCS4 letters[GATED];
    Py_ssize_t at = size - 1;
    int count = 0;
    for (; at >= 0 && !IS(r, chars[at], LETTER); at--)
        if (chars[at] >= 0x80 && chars[at] != 0x2019)
            return 1;
    for (; at >= 0 && count < GATED && IS(r, chars[at], LETTER); at--)
        if (lowered(r, chars + at, 1, &letters[GATED - ++count], 1) < 1)
            return 1;
    return !count || is_open_behind(r, letters + GATED - count, count, CLOSING);
}

/* Whether a line opens, or ends, as prompts do. */
static int
is_promising(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size)
{
    Py_UCS4 part[4 * NEAR];
    Py_ssize_t near = size < 2 * NEAR ? size : 2 * NEAR, made = 0;
    Span one = {0, 0}, two = {0, 0};
    for (Py_ssize_t i = 0; i < size && i < NEAR; i++)
        if (chars[i] >= 0x370)
            return 1;
    int opens = may_open(r, chars, near);
    if (opens && (made = lowered(r, chars, near, part, 4 * NEAR)) < 0)
        return 1;
    if (opens && next_word(r, part, made, 0, &one)) {
        if (listed(r, part + one.start, one.size, OPENS))
            return 1;
        if (next_word(r, part, made, one.start + one.size, &two) &&
            pair_listed(r, part, one, two, OPENS))
            return 1;
    }
    if (!may_close(r, chars + size - near, near))
        return 0;
    if ((made = lowered(r, chars + size - near, near, part, 4 * NEAR)) < 0)
        return 1;
    one.size = two.size = 0;
    for (Span word = {0, 0}; next_word(r, part, made, word.start + word.size, &word); two = word)
        one = two;
    if (!two.size)
        return listed(r, part, 0, CLOSES);
    return one.size ? pair_listed(r, part, one, two, CLOSES)
                    : listed(r, part + two.start, two.size, CLOSES);
}

static int
may_prompt(const Reader *r, const Line *line)
{
    Py_UCS4 text[LONG];
    Py_UCS4 last = line->chars[line->size - 1];
    if (IS(r, line->chars[0], OPENER) || last == ':' || last == 0xff1a ||
        !is_promising(r, line->chars, line->size))
        return 0;
    Py_ssize_t made = lowered(r, line->chars, line->size, text, LONG);
    return made < 0 || names_prompt(r, text, made);
}

/* Whether a sign is the one colon that a line ends with: it points to what follows the line. */
static int
announces(const Line *line, Py_ssize_t at)
{
    Py_UCS4 sign = line->chars[at];
    return at == line->size - 1 && at && (sign == ':' || sign == 0xff1a) &&
           line->chars[at - 1] != ':' && line->chars[at - 1] != 0xff1a;
}

/* Whether a line that is no running text may be a label: by its signs or its pieces. */
static int
may_label(const Reader *r, const Line *line)
{
    const Py_UCS4 *chars = line->chars;
    Py_UCS4 piece[SHORT];
    int pieces = 0, silent = 0;
    if (!IS(r, chars[0], ALNUM))
        return 1;
    for (Py_ssize_t i = 0; i < line->size; i++) {
        if (IS(r, chars[i], SIGN) && !announces(line, i))
            return 1;
        if (Py_UNICODE_ISDIGIT(chars[i]))
            return 1;
        int dash = chars[i] == '-' || chars[i] == 0x2013 || chars[i] == 0x2014;
        if (dash && i && IS(r, chars[i - 1], SPACE))
            return 1;
    }
    for (Py_ssize_t i = 0, start; i < line->size && !silent; i++) {
        for (start = i; i < line->size && !IS(r, chars[i], SPACE) && chars[i] != ','; i++)
            ;
        Py_ssize_t made = fold(r, chars + start, i - start, piece, SHORT);
        pieces += made != 0; /* what the plain code must fold may be anything */
        silent = made > 0 && !key_may_match(r, piece, made);
    }
    return pieces > 1 && !silent;
}

/* Whether a line may be an address alone. */
static int
may_be_address(const Reader *r, const Line *line)
{
    Py_ssize_t size = line->size < LONG ? line->size : LONG;
    int first = line->chars[0] | 0x20;
    for (Py_ssize_t i = 0; i < size; i++)
        if (IS(r, line->chars[i], SPACE))
            return 0;
    return first == 'h' || first == 'w';
}

/* What must be asked of a line: whether a template, a label or a prompt matches it. */
static int
asked(const Reader *r, const Line *line)
{
    Py_ssize_t size = line->size;
    Py_UCS4 last;
    int asks = 0;
    if (may_be_address(r, line))
        return EVERYTHING;
    if (size >= LONG)
        return 0;
    last = line->chars[size - 1];
    if (line->keyed && !line->key_size)
        return EVERYTHING;
    if (line->keyed ? line->key_size < 0 || last == ')' || last == 0xff09 ||
                          key_may_match(r, line->key, line->key_size)
                    : long_may_match(r, line->chars, size))
        asks |= WORDING;
    if (line->final && line->count <= FEW &&
        (size < 3 || last != '.' || line->chars[size - 2] != '.' || line->chars[size - 3] != '.'))
        return asks;
    if (!line->body && may_label(r, line))
        asks |= LABEL;
    return asks | (may_prompt(r, line) ? PROMPT : 0);
}

static int
is_bullet(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size)
{
    Py_ssize_t at = 0;
    if (IS(r, chars[0], BULLET)) {
        at = 1;
    } else {
        while (at < size && at < 2 && Py_UNICODE_ISDECIMAL(chars[at]))
            at++;
        if (!at || at >= size || (chars[at] != '.' && chars[at] != ')'))
            return 0;
        at++;
    }
    return at < size && IS(r, chars[at], SPACE);
}

static int
is_final(const Reader *r, const Py_UCS4 *chars, Py_ssize_t size)
{
    for (Py_ssize_t i = size - 1; i >= 0 && i >= size - 6; i--) {
        if IS(r, chars[i], FINAL)
            return 1;
        if (IS(r, chars[i], ALNUM | SPACE) || chars[i] == '_')
            return 0;
    }
    return 0;
}

/* Words: where letters or digits begin, but behind a joint between two of them. */
static double
word_count(const uint32_t *kinds, Py_ssize_t size)
{
    Py_ssize_t count = 0;
    uint32_t letter = 0, joint = 0; /* whether there was one before; or a joint behind one */
    for (Py_ssize_t i = 0; i < size; i++) {
        uint32_t is_letter = (kinds[i] & ALNUM) != 0;
        count += is_letter & ~(letter | joint);
        joint = letter & ((kinds[i] & JOINT) != 0);
        letter = is_letter;
    }
    return (double)count;
}

/* The shape of a stripped line; its last characters are given apart, since long lines are cut. */
static void
look_at_shape(const Reader *r, Line *line, const Py_UCS4 *tail, Py_ssize_t tail_size)
{
    Py_ssize_t size = line->size, dense = 0;
    uint32_t kinds[SHORT], all;
    line->quoted = IS(r, line->chars[0], QUOTE) || IS(r, tail[tail_size - 1], QUOTE);
    line->final = is_final(r, tail, tail_size);
    line->bullet = is_bullet(r, line->chars, size < LONG ? size : LONG);
    line->key_size = 0;
    line->keyed = size <= (line->final ? BODY_WIDTH : SHORT);
    line->count = (double)size / WORD_WIDTH;
    line->width = (double)size;
    line->body = line->wide = 1;
    if (!line->keyed)
        return;
    all = kinds_of(r, line->chars, size, kinds);
    for (Py_ssize_t i = 0; i < size && (all & WIDE); i++)
        dense += (kinds[i] & WIDE) != 0;
    line->width += 1.5 * (double)dense;
    line->count = word_count(kinds, size);
    if (line->count * 12 < line->width && line->count < line->width / WORD_WIDTH)
        line->count = line->width / WORD_WIDTH;
    line->wide = line->width >= BODY_WIDTH;
    line->body = line->width >= 2 * BODY_WIDTH ||
                 (line->final && (line->wide || (line->width >= SENTENCE_WIDTH &&
                                                 line->count >= SENTENCE_WORDS)));
    line->key_size = fold_kinds(r, kinds, size, all, line->key, SHORT);
}

/* Fill a named tuple; the references are taken over, also where this fails. */
static PyObject *
tuple_of(PyTypeObject *type, PyObject **items, Py_ssize_t count)
{
    int failed = 0;
    for (Py_ssize_t i = 0; i < count; i++)
        failed |= !items[i];
    PyObject *made = failed ? NULL : type->tp_alloc(type, count);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (made)
            PyTuple_SET_ITEM(made, i, items[i]);
        else
            Py_XDECREF(items[i]);
    }
    return made;
}

static PyObject *
shape_of(const Reader *r, const Line *line)
{
    PyObject *key = line->keyed && line->key_size < 0
                        ? Py_NewRef(Py_None)
                        : PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, line->key,
                                                    line->key_size);
    PyObject *items[SHAPE_FIELDS] = {
        key,
        PyFloat_FromDouble(line->count),
        PyFloat_FromDouble(line->width),
        PyBool_FromLong(line->final),
        PyBool_FromLong(line->bullet),
        PyBool_FromLong(line->quoted),
        PyBool_FromLong(line->body),
        PyBool_FromLong(line->wide),
    };
    return tuple_of(r->shape, items, SHAPE_FIELDS);
}

typedef struct {
    Py_ssize_t start, end, first, last, gap; /* with its indent and line feed, and without */
    int turn;
} Place;

static PyObject *
line_of(const Reader *r, PyObject *text, const Line *line, const Place *place)
{
    PyObject *items[LINE_FIELDS] = {
        PyUnicode_Substring(text, place->first, place->last),
        PyLong_FromSsize_t(place->start),
        PyLong_FromSsize_t(place->end),
        PyLong_FromSsize_t(place->first - place->start),
        PyLong_FromSsize_t(place->gap),
        shape_of(r, line),
        PyBool_FromLong(place->turn),
    };
    return tuple_of(r->line, items, LINE_FIELDS);
}

#define WIDEN(TYPE)                                                         \
    const TYPE *restrict from = (const TYPE *)PyUnicode_DATA(text) + start; \
    for (Py_ssize_t i = 0; i < size; i++)                                   \
        out[i] = from[i];

/* Characters of a text as code points. */
static void
widen(PyObject *text, Py_ssize_t start, Py_ssize_t size, Py_UCS4 *restrict out)
{
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND) {
        WIDEN(Py_UCS1)
    } else if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND) {
        WIDEN(Py_UCS2)
    } else {
        WIDEN(Py_UCS4)
    }
}

/* Read a line that is not blank into the buffer. */
static void
read_line(const Reader *r, PyObject *text, const Place *place, Line *line)
{
    Py_UCS4 tail[TAIL];
    Py_ssize_t size = place->last - place->first;
    Py_ssize_t tail_size = size < TAIL ? size : TAIL;
    line->size = size;
    widen(text, place->first, size < LONG ? size : LONG, line->chars);
    widen(text, place->last - tail_size, tail_size, tail);
    look_at_shape(r, line, tail, tail_size);
}

/* Go to the next line that is not blank; 0 at the end of the text. */
static int
next_line(const Reader *r, PyObject *text, Place *place)
{
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int before = place->end > 0;
    place->gap = place->turn = 0;
    for (place->start = place->end; place->start < size; place->start = place->end) {
        Py_ssize_t feed = PyUnicode_FindChar(text, '\n', place->start, size, 1);
        place->end = feed < 0 ? size : feed + 1;
        place->first = place->start;
        place->last = place->end;
        for (; place->first < place->end; place->first++) {
            Py_UCS4 ch = PyUnicode_READ(kind, data, place->first);
            if (!IS_SPACE(r, ch))
                break;
            place->turn |= ch == '\f';
        }
        if (place->first < place->end) {
            while (IS_SPACE(r, PyUnicode_READ(kind, data, place->last - 1)))
                place->last--;
            if (!before)
                place->gap = 0;
            return 1;
        }
        place->gap++;
    }
    return 0;
}

/* Append a line with what must be asked of it; 0 or -1. */
static int
take(const Reader *r, PyObject *text, const Place *place, const Line *line, int asks,
     PyObject *lines, PyObject *questions)
{
    PyObject *made = line_of(r, text, line, place), *number = PyLong_FromLong(asks);
    int failed = !made || !number || PyList_Append(lines, made) < 0 ||
                 PyList_Append(questions, number) < 0;
    Py_XDECREF(made);
    Py_XDECREF(number);
    return failed ? -1 : 0;
}

static PyObject *
reader_cut(Reader *self, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "text must be str");
    PyObject *lines = PyList_New(0), *questions = PyList_New(0), *found = NULL;
    Place place = {0, 0, 0, 0, 0, 0};
    Line line;
    int failed = !lines || !questions;
    while (!failed && next_line(self, text, &place)) {
        read_line(self, text, &place, &line);
        failed = take(self, text, &place, &line, asked(self, &line), lines, questions) < 0;
    }
    if (!failed)
        found = PyTuple_Pack(2, lines, questions);
    Py_XDECREF(lines);
    Py_XDECREF(questions);
    return found;
}

/* What the rules of calm.py go by. */
typedef struct {
    int head, heading_least, heading_most, label, numbers;
    int number, bodies, numbered; /* lines before this one, running text, short with a number */
    Py_ssize_t first, size;       /* of the line before it */
} Calm;

static int
has_number(const Reader *r, const Line *line)
{
    if (line->body || line->width > PAGED)
        return 0;
    for (Py_ssize_t i = 0; i < line->size; i++)
        if ((traits_of(r, line->chars[i]) & (ALNUM | LETTER)) == ALNUM)
            return 1;
    return 0;
}

/* Whether a line above the first paragraphs may be a name, or name the site. */
static int
may_name(const Reader *r, const Line *line, int titles)
{
    Py_ssize_t size = line->size < LONG ? line->size : LONG, words = 0;
    int blank = 1;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 ch = line->chars[i];
        if (titles && (ch == '|' || ch == '-' || ch == '_' || ch == 0xb7 || ch == 0x2013 ||
                       ch == 0x2014 || ch == 0x2022 || ch == 0xff5c))
            return 1;
        words += blank && !IS_SPACE(r, ch);
        blank = IS_SPACE(r, ch);
        if (words > NAME_WORDS && !titles)
            return 0;
    }
    return words > 1 && words <= NAME_WORDS && Py_UNICODE_ISUPPER(line->chars[0]);
}

/* What must be asked of a line on a calm page, or -1 where its shape or place tells that it is
   none. */
static int
asked_if_calm(const Reader *r, PyObject *text, const Place *place, const Line *line, Calm *calm)
{
    int kind = PyUnicode_KIND(text), index = calm->number++, bodies = calm->bodies;
    const char *data = PyUnicode_DATA(text);
    Py_UCS4 last = PyUnicode_READ(kind, data, place->last - 1);
    int same = index && line->size == calm->size &&
               !memcmp(data + place->first * kind, data + calm->first * kind,
                       (size_t)(line->size * kind));
    calm->first = place->first;
    calm->size = line->size;
    calm->numbered += has_number(r, line);
    calm->bodies += line->body;
    if (place->turn || same || calm->numbered >= calm->numbers)
        return -1;
    if (!line->final && line->count <= calm->heading_most) {
        if (place->gap && line->count >= calm->heading_least && !line->bullet && !line->quoted)
            return -1;
        if (line->count <= calm->label && (last == ':' || last == 0xff1a))
            return -1;
    }
    int asks = asked(r, line);
    if (index > calm->head || bodies > 1)
        return asks;
    if (line->bullet && IS(r, line->chars[0], BULLET))
        return -1;
    return asks | (may_name(r, line, !bodies && !line->body && index < calm->head) ? NAME : 0);
}

/* survey(text, head, heading_least, heading_most, label, numbers): of a text that may be calm the
   lines that something must be asked of, and what; None of others. */
static PyObject *
reader_survey(Reader *self, PyObject *args)
{
    PyObject *text, *lines = NULL, *questions = NULL, *found = NULL;
    Calm calm = {0};
    if (!PyArg_ParseTuple(args, "Uiiiii", &text, &calm.head, &calm.heading_least,
                          &calm.heading_most, &calm.label, &calm.numbers))
        return NULL;
    lines = PyList_New(0);
    questions = PyList_New(0);
    Place place = {0, 0, 0, 0, 0, 0};
    Line line;
    int asks = 0, failed = !lines || !questions;
    while (!failed && asks >= 0 && next_line(self, text, &place)) {
        read_line(self, text, &place, &line);
        asks = asked_if_calm(self, text, &place, &line, &calm);
        if (asks > 0)
            failed = take(self, text, &place, &line, asks, lines, questions) < 0;
    }
    if (!failed)
        found = asks < 0 ? Py_NewRef(Py_None) : PyTuple_Pack(2, lines, questions);
    Py_XDECREF(lines);
    Py_XDECREF(questions);
    return found;
}

/* The characters and the roles of an entry of {str: int}. */
static Py_UCS4 *
worded(PyObject *word, PyObject *number, Py_ssize_t *size, uint32_t *roles)
{
    unsigned long value = PyLong_Check(number) ? PyLong_AsUnsignedLong(number) : 0;
    if (!PyUnicode_Check(word) || PyErr_Occurred() || !value || value > 0xFFFF) {
        PyErr_Clear();
        PyErr_SetString(PyExc_ValueError, "words must have roles");
        return NULL;
    }
    *roles = (uint32_t)value;
    *size = PyUnicode_GET_LENGTH(word);
    return PyUnicode_AsUCS4Copy(word);
}

#define SOME(count) ((count) < GATED ? (count) : GATED)

/* Open a gate for a word of so many letters, by the hash of those that it goes by. */
static void
open_gate(Reader *self, uint32_t hash, Py_ssize_t count, uint32_t gate)
{
    self->gates[hash & (GATES - 1)] |= (uint16_t)(count < GATED ? gate * BRIEF : gate);
}

/* Open the gates for a word that lines may begin or end with. */
static void
open_gates(Reader *self, const Py_UCS4 *chars, Py_ssize_t size, uint32_t roles)
{
    Py_ssize_t letters = 0, last = 0; /* of the first word, and of the last */
    while (letters < size && IS(self, chars[letters], LETTER))
        letters++;
    while (last < size && IS(self, chars[size - last - 1], LETTER))
        last++;
    if (roles & (LONG_STARTS | LONG_STARTS_WORDED))
        open_gate(self, hash_of(chars, SOME(size)), size, STARTING);
    if (roles & (EXACT | STARTS | STARTS_WORDED))
        open_gate(self, hash_of(chars, SOME(size)), size, FRONTING);
    if (roles & OPENS)
        open_gate(self, hash_of(chars, SOME(letters)), letters, OPENING);
    if (roles & (ENDS | ENDS_NUMBERED | ENDS_WORDED | LONG_ENDS | LONG_ENDS_NUMBERED |
                 LONG_ENDS_WORDED))
        open_gate(self, hash_of(chars + size - SOME(size), SOME(size)), size, ENDING);
    if (roles & CLOSES)
        open_gate(self, hash_of(chars + size - SOME(last), SOME(last)), last, CLOSING);
}

static int
fill_entries(Reader *self, PyObject *words)
{
    size_t room = 64;
    PyObject *word, *number;
    while (room < 2 * (size_t)PyDict_GET_SIZE(words))
        room *= 2;
    self->mask = room - 1;
    self->entries = PyMem_Calloc(room, sizeof *self->entries);
    if (!self->entries)
        return PyErr_NoMemory(), -1;
    for (Py_ssize_t at = 0, size; PyDict_Next(words, &at, &word, &number);) {
        uint32_t roles;
        Py_UCS4 *chars = worded(word, number, &size, &roles);
        if (!chars)
            return -1;
        uint32_t hash = hash_of(chars, size);
        open_gates(self, chars, size, roles);
        PyMem_Free(chars);
        size_t slot = hash & self->mask;
        while (self->entries[slot].roles && self->entries[slot].hash != hash)
            slot = (slot + 1) & self->mask;
        self->entries[slot].hash = hash;
        self->entries[slot].roles |= roles;
    }
    return 0;
}

/* Count the letters of a needle, whose size and roles are known; 0 or -1. */
static int
tally(const Needle *needle, uint32_t *counts)
{
    if (!needle->size)
        return PyErr_SetString(PyExc_ValueError, "a needle must have characters"), -1;
    for (Py_ssize_t i = 0; i < needle->size; i++)
        if (needle->chars[i] < BEYOND)
            counts[needle->chars[i]]++;
    if (needle->chars[0] >= BEYOND || needle->roles > 0xFF)
        return PyErr_SetString(PyExc_ValueError, "a needle of other characters or roles"), -1;
    return 0;
}

/* Chain a needle under the letter that the fewest have, which few lines will have, too. */
static void
chain(Needles *n, int index, const uint32_t *counts)
{
    Needle *needle = &n->needles[index];
    for (Py_ssize_t i = 1; i < needle->size; i++)
        if (needle->chars[i] < BEYOND &&
            counts[needle->chars[i]] < counts[needle->chars[needle->anchor]])
            needle->anchor = i;
    uint32_t letters = 0;
    for (Py_ssize_t i = needle->anchor; i < needle->size && i < needle->anchor + LEAD; i++)
        letters = lead(letters, needle->chars[i]);
    size_t head = head_of(letters);
    n->anchors[needle->chars[needle->anchor]] |= (uint8_t)needle->roles;
    n->leads[head] |= (uint8_t)needle->roles;
    needle->next = n->heads[head];
    n->heads[head] = index;
}

static int
chain_all(Needles *n)
{
    uint32_t *counts = PyMem_Calloc(BEYOND, sizeof *counts);
    int failed = counts ? 0 : (PyErr_NoMemory(), -1);
    for (int i = 0; i < n->count && !failed; i++)
        failed = tally(&n->needles[i], counts);
    for (int i = 0; i < n->count && !failed; i++)
        chain(n, i, counts);
    PyMem_Free(counts);
    return failed;
}

/* The roles of the words of prompts are the kinds that they have languages of. */
static int
fill_languages(Needle *needle, PyObject *given)
{
    if (!given || !PyTuple_Check(given) ||
        !PyArg_ParseTuple(given, "III", &needle->languages[0], &needle->languages[1],
                          &needle->languages[2])) {
        PyErr_SetString(PyExc_ValueError, "words of prompts must have languages by kind");
        return -1;
    }
    for (int k = 0; k < KINDS; k++)
        needle->roles |= needle->languages[k] ? 1u << k : 0;
    return 0;
}

static int
fill_needles(Needles *n, PyObject *words, int languages)
{
    PyObject *word, *given;
    n->needles = PyMem_Calloc((size_t)PyDict_GET_SIZE(words) + 1, sizeof *n->needles);
    n->anchors = PyMem_Calloc(POINTS, sizeof *n->anchors);
    if (!n->needles || !n->anchors)
        return PyErr_NoMemory(), -1;
    for (int i = 0; i < HEADS; i++)
        n->heads[i] = -1;
    for (Py_ssize_t at = 0; PyDict_Next(words, &at, &word, &given);) {
        Needle *needle = &n->needles[n->count];
        if (!languages) {
            if (!(needle->chars = worded(word, given, &needle->size, &needle->roles)))
                return -1;
        } else {
            if (fill_languages(needle, PyUnicode_Check(word) ? given : NULL) < 0 ||
                !(needle->chars = PyUnicode_AsUCS4Copy(word)))
                return -1;
            needle->size = PyUnicode_GET_LENGTH(word);
        }
        n->count++;
    }
    return chain_all(n);
}

static void
free_needles(Needles *n)
{
    for (Py_ssize_t i = 0; i < n->count; i++)
        PyMem_Free(n->needles[i].chars);
    PyMem_Free(n->needles);
    PyMem_Free(n->anchors);
}

static int
is_named_tuple(PyTypeObject *type)
{
    return PyType_IsSubtype(type, &PyTuple_Type) && type->tp_basicsize == PyTuple_Type.tp_basicsize;
}

/* Take over the forms that the tables number. */
static int
fill_forms(Reader *self, PyObject *forms)
{
    self->form_count = PyTuple_GET_SIZE(forms);
    self->forms = PyMem_Calloc((size_t)self->form_count + 1, sizeof *self->forms);
    if (!self->forms)
        return PyErr_NoMemory(), -1;
    for (Py_ssize_t i = 0; i < self->form_count; i++) {
        PyObject *form = PyTuple_GET_ITEM(forms, i);
        Form *own = &self->forms[i];
        if (!PyUnicode_Check(form) || PyUnicode_GET_LENGTH(form) > FORM_SIZE)
            return PyErr_SetString(PyExc_ValueError, "forms must be a few letters"), -1;
        own->size = PyUnicode_GET_LENGTH(form);
        if (own->size && !PyUnicode_AsUCS4(form, own->letters, FORM_SIZE, 0))
            return -1;
    }
    for (Py_UCS4 c = 0; c < BEYOND; c++)
        if (((self->traits[c] & LONGER) && (self->traits[c] & FORM) >= self->form_count) ||
            ((self->lower[c] & LONGER) && (self->lower[c] & FORM) >= self->form_count))
            return PyErr_SetString(PyExc_ValueError, "a form that there is not"), -1;
    return 0;
}

static int
fill(Reader *self, const Py_buffer *traits, const Py_buffer *lower, PyObject *words,
     PyObject *needles, PyObject *prompts, PyObject *forms)
{
    if (traits->len != BEYOND * (Py_ssize_t)sizeof *self->traits ||
        lower->len != BEYOND * (Py_ssize_t)sizeof *self->lower || !is_named_tuple(self->line) ||
        !is_named_tuple(self->shape))
        return PyErr_SetString(PyExc_ValueError, "tables of another size"), -1;
    self->traits = PyMem_Malloc((size_t)traits->len);
    self->lower = PyMem_Malloc((size_t)lower->len);
    if (!self->traits || !self->lower)
        return PyErr_NoMemory(), -1;
    memcpy(self->traits, traits->buf, (size_t)traits->len);
    for (Py_UCS4 c = 0; c < BEYOND; c++) {
        uint32_t kinds = known(c);
        self->traits[c] = kinds & SPACE ? (self->traits[c] & ~(uint32_t)FORM) | SPACE | ' '
                                        : self->traits[c] | kinds;
    }
    memcpy(self->lower, lower->buf, (size_t)lower->len);
    if (fill_forms(self, forms) < 0)
        return -1;
    if (fill_entries(self, words) < 0 || fill_needles(&self->wording, needles, 0) < 0)
        return -1;
    return fill_needles(&self->prompts, prompts, 1);
}

static PyObject *
reader_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    Py_buffer traits, lower;
    PyObject *words, *needles, *prompts, *forms, *line, *shape;
    if (named && PyDict_GET_SIZE(named))
        return PyErr_Format(PyExc_TypeError, "Reader takes no keywords");
    if (!PyArg_ParseTuple(args, "y*y*O!O!O!O!O!O!", &traits, &lower, &PyDict_Type, &words,
                          &PyDict_Type, &needles, &PyDict_Type, &prompts, &PyTuple_Type, &forms,
                          &PyType_Type, &line, &PyType_Type, &shape))
        return NULL;
    Reader *self = (Reader *)type->tp_alloc(type, 0);
    if (self) {
        self->line = (PyTypeObject *)Py_NewRef(line);
        self->shape = (PyTypeObject *)Py_NewRef(shape);
        if (fill(self, &traits, &lower, words, needles, prompts, forms) < 0)
            Py_CLEAR(self);
    }
    PyBuffer_Release(&traits);
    PyBuffer_Release(&lower);
    return (PyObject *)self;
}

static void
reader_dealloc(Reader *self)
{
    PyTypeObject *type = Py_TYPE(self);
    free_needles(&self->wording);
    free_needles(&self->prompts);
    PyMem_Free(self->entries);
    PyMem_Free(self->traits);
    PyMem_Free(self->lower);
    PyMem_Free(self->forms);
    Py_XDECREF(self->line);
    Py_XDECREF(self->shape);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef reader_methods[] = {
    {"cut", (PyCFunction)reader_cut, METH_O, "The lines of a text, and what to ask of each."},
    {"survey", (PyCFunction)reader_survey, METH_VARARGS, "What to ask of a text that may be calm."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot reader_slots[] = {
    {Py_tp_new, reader_new},
    {Py_tp_dealloc, reader_dealloc},
    {Py_tp_methods, reader_methods},
    {Py_tp_doc, "Reader(traits, lower, words, needles, prompts, forms, line, shape)"},
    {0, NULL},
};

static PyType_Spec reader_spec = {
    "unspun.chrome._lines.Reader", sizeof(Reader), 0, Py_TPFLAGS_DEFAULT, reader_slots,
};

KERNEL(_lines, "Lines and their shapes.", NULL, &reader_spec)
