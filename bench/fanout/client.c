/*
 * Viewers of streams, ten thousand in one thread: connects them, reads what comes, and tells how old
 * each sample was and whether any was missing. Built by the bench with cc; driven by lines on
 * standard input, each answered by one line of JSON.
 *
 *   client --port 8080 --path '/v1/stream?series=p' [--format frames|plain] [options below]
 *
 *   open N [PARALLEL]      that many more viewers; answers when all are served, or after 60 s
 *   window FROM TO         from now on, samples of these times count (Unix ms)
 *   report                 what has been seen
 *   stall SHARE SECONDS    the first viewers read nothing for so long, and then again
 *   follow 0|1             whether a viewer that is cut comes back where it was
 *   churn PER_SECOND       joins, leaves, stalls and cuts at random; 0 ends them
 *   drop EVERY             forgets every so manieth frame, to see that it is missed
 *   storm SECONDS PARALLEL connects, takes the history, resets the connection, again and again
 *   close                  all viewers leave
 *
 * Latency is counted from when a sample was due, which its time says: a publisher that is late, or a
 * server that makes it wait, does not make the figures better.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <sys/resource.h>

#include "connections.h"

static void make_viewers(size_t count) {
  if (count > viewer_room) {
    viewers = realloc(viewers, count * sizeof *viewers);
    if (!viewers) abort();
    viewer_room = count;
  }
  for (; viewer_count < count; viewer_count++) {
    struct viewer *viewer = &viewers[viewer_count];
    *viewer = (struct viewer){.fd = -1, .retry_ms = -1};
    viewer->small = options.rcvbuf > 0 && viewer_count % 2 == 1;
  }
}

static void answer_open(void) {
  size_t open = 0;
  for (size_t i = 0; i < viewer_count; i++) open += viewers[i].state == OPEN && viewers[i].served;
  printf("{\"served\":%zu,\"seconds\":%.3f,\"p50\":%.3f,\"p99\":%.3f}\n", open,
         (double)(now_us() - task.began_us) / 1e6, quantile_ms(&connects, 0.5),
         quantile_ms(&connects, 0.99));
  task.what = NOTHING;
}

static void answer_storm(void) {
  double seconds = (double)(now_us() - task.began_us) / 1e6;
  printf("{\"connects\":%llu,\"seconds\":%.3f,\"p50\":%.3f,\"p99\":%.3f,\"failed\":%llu,"
         "\"bytes\":%llu,\"leastHistory\":%llu,\"mostHistory\":%llu}\n",
         (unsigned long long)task.served, seconds, quantile_ms(&connects, 0.5),
         quantile_ms(&connects, 0.99), (unsigned long long)total.failed,
         (unsigned long long)task.bytes,
         (unsigned long long)(task.served && !options.plain ? task.least_history : 0),
         (unsigned long long)task.most_history);
  for (size_t i = 0; i < viewer_count; i++) hang_up(&viewers[i], true);
  viewer_count = 0;
  task.what = NOTHING;
}

static void continue_task(void) {
  if (task.what == OPENING) {
    while (task.opened < task.target && task.in_flight < task.parallel)
      start_viewer(&viewers[task.opened++]);
    bool all = task.opened == task.target && task.in_flight == 0;
    if (all || now_us() > task.until_us) answer_open();
  } else if (task.what == STORMING && now_us() > task.until_us) {
    answer_storm();
  }
}

static void print_group(enum group group) {
  struct window *window = &windows[group];
  double newest = 0;
  size_t count = 0, live = 0;
  uint64_t missing = 0, twice = 0;
  for (size_t i = 0; i < viewer_count; i++)
    if (viewers[i].newest_ms > newest) newest = viewers[i].newest_ms;
  for (size_t i = 0; i < viewer_count; i++) {
    if (viewers[i].group != group) continue;
    count++;
    missing += row_missing(&viewers[i].row);
    twice += viewers[i].row.twice;
    live += viewers[i].state == OPEN && viewers[i].newest_ms > newest - 2000;
  }
  printf("{\"viewers\":%zu,\"live\":%zu,\"samples\":%llu,\"events\":%llu,\"p50\":%.3f,\"p90\":%.3f,"
         "\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f,\"missing\":%llu,\"twice\":%llu}",
         count, live, (unsigned long long)window->samples, (unsigned long long)window->events,
         quantile_ms(&window->latency, 0.5), quantile_ms(&window->latency, 0.9),
         quantile_ms(&window->latency, 0.99), quantile_ms(&window->latency, 0.999),
         (double)window->latency.max / 1000, (unsigned long long)missing,
         (unsigned long long)twice);
}

static void answer_report(void) {
  size_t open = 0, all_served = 0, compressed = 0;
  uint64_t missing = 0, twice = 0;
  for (size_t i = 0; i < viewer_count; i++) {
    open += viewers[i].state == OPEN;
    all_served += viewers[i].state == OPEN && viewers[i].served;
    compressed += viewers[i].state == OPEN && viewers[i].response.gzip;
    missing += row_missing(&viewers[i].row);
    twice += viewers[i].row.twice;
  }
#define N(field) printf("\"" #field "\":%llu,", (unsigned long long)total.field)
  printf("{\"open\":%zu,\"served\":%zu,\"compressed\":%zu,\"missing\":%llu,\"twice\":%llu,\"lastServedMs\":%.3f,", open,
         all_served, compressed, (unsigned long long)missing, (unsigned long long)twice,
         (double)total.last_served_us / 1000);
  N(samples), N(events), N(history), N(heartbeats), N(wire_bytes), N(body_bytes), N(reads);
  N(closed), N(failed), N(refused), N(broken), N(byes), N(gaps), N(reduced), N(reduced_samples);
  N(repeated), N(skipped), N(fresh), N(exact), N(reduced_at_start), N(reset);
  N(joins), N(leaves), N(cuts), N(stalls);
#undef N
  printf("\"healthy\":");
  print_group(HEALTHY);
  printf(",\"stalled\":");
  print_group(STALLED);
  printf("}\n");
}

static void start_storm(double seconds, size_t parallel) {
  memset(&connects, 0, sizeof connects);
  task.what = STORMING;
  task.served = task.bytes = task.most_history = 0;
  task.least_history = UINT64_MAX;
  task.in_flight = 0;
  task.began_us = now_us();
  task.until_us = task.began_us + (int64_t)(seconds * 1e6);
  make_viewers(parallel);
  for (size_t i = 0; i < parallel; i++) start_viewer(&viewers[i]);
}

static void obey(char *line) {
  char *word = strtok(line, " ");
  double first = 0, second = 0;
  char *number = strtok(NULL, " ");
  if (number) first = atof(number);
  if ((number = strtok(NULL, " "))) second = atof(number);
  if (!word) return;
  bool answered = false;
  if (strcmp(word, "open") == 0) {
    memset(&connects, 0, sizeof connects);
    task.what = OPENING;
    task.opened = viewer_count;
    task.target = viewer_count + (size_t)first;
    task.parallel = second > 0 ? (size_t)second : 128;
    task.began_us = now_us();
    task.until_us = task.began_us + 60000000;
    make_viewers(task.target);
    answered = true;
  } else if (strcmp(word, "storm") == 0) {
    start_storm(first, (size_t)second);
    answered = true;
  } else if (strcmp(word, "window") == 0) {
    window_from = first;
    window_to = second;
    memset(windows, 0, sizeof windows);
  } else if (strcmp(word, "report") == 0) {
    answer_report();
    answered = true;
  } else if (strcmp(word, "stall") == 0) {
    for (size_t i = 0; i < (size_t)(first * (double)viewer_count); i++) {
      viewers[i].group = STALLED;
      stall(&viewers[i], second);
    }
  } else if (strcmp(word, "follow") == 0) {
    following = first != 0;
  } else if (strcmp(word, "churn") == 0) {
    churn_per_second = first;
  } else if (strcmp(word, "drop") == 0) {
    drop_every = (uint64_t)first;
  } else if (strcmp(word, "close") == 0) {
    for (size_t i = 0; i < viewer_count; i++) hang_up(&viewers[i], false);
    viewer_count = 0;
  } else {
    printf("{\"error\":\"cannot understand %s\"}\n", word);
    answered = true;
  }
  if (!answered) printf("{}\n");
}

static void read_orders(void) {
  static char text[4096];
  static size_t count = 0;
  ssize_t got = read(STDIN_FILENO, text + count, sizeof text - 1 - count);
  if (got <= 0) exit(0); /* whoever gave orders is gone */
  count += (size_t)got;
  text[count] = 0;
  for (char *end; (end = strchr(text, '\n'));) {
    *end = 0;
    obey(text);
    count -= (size_t)(end + 1 - text);
    memmove(text, end + 1, count + 1);
  }
}

