/* Attention: what queries are told by the keys that they see, by panels of keys. */
#ifndef UNSPUN_NEURAL_ATTENTION_H
#define UNSPUN_NEURAL_ATTENTION_H

#include "lanes.h"

/* What rows ask for, and what they and those before them answer. */
typedef struct {
    const float *queries;         /* (rows, heads, size) */
    const float *keys, *values;   /* (rows, groups, size) */
    const float *before, *worth;  /* (past, groups, size): keys and values of what was read */
    const int64_t *until, *since; /* how much of the past each row sees; its first row of these */
    Py_ssize_t rows, past, heads, groups, size;
    float *out; /* (rows, heads, size) */
} Asked;

/* Room for one group: all keys by coordinate, all values by row, and the odds of some queries. */
typedef struct {
    float *keys, *values, *odds;
    Py_ssize_t count, size; /* keys and coordinates, filled up to whole panels */
} Room;

/* What some queries in a row see: of the past up to `until`, of these rows from `since` to `last`. */
typedef struct {
    Py_ssize_t until, since, last;
} View;

/* Whether any of a panel of keys is seen. */
WITHIN int
sees(View view, Py_ssize_t chunk)
{
    Py_ssize_t first = chunk * PANEL;
    return first < view.until || (first + PANEL > view.since && first < view.last);
}

WITHIN View
view_of(const Asked *a, Py_ssize_t row)
{
    return (View){a->until[row], a->past + a->since[row], a->past + row + 1};
}

/* The keys and values of a group, laid out in its room; what fills panels up is 0. */
static void
lay_out(const Asked *a, Py_ssize_t group, const Room *room)
{
    Py_ssize_t step = a->groups * a->size, all_rows = a->past + a->rows;
    memset(room->keys, 0, (size_t)(room->count * a->size) * sizeof *room->keys);
    memset(room->values, 0, (size_t)(room->count * room->size) * sizeof *room->values);
    for (Py_ssize_t k = 0; k < all_rows; k++) {
        Py_ssize_t row = k < a->past ? k : k - a->past;
        const float *key = (k < a->past ? a->before : a->keys) + row * step + group * a->size;
        const float *value = (k < a->past ? a->worth : a->values) + row * step + group * a->size;
        for (Py_ssize_t n = 0; n < a->size; n++)
            room->keys[n * room->count + k] = key[n];
        memcpy(room->values + k * room->size, value, (size_t)a->size * sizeof *value);
    }
}

/* To each of some rows of a panel: so much of another row. */
WITHIN void
add_times(float (*total)[PANEL], const int tall, const float *row, const float *times,
          Py_ssize_t step)
{
    for (int t = 0; t < tall; t++)
        for (int k = 0; k < PANEL; k++)
            total[t][k] += row[k] * times[t * step];
}

/* The odds of a panel of keys for some queries. */
WITHIN void
weigh(const float *const *queries, const int tall, const Room *room, Py_ssize_t size,
      Py_ssize_t chunk)
{
    float total[TALL][PANEL] = {{0}}, times[TALL];
    const float *keys = room->keys + chunk * PANEL;
    for (Py_ssize_t n = 0; n < size; n++, keys += room->count) {
        for (int t = 0; t < tall; t++)
            times[t] = queries[t][n];
        add_times(total, tall, keys, times, 1);
    }
    for (int t = 0; t < tall; t++)
        memcpy(room->odds + t * room->count + chunk * PANEL, total[t], sizeof total[t]);
}

/* The sum of values for some queries, of a panel of coordinates. */
WITHIN void
gather(const Room *room, const int tall, View view, Py_ssize_t from, float (*out)[PANEL])
{
    float total[TALL][PANEL] = {{0}};
    for (Py_ssize_t chunk = 0; chunk < room->count / PANEL; chunk++) {
        if (!sees(view, chunk))
            continue;
        const float *values = room->values + chunk * PANEL * room->size + from;
        const float *odds = room->odds + chunk * PANEL;
        for (int k = 0; k < PANEL; k++, values += room->size)
            add_times(total, tall, values, odds + k, room->count);
    }
    memcpy(out, total, (size_t)tall * sizeof *out);
}

/* What one query sees made shares of e to the power of it, not yet divided by their sum. */
WITHIN float
share(float *odds, Py_ssize_t count, View all_see, View own, float times)
{
    Lanes most = all(UNSEEN), total = all(0.0f);
    for (Py_ssize_t chunk = 0; chunk < count / PANEL; chunk++) {
        Py_ssize_t first = chunk * PANEL, end = first + PANEL;
        if (!sees(all_see, chunk))
            continue;
        if (end > own.until && (first < own.since || end > own.last))
            for (Py_ssize_t k = first; k < end; k++)
                if (k >= own.until && (k < own.since || k >= own.last))
                    odds[k] = UNSEEN;
        for (Py_ssize_t k = first; k < end; k += LANES)
            most = higher(most, AT(odds + k));
    }
    float top = highest(most);
    for (Py_ssize_t chunk = 0; chunk < count / PANEL; chunk++)
        if (sees(all_see, chunk))
            for (Py_ssize_t k = chunk * PANEL; k < (chunk + 1) * PANEL; k += LANES) {
                PUT(odds + k, power((AT(odds + k) - top) * times));
                total += AT(odds + k);
            }
    return sum(total);
}

/* Queries of one group in the order of their rows: each row has as many as heads share its keys. */
WITHIN void
attend_some(const Asked *a, const Room *room, Py_ssize_t group, Py_ssize_t first, const int tall,
            float times)
{
    Py_ssize_t each = a->heads / a->groups;
    const float *queries[TALL];
    Py_ssize_t places[TALL];
    float sums[TALL], told[TALL][PANEL];
    View view = view_of(a, first / each);
    for (int t = 0; t < tall; t++) {
        Py_ssize_t row = (first + t) / each, head = group * each + (first + t) % each;
        View own = view_of(a, row);
        places[t] = (row * a->heads + head) * a->size;
        queries[t] = a->queries + places[t];
        view.until = own.until > view.until ? own.until : view.until;
        view.since = own.since < view.since ? own.since : view.since;
        view.last = own.last;
    }
    for (Py_ssize_t chunk = 0; chunk < room->count / PANEL; chunk++)
        if (sees(view, chunk))
            weigh(queries, tall, room, a->size, chunk);
    for (int t = 0; t < tall; t++)
        sums[t] = share(room->odds + t * room->count, room->count, view,
                        view_of(a, (first + t) / each), times);
    for (Py_ssize_t from = 0; from < a->size; from += PANEL) {
        gather(room, tall, view, from, told);
        for (int t = 0; t < tall; t++)
            for (Py_ssize_t n = from; n < from + PANEL && n < a->size; n++)
                a->out[places[t] + n] = told[t][n - from] / sums[t];
    }
}

/* Group by group, so many queries together. */
WITHIN void
attend_all(const Asked *a, const Room *room, const int tall, float times)
{
    for (Py_ssize_t group = 0; group < a->groups; group++) {
        Py_ssize_t count = a->rows * (a->heads / a->groups), first = 0;
        lay_out(a, group, room);
        for (; first + tall <= count; first += tall)
            attend_some(a, room, group, first, tall, times);
        for (; first < count; first++)
            attend_some(a, room, group, first, 1, times);
    }
}

#endif
