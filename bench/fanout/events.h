/* What a viewer makes of the events that it reads. */
#ifndef EVENTS_H
#define EVENTS_H

#include "scan.h"
#include "viewer.h"

static void served(struct viewer *viewer) {
  if (viewer->served) return;
  viewer->served = true;
  total.last_served_us = now_us();
  record(&connects, total.last_served_us - viewer->began_us, 1);
  task.in_flight--;
  task.served++;
}

static int64_t read_us; /* when the bytes at hand were read */

static void live_sample(struct viewer *viewer, double time_ms, uint64_t count) {
  total.samples += count;
  if (time_ms > viewer->newest_ms) viewer->newest_ms = time_ms;
  if (time_ms < window_from || time_ms >= window_to) return;
  struct window *window = &windows[viewer->group];
  window->samples += count;
  record(&window->latency, read_us - (int64_t)llround(time_ms * 1000), count);
}

static void live_event(struct viewer *viewer, double time_ms) {
  total.events++;
  viewer->events++;
  if (time_ms >= window_from && time_ms < window_to) windows[viewer->group].events++;
}

static void read_live(void *context, const struct block *block) {
  struct viewer *viewer = context;
  size_t count = block->times.count;
  for (size_t i = 0; i < count; i++) live_sample(viewer, block->times.at[i], block->ids.count);
  if (!options.rows) return;
  if (viewer->series == 0) viewer->series = block->ids.at[0];
  for (size_t i = 0; i < block->ids.count; i++) {
    if (block->ids.at[i] != viewer->series) continue;
    const double *values = block->values.at + i * count;
    for (size_t j = 0; j < count; j++) see(&viewer->row, (int64_t)values[j]);
  }
}

static void read_history(void *context, const struct block *block) {
  struct viewer *viewer = context;
  viewer->history += block->values.count;
  if (block->ids.count == 0) return;
  if (viewer->series == 0) viewer->series = block->ids.at[0];
  for (size_t i = 0; i < block->ids.count; i++) {
    if (block->ids.at[i] != viewer->series) continue;
    for (size_t j = 0; j < block->times.count; j++) {
      double value = block->values.at[i * block->times.count + j];
      if (value > (double)viewer->greatest) viewer->greatest = (int64_t)value;
    }
  }
}

/* Live follows the history without a hole: the next number is the one after its greatest. */
static void history_done(struct viewer *viewer) {
  total.history += viewer->history;
  if (options.rows && viewer->greatest > 0) {
    if (viewer->reducing && viewer->greatest > viewer->row.last)
      total.reduced_samples += (uint64_t)(viewer->greatest - viewer->row.last);
    begin_row(&viewer->row, viewer->greatest);
  }
  viewer->reducing = false;
  if (task.what == STORMING) {
    if (viewer->history < task.least_history) task.least_history = viewer->history;
    if (viewer->history > task.most_history) task.most_history = viewer->history;
  }
  viewer->history = 0;
  served(viewer);
}

/* For frames that do not count: later ones may go on from them all the same. */
static void read_nothing(void *context, const struct block *block) {
  (void)context;
  (void)block;
}

static bool says(const char *data, size_t length, const char *what) {
  return memmem(data, length, what, strlen(what)) != NULL;
}

static void hello(struct viewer *viewer, const char *data, size_t length) {
  viewer->series = 0; /* ids are of a connection */
  viewer->greatest = 0;
  viewer->history = 0;
  if (says(data, length, "\"recovery\":\"exact\"")) {
    total.exact++;
    served(viewer);
  } else if (says(data, length, "\"recovery\":\"reduced\"")) {
    total.reduced_at_start++;
    viewer->reducing = true;
  } else if (says(data, length, "\"recovery\":\"reset\"")) {
    total.reset++;
  } else {
    total.fresh++;
  }
}

/* The offset of a position `epoch-offset`; -1 for anything else. */
static int64_t offset_of(const char *text, size_t length, char *epoch, size_t room) {
  const char *dash = memchr(text, '-', length);
  if (!dash || (size_t)(dash - text) >= room) return -1;
  memcpy(epoch, text, (size_t)(dash - text));
  epoch[dash - text] = 0;
  int64_t offset;
  const char *digits = dash + 1;
  return take_whole(&digits, &offset) ? offset : -1;
}

