import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { PlainHistogram } from './plain-histogram.js';

const BUCKETS = [0.001, 0.01, 0.1, 1];
const OBSERVED = [0, 0.0005, 0.001, 0.0011, 0.01, 0.05, 0.1, 0.9, 1, 1.01, 300];

describe('PlainHistogram', () => {
  it('says the same as one of prom-client, as text and as series', async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const plain = new PlainHistogram({ name: 'h', help: 'of both', buckets: BUCKETS, registry: ours });
    const known = new Histogram({ name: 'h', help: 'of both', buckets: BUCKETS, registers: [theirs] });
    for (const seconds of OBSERVED) {
      plain.record(seconds);
      known.observe(seconds);
    }
    expect(await ours.metrics()).toBe(await theirs.metrics());
    const series = async (registry: Registry) =>
      (await registry.getMetricsAsJSON()).map(({ values, ...metric }) => ({
        ...metric,
        values: values.map(({ labels, value }) => ({ labels, value })),
      }));
    expect(await series(ours)).toEqual(await series(theirs));
  });

  it('takes what is less than nothing, by a clock that was set back, for nothing', async () => {
    const registry = new Registry();
    new PlainHistogram({ name: 'h', help: 'h', buckets: BUCKETS, registry }).record(-5);
    const text = await registry.metrics();
    expect(text).toContain('h_bucket{le="0.001"} 1');
    expect(text).toContain('h_sum 0');
  });
});
