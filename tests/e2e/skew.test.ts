import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { SKEWED } from './sabotage.js';
import { TestStack } from './stack.js';

let stack: TestStack;
let client: RecoveringClient;

beforeAll(async () => {
  stack = await TestStack.up();
  client = await RecoveringClient.connect(stack.socketUrl, 'skew');
});
afterAll(async () => {
  client.end();
  await stack.close();
});

const ID = '\\d{8}T\\d{6}Z(?:\\.\\d+)?-[\\w-]+';

/** What is said: "`reader` can't go on with what `writer` wrote: `what`". Blue is active, green is new. */
const skewed: readonly Readonly<{
  name: string;
  source: () => string;
  reader: string;
  writer: string;
  what: string;
}>[] = [
  {
    name: 'publications in a layout that only it can read',
    source: SKEWED.publications,
    reader: 'blue',
    writer: 'green',
    what: '/ws: no message within 2.5 s',
  },
  {
    name: 'sessions under other keys',
    source: SKEWED.sessions,
    reader: 'blue',
    writer: 'green',
    what: 'resume: resumed is false, not true',
  },
  {
    name: 'what both can read, and can’t read what was there',
    source: SKEWED.ids,
    reader: 'green',
    writer: 'blue',
    what: 'an id again: duplicate is undefined, not true',
  },
];

test.each(skewed)('[deploy-2] a release that writes $name is refused before the switch', async (release) => {
  const before = await stack.status();
  const { lastOffset } = client;
  const { code, output } = await stack.run(['promote', '--source', release.source()]);
  expect(code, output).toBe(1);
  expect(output).toContain('Failed in "smoke"');
  const { reader, writer, what } = release;
  expect(output).toMatch(
    new RegExp(
      `${reader}-\\d \\(release ${ID}\\) can't go on with what ${writer}-\\d \\(release ${ID}\\) wrote: ${what}`,
    ),
  );
  expect(output).not.toContain('new connections to green');
  expect(output).toContain('Everything was undone: blue is active as before.');

  const after = await stack.status();
  expect(after.active).toBe('blue');
  expect(after.colors.map(({ workers }) => workers.map(({ pid }) => pid))).toEqual(
    before.colors.map(({ workers }) => workers.map(({ pid }) => pid)),
  );
  client.publish('still here', `after ${release.name}`);
  await client.when(() => client.lastOffset === lastOffset + 1);
  expect(client.closeCodes).toEqual([]);
  expect(unharmed(client)).toEqual(NOTHING_HAPPENED);
});

test('releases that go together say so, and a client that was connected all the while is moved', async () => {
  const { code, output } = await stack.run(['promote']);
  expect(code, output).toBe(0);
  expect(output).toMatch(new RegExp(`2 workers; ${ID} and what blue runs understand each other both ways`));
  await client.when(() => client.colors.at(-1) === 'green');
  expect(unharmed(client)).toEqual(NOTHING_HAPPENED);
});
