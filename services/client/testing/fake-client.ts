import { onTestFinished, vi } from 'vitest';
import { Client } from '../client.js';
import type { ClientOptions } from '../options.js';
import { FakeServer } from './fake-server.js';
import { FakeSurroundings } from './fake-surroundings.js';

/** What the client told, in order: `live`, `away 1006`, `reset room 7` … */
const told = (client: Client): string[] => {
  const said: string[] = [];
  for (const event of ['connecting', 'live', 'moving'] as const) client.on(event, () => said.push(event));
  client.on('away', (reason) => said.push(`away ${reason}`));
  client.on('closed', (code, reason) => said.push(`closed ${code} ${reason}`.trim()));
  client.on('reset', (channel, { offset }) => said.push(`reset ${channel} ${offset}`));
  client.on('error', (code) => said.push(`error ${code}`));
  return said;
};

/** A client whose server, platform, clock and chance are the test's. Back-off is always the longest. */
export const fakeClient = (options: Partial<ClientOptions> = {}) => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1);
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  const server = new FakeServer();
  const surroundings = new FakeSurroundings();
  const client = new Client({ url: 'http://host:1', webSocket: server.webSocket, ...options }, surroundings);
  return { client, server, surroundings, told: told(client) };
};
