/* What the load client counts with: latencies, and which numbers of a row have been seen. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/* The wall clock in microseconds: samples carry times of it, and publishers run on this machine. */
static inline int64_t now_us(void) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  return at.tv_sec * 1000000LL + at.tv_nsec / 1000;
}

/*
 * Counts of values up to days in microseconds, each kept to within 1.6 %: 64 buckets for each power
 * of two. Nothing is sampled or left out.
 */
#define HISTOGRAM_BUCKETS (40 * 64)

struct histogram {
  uint64_t count[HISTOGRAM_BUCKETS];
  uint64_t total;
  int64_t max;
};

static inline int bucket_of(uint64_t value) {
  if (value < 128) return (int)value;
  int shift = 63 - __builtin_clzll(value) - 6;
  int bucket = shift * 64 + (int)(value >> shift);
  return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* The largest value that is counted in a bucket. */
static inline int64_t bucket_end(int bucket) {
  if (bucket < 128) return bucket;
  int shift = bucket / 64 - 1;
  return (((int64_t)(bucket % 64 + 64) + 1) << shift) - 1;
}

static inline void record(struct histogram *histogram, int64_t value, uint64_t times) {
  if (value < 0) value = 0; /* clocks agree to the microsecond, not better */
  histogram->count[bucket_of((uint64_t)value)] += times;
  histogram->total += times;
  if (value > histogram->max) histogram->max = value;
}

/* In milliseconds; -1 of nothing. */
static inline double quantile_ms(const struct histogram *histogram, double q) {
  if (histogram->total == 0) return -1;
  uint64_t rank = (uint64_t)(q * (double)(histogram->total - 1)) + 1;
  uint64_t seen = 0;
  for (int bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
    seen += histogram->count[bucket];
    if (seen < rank) continue;
    int64_t end = bucket_end(bucket);
    return (double)(end < histogram->max ? end : histogram->max) / 1000;
  }
  return (double)histogram->max / 1000;
}

/*
 * Which numbers of a row 1, 2, 3, … have come. They may change places within the newest ROW_WINDOW:
 * a publisher with several connections does not decide who is heard first.
 */
#define ROW_WINDOW 2048

struct row {
  uint64_t seen[ROW_WINDOW / 64];
  int64_t first; /* smaller numbers are none of our business */
  int64_t last;
  uint64_t missing; /* older than the window, and never came */
  uint64_t twice;
  bool known;
};

/* Everything up to `last` counts as seen. */
static inline void begin_row(struct row *row, int64_t last) {
  memset(row->seen, 0xff, sizeof row->seen);
  row->first = last + 1;
  row->last = last;
  row->known = true;
}

static inline bool bit(const struct row *row, int64_t number) {
  return row->seen[(number % ROW_WINDOW) / 64] >> (number % 64) & 1;
}

static inline void see(struct row *row, int64_t number) {
  if (!row->known) begin_row(row, number - 1);
  if (number < row->first) return;
  if (number <= row->last) {
    if (row->last - number >= ROW_WINDOW || bit(row, number)) row->twice++;
    else row->seen[(number % ROW_WINDOW) / 64] |= 1ULL << (number % 64);
    return;
  }
  if (number - row->last > ROW_WINDOW) {
    /* All of the window is pushed out, and what lies between the two never was in it. */
    for (int64_t old = row->last - ROW_WINDOW + 1; old <= row->last; old++)
      if (old >= row->first && !bit(row, old)) row->missing++;
    row->missing += (uint64_t)(number - row->last - ROW_WINDOW);
    memset(row->seen, 0, sizeof row->seen);
  } else {
    for (int64_t next = row->last + 1; next <= number; next++) {
      if (!bit(row, next)) row->missing++; /* the bit of the number one window before */
      row->seen[(next % ROW_WINDOW) / 64] &= ~(1ULL << (next % 64));
    }
  }
  row->seen[(number % ROW_WINDOW) / 64] |= 1ULL << (number % 64);
  row->last = number;
}

/* All that has not come, also of what may still come. */
static inline uint64_t row_missing(const struct row *row) {
  uint64_t missing = row->missing;
  if (!row->known) return 0;
  for (int64_t old = row->last - ROW_WINDOW + 1; old <= row->last; old++)
    if (old >= row->first && !bit(row, old)) missing++;
  return missing;
}

#endif
