// One way of logging, in a process of its own: `node lines.js WAY URL`. Prints what it cost as JSON.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isWay, loggingBy } from './ways.js';

export const Cost = z.object({
  /** Of the event loop, for a line, µs. */
  loopUs: z.number(),
  /** Of all threads of the process, for a line, µs. */
  cpuUs: z.number(),
  /** The longest that a timer came late, ms. */
  pauseMs: z.number(),
  memoryMb: z.number(),
  counts: z.object({ buffered: z.number(), dropped: z.number() }).optional(),
});
export type Cost = Readonly<z.infer<typeof Cost>>;

/** Two lines for each of 10,000 connections, in the five seconds that their move takes at best. */
export const LINES = 20_000;
const EVERY_MS = 5;
const AT_ONCE = 20;
const MB = 1_048_576;

const run = async (way: string | undefined, url: string): Promise<Cost> => {
  if (!isWay(way)) throw new Error(`${way ?? ''} is no way of logging`);
  const { logger, counts, close } = loggingBy(way, url);
  const write = (number: number): void =>
    logger.info(
      {
        request_id: '0f8fad5bd9cb469fa165708677289501',
        connection_id: `c-${number}`,
        client_id: `anon-${number}`,
        session_id: 'Zm9vYmFyYmF6',
        message_count: number,
        event: 'websocket_disconnected',
        endpoint: 'channels',
        code: 1012,
        reason: 'moved',
        duration_ms: 12_345,
      },
      'WebSocket disconnected',
    );
  // V8 compiles what it sees often; that is not what is measured.
  for (let number = 0; number < LINES / 10; number += 1) write(number);
  await sleep(1_000);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const loop = performance.eventLoopUtilization();
  const cpu = process.cpuUsage();
  for (let written = 0; written < LINES; written += AT_ONCE) {
    for (let number = written; number < written + AT_ONCE; number += 1) write(number);
    await sleep(EVERY_MS);
  }
  await sleep(1_000);
  const { active } = performance.eventLoopUtilization(loop);
  const { user, system } = process.cpuUsage(cpu);
  const cost = {
    loopUs: (active * 1_000) / LINES,
    cpuUs: (user + system) / LINES,
    pauseMs: delay.max / 1e6,
    memoryMb: process.memoryUsage().rss / MB,
    counts: counts(),
  };
  await close();
  return cost;
};

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(JSON.stringify(await run(process.argv[2], process.argv[3] ?? '')));
  process.exit(0);
}
