/* Hashes that are ruled out by a bit or two: tables as channel/slots.py lays them out. */
#ifndef UNSPUN_HASHES_H
#define UNSPUN_HASHES_H

#include <stdint.h>

#define SLOTS 18 /* bits of a hash that are a slot */
#define ABLE_SIZE ((1 << SLOTS) / 8) /* bytes of a table with a bit for each slot */

/* Whether the slot that a hash begins with is that of some that are sought. */
static inline int
is_able(uint64_t key, const uint8_t *able)
{
    uint64_t slot = key >> (64 - SLOTS);
    return able[slot / 8] >> slot % 8 & 1;
}

/* The same of both slots: surer. */
static inline int
is_twice_able(uint64_t key, const uint8_t *able)
{
    return is_able(key, able) && is_able(key << SLOTS, able);
}

/* The hash of neighbours, or of more of them and the next. */
static inline uint64_t
both_of(uint64_t key, uint64_t next)
{
    return (key ^ key >> 29) * 0xD6E8FEB86659FD93u + next;
}

#endif
