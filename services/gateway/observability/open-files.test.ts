import { closeSync, openSync } from 'node:fs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { replaceOpenFiles } from './open-files.js';

describe.runIf(process.platform === 'linux')('open files', () => {
  it('are as many as there are, under the name that prom-client gives them', async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    replaceOpenFiles(registry);
    const read = async (): Promise<number> =>
      Number(/^process_open_fds (\d+)$/m.exec(await registry.getSingleMetricAsString('process_open_fds'))?.[1]);
    const before = await read();
    const files = Array.from({ length: 100 }, () => openSync('/dev/null', 'r'));
    const among = await read();
    for (const file of files) closeSync(file);
    expect(before).toBeGreaterThan(3);
    expect(Math.abs(among - before - 100)).toBeLessThan(10);
  });
});
