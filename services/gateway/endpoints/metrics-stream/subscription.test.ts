import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_NAMES } from './events.js';
import { readSubscription } from './subscription.js';

const read = (fields: unknown) => readSubscription(JSON.stringify(fields));
const names = (fields: unknown): readonly string[] => {
  const result = read(fields);
  if (!result.ok) throw new Error(result.message);
  return result.subscription.metrics.map(({ name }) => name);
};

describe('readSubscription', () => {
  it('[metrics-2] has defaults: 1 s and no history; an empty list is all metrics', () => {
    expect(read({ metrics: ['success_rate'] })).toEqual({
      ok: true,
      subscription: {
        metrics: [{ name: 'success_rate', metric: 'success_rate' }],
        intervalSeconds: 1,
        includeHistory: false,
      },
    });
    expect(names({ metrics: [] })).toEqual(METRIC_NAMES);
  });

  it('[metrics-2] knows response_time_avg as another name, takes a name once, and ignores other fields', () => {
    const result = read({ metrics: ['response_time_avg', 'requests_total', 'response_time_avg'], later: 1 });
    expect(result).toMatchObject({
      subscription: {
        metrics: [
          { name: 'response_time_avg', metric: 'avg_response_time' },
          { name: 'requests_total', metric: 'requests_total' },
        ],
      },
    });
  });

  it.each([1, 30, 60])('[metrics-2] takes an interval of %d s', (seconds) => {
    expect(read({ metrics: [], interval_seconds: seconds })).toMatchObject({
      ok: true,
      subscription: { intervalSeconds: seconds },
    });
  });

  it.each([
    [{ metrics: [], interval_seconds: 0 }, 'interval_seconds must be a whole number from 1 to 60, not 0'],
    [{ metrics: [], interval_seconds: 61 }, 'not 61'],
    [{ metrics: [], interval_seconds: 1.5 }, 'not 1.5'],
    [{ metrics: [], interval_seconds: '2' }, 'not "2"'],
    [{ metrics: [], interval_seconds: null }, 'not null'],
    [{ metrics: [], include_history: 'yes' }, 'include_history must be true or false, not "yes"'],
    [{ metrics: [], include_history: 1 }, 'include_history'],
    [{ interval_seconds: 2 }, 'metrics is missing'],
    [{ metrics: 'requests_total' }, 'metrics must be a list of names, not "requests_total"'],
    [{ metrics: null }, 'metrics must be a list'],
    [{ metrics: ['requests_total', 'cpu'] }, 'metrics[1] "cpu" is no metric; there are requests_total'],
    [{ metrics: [7] }, 'metrics[0] 7 is no metric'],
    [{ metrics: [['requests_total']] }, 'metrics[0] ["requests_total"] is no metric'],
    [{ metrics: ['x'.repeat(1_000)] }, 'metrics[0] "xxx'],
    [[], 'must be a JSON object'],
    [7, 'must be a JSON object'],
  ])('[metrics-6] names the field that is wrong: %j', (fields, words) => {
    const result = read(fields);
    const message: unknown = expect.stringContaining(words);
    expect(result).toMatchObject({ ok: false, message });
    expect(result.ok ? '' : result.message.length).toBeLessThan(250);
  });

  it.each(['', 'hello', '{"metrics":[]', '{"metrics":[]}}', '\u0000'])(
    '[metrics-6] says what is not JSON: %j',
    (text) => {
      expect(readSubscription(text)).toMatchObject({ ok: false, code: 'invalid_json' });
    },
  );

  it('[metrics-6] gives a value for every text, and never throws', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json({ stringUnit: 'binary' }),
      fc
        .record({ metrics: fc.anything(), interval_seconds: fc.anything(), include_history: fc.anything() })
        .map((fields) => JSON.stringify(fields)),
      fc.nat(20_000).map((n) => `{"metrics":${'['.repeat(n)}${']'.repeat(n)}}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(typeof readSubscription(text ?? '').ok).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
  });
});
