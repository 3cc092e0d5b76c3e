import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { titleOf } from '../../services/conductor/processes.js';
import { checkout } from './stack.js';

test('a reload that comes while the guard still waits for orphaned workers does not end it: nginx starts', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-nginx-guard-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const nginx = join(folder, 'nginx');
  writeFileSync(nginx, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  // An orphan that takes its time: QUIT does not end it at once.
  const title = 'nginx: worker process';
  const orphan = spawn('bash', ['-c', `trap '' QUIT; exec -a '${title}' sleep 60`], { cwd: folder, stdio: 'ignore' });
  onTestFinished(() => void orphan.kill('SIGKILL'));
  await expect.poll(() => titleOf(orphan.pid ?? 0)).toContain(title);

  const guard = spawn('sh', [join(checkout, 'infra/local/nginx-guard.sh'), nginx, 'nginx.conf'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void guard.kill('SIGKILL'));
  let words = '';
  guard.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  await expect.poll(() => words).toContain('gives up the port');
  guard.kill('SIGHUP');
  orphan.kill('SIGKILL');
  await expect.poll(() => guard.signalCode ?? titleOf(guard.pid ?? 0)).toBe('sleep 60');
});
