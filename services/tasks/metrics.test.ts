import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TaskMetrics } from './metrics.js';

const page = readFileSync(new URL('../../docs/OBSERVABILITY.md', import.meta.url), 'utf8');

it('docs/OBSERVABILITY.md has every metric of a task worker with its kind and labels, and no other', async () => {
  const metrics = new TaskMetrics(() => ({ waiting: () => Promise.resolve(3), active: () => 2 }), {
    color: 'blue',
    worker: '1',
    release: 'r',
  });
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
});
