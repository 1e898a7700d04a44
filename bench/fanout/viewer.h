/* A viewer of the load client, and what all of them have come to. */
#ifndef VIEWER_H
#define VIEWER_H

#include "measure.h"
#include "response.h"

enum state { IDLE, CONNECTING, OPEN, WAITING };

/* Those who stall are told apart from those who do not. */
enum group { HEALTHY, STALLED, GROUPS };

struct viewer {
  int fd;
  enum state state;
  enum group group;
  bool served;      /* has got all that there was when it came */
  bool reading;     /* not stalled */
  bool small;       /* with a small receive buffer */
  bool reducing;    /* history tells what it has missed */
  int64_t began_us; /* its connection */
  int64_t due_us;   /* when to come back, or to read on */
  int64_t retry_ms; /* as it was told; -1: it was not */
  double newest_ms; /* time of the newest live sample */
  char epoch[24];
  int64_t offset; /* position: 0 for none */
  double series;  /* the one whose values are numbers in a row; 0: none yet */
  int64_t greatest; /* number in history; 0: none */
  uint64_t history;
  uint64_t events;
  struct row row;
  struct carry carry; /* of its connection */
  struct response response;
};

struct window {
  struct histogram latency;
  uint64_t samples;
  uint64_t events;
};

static struct {
  int port;
  const char *path;
  const char *headers;
  bool plain;
  bool gzip;
  bool count_only;
  bool rows;       /* values are numbers in a row: look for what is missing */
  int rcvbuf;      /* bytes, of every second viewer */
  int distinct;    /* `{n}` in the path counts up to this */
  uint64_t enough; /* events that a plain viewer waits for when it comes */
} options = {.path = "/", .headers = "", .rows = true, .distinct = 1};

static struct {
  uint64_t samples, events, history, heartbeats;
  uint64_t wire_bytes, body_bytes, reads;
  uint64_t closed, failed, broken, byes, gaps, reduced, reduced_samples, repeated, skipped;
  uint64_t fresh, exact, reduced_at_start, reset;
  uint64_t refused; /* by a status that is not 200 */
  int64_t last_served_us;
  uint64_t joins, leaves, cuts, stalls;
} total;

static struct viewer *viewers;
static size_t viewer_count, viewer_room;
static struct window windows[GROUPS];
static struct histogram connects;
static double window_from = 0, window_to = 0;
static bool following = false;
static double churn_per_second = 0;
static uint64_t drop_every = 0, frames_seen = 0;
static int64_t next_due_us = INT64_MAX; /* nobody has anything to do by himself before */
static int poll_fd;
static char bytes[1 << 18];

/* What an answer waits for. */
static struct {
  enum { NOTHING, OPENING, STORMING } what;
  size_t target, opened, parallel, in_flight;
  int64_t began_us, until_us;
  uint64_t served, least_history, most_history, bytes;
} task;

#endif
