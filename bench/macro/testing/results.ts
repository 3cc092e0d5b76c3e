import type { Figure } from '../figure.js';
import type { Result } from '../result.js';

export const figureWith = (more: Partial<Figure>): Figure => ({
  bench: 'echo',
  name: 'CPU a message',
  value: 1,
  unit: '×',
  ratio: true,
  ...more,
});

export const resultWith = (figures: readonly Figure[], more: Partial<Result> = {}): Result => ({
  machine: {
    processor: 'A Processor',
    cores: 2,
    node: 'v20',
    kernel: '6.1',
    revision: 'r1',
    date: '2026-11-26T00:00:00.000Z',
    load: 0,
  },
  seconds: 5,
  rounds: 3,
  isQuick: false,
  othersShare: 0,
  figures: [...figures],
  ...more,
});
