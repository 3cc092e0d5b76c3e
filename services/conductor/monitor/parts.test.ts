import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { withDescendants } from '../processes.js';
import type { Status } from '../verbs/status.js';
import { byColor, memoryOf, usesOf } from './parts.js';

test('what a worker has started below it counts for its color', async () => {
  // As in a container: the pid that is known is that of an init, and the worker runs below it.
  const init = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo "$!"; wait'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(init.stdout, 'data')) as [Buffer];
    const worker = Number(line.toString());
    const known = init.pid ?? 0;
    const processes = withDescendants([known]);
    expect([...processes]).toEqual([
      [known, known],
      [worker, known],
    ]);
    const status = { colors: [{ color: 'green', workers: [{ pid: known }] }] } as unknown as Status;
    const uses = byColor(usesOf(processes), status);
    expect([...uses.values()].map(({ part }) => part)).toEqual(['green', 'green']);
    expect(memoryOf(uses)).toMatchObject({ others: 0, blue: 0 });
    expect(memoryOf(uses).green).toBeGreaterThan(0);
  } finally {
    init.stdin.end();
    await once(init, 'close');
  }
});
