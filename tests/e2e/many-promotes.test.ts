import { expect, test } from 'vitest';
import { processesOf, retiringGenerations, titleOf } from '../../services/conductor/processes.js';
import { Crowd } from './crowd.js';
import { NOTHING_HAPPENED, unharmed } from './recovering-client.js';
import { TestStack } from './stack.js';

test('ten promotes in a row leave no nginx generation and no process behind', async ({ onTestFinished }) => {
  const stack = await TestStack.up();
  onTestFinished(() => stack.close());
  const crowd = await Crowd.gather(stack.socketUrl, { clients: 50, channels: 5, publishers: 2, perSecond: 20 });
  // A release is in the path of its workers; apart from that the same processes run afterwards.
  const titles = (): string[] =>
    processesOf(stack.runDir)
      .map((pid) => titleOf(pid).replaceAll(/\/releases\/[^/]+/g, ''))
      .sort();
  const before = titles();
  for (let round = 0; round < 10; round += 1) {
    expect(await stack.promote()).toMatchObject({ outcome: 'done' });
    expect(retiringGenerations(stack.runDir).length).toBeLessThanOrEqual(1);
  }
  const { sent, kept, missing } = await crowd.account();
  expect({ kept, missing }).toEqual({ kept: sent, missing: [] });
  expect(crowd.clients.map(unharmed)).toEqual(crowd.clients.map(() => NOTHING_HAPPENED));
  crowd.end();
  await expect.poll(() => retiringGenerations(stack.runDir)).toEqual([]);
  expect(titles()).toEqual(before);
});
