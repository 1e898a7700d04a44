/* How viewers come, are cut, stall and come back. */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "events.h"

static double random_unit(void) {
  static uint64_t state = 88172645463325252ULL;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) / (double)(1ULL << 53);
}

static void set_polled(struct viewer *viewer, int how, uint32_t events) {
  struct epoll_event event = {.events = events, .data.u64 = (uint64_t)(viewer - viewers)};
  epoll_ctl(poll_fd, how, viewer->fd, &event);
}

static void hang_up(struct viewer *viewer, bool reset) {
  if (viewer->fd < 0) return;
  if (reset) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(viewer->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  }
  close(viewer->fd);
  viewer->fd = -1;
  if ((viewer->state == OPEN || viewer->state == CONNECTING) && !viewer->served) task.in_flight--;
  viewer->state = IDLE;
  end_response(&viewer->response);
  carry_nothing(&viewer->carry);
}

static void wake_in(struct viewer *viewer, double seconds) {
  viewer->due_us = now_us() + (int64_t)(seconds * 1e6);
  if (viewer->due_us < next_due_us) next_due_us = viewer->due_us;
}

static void come_back(struct viewer *viewer, double seconds) {
  viewer->state = WAITING;
  wake_in(viewer, seconds);
}

/* The other side has ended it, or it never began. */
static void lost(struct viewer *viewer, bool failed) {
  if (failed) total.failed++;
  else total.closed++;
  int64_t retry_ms = viewer->retry_ms;
  hang_up(viewer, false);
  viewer->retry_ms = -1;
  if (task.what == STORMING) come_back(viewer, 0.05);
  else if (following)
    come_back(viewer, retry_ms >= 0 ? (double)retry_ms / 1000 : 0.05 + 0.1 * random_unit());
}

static void send_request(struct viewer *viewer) {
  char text[2048], path[1024], position[80] = "";
  const char *slot = strstr(options.path, "{n}");
  if (slot) {
    int number = (int)((size_t)(viewer - viewers) % (size_t)options.distinct);
    snprintf(path, sizeof path, "%.*s%d%s", (int)(slot - options.path), options.path, number,
             slot + 3);
  }
  if (viewer->offset > 0)
    snprintf(position, sizeof position, "Last-Event-ID: %s-%lld\r\n", viewer->epoch,
             (long long)viewer->offset);
  int length = snprintf(text, sizeof text,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n"
                        "%s%s%s\r\n",
                        slot ? path : options.path, options.port, position,
                        options.gzip ? "Accept-Encoding: gzip\r\n" : "", options.headers);
  if (send(viewer->fd, text, (size_t)length, MSG_NOSIGNAL) != length) lost(viewer, true);
}

static void start_viewer(struct viewer *viewer) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  viewer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (viewer->fd < 0) {
    perror("client: cannot make a socket");
    exit(1);
  }
  if (viewer->small)
    setsockopt(viewer->fd, SOL_SOCKET, SO_RCVBUF, &options.rcvbuf, sizeof options.rcvbuf);
  viewer->state = CONNECTING;
  viewer->served = false;
  viewer->reading = true;
  viewer->events = 0;
  viewer->began_us = now_us();
  viewer->response.count_only = options.count_only;
  task.in_flight++;
  if (connect(viewer->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    lost(viewer, true);
    return;
  }
  set_polled(viewer, EPOLL_CTL_ADD, EPOLLOUT);
}

static void connected(struct viewer *viewer) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(viewer->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    lost(viewer, true);
    return;
  }
  viewer->state = OPEN;
  set_polled(viewer, EPOLL_CTL_MOD, EPOLLIN);
  send_request(viewer);
}

static void storm_step(struct viewer *viewer) {
  task.bytes += viewer->response.wire_bytes;
  hang_up(viewer, true);
  viewer->offset = 0;
  viewer->row.known = false;
  if (now_us() < task.until_us) start_viewer(viewer);
}

static void readable(struct viewer *viewer) {
  ssize_t count = read(viewer->fd, bytes, sizeof bytes - 1);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    lost(viewer, !viewer->served);
    return;
  }
  read_us = now_us();
  total.reads++;
  struct response *response = &viewer->response;
  uint64_t wire = response->wire_bytes, body = response->body_bytes;
  bytes[count] = 0; /* numbers end there at the latest */
  take_bytes(response, bytes, (size_t)count, read_event, viewer);
  total.wire_bytes += response->wire_bytes - wire;
  total.body_bytes += response->body_bytes - body;
  if (response->phase > HEAD && response->status != 200) {
    if (total.refused++ == 0) fprintf(stderr, "client: answered %d\n", response->status);
    lost(viewer, true);
  } else if (response->phase == BROKEN) {
    total.broken++;
    lost(viewer, true);
  } else if (response->phase == ENDED) {
    lost(viewer, !viewer->served);
  } else {
    bool began = response->phase > HEAD;
    if (options.plain && began && options.enough == 0) served(viewer);
    if (response->gzip && response->count_only) served(viewer);
    if (task.what == STORMING && viewer->served) storm_step(viewer);
  }
}

static void stall(struct viewer *viewer, double seconds) {
  if (viewer->state != OPEN || !viewer->reading) return;
  viewer->reading = false;
  wake_in(viewer, seconds);
  set_polled(viewer, EPOLL_CTL_DEL, 0);
  total.stalls++;
}

static void act_at_random(void) {
  struct viewer *viewer = &viewers[(size_t)(random_unit() * (double)viewer_count)];
  if (viewer->state != OPEN || !viewer->reading || !viewer->served) return;
  double what = random_unit();
  if (what < 0.4) { /* a network that is gone: back at its position */
    total.cuts++;
    hang_up(viewer, true);
    come_back(viewer, 2 * random_unit());
  } else if (what < 0.6) { /* somebody leaves, and somebody else comes */
    total.leaves++;
    total.joins++;
    hang_up(viewer, false);
    viewer->offset = 0;
    viewer->row.known = false;
    come_back(viewer, 5 * random_unit());
  } else if (what < 0.95) {
    stall(viewer, 1 + 19 * random_unit());
  } else { /* longer than any server waits */
    stall(viewer, 60 + 30 * random_unit());
  }
}

static void wake(struct viewer *viewer, int64_t now) {
  bool waits = viewer->state == WAITING || (viewer->state == OPEN && !viewer->reading);
  if (!waits) return;
  if (viewer->due_us > now) {
    if (viewer->due_us < next_due_us) next_due_us = viewer->due_us;
  } else if (viewer->state == OPEN) {
    viewer->reading = true;
    set_polled(viewer, EPOLL_CTL_ADD, EPOLLIN);
  } else if (task.what == STORMING && now >= task.until_us) {
    viewer->state = IDLE;
  } else {
    start_viewer(viewer);
  }
}

/* Every 10 ms. */
static void look_round(void) {
  static double owed = 0;
  int64_t now = now_us();
  if (now >= next_due_us) {
    next_due_us = INT64_MAX;
    for (size_t i = 0; i < viewer_count; i++) wake(&viewers[i], now);
  }
  for (owed += churn_per_second / 100; owed >= 1; owed--) act_at_random();
}

#endif
