/* Where the last blocks of a viewer ended: later frames go on from there. See `carry.ts`. */
#ifndef CARRY_H
#define CARRY_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of one array; grown as needed and used again. */
struct numbers {
  double *at;
  size_t count;
  size_t room;
};

static inline void push(struct numbers *numbers, double value) {
  if (numbers->count == numbers->room) {
    numbers->room = numbers->room ? 2 * numbers->room : 1024;
    numbers->at = realloc(numbers->at, numbers->room * sizeof(double));
    if (!numbers->at) abort();
  }
  numbers->at[numbers->count++] = value;
}

/* One block, decoded. The samples of `ids[i]` are `times` and `values[i * times.count …]`. */
struct block {
  struct numbers ids;
  struct numbers times;
  struct numbers values; /* NAN for null */
  int64_t time_exponent, exponent;
};

/* Where one ended. Sums of differences are kept, in units of its exponents. */
struct carried {
  size_t count; /* series */
  double *ids;
  int64_t *wholes;
  int64_t time, time_exponent, exponent;
};

#define CARRY_BLOCKS 64
#define CARRY_IDS 4000 /* of all blocks */

/* The one that came last is last. NULL: nothing is kept. */
struct carry {
  struct carried *blocks; /* CARRY_BLOCKS of them, when there is one */
  size_t count;
  size_t ids;
};

static const double scales[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

static inline struct carried *carried_from(const struct carry *carry, double first) {
  for (size_t i = 0; i < carry->count; i++)
    if (carry->blocks[i].ids[0] == first) return &carry->blocks[i];
  return NULL;
}

static inline void drop_block(struct carry *carry, size_t index) {
  struct carried *block = &carry->blocks[index];
  free(block->ids);
  free(block->wholes);
  carry->ids -= block->count;
  carry->count--;
  memmove(block, block + 1, (carry->count - index) * sizeof *block);
}

static inline void carry_nothing(struct carry *carry) {
  while (carry->count > 0) drop_block(carry, carry->count - 1);
  free(carry->blocks);
  carry->blocks = NULL;
}

static inline int64_t whole_of(double value, int64_t exponent) {
  return exponent < 0 ? 0 : llround(value * scales[exponent]);
}

static inline void carry_on(struct carry *carry, const struct block *block) {
  size_t count = block->times.count, series = block->ids.count;
  if (!carry || series == 0 || count == 0) return;
  struct carried *known = carried_from(carry, block->ids.at[0]);
  if (known) drop_block(carry, (size_t)(known - carry->blocks));
  if (series > CARRY_IDS) return;
  while (carry->count == CARRY_BLOCKS || carry->ids + series > CARRY_IDS) drop_block(carry, 0);
  if (!carry->blocks) carry->blocks = calloc(CARRY_BLOCKS, sizeof *carry->blocks);
  double *ids = malloc(series * sizeof *ids);
  int64_t *wholes = malloc(series * sizeof *wholes);
  if (!carry->blocks || !ids || !wholes) abort();
  memcpy(ids, block->ids.at, series * sizeof *ids);
  for (size_t i = 0; i < series; i++) {
    wholes[i] = 0;
    for (size_t j = count; j-- > 0;) {
      double value = block->values.at[i * count + j];
      if (isnan(value)) continue;
      wholes[i] = whole_of(value, block->exponent);
      break;
    }
  }
  carry->ids += series;
  int64_t time = whole_of(block->times.at[count - 1], block->time_exponent);
  carry->blocks[carry->count++] = (struct carried){
      series, ids, wholes, time, block->time_exponent, block->exponent};
}

#endif
