/* Where the words of a text end: the grammars of lm/words.py and channel/tokens.py. */
#ifndef UNSPUN_LM_CUT_H
#define UNSPUN_LM_CUT_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

enum { SPACE = 1, DIGIT = 2, LETTER = 4, ALNUM = 8, ALPHA = 16 }; /* DIGIT is decimal, as \d */
enum { LEFT_DOUBLE = 0x201C, RIGHT_DOUBLE = 0x201D, CURLY = 0x2019 };

typedef struct {
    int kind;
    const void *data;
    Py_ssize_t size;
} Text;

#define A (LETTER | ALNUM | ALPHA)
#define D (DIGIT | ALNUM)
#define S SPACE
static const uint8_t ASCII[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, S, S, S, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, S, S,
    S, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0,
    0, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, 0, 0, 0, 0, 0,
    0, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, 0, 0, 0, 0, 0,
};
#undef A
#undef D
#undef S

static uint8_t
told(Py_UCS4 c)
{
    if (Py_UNICODE_ISSPACE(c))
        return SPACE;
    if (!Py_UNICODE_ISALNUM(c))
        return 0;
    return ALNUM | (Py_UNICODE_ISDECIMAL(c) ? DIGIT : LETTER) |
           (Py_UNICODE_ISALPHA(c) ? ALPHA : 0);
}

static inline Py_UCS4
at(const Text *t, Py_ssize_t k)
{
    return k >= 0 && k < t->size ? PyUnicode_READ(t->kind, t->data, k) : 0;
}

/* What a character is; outside the text nothing is anything. */
static inline int
is(const Text *t, Py_ssize_t k, int classes)
{
    if (k < 0 || k >= t->size)
        return 0;
    Py_UCS4 c = PyUnicode_READ(t->kind, t->data, k);
    return (c < 128 ? ASCII[c] : told(c)) & classes;
}

static inline Py_ssize_t
run(const Text *t, Py_ssize_t k, int classes)
{
    while (is(t, k, classes))
        k++;
    return k;
}

static int
follows(const Text *t, Py_ssize_t k, const char *what)
{
    for (; *what; what++, k++)
        if (at(t, k) != (unsigned char)*what)
            return 0;
    return 1;
}

static inline int
apostrophe(const Text *t, Py_ssize_t k)
{
    Py_UCS4 c = at(t, k);
    return c == '\'' || c == CURLY;
}

/* The end of a clitic that stands at a place, or 0. */
static Py_ssize_t
clitic(const Text *t, Py_ssize_t k)
{
    static const char *const all[] = {"s", "ll", "re", "ve", "d", "m",
                                      "S", "LL", "RE", "VE", "D", "M"};
    for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
        Py_ssize_t end = k + (Py_ssize_t)strlen(all[n]);
        if (follows(t, k, all[n]) && !is(t, end, ALNUM))
            return end;
    }
    return 0;
}

static Py_ssize_t
title(const Text *t, Py_ssize_t k)
{
    static const char *const all[] = {
        "Mr.",  "Mrs.", "Ms.",  "Dr.", "Sen.", "Sens.", "Rep.", "Reps.", "Gov.",  "Gen.", "Lt.",
        "Col.", "Sgt.", "Capt.", "Prof.", "Rev.", "Hon.", "St.", "Jan.", "Feb.", "Aug.", "Sept.",
        "Oct.", "Nov.", "Dec.",
    };
    for (size_t n = 0; n < sizeof all / sizeof *all; n++)
        if (follows(t, k, all[n]))
            return k + (Py_ssize_t)strlen(all[n]);
    return 0;
}

static Py_ssize_t
address(const Text *t, Py_ssize_t k)
{
    static const char *const heads[] = {"http://", "https://", "www."};
    for (size_t n = 0; n < sizeof heads / sizeof *heads; n++) {
        if (!follows(t, k, heads[n]))
            continue;
        Py_ssize_t end = 0;
        for (k += (Py_ssize_t)strlen(heads[n]); k < t->size && !is(t, k, SPACE); k++) {
            Py_UCS4 c = at(t, k);
            if (c == '<' || c == '>' || c == '"' || c == RIGHT_DOUBLE)
                break;
            if (c == CURLY || (c < 128 && c && strchr(".,;:!?)]'", (int)c)))
                continue;
            end = k + 1;
        }
        return end;
    }
    return 0;
}

/* Behind a digit: more of the number, its separators, what is written onto it. */
static Py_ssize_t
separated(const Text *t, Py_ssize_t k, int onto)
{
    while ((at(t, k) == '.' || at(t, k) == ',') && is(t, k + 1, DIGIT)) {
        k = run(t, k + 1, DIGIT);
        if (onto)
            k = run(t, k, ALNUM);
    }
    return k;
}

static Py_ssize_t
lettered(const Text *t, Py_ssize_t k)
{
    Py_ssize_t end = k, found;
    while (is(t, end, LETTER) && at(t, end + 1) == '.')
        end += 2;
    if (end >= k + 4)
        return end;
    Py_UCS4 first = at(t, k), behind;
    end = run(t, k, LETTER);
    behind = at(t, end); /* of no title and no address another character */
    if (behind == '.' && first >= 'A' && first <= 'Z' && (found = title(t, k)))
        return found;
    if ((behind == '.' || behind == ':') && (first == 'h' || first == 'w') &&
        (found = address(t, k)))
        return found;
    if (is(t, end, DIGIT))
        return separated(t, run(t, end, ALNUM), 1);
    while (apostrophe(t, end) && !clitic(t, end + 1) && is(t, end + 1, LETTER))
        end = run(t, end + 1, LETTER);
    return end;
}

/* The end of the token that begins at a place where no white space is. */
static Py_ssize_t
token(const Text *t, Py_ssize_t k)
{
    Py_UCS4 c = at(t, k);
    if (is(t, k, LETTER))
        return lettered(t, k);
    if (is(t, k, DIGIT))
        return run(t, separated(t, run(t, k, DIGIT), 0), ALNUM);
    if (apostrophe(t, k) && (is(t, k - 1, ALNUM) || at(t, k - 1) == '.')) {
        Py_ssize_t end = clitic(t, k + 1);
        return end ? end : k + 1;
    }
    if (c == '.' || c == '-')
        for (k++; at(t, k) == c;)
            k++;
    else
        k++;
    return k;
}

static inline Text
text_of(PyObject *text)
{
    return (Text){PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)};
}

#endif
