/* The search for n-grams in the tables of lm/fuse.py, read where they lie.
 *
 * Each n-gram takes up to a dozen reads of cells that are far apart, so they are sought by the
 * handful, and the cells of the next step of each are fetched before the first is looked at.
 */
#ifndef UNSPUN_LM_NGRAMS_H
#define UNSPUN_LM_NGRAMS_H

#include "bits.h"
#include <Python.h>
#include <math.h>
#include <stdint.h>

#define MOST 6    /* words of an n-gram */
#define HANDFUL 16 /* rows whose cells are on the way at the same time */

static const uint64_t FACTORS[MOST] = {
    0x910A2DEC89025CC1u, 0xBEEB8DA1658EEC67u, 0xF893A2EEFB32555Fu,
    0x71C18690EE42C90Bu, 0x71BB54D8D101B5B9u, 0xC34D0BFF90150281u,
};

typedef struct {
    uint64_t seed, segment, starts;
    Py_buffer prints, codes, logp, backoff; /* backoff.buf is NULL in the highest order */
    int wide;                               /* codes of 16 bits, the upper 8 of the backoff */
} Table;

typedef struct {
    PyObject_HEAD
    int order;
    Py_buffer unigram, unigram_backoff;
    Table tables[MOST - 1];
} Model;

/* Where the fingerprints and codes of an n-gram are. */
typedef struct {
    uint64_t at[3];
} Cells;

typedef struct {
    uint64_t key; /* of the n-gram that is looked up */
    Cells cells[MOST]; /* of the n-grams that were looked up, by length */
    uint16_t print;
    int length;  /* words of it */
    int matched; /* words of the longest n-gram found; 0 while that is still looked for */
    const int32_t *row;
    float total;
} Query;

static inline void
aim(const Table *table, Query *q)
{
    uint64_t mixed = (q->key + table->seed) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 32)) * 0x94D049BB133111EBu;
    uint64_t mask = table->segment - 1, first = ((mixed >> 32) * table->starts) >> 32;
    uint64_t *at = q->cells[q->length].at;
    at[0] = first;
    at[1] = ((mixed >> 13) & mask) ^ (first + table->segment);
    at[2] = (mixed & mask) ^ (first + 2 * table->segment);
    q->print = (uint16_t)((mixed * 0x9E3779B97F4A7C15u) >> 48);
    for (int k = 0; k < 3; k++) {
        FETCH((const uint16_t *)table->prints.buf + at[k]);
    }
}

/* Whether the table holds what a query aims at. */
static inline int
held(const Table *table, const Query *q)
{
    const uint16_t *prints = table->prints.buf;
    const uint64_t *at = q->cells[q->length].at;
    return (uint16_t)(prints[at[0]] ^ prints[at[1]] ^ prints[at[2]]) == q->print;
}

/* The code of an n-gram that a query found. */
static inline int
code_of(const Table *table, const Cells *cells)
{
    const uint64_t *at = cells->at;
    if (table->wide) {
        const uint16_t *codes = table->codes.buf;
        return codes[at[0]] ^ codes[at[1]] ^ codes[at[2]];
    }
    const uint8_t *codes = table->codes.buf;
    return codes[at[0]] ^ codes[at[1]] ^ codes[at[2]];
}

static inline void
fetch_code(const Table *table, const Cells *cells)
{
    for (int k = 0; k < 3; k++) {
        FETCH((const char *)table->codes.buf + (cells->at[k] << table->wide));
    }
}

/* The code of what a query aims at, or -1. */
static inline int
hit(const Table *table, const Query *q)
{
    return held(table, q) ? code_of(table, &q->cells[q->length]) : -1;
}

/* The word so many places before the last, plus one; 0 for none. */
static inline uint64_t
word(const Query *q, int width, int back)
{
    return (uint64_t)((int64_t)q->row[width - 1 - back] + 1);
}

/* Aim at the context of a length; 0 where no word stands there. */
static int
aim_context(const Model *m, Query *q, int width, int length)
{
    if (length >= width || !word(q, width, length))
        return 0;
    q->key = 0;
    for (int k = 0; k < length; k++)
        q->key += word(q, width, k + 1) * FACTORS[k];
    q->length = length;
    aim(&m->tables[length - 2], q);
    return 1;
}

/* Add the weights of longer contexts than the n-gram found has; 0 where there is none. */
static int
back_off(const Model *m, Query *q, int width, int matched)
{
    q->matched = matched;
    if (matched == 1) {
        uint64_t before = width > 1 ? word(q, width, 1) : 0;
        if (!before)
            return 0;
        q->total += ((const float *)m->unigram_backoff.buf)[before];
        return aim_context(m, q, width, 2);
    }
    return aim_context(m, q, width, matched);
}

/* One step towards the longest n-gram; 0 once that is known. */
static inline int
seek(const Model *m, Query *q, int width)
{
    const Table *table = &m->tables[q->length - 2];
    if (!held(table, q)) {
        q->matched = q->length - 1;
        return 0;
    }
    uint64_t more = q->length < width ? word(q, width, q->length) : 0;
    if (!more) {
        q->matched = q->length;
        return 0;
    }
    q->key += more * FACTORS[q->length];
    q->length++;
    aim(&m->tables[q->length - 2], q);
    return 1;
}

/* Take the probability of the longest n-gram found, where that is more than the word. */
static inline void
take(const Model *m, Query *q)
{
    if (q->matched < 2)
        return;
    const Table *table = &m->tables[q->matched - 2];
    q->total = ((const float *)table->logp.buf)[code_of(table, &q->cells[q->matched]) & 0xFF];
}

