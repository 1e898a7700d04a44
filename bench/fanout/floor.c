/*
 * What a write costs at the least: a server of events with nothing in it but send(). Built by the
 * bench with cc.
 *
 *   floor PORT      GET /            is a viewer
 *                   GET /rate?HZ,BYTES   so many events a second from now on, of so many bytes each
 *
 * Events that are due at the same time leave in one write for each viewer, as ours do.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

#define MAX_VIEWERS 60000
#define MAX_EVENT 4096

static int viewers[MAX_VIEWERS];
static int viewer_count = 0;
static double per_second = 0;
static size_t event_bytes = 56;
static int64_t began_us, sent, row; /* events of this rate; of all */

/* One event, padded with blanks inside its JSON, which mean nothing. */
static size_t write_event(char *text, int64_t due_us) {
  int64_t number = 1000000 + row++;
  int length = sprintf(text, "data:{\"time\": \"%lld\", \"value\": %lld.%02lld", (long long)due_us,
                       (long long)number, (long long)(number * 37 % 100));
  while ((size_t)length + 3 < event_bytes) text[length++] = ' ';
  memcpy(text + length, "}\n\n", 3);
  return (size_t)length + 3;
}

static void send_due(void) {
  static char text[1 << 20];
  size_t length = 0;
  int64_t now = now_us();
  double due = (double)(now - began_us) * per_second / 1e6;
  while ((double)sent <= due && length + MAX_EVENT < sizeof text)
    length += write_event(text + length, began_us + (int64_t)((double)sent++ * 1e6 / per_second));
  if (length == 0) return;
  for (int i = 0; i < viewer_count; i++) {
    if (send(viewers[i], text, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length) continue;
    close(viewers[i]); /* slow or gone: not measured here */
    viewers[i--] = viewers[--viewer_count];
  }
}

static void answer(int fd) {
  static char text[4096];
  ssize_t count = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    for (int i = 0; i < viewer_count; i++)
      if (viewers[i] == fd) viewers[i] = viewers[--viewer_count];
    close(fd);
    return;
  }
  text[count] = 0;
  double hz;
  unsigned long bytes;
  const char *reply = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
  if (sscanf(text, "GET /rate?%lf,%lu", &hz, &bytes) == 2) {
    per_second = hz;
    event_bytes = bytes < MAX_EVENT ? bytes : MAX_EVENT;
    began_us = now_us();
    sent = 0;
    reply = "HTTP/1.1 204 No Content\r\n\r\n";
  } else if (viewer_count < MAX_VIEWERS) {
    viewers[viewer_count++] = fd;
  }
  if (send(fd, reply, strlen(reply), MSG_NOSIGNAL) < 0) perror("floor");
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  int on = 1, door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(door, (struct sockaddr *)&address, sizeof address) < 0 || listen(door, 4096) < 0) {
    perror("floor: cannot listen");
    return 1;
  }
  int poll_fd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = door};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, door, &event);
  static struct epoll_event events[256];
  for (;;) {
    int64_t due_us = began_us + (int64_t)((double)sent * 1e6 / (per_second > 0 ? per_second : 1));
    int64_t wait_us = per_second > 0 ? due_us - now_us() : 1000000;
    if (wait_us < 0) wait_us = 0;
    struct timespec wait = {wait_us / 1000000, wait_us % 1000000 * 1000};
    int count = epoll_pwait2(poll_fd, events, 256, &wait, NULL);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd != door) {
        answer(events[i].data.fd);
        continue;
      }
      int fd = accept4(door, NULL, NULL, SOCK_NONBLOCK);
      if (fd < 0) continue;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      event = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
      epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
    }
    if (per_second > 0) send_due();
  }
}
