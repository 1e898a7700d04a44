/* Reads the numbers of frames: just enough of JSON for what `encodeBlocks` of the protocol writes. */
#ifndef SCAN_H
#define SCAN_H

#define _GNU_SOURCE
#include <math.h>
#include <stdbool.h>
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
};

typedef void block_reader(void *context, const struct block *block);

static const double scales[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

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

/*
 * A column up to its `]`. The sum of differences begins anew every `perSeries` numbers; 0: never.
 */
static inline bool scan_column(const char **at, struct numbers *into, size_t per_series) {
  int64_t exponent, difference, whole = 0;
  if (!take_whole(at, &exponent) || exponent < -1 || exponent > 9) return false;
  for (size_t index = 0; take(at, ","); index++) {
    if (per_series > 0 && index % per_series == 0) whole = 0;
    if (**at == 'n' && take(at, "null")) {
      push(into, NAN);
    } else if (exponent == -1) {
      char *end;
      push(into, strtod(*at, &end));
      if (end == *at) return false;
      *at = end;
    } else {
      if (!take_whole(at, &difference)) return false;
      whole += difference;
      push(into, (double)whole / scales[exponent]);
    }
  }
  return take(at, "]");
}

/*
 * Hands every block of a frame's data to `read`. The data must be followed by a byte that is no part
 * of a number. False for what the encoder does not write; blocks before that have been read.
 */
static inline bool scan_blocks(const char *data, size_t length, block_reader *read, void *context) {
  static struct block block;
  static const char key[] = "\"blocks\":[";
  const char *at = memmem(data, length, key, sizeof key - 1);
  if (!at) return false;
  at += sizeof key - 1;
  if (take(&at, "]")) return true;
  do {
    block.ids.count = block.times.count = block.values.count = 0;
    if (!take(&at, "{\"ids\":[") || !scan_ids(&at, &block.ids)) return false;
    if (!take(&at, ",\"times\":[") || !scan_column(&at, &block.times, 0)) return false;
    if (!take(&at, ",\"values\":[")) return false;
    if (!scan_column(&at, &block.values, block.times.count)) return false;
    if (!take(&at, "}") || block.values.count != block.ids.count * block.times.count) return false;
    read(context, &block);
  } while (take(&at, ","));
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
