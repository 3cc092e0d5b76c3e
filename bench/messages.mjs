// What counting costs each message.
import { Histogram, Registry } from 'prom-client';
import { NO_METRICS } from '../dist/services/gateway/observability/metrics.js';
import { Observation } from '../dist/services/gateway/observability/observation.js';
import { PlainHistogram } from '../dist/services/gateway/observability/plain-histogram.js';

const TIMES = 1_000_000;
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const seconds = Array.from({ length: 1024 }, () => Math.random() ** 3 * 0.05);

/** Mean of the better one of two runs behind a first, ns. */
const costOf = (act) => {
  const run = () => {
    const startedAt = performance.now();
    for (let n = 0; n < TIMES; n += 1) act(seconds[n & 1023]);
    return ((performance.now() - startedAt) * 1e6) / TIMES;
  };
  run();
  return Math.min(run(), run());
};

/** What is measured, and its cost, ns. */
export const messageCosts = () => {
  const registry = new Registry();
  const theirs = new Histogram({ name: 'theirs', help: 'h', buckets: BUCKETS, registers: [registry] });
  const ours = new PlainHistogram({ name: 'ours', help: 'h', buckets: BUCKETS, registry });
  const { metrics } = new Observation({ color: 'blue', worker: '1', release: 'bench', sources: {} });
  const count = (counts) => (duration) => {
    counts.messageReceived();
    counts.messageAccepted(false, duration);
    counts.frameSent();
    counts.fannedOut(100);
    counts.deliveredAfter(duration * 1000, 100);
  };
  return [
    ['histogram.observe of prom-client', costOf((duration) => theirs.observe(duration))],
    ['PlainHistogram.record, in its place', costOf((duration) => ours.record(duration))],
    ['a publish, its ack and its fan-out', costOf(count(metrics))],
    ['the same, counting nothing', costOf(count(NO_METRICS))],
  ];
};
