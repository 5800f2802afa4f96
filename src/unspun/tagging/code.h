/* Lines that are code, by their marks. */
#ifndef UNSPUN_TAGGING_CODE_H
#define UNSPUN_TAGGING_CODE_H

#include "laid.h"

#define CODE_SHARE 0.2 /* marks among the characters of a line of code, blanks aside */
#define DENSE 0x2E80 /* from here on, characters say as much as several letters */
#define DENSE_WEIGHT 3
#define CODE_LEAST 4

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

#endif
