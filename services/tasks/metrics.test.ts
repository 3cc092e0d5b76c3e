import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TaskMetrics } from './metrics.js';

const page = readFileSync(new URL('../../docs/OBSERVABILITY.md', import.meta.url), 'utf8');

it('docs/OBSERVABILITY.md has every metric of a task worker with its kind and labels, and no other', async () => {
  const labels = { color: 'blue', worker: '1', release: 'r' };
  const gauges = { waiting: () => Promise.resolve(3), active: () => 2 };
  const metrics = new TaskMetrics(() => gauges, labels, ['report', 'fan-out']);
  metrics.ended('report', 'done', 1);
  metrics.ended('report', 'failed', 1);
  const text = await metrics.text();
  const kinds = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind = '']) => {
    const [, labels = ''] = new RegExp(`^${name}(?:_bucket)?\\{(.*)\\} `, 'm').exec(text) ?? [];
    const own = [...labels.matchAll(/(\w+)="/g)]
      .map(([, label = '']) => label)
      .filter((label) => !['le', 'color', 'worker', 'release'].includes(label))
      .sort();
    return `${name}${own.length === 0 ? '' : `{${own.join(',')}}`} ${kind}`;
  });
  const documented = [...page.matchAll(/^\| `(tasks_[a-z_]+(?:\{[a-z,]+\})?)` \| (counter|gauge|histogram) \|/gm)].map(
    ([, name, kind]) => `${name} ${kind}`,
  );
  expect(documented.toSorted()).toEqual(kinds.toSorted());
  expect(text).toMatch(/^tasks_waiting\{.*\} 3$/m);
  expect(text).toMatch(/^tasks_active\{.*\} 2$/m);
  expect(text).toMatch(/^tasks_done_total\{task="report",.*\} 1$/m);
  for (const name of ['done_total', 'failed_total', 'duration_seconds_count']) {
    expect(text).toMatch(new RegExp(`^tasks_${name}\\{.*task="fan-out".*\\} 0$`, 'm'));
  }
});
