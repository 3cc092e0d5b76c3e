import { describe, expect, test } from 'vitest';
import type { OptionalPart } from '../engines/engine.js';
import { aliveLines, notesOf, watchingLines } from './watching.js';

const part = (name: string, more: object = { state: 'running', pid: 1 }): OptionalPart =>
  ({ name, title: name, url: `http://localhost/${name}`, hasPage: false, ...more }) as OptionalPart;

const PARTS = [
  part('prometheus', { state: 'running', pid: 1, hasPage: true }),
  part('grafana', { state: 'absent', why: 'not on this machine; get it', hasPage: true }),
  part('loki', { state: 'starting' }),
  part('exporter'),
  part('redis-exporter', { state: 'stopped', why: 'not started; port 1 is taken' }),
  part('nginx-exporter', { state: 'ended', why: 'it exited with status 2' }),
];

describe('what watches the cluster', () => {
  test('dev-up: where each is that a person looks at, and of the others only those that do not run', () => {
    expect(watchingLines(PARTS, 10)).toEqual([
      '  prometheus http://localhost/prometheus',
      '  grafana    not on this machine; get it',
      '  loki       http://localhost/loki  (starting)',
      '  redis-exporter not started; port 1 is taken',
      '  nginx-exporter ended: it exited with status 2',
    ]);
  });

  test('status: what runs, and notes of what does not; what was never on this machine is not told each time', () => {
    expect(aliveLines(PARTS)).toEqual(['watch  prometheus exporter', 'starts loki']);
    expect(notesOf(PARTS)).toEqual([
      'redis-exporter not started; port 1 is taken',
      'nginx-exporter ended, it exited with status 2',
    ]);
  });
});
