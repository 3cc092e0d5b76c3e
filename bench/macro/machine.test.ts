import { expect, test } from 'vitest';
import { busySeconds, kernelBytes } from './machine.js';

test('a machine is busy with all but waiting, and what its host takes', () => {
  expect(busySeconds('cpu  100 200 300 9000 8000 10 20 70 60 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n')).toBe(7);
});

test('the kernel counts its own objects in kB', () => {
  expect(kernelBytes('MemTotal:       24689560 kB\nSlab:             123456 kB\nSReclaimable:      1 kB\n')).toBe(
    126_418_944,
  );
});
