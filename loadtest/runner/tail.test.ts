import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Tail } from './tail.js';

test('reads a line when it is whole, and each once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-tail-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'growing');
  const tail = new Tail(file);
  expect(tail.read()).toEqual([]);
  writeFileSync(file, 'first\nsec');
  expect(tail.read()).toEqual(['first']);
  expect(tail.read()).toEqual([]);
  const long = 'x'.repeat(200_000);
  appendFileSync(file, `ond\n${long}\n`);
  expect(tail.read()).toEqual(['second', long]);
  tail.close();
});