/* One step of a query; 0 once its total is known. */
static int
step(const Model *m, Query *q, int width)
{
    if (!q->matched) {
        if (seek(m, q, width))
            return 1;
        take(m, q);
        return back_off(m, q, width, q->matched);
    }
    const Table *table = &m->tables[q->length - 2];
    int code = hit(table, q);
    if (code < 0)
        return 0;
    if (table->backoff.buf)
        q->total += ((const float *)table->backoff.buf)[code >> 8];
    return aim_context(m, q, width, q->length + 1);
}

static inline int
begin(const Model *m, Query *q, const int32_t *row, int width)
{
    q->row = row;
    q->total = ((const float *)m->unigram.buf)[word(q, width, 0)];
    uint64_t before = width > 1 ? word(q, width, 1) : 0;
    q->matched = !before;
    if (!before)
        return 0;
    q->key = word(q, width, 0) * FACTORS[0] + before * FACTORS[1];
    q->length = 2;
    aim(&m->tables[0], q);
    return 1;
}

static void
score_rows(const Model *m, const int32_t *rows, Py_ssize_t count, int width, float *out)
{
    Query queries[HANDFUL];
    int alive[HANDFUL];
    for (Py_ssize_t at = 0; at < count; at += HANDFUL) {
        int size = count - at < HANDFUL ? (int)(count - at) : HANDFUL, left = 0;
        for (int k = 0; k < size; k++)
            left += alive[k] = begin(m, &queries[k], rows + (at + k) * width, width);
        while (left)
            for (int k = 0; k < size; k++)
                if (alive[k] && !step(m, &queries[k], width)) {
                    alive[k] = 0;
                    left--;
                }
        for (int k = 0; k < size; k++)
            out[at + k] = queries[k].total;
    }
}

/* The code of a context, or -1; the query itself is left as it is. */
static int
code_of_context(const Model *m, Query q, int length)
{
    return aim_context(m, &q, m->order, length) ? hit(&m->tables[length - 2], &q) : -1;
}

/* Take the probability of what was found, and add the weights of longer contexts: those are n-grams
   that end with the word before, known from there. */
static inline void
weigh(const Model *m, Query *q, const Query *before)
{
    int width = m->order, length = q->matched;
    take(m, q);
    if (length == 1 && width > 1) {
        q->total += ((const float *)m->unigram_backoff.buf)[word(q, width, 1)];
        length++;
    }
    for (; length < width && word(q, width, length); length++) {
        const Table *table = &m->tables[length - 2];
        int code = -1;
        if (length <= before->matched)
            code = code_of(table, &before->cells[length]);
        else if (length > before->matched + 1)
            code = code_of_context(m, *q, length); /* longer than what was sought there */
        if (code < 0)
            return;
        if (table->backoff.buf)
            q->total += ((const float *)table->backoff.buf)[code >> 8];
    }
}

/* Fetch the codes that `weigh` reads. */
static inline void
fetch_codes(const Model *m, const Query *q, const Query *before)
{
    if (q->matched > 1)
        fetch_code(&m->tables[q->matched - 2], &q->cells[q->matched]);
    for (int length = q->matched > 1 ? q->matched : 2;
         length < before->matched && length < m->order; length++)
        fetch_code(&m->tables[length - 2], &before->cells[length]);
}

/* A sum that is rounded once (Neumaier 1974). */
typedef struct {
    double sum, rest;
} Sum;

static inline void
sum_up(Sum *s, double value)
{
    double sum = s->sum + value;
    s->rest += fabs(s->sum) >= fabs(value) ? s->sum - sum + value : value - sum + s->sum;
    s->sum = sum;
}

/* The log-probability of a text, given by ids: each word's row begins one after the one before. */
static double
score_text(const Model *m, const int32_t *rows, Py_ssize_t count)
{
    Query queries[HANDFUL + 1]; /* the first is the last of the handful before */
    int alive[HANDFUL + 1];
    Sum sum = {0, 0};
    queries[0].matched = 0;
    for (Py_ssize_t at = 0; at < count; at += HANDFUL) {
        int size = count - at < HANDFUL ? (int)(count - at) : HANDFUL, left = 0;
        for (int k = 1; k <= size; k++)
            left += alive[k] = begin(m, &queries[k], rows + at + k - 1, m->order);
        while (left)
            for (int k = 1; k <= size; k++)
                if (alive[k] && !seek(m, &queries[k], m->order)) {
                    alive[k] = 0;
                    left--;
                }
        for (int k = 1; k <= size; k++)
            fetch_codes(m, &queries[k], &queries[k - 1]);
        for (int k = 1; k <= size; k++) {
            weigh(m, &queries[k], &queries[k - 1]);
            sum_up(&sum, queries[k].total);
        }
        queries[0] = queries[size];
    }
    return sum.sum + sum.rest;
}

/* Whether every id is one of the vocabulary, or -1. */
static int
known(const Model *m, const int32_t *ids, Py_ssize_t count)
{
    int64_t size = m->unigram.len / (Py_ssize_t)sizeof(float) - 1;
    int32_t least = 0, most = -1;
    for (Py_ssize_t k = 0; k < count; k++) {
        least = ids[k] < least ? ids[k] : least;
        most = ids[k] > most ? ids[k] : most;
    }
    return least >= -1 && most < size;
}

#endif
