import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turns, type Leave } from './turns.js';

const stage = () => {
  const turns = new Turns();
  const running = new Map<string, Leave>();
  return {
    turns,
    running: (): readonly string[] => [...running.keys()],
    comes: async (name: string, alone = false, signal = new AbortController().signal): Promise<void> => {
      void turns.take(alone, signal).then(
        (leave) => running.set(name, leave),
        () => undefined,
      );
      await nextTurn();
    },
    leaves: async (name: string): Promise<void> => {
      running.get(name)?.();
      running.delete(name);
      await nextTurn();
    },
  };
};

it('any run beside any; one that has to be alone waits for all before it, and all behind it for that', async () => {
  const { comes, leaves, running } = stage();
  await comes('ann');
  await comes('ben');
  expect(running()).toEqual(['ann', 'ben']);
  await comes('sue', true);
  await comes('tom');
  await comes('una', true);
  await leaves('ann');
  expect(running()).toEqual(['ben']);
  await leaves('ben');
  expect(running()).toEqual(['sue']);
  await leaves('sue');
  expect(running()).toEqual(['tom']);
  await leaves('tom');
  expect(running()).toEqual(['una']);
});

it('who gives up holds up nobody', async () => {
  const { turns, comes, leaves, running } = stage();
  const cancelled = new AbortController();
  await comes('ann');
  await comes('sue', true, cancelled.signal);
  await comes('tom');
  cancelled.abort(new Error('cancelled'));
  await nextTurn();
  expect(running()).toEqual(['ann', 'tom']);
  await leaves('ann');
  await leaves('tom');
  await comes('una', true);
  expect(running()).toEqual(['una']);
  await expect(turns.take(false, cancelled.signal)).rejects.toThrow('cancelled');
});
