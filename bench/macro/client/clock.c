#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

uint64_t clock_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

static const uint64_t WRAP_US = 1000000000;

uint64_t stamp_us(uint64_t ns) { return ns / 1000 % WRAP_US; }

uint64_t since_stamp_us(uint64_t ns, uint64_t stamp) { return (stamp_us(ns) + WRAP_US - stamp) % WRAP_US; }

double cpu_seconds(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

void die(const char *what) {
  fprintf(stderr, "load client: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
  exit(1);
}

static unsigned bucket_of(uint64_t us) {
  if (us < STEPS) return (unsigned)us;
  unsigned octave = 63u - (unsigned)__builtin_clzll(us) - 5u;
  unsigned bucket = octave * STEPS + (unsigned)(us >> octave) % STEPS;
  return bucket < STEPS * OCTAVES ? bucket : STEPS * OCTAVES - 1;
}

/* The largest time that falls into it. */
static uint64_t upper_edge(unsigned bucket) {
  unsigned octave = bucket / STEPS;
  if (octave == 0) return bucket;
  return ((uint64_t)(bucket % STEPS) + 1) << octave;
}

void record(struct histogram *histogram, uint64_t us) {
  histogram->counts[bucket_of(us)]++;
  histogram->total++;
  if (us > histogram->most) histogram->most = us;
}

double percentile_ms(const struct histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)((double)histogram->total * share), seen = 0;
  for (unsigned bucket = 0; bucket < STEPS * OCTAVES; bucket++) {
    seen += histogram->counts[bucket];
    if (seen > wanted) {
      uint64_t edge = upper_edge(bucket);
      return (double)(edge < histogram->most ? edge : histogram->most) / 1000;
    }
  }
  return (double)histogram->most / 1000;
}
