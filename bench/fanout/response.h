/*
 * An HTTP/1.1 response of events, as it comes: head, chunks if there are any, gzip if there is any,
 * and whole events handed on. What of an event has not come yet is kept.
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifndef WITHOUT_ZLIB
#include <zlib.h>
#endif

enum phase { HEAD, CHUNK_SIZE, CHUNK_REST_OF_LINE, CHUNK_DATA, CHUNK_END, BODY, ENDED, BROKEN };

struct kept {
  char *at;
  size_t count;
  size_t room;
};

struct response {
  enum phase phase;
  int status;
  bool gzip;
  bool count_only; /* of gzip: bytes are counted and not inflated */
  size_t chunk_left;
  struct kept rest;    /* of the head, or of an event */
  uint64_t wire_bytes; /* all of it, head and chunk sizes included */
  uint64_t body_bytes; /* of events, inflated */
#ifndef WITHOUT_ZLIB
  z_stream *inflate;
#endif
};

/* An event without its blank line; a line break and what follows it may be read. */
typedef void event_reader(void *viewer, const char *event, size_t length);

static inline void keep(struct kept *rest, const char *bytes, size_t count) {
  if (rest->count + count > rest->room) {
    rest->room = 2 * (rest->count + count);
    rest->at = realloc(rest->at, rest->room);
    if (!rest->at) abort();
  }
  memcpy(rest->at + rest->count, bytes, count);
  rest->count += count;
}

static inline void forget(struct kept *rest) {
  free(rest->at); /* ten thousand viewers: what is idle keeps nothing */
  *rest = (struct kept){0};
}

/* Hands on whole events; returns how many bytes they took. Events end with an empty line. */
static inline size_t split_events(const char *bytes, size_t count, size_t from, event_reader *read,
                                  void *viewer) {
  const char *begin = bytes, *end = bytes + count, *at = bytes + from;
  for (;;) {
    const char *line = memchr(at, '\n', (size_t)(end - at));
    if (!line) break;
    at = line + 1;
    if (at == end) break;
    const char *next = *at == '\r' ? at + 1 : at;
    if (next == end) break;
    if (*next != '\n') continue;
    at = next + 1;
    read(viewer, begin, (size_t)(line - begin));
    begin = at;
  }
  return (size_t)(begin - bytes);
}

static inline void take_text(struct response *response, const char *bytes, size_t count,
                             event_reader *read, void *viewer) {
  struct kept *rest = &response->rest;
  response->body_bytes += count;
  if (rest->count > 0) {
    size_t from = rest->count < 3 ? 0 : rest->count - 3; /* an empty line may be cut */
    keep(rest, bytes, count);
    size_t taken = split_events(rest->at, rest->count, from, read, viewer);
    if (taken == 0) return;
    memmove(rest->at, rest->at + taken, rest->count - taken);
    rest->count -= taken;
    if (rest->count == 0) forget(rest);
    return;
  }
  size_t taken = split_events(bytes, count, 0, read, viewer);
  if (taken < count) keep(rest, bytes + taken, count - taken);
}

static inline bool take_gzip(struct response *response, const char *bytes, size_t count,
                             event_reader *read, void *viewer) {
#ifdef WITHOUT_ZLIB
  (void)response, (void)bytes, (void)count, (void)read, (void)viewer;
  return false;
#else
  static char text[1 << 18];
  if (!response->inflate) {
    response->inflate = calloc(1, sizeof(z_stream));
    if (!response->inflate || inflateInit2(response->inflate, 16 + MAX_WBITS) != Z_OK) return false;
  }
  z_stream *z = response->inflate;
  z->next_in = (Bytef *)bytes;
  z->avail_in = (uInt)count;
  do {
    z->next_out = (Bytef *)text;
    z->avail_out = sizeof text;
    int code = inflate(z, Z_SYNC_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return false;
    take_text(response, text, sizeof text - z->avail_out, read, viewer);
    if (code == Z_STREAM_END) {
      if (z->avail_in == 0) break;
      inflateReset(z); /* gzip has members, and one may follow the other */
    }
  } while (z->avail_in > 0 || z->avail_out == 0);
  return true;
#endif
}

static inline void take_body(struct response *response, const char *bytes, size_t count,
                             event_reader *read, void *viewer) {
  if (!response->gzip) take_text(response, bytes, count, read, viewer);
  else if (!response->count_only && !take_gzip(response, bytes, count, read, viewer))
    response->phase = BROKEN;
}

static inline bool head_says(const char *head, const char *header, const char *value) {
  const char *line = strcasestr(head, header);
  if (!line) return false;
  const char *end = strchr(line + 1, '\n');
  const char *found = strcasestr(line, value);
  return found && (!end || found < end);
}

/* Reads the head; returns how many bytes of these belong to it. */
static inline size_t take_head(struct response *response, const char *bytes, size_t count) {
  struct kept *rest = &response->rest;
  size_t before = rest->count;
  keep(rest, bytes, count);
  keep(rest, "", 1);
  rest->count--;
  char *end = memmem(rest->at, rest->count, "\r\n\r\n", 4);
  if (!end) return count;
  *end = 0;
  response->status = rest->count > 12 ? atoi(rest->at + 9) : 0;
  response->gzip = head_says(rest->at, "\ncontent-encoding:", "gzip");
  response->phase = head_says(rest->at, "\ntransfer-encoding:", "chunked") ? CHUNK_SIZE : BODY;
  size_t length = (size_t)(end - rest->at) + 4;
  forget(rest);
  return length - before;
}

/* Takes what was read from the socket. Changes `phase`. */
static inline void take_bytes(struct response *response, const char *bytes, size_t count,
                              event_reader *read, void *viewer) {
  response->wire_bytes += count;
  while (count > 0 && response->phase < ENDED) {
    size_t step = 1;
    char byte = *bytes;
    switch (response->phase) {
      case HEAD:
        step = take_head(response, bytes, count);
        break;
      case CHUNK_SIZE: {
        int digit = byte <= '9' ? byte - '0' : (byte | 32) - 'a' + 10;
        if (byte == '\r' || byte == ';') response->phase = CHUNK_REST_OF_LINE;
        else if (digit < 0 || digit > 15) response->phase = BROKEN;
        else response->chunk_left = response->chunk_left * 16 + (size_t)digit;
        break;
      }
      case CHUNK_REST_OF_LINE:
        if (byte == '\n') response->phase = response->chunk_left > 0 ? CHUNK_DATA : ENDED;
        break;
      case CHUNK_DATA:
        step = count < response->chunk_left ? count : response->chunk_left;
        response->chunk_left -= step;
        if (response->chunk_left == 0) response->phase = CHUNK_END;
        take_body(response, bytes, step, read, viewer);
        break;
      case CHUNK_END:
        if (byte == '\n') response->phase = CHUNK_SIZE;
        break;
      default:
        step = count;
        take_body(response, bytes, step, read, viewer);
    }
    bytes += step;
    count -= step;
  }
}

static inline void end_response(struct response *response) {
  forget(&response->rest);
#ifndef WITHOUT_ZLIB
  if (response->inflate) {
    inflateEnd(response->inflate);
    free(response->inflate);
  }
#endif
  bool count_only = response->count_only;
  *response = (struct response){.count_only = count_only};
}

#endif
