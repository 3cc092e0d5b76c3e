import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { BadQuery, LokiAway, queryRange, type Found } from '../../loki/query.js';
import { Failure } from '../failure.js';
import type { Report } from '../report.js';
import { publicUrl, type Site } from '../site.js';
import { step } from '../verbs/step.js';
import { until } from '../waiting.js';
import { lokiUrlOf } from './loki-url.js';

const OPEN_WITHIN_MS = 5_000;
const FOUND_WITHIN_MS = 20_000;
/** Lines of messages are thinned out: where there are many, the next second's may be taken. */
const PUBLISH_EVERY_MS = 1_000;
const MINUTES_BACK = 60n;
const NS_PER_MINUTE = 60_000_000_000n;
const EVENT = 'websocket_message_processed';

/** Publishes through nginx as a client does, finds the log line of it in Loki, and asks the seed's three queries. @throws {Failure} */
export const testLoki = async (site: Site, report: Report): Promise<void> => {
  const url = lokiUrlOf(site.settings);
  if (url === undefined) {
    throw new Failure(`the workers of this stack ship their lines to no Loki (LOKI_URL is empty): ${GET_LOKI}`);
  }
  const find = (query: string, limit = 100): Promise<readonly Found[]> => findIn(url, query, limit);
  await step(report, `Loki answers at ${url}`, () => find('{service=~".+"}', 1));
  const channel = `test-loki:${randomBytes(6).toString('hex')}`;
  const { acked, found } = await published(site, report, channel, () => find(`{service=~".+"} |= "${channel}"`));
  report.say(`Written: ${acked}`);
  report.say(`Found:   ${found.line}\nLabels:  ${JSON.stringify(found.labels)}`);
  const service = found.labels['service'] ?? '';
  const missing = ['service', 'color', 'worker', 'level'].filter((label) => !(label in found.labels));
  if (missing.length > 0) throw new Failure(`the line lacks the labels ${missing.join(', ')}`);
  report.say(`Lines of the last ${MINUTES_BACK} minutes:`);
  const answers = await Promise.all(
    [`{service="${service}"}`, `{service="${service}"} |= "ERROR"`, `{service="${service}"} |= "WebSocket"`].map(
      async (query) => ({ query, lines: await find(query, 1_000) }),
    ),
  );
  for (const { query, lines } of answers) {
    report.say(`  ${query.padEnd(55)} ${lines.length === 1_000 ? '1000 or more' : lines.length}`);
  }
  const [all, , ofWebSockets] = answers;
  // A well stack has no errors.
  if (all?.lines.length === 0 || ofWebSockets?.lines.length === 0) {
    throw new Failure('a query that must find lines found none');
  }
  report.say('Loki has the lines of this stack.');
};

const GET_LOKI = '"make setup-observability" builds Loki, "make dev-up" starts it';

type Written = Readonly<{ acked: string; found: Found }>;

/** A client that publishes to `channel` until its line is found. */
const published = async (
  site: Site,
  report: Report,
  channel: string,
  find: () => Promise<readonly Found[]>,
): Promise<Written> => {
  const client = await step(report, `a client publishes to ${channel}`, () => connect(`${publicUrl(site)}/ws`));
  let acked = '';
  client.on('message', (text: Buffer) => {
    if (text.includes('"ack"')) acked = text.toString();
  });
  const publish = (): void =>
    client.send(JSON.stringify({ type: 'publish', channel, data: 'test', id: `${Date.now()}` }));
  const publishing = setInterval(publish, PUBLISH_EVERY_MS);
  try {
    publish();
    return await step(report, 'its log line is in Loki', async () => {
      const found = await until(FOUND_WITHIN_MS, async () => (await find()).find(({ line }) => line.includes(EVENT)));
      if (found !== undefined) return { acked, found };
      const seconds = FOUND_WITHIN_MS / 1_000;
      throw new Failure(
        acked === ''
          ? `the publish was not acked within ${seconds} s: "make status" says what serves`
          : `Loki has no line of it after ${seconds} s: "make logs EVENT=loki" says what the workers know of Loki`,
      );
    });
  } finally {
    clearInterval(publishing);
    client.terminate();
  }
};

const connect = (url: string): Promise<WebSocket> => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { handshakeTimeout: OPEN_WITHIN_MS });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.on('error', (error) => {
      reject(new Failure(`${url} takes no connection (${error.message}): "make dev-up" starts the stack`));
    });
  });
};

const findIn = async (url: string, query: string, limit: number): Promise<readonly Found[]> => {
  const end = BigInt(Date.now()) * 1_000_000n + NS_PER_MINUTE;
  try {
    return await queryRange(url, {
      query,
      start: end - MINUTES_BACK * NS_PER_MINUTE,
      end,
      limit,
      direction: 'backward',
    });
  } catch (error) {
    if (error instanceof LokiAway) {
      throw new Failure(`Loki does not run at ${url} (${error.message}): ${GET_LOKI}`, { cause: error });
    }
    throw error instanceof BadQuery ? new Failure(`Loki: ${error.message}`, { cause: error }) : error;
  }
};
