/* A word of a text: a stretch of letters of one script group. */
#ifndef UNSPUN_TAGGING_WORD_H
#define UNSPUN_TAGGING_WORD_H

#include <Python.h>
#include <stdint.h>

#define NO_CLASS 0xFFFF /* of style, of what is no word of ASCII letters between others */

typedef struct {
    Py_ssize_t start;
    uint8_t size, group, said;
    uint8_t met;    /* bits: nothing stands before it, behind it, but another word */
    uint16_t class; /* of style */
} Word;

#define STOP(word) ((word).start + (word).size)

#endif
