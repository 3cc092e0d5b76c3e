import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoneWorker, type LoneWorker } from '../../../tests/e2e/lone-worker.js';
import { TestClient } from '../../gateway/testing/client.js';
import { DirectoryReleases, modulesOf, type Modules } from './releases.js';

const checkout = resolve(import.meta.dirname, '../../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-releases-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A release of the build that is there; the path of it. */
const release = async (modules: Modules): Promise<string> => {
  const releases = new DirectoryReleases(join(folder, 'releases'), checkout, modules);
  const { id } = await releases.build(join(checkout, 'dist'));
  return join(folder, 'releases', id);
};
const moduleOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const HANDLER = `
  import { defineHandler } from 'switchyard/handlers';
  import { z } from 'zod';`;

/** What a person types and sees in `wscat`, line by line, under a heading of the README. */
const printedConversation = (heading: string) => {
  const readme = readFileSync(join(checkout, 'README.md'), 'utf8');
  const lines = (readme.split(`### ${heading}`)[1] ?? '').split('###')[0]?.split('\n') ?? [];
  const after = (sign: string) => lines.filter((line) => line.startsWith(`${sign} {`)).map((line) => line.slice(2));
  return { typed: after('>'), answers: after('<') };
};

/** A frame without what a line of the README leaves out, and with a name that is another each time. */
const asPrinted = (text: string): unknown =>
  expect.objectContaining(
    JSON.parse(text.replace(', …}', '}'), (_key, value: unknown) =>
      typeof value === 'string' && value.startsWith('anon-') ? (expect.stringMatching(/^anon-/) as unknown) : value,
    ) as object,
  );

describe('the handlers of a release', () => {
  let worker: LoneWorker;
  let client: TestClient;

  beforeAll(async () => {
    moduleOf('price.ts', 'export const price: number = 7;');
    const shop = moduleOf(
      'shop.ts',
      `${HANDLER}
      import { price } from './price.js';
      export const ask = defineHandler({
        type: 'shop.ask',
        schema: z.object({ items: z.number() }),
        handle: ({ reply }, { items }) => reply(items * price),
      });`,
    );
    const lost = moduleOf(
      'lost.ts',
      `${HANDLER}
      const later = async (): Promise<void> => { throw new Error('nobody waits'); };
      export const lose = defineHandler({ type: 'lose', schema: z.unknown(), handle: () => void later() });
      export const tick = defineHandler({
        type: 'tick',
        schema: z.unknown(),
        handle: () => void setTimeout(() => { throw new Error('in a timer'); }, 1),
      });`,
    );
    const path = await release({ HANDLERS: `examples/handlers,${shop},${lost}` });
    for (const source of [shop, lost]) writeFileSync(source, 'broken');
    const command = [process.execPath, join(path, 'dist/services/gateway/main.js')] as const;
    worker = await startLoneWorker(modulesOf(path), command);
    client = await TestClient.connect(`${worker.ws}/ws`);
  });
  afterAll(async () => {
    worker?.process.kill('SIGTERM');
    await worker?.exited;
  });

  test('are in it, with all that they import: its worker runs them, whatever became of their source', async () => {
    const types = ['counter.press', 'typing.start', 'typing.stop', 'shop.ask', 'lose', 'tick'];
    expect(worker.logs.find(({ event }) => event === 'handlers_registered')).toMatchObject({
      types: expect.arrayContaining(types) as unknown,
    });
    client.send({ type: 'shop.ask', id: 'a', data: { items: 6 } });
    expect(await client.next('reply')).toMatchObject({ data: 42 });
    client.send({ type: 'counter.press', id: 'b', data: { room: 'attic' } });
    expect(await client.next('reply')).toMatchObject({ data: { room: 'attic', count: 1 } });
    client.send({ type: 'counter.press', id: 'c', data: { room: 7 } });
    expect(await client.answer('c')).toMatchObject({ message: expect.stringContaining('data.room') as unknown });
  });

  test('answer as the README prints it', async () => {
    const { typed, answers } = printedConversation('Handlers: types of message of your own');
    expect(answers).toHaveLength(3);
    const person = await TestClient.connect(`${worker.ws}/ws`);
    for (const text of typed) person.send(text);
    await person.next('error');
    await person.next('message');
    expect(person.frames).toEqual(expect.arrayContaining(answers.map(asPrinted)));
  });

  test('that fail outside of their calls end no worker', async () => {
    const lost = () => worker.logs.filter(({ event }) => event === 'handler_failed');
    client.send({ type: 'lose' });
    client.send({ type: 'tick' });
    await expect
      .poll(lost)
      .toMatchObject([{ error: { message: 'nobody waits' } }, { error: { message: 'in a timer' } }]);
    await client.settle();
    expect(worker.process.exitCode).toBeNull();
  });

  test('are none where none are asked for', async () => {
    expect(modulesOf(await release({}))).toEqual({ HANDLERS: '', TASKS: '' });
  });
});

describe('a release is not made', () => {
  const wrong = (name: string, text: string): Promise<string> => release({ HANDLERS: moduleOf(name, text) });

  test('with a type of the protocol', async () => {
    const text = `${HANDLER} export const a = defineHandler({ type: 'publish', schema: z.null(), handle() {} });`;
    await expect(wrong('clash.ts', text)).rejects.toThrow(/clash\.ts: the type "publish" is the protocol's own/);
  });

  test('with two handlers of one type', async () => {
    const text = `${HANDLER} export const a = defineHandler({ type: 'typing.stop', schema: z.null(), handle() {} });`;
    const paths = `${moduleOf('again.ts', text)},examples/handlers`;
    await expect(release({ HANDLERS: paths })).rejects.toThrow(
      /typing\.ts: the type "typing\.stop" has a handler already, in .*again\.ts/,
    );
  });

  test('with two tasks of one name, or a module without any', async () => {
    const again = moduleOf(
      'again-task.ts',
      `import { defineTask } from 'switchyard/tasks';
      import { z } from 'zod';
      export const a = defineTask({ name: 'report', schema: z.null(), run: async () => null });`,
    );
    await expect(release({ TASKS: `${again},examples/tasks` })).rejects.toThrow(
      /tasks: .*report\.ts: the name "report" has a task already, in .*again-task\.ts/,
    );
    await expect(release({ TASKS: moduleOf('none.ts', 'export const a = 1;') })).rejects.toThrow(
      /none\.ts: exports no task, made by defineTask/,
    );
  });

  test('of a module that can not be read', async () => {
    await expect(wrong('broken.ts', 'export const a = ;')).rejects.toThrow(/broken\.ts:1:17[\s\S]*can not be built/);
  });

  test('where there is nothing', async () => {
    for (const setting of ['HANDLERS', 'TASKS'] as const) {
      const words = `${setting}=no/such/folder: there is no such file or folder`;
      await expect(release({ [setting]: 'no/such/folder' })).rejects.toThrow(words);
    }
  });
});
