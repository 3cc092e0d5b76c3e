import { onTestFinished, vi } from 'vitest';
import { Client } from '../client.js';
import type { ClientOptions, SubscribeOptions } from '../options.js';
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

/** A client that is subscribed to `room`, and the offsets that it heard. */
export const listening = (options: Partial<ClientOptions> & SubscribeOptions = {}) => {
  const made = fakeClient(options);
  const heard: number[] = [];
  const subscription = made.client.subscribe('room', ({ offset }) => heard.push(offset), options);
  made.server.socket.welcome();
  return { ...made, heard, subscription };
};

/** Tells the newest socket to move in 100 ms, and welcomes the one that is opened then. */
export const move = (server: FakeServer) => {
  const old = server.socket;
  old.say({ type: 'system.reconnect', after_ms: 100, deadline_ms: 3_100, reason: 'deploy' });
  vi.advanceTimersByTime(100);
  const next = server.socket;
  next.welcome({ color: 'green' });
  return { old, next };
};