/* For the tests: events on standard input, `id time value` of each sample on standard output. */
static void print_block(void *context, const struct block *block) {
  (void)context;
  for (size_t i = 0; i < block->ids.count; i++)
    for (size_t j = 0; j < block->times.count; j++) {
      double value = block->values.at[i * block->times.count + j];
      printf("%.17g %.17g ", block->ids.at[i], block->times.at[j]);
      if (isnan(value)) printf("null\n");
      else printf("%.17g\n", value);
    }
}

static void print_event(void *context, const char *event, size_t length) {
  static struct carry carry;
  const char *data = memmem(event, length, "data:", 5);
  if (!data) return;
  data += 5;
  int64_t step;
  bool read = *data == '[' ? scan_going_on(data, &carry, &step, print_block, context)
                           : scan_blocks(data, (size_t)(event + length - data), &carry, print_block,
                                         context);
  if (!read) printf("broken\n");
}

static int decode(void) {
  struct response response = {.phase = BODY};
  for (ssize_t count; (count = read(STDIN_FILENO, bytes, sizeof bytes - 1)) > 0;) {
    bytes[count] = 0;
    take_bytes(&response, bytes, (size_t)count, print_event, NULL);
  }
  return 0;
}

static void read_options(int argc, char **argv) {
  enum { PORT = 1, PATH, HEADERS, FORMAT, GZIP, COUNT_ONLY, RCVBUF, DISTINCT, ENOUGH, NO_ROWS, DECODE };
  static const struct option known[] = {
      {"port", required_argument, 0, PORT},       {"path", required_argument, 0, PATH},
      {"headers", required_argument, 0, HEADERS}, {"format", required_argument, 0, FORMAT},
      {"gzip", no_argument, 0, GZIP},             {"count-only", no_argument, 0, COUNT_ONLY},
      {"rcvbuf", required_argument, 0, RCVBUF},   {"distinct", required_argument, 0, DISTINCT},
      {"enough", required_argument, 0, ENOUGH},   {"no-rows", no_argument, 0, NO_ROWS},
      {"decode", no_argument, 0, DECODE},         {0}};
  for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
    switch (option) {
      case PORT: options.port = atoi(optarg); break;
      case PATH: options.path = optarg; break;
      case HEADERS: options.headers = optarg; break; /* each ends in CR LF */
      case FORMAT: options.plain = strcmp(optarg, "plain") == 0; break;
      case GZIP: options.gzip = true; break;
      case COUNT_ONLY: options.count_only = true; break;
      case RCVBUF: options.rcvbuf = atoi(optarg); break;
      case DISTINCT: options.distinct = atoi(optarg); break;
      case ENOUGH: options.enough = (uint64_t)atoll(optarg); break;
      case NO_ROWS: options.rows = false; break;
      case DECODE: exit(decode());
      default: exit(2);
    }
  }
}

int main(int argc, char **argv) {
  read_options(argc, argv);
  setvbuf(stdout, NULL, _IOLBF, 1 << 16);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event orders = {.events = EPOLLIN, .data.u64 = UINT64_MAX};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &orders);
  static struct epoll_event events[1024];
  int64_t looked_us = now_us();
  for (;;) {
    int count = epoll_wait(poll_fd, events, 1024, 10);
    for (int i = 0; i < count; i++) {
      if (events[i].data.u64 == UINT64_MAX) {
        read_orders();
        continue;
      }
      if (events[i].data.u64 >= viewer_count) continue; /* closed by an order in this very round */
      struct viewer *viewer = &viewers[events[i].data.u64];
      if (viewer->state == CONNECTING) connected(viewer);
      else if (viewer->state == OPEN) readable(viewer);
    }
    if (now_us() - looked_us >= 10000) {
      looked_us = now_us();
      look_round();
    }
    continue_task();
  }
}