static void read_frame(struct viewer *viewer, const char *type, size_t type_length,
                       const char *data, size_t length, const char *id, size_t id_length) {
  char epoch[24] = "";
  int64_t offset = id ? offset_of(id, id_length, epoch, sizeof epoch) : -1;
#define IS(name) (type_length == sizeof name - 1 && memcmp(type, name, sizeof name - 1) == 0)
  if (IS("samples") || IS("message")) {
    frames_seen++;
    bool forgotten = drop_every > 0 && frames_seen % drop_every == 0;
    bool known = strcmp(epoch, viewer->epoch) == 0;
    /* Delivery is at least once: what is not newer than one's position has been seen. */
    bool repeated = known && offset <= viewer->offset;
    block_reader *read = forgotten || repeated ? read_nothing : read_live;
    int64_t before = 0;
    bool whole = IS("samples");
    if (whole ? !scan_blocks(data, length, &viewer->carry, read, viewer)
              : !scan_going_on(data, &viewer->carry, &before, read, viewer))
      total.broken++;
    if (repeated) {
      total.repeated++;
      return;
    }
    char prev_epoch[24];
    const char *prev = whole ? memmem(data, length, "\"prev\":\"", 8) : NULL;
    before = prev ? offset_of(prev + 8, 20, prev_epoch, sizeof prev_epoch) : offset - before;
    if (known && before > viewer->offset) total.skipped++;
    if (!forgotten) live_event(viewer, viewer->newest_ms);
  } else if (IS("history")) {
    if (!scan_blocks(data, length, NULL, read_history, viewer)) total.broken++;
    if (says(data, length < 300 ? length : 300, "\"done\":true")) history_done(viewer);
  } else if (IS("hello")) {
    hello(viewer, data, length);
  } else if (IS("reduced")) {
    total.reduced++;
    viewer->reducing = true;
    viewer->greatest = 0;
  } else if (IS("gap")) {
    total.gaps++;
    viewer->row.known = false; /* told of, so not missing */
  } else if (IS("bye")) {
    total.byes++;
    const char *retry = memmem(data, length, "\"retryMs\":", 10);
    if (retry) viewer->retry_ms = atoll(retry + 10);
  }
#undef IS
  if (offset < 0) return;
  viewer->offset = offset;
  strcpy(viewer->epoch, epoch);
}

static void read_plain(struct viewer *viewer, const char *data, size_t length) {
  double time_ms, value;
  if (!scan_plain(data, length, &time_ms, &value)) return;
  frames_seen++;
  if (drop_every > 0 && frames_seen % drop_every == 0) return;
  live_sample(viewer, time_ms, 1);
  live_event(viewer, time_ms);
  if (options.rows) see(&viewer->row, (int64_t)value);
  if (!viewer->served && viewer->events >= options.enough) served(viewer);
}

static void read_event(void *context, const char *event, size_t length) {
  struct viewer *viewer = context;
  const char *end = event + length;
  const char *type = NULL, *data = NULL, *id = NULL;
  size_t type_length = 0, data_length = 0, id_length = 0;
  for (const char *line = event; line < end;) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) stop = end;
    size_t count = (size_t)(stop - line);
    if (count > 0 && line[count - 1] == '\r') count--;
    size_t skip;
#define FIELD(name) \
  (count >= sizeof name - 1 && memcmp(line, name, sizeof name - 1) == 0 && \
   (skip = sizeof name - 1 + (count > sizeof name - 1 && line[sizeof name - 1] == ' '), true))
    if (FIELD("data:")) data = line + skip, data_length = count - skip;
    else if (FIELD("event:")) type = line + skip, type_length = count - skip;
    else if (FIELD("id:")) id = line + skip, id_length = count - skip;
    else if (FIELD("retry:")) viewer->retry_ms = atoll(line + skip);
#undef FIELD
    line = stop + 1;
  }
  if (options.plain) {
    if (data) read_plain(viewer, data, data_length);
    return;
  }
  if (data) {
    if (!type) type = "message", type_length = 7;
    read_frame(viewer, type, type_length, data, data_length, id, id_length);
  } else if (id) {
    total.heartbeats++;
    char epoch[24];
    int64_t offset = offset_of(id, id_length, epoch, sizeof epoch);
    if (offset >= 0) {
      viewer->offset = offset;
      strcpy(viewer->epoch, epoch);
    }
  }
}

#endif
