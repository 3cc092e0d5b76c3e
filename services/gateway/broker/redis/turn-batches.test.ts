import { expect, test } from 'vitest';
import { parseChannelName } from '../../../protocol/ids.js';
import { TurnBatches } from './turn-batches.js';

const item = (name: string, number: number) => {
  const channel = parseChannelName(name);
  if (channel === undefined) throw new Error(`${name} is no channel`);
  return { channel, number };
};

const record = () => {
  const sent: string[] = [];
  const batches = new TurnBatches<ReturnType<typeof item>>((all) =>
    sent.push(...all.map((batch) => `${batch[0].channel}: ${batch.map(({ number }) => number).join(' ')}`)),
  );
  return { sent, batches };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what one turn brings goes out at its end, each channel by itself and in its order', async () => {
  const { sent, batches } = record();
  for (const [name, number] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ] as const)
    batches.add(item(name, number));
  await Promise.resolve();
  expect(sent).toEqual([]);
  await turn();
  expect(sent).toEqual(['a: 1 3', 'b: 2']);
  batches.add(item('b', 4));
  await turn();
  expect(sent).toEqual(['a: 1 3', 'b: 2', 'b: 4']);
});

test('a batch has 64 at most, and those behind it follow it', async () => {
  const { sent, batches } = record();
  for (let number = 1; number <= 130; number += 1) batches.add(item('a', number));
  await turn();
  expect(sent.map((text) => text.split(' ').length - 1)).toEqual([64, 64, 2]);
  expect(sent.join(' ').replaceAll('a: ', '').split(' ').map(Number)).toEqual(
    Array.from({ length: 130 }, (_, index) => index + 1),
  );
});

test('a flush sends at once, and nothing is sent twice', async () => {
  const { sent, batches } = record();
  batches.add(item('a', 1));
  batches.flush();
  expect(sent).toEqual(['a: 1']);
  await turn();
  expect(sent).toEqual(['a: 1']);
});

test('what is cleared is never sent', async () => {
  const { sent, batches } = record();
  for (let number = 1; number <= 65; number += 1) batches.add(item('a', number));
  batches.clear();
  await turn();
  batches.add(item('a', 66));
  await turn();
  expect(sent).toEqual(['a: 66']);
});
