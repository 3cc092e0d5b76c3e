import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlainClient, Tally } from './plain-client.js';
import { TestStack } from './stack.js';

const CLIENTS = 500;

let stack: TestStack;
let tally: Tally;
let clients: PlainClient[];
beforeEach(async () => {
  stack = await TestStack.up();
  tally = new Tally();
  clients = Array.from({ length: CLIENTS }, (_, n) => new PlainClient(stack.socketUrl, `c${n}`, tally));
  await Promise.all(clients.map((client) => client.when(() => client.isOpen)));
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await stack.close();
});

/** Says one line and waits until everybody has heard it. */
const sayToAll = async (speaker: PlainClient, line: string): Promise<void> => {
  await speaker.say(line);
  await Promise.all(
    clients.map((client) => client.when(() => client.heard(`Client #${speaker.name} says: ${line}`) > 0)),
  );
};

test('[plain-2] [plain-4] 500 clients hear each line once, and of a promote in the middle nothing but a 1012', async () => {
  const [ada, bob, eve] = clients as [PlainClient, PlainClient, PlainClient];
  await sayToAll(ada, 'before');
  const talking = new AbortController();
  const spoken: string[] = [];
  const talk = async (): Promise<void> => {
    for (let n = 0; !talking.signal.aborted; n += 1) {
      await bob.say(`line ${n}`);
      spoken.push(`Client #${bob.name} says: line ${n}`);
    }
  };
  const talked = talk();
  await eve.when(() => eve.texts.length > 20);
  const result = await stack.promote();
  expect(result, JSON.stringify(result)).toMatchObject({ outcome: 'done', deploys: [{ moved: CLIENTS }] });
  talking.abort();
  await talked;
  await sayToAll(eve, 'after');
  for (const client of clients) {
    expect(client.closeCodes).toEqual([1012]);
    // Whoever is away misses what is said [deploy-3]; what is heard is heard once, in order, and nothing else is.
    const said = client.texts.filter((text) => !text.startsWith('You sent: '));
    expect(new Set(said).size).toBe(said.length);
    const lines = said.filter((text) => text.startsWith(`Client #${bob.name} says: line`));
    // One gap at most, while it was away; before and behind it every line.
    const gapAt = spoken.findIndex((line, index) => line !== lines[index]);
    const before = gapAt < 0 ? lines.length : gapAt;
    const behind = lines.length - before;
    expect(lines).toEqual([...spoken.slice(0, before), ...spoken.slice(spoken.length - behind)]);
    expect(gapAt < 0 || (before > 0 && behind > 0)).toBe(true);
    const others = said.filter((text) => !lines.includes(text));
    expect(others).toEqual([`Client #${ada.name} says: before`, `Client #${eve.name} says: after`]);
  }
  expect(clients.flatMap(({ texts }) => texts).filter((text) => text.includes('left the chat'))).toEqual([]);
});
