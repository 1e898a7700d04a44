/* Reads the numbers of frames: just enough of JSON for what `encodeBlocks` of the protocol writes. */
#ifndef SCAN_H
#define SCAN_H

#define _GNU_SOURCE
#include <stdbool.h>

#include "carry.h"

typedef void block_reader(void *context, const struct block *block);

/* Steps over `text` if it comes next. */
static inline bool take(const char **at, const char *text) {
  size_t length = strlen(text);
  if (strncmp(*at, text, length) != 0) return false;
  *at += length;
  return true;
}

static inline bool take_whole(const char **at, int64_t *whole) {
  const char *digit = *at;
  bool negative = *digit == '-';
  if (negative) digit++;
  if (*digit < '0' || *digit > '9') return false;
  int64_t sum = 0;
  while (*digit >= '0' && *digit <= '9') sum = sum * 10 + (*digit++ - '0');
  *whole = negative ? -sum : sum;
  *at = digit;
  return true;
}

/* `[4,3,9,1]`: ids 4, 5, 6 and 9. */
static inline bool scan_ids(const char **at, struct numbers *ids) {
  int64_t first, count;
  do {
    if (!take_whole(at, &first) || !take(at, ",") || !take_whole(at, &count)) return false;
    if (count < 1 || count > 1000000) return false;
    for (int64_t id = first; id < first + count; id++) push(ids, (double)id);
  } while (take(at, ","));
  return take(at, "]");
}

static inline bool take_exponent(const char **at, int64_t *exponent) {
  return take_whole(at, exponent) && *exponent >= -1 && *exponent <= 9;
}

/* One number of a column; `whole` is the sum of the differences before it. */
static inline bool scan_number(const char **at, struct numbers *into, int64_t exponent,
                               int64_t *whole) {
  if (**at == 'n' && take(at, "null")) {
    push(into, NAN);
    return true;
  }
  if (exponent == -1) {
    char *end;
    push(into, strtod(*at, &end));
    bool found = end != *at;
    *at = end;
    return found;
  }
  int64_t difference;
  if (!take_whole(at, &difference)) return false;
  *whole += difference;
  push(into, (double)*whole / scales[exponent]);
  return true;
}

/*
 * A column up to its `]`. The sum of differences begins anew every `perSeries` numbers; 0: never.
 */
static inline bool scan_column(const char **at, struct numbers *into, int64_t *exponent,
                               size_t per_series) {
  int64_t whole = 0;
  if (!take_exponent(at, exponent)) return false;
  for (size_t index = 0; take(at, ","); index++) {
    if (per_series > 0 && index % per_series == 0) whole = 0;
    if (!scan_number(at, into, *exponent, &whole)) return false;
  }
  return take(at, "]");
}

/*
 * Hands every block of a frame's data to `read`, and keeps where it ends. The data must be followed by
 * a byte that is no part of a number. False for what the encoder does not write; blocks before that
 * have been read.
 */
static inline bool scan_blocks(const char *data, size_t length, struct carry *carry,
                               block_reader *read, void *context) {
  static struct block block;
  static const char key[] = "\"blocks\":[";
  const char *at = memmem(data, length, key, sizeof key - 1);
  if (!at) return false;
  at += sizeof key - 1;
  if (take(&at, "]")) return true;
  do {
    block.ids.count = block.times.count = block.values.count = 0;
    if (!take(&at, "{\"ids\":[") || !scan_ids(&at, &block.ids)) return false;
    if (!take(&at, ",\"times\":[")) return false;
    if (!scan_column(&at, &block.times, &block.time_exponent, 0)) return false;
    if (!take(&at, ",\"values\":[")) return false;
    if (!scan_column(&at, &block.values, &block.exponent, block.times.count)) return false;
    if (!take(&at, "}") || block.values.count != block.ids.count * block.times.count) return false;
    carry_on(carry, &block);
    read(context, &block);
  } while (take(&at, ","));
  return take(&at, "]");
}

/* The same of `[step,first,count,…]`, whose blocks go on from those that were kept. */
static inline bool scan_going_on(const char *data, struct carry *carry, int64_t *step,
                                 block_reader *read, void *context) {
  static struct block block;
  const char *at = data;
  if (!take(&at, "[") || !take_whole(&at, step)) return false;
  while (take(&at, ",")) {
    int64_t first, count;
    if (!take_whole(&at, &first) || !take(&at, ",") || !take_whole(&at, &count)) return false;
    const struct carried *from = carried_from(carry, (double)first);
    if (!from || count < 1) return false;
    block.ids.count = block.times.count = block.values.count = 0;
    block.time_exponent = from->time_exponent;
    block.exponent = from->exponent;
    int64_t whole = from->time;
    for (int64_t i = 0; i < count; i++) {
      if (!take(&at, ",") || !scan_number(&at, &block.times, block.time_exponent, &whole))
        return false;
    }
    for (size_t series = 0; series < from->count; series++) {
      push(&block.ids, from->ids[series]);
      whole = from->wholes[series];
      for (int64_t i = 0; i < count; i++) {
        if (!take(&at, ",") || !scan_number(&at, &block.values, block.exponent, &whole))
          return false;
      }
    }
    carry_on(carry, &block);
    read(context, &block);
  }
  return take(&at, "]");
}

/* `{"time": "<microseconds>", "value": …}`, with blanks or without: what rivals send. */
static inline bool scan_plain(const char *data, size_t length, double *time_ms, double *value) {
  const char *end = data + length;
  const char *time = memmem(data, length, "\"time\":", 7);
  const char *number = memmem(data, length, "\"value\":", 8);
  if (!time || !number) return false;
  for (time += 7; time < end && (*time == ' ' || *time == '"'); time++);
  int64_t micros;
  if (!take_whole(&time, &micros)) return false;
  char *after;
  *value = strtod(number + 8, &after);
  *time_ms = (double)micros / 1000;
  return after != number + 8;
}

#endif
