// Whether rate limits are exact over two workers of both colors that share a Redis: 200 clients behind one address, and 5
// addresses with 20 each. `make bench-limits`. Takes half a minute; ends with 1 when a limit is off by more than a window's.
import { tableLines } from '../../services/ledger/table.js';
import { startPrivateRedis } from '../private-redis.js';
import { WorkerProcess } from '../worker-process.js';
import { searchPath } from '../config.js';
import { runVerb, say } from '../verb.js';
import { knockFrom } from './knocking.js';
import { allowed, excess, isExact, type Account, type Rule } from './rule.js';
import { Talker } from './talker.js';

/** Short windows, so that several go by. */
const CONNECTIONS: Rule = { limit: 20, windowSeconds: 4, burst: 2 };
const MESSAGES: Rule = { limit: 10, windowSeconds: 2, burst: 2 };
const SECONDS = 10;
const CROWD = { address: '198.51.100.1', clients: 200 };
const HOUSES = { addresses: 5, clients: 20 };
const COLORS = ['blue', 'green'] as const;

const settings = (color: string, redisUrl: string): Readonly<Record<string, string>> => ({
  PATH: searchPath(),
  REDIS_URL: redisUrl,
  COLOR: color,
  RATE_LIMIT_TRUSTED: 'none',
  RATE_LIMIT_CONNECTIONS_PER_WINDOW: String(CONNECTIONS.limit),
  RATE_LIMIT_CONNECTION_WINDOW: String(CONNECTIONS.windowSeconds),
  RATE_LIMIT_MESSAGES_PER_WINDOW: String(MESSAGES.limit),
  RATE_LIMIT_MESSAGE_WINDOW: String(MESSAGES.windowSeconds),
  RATE_LIMIT_BURST_MULTIPLIER: String(CONNECTIONS.burst),
  // Who is over it again and again stays, to be counted.
  RATE_LIMIT_DISCONNECT_AFTER: '1000000',
});

type Row = Readonly<{ who: string; rule: Rule; account: Account }>;

const measure = async (urls: readonly [string, string]): Promise<readonly Row[]> => {
  const houses = Array.from({ length: HOUSES.addresses }, (_, index) => `203.0.113.${index + 1}`);
  const [crowd, talks] = await Promise.all([
    knockFrom(CROWD.address, CROWD.clients, urls, SECONDS),
    Promise.all(
      houses.flatMap((address, house) =>
        Array.from({ length: HOUSES.clients }, async (_, index) => ({
          house,
          account: await new Talker(urls, address, `house:${house}`).talk(SECONDS),
          index,
        })),
      ),
    ),
  ]);
  for (const socket of crowd.open) socket.terminate();
  return [
    { who: `connections of ${CROWD.address}`, rule: CONNECTIONS, account: crowd.account },
    ...talks.map(({ house, index, account }) => ({
      who: `messages of ${houses[house]} client ${index + 1}`,
      rule: MESSAGES,
      account,
    })),
  ];
};

/** The crowd in a line, and each house in one, with its client that is furthest off. */
const linesOf = (rows: readonly Row[]): readonly string[] => {
  const [crowd, ...talks] = rows;
  if (crowd === undefined) return [];
  const shown = Array.from({ length: HOUSES.addresses }, (_, house) => {
    const inHouse = talks.slice(house * HOUSES.clients, (house + 1) * HOUSES.clients);
    const sum = (value: (row: Row) => number): number => inHouse.reduce((total, row) => total + value(row), 0);
    const furthest =
      inHouse.map(({ rule, account }) => excess(rule, account)).sort((a, b) => Math.abs(b) - Math.abs(a))[0] ?? 0;
    return [
      `${HOUSES.clients} clients of 203.0.113.${house + 1}, messages`,
      sum(({ account }) => account.sent),
      sum(({ account }) => account.accepted),
      sum(({ account }) => account.limited),
      Math.round(sum(({ rule, account }) => allowed(rule, account.seconds))),
      furthest.toFixed(1),
      MESSAGES.limit,
    ] as const;
  });
  const { account, rule } = crowd;
  return tableLines(
    ['who', 'sent', 'accepted', 'limited', 'allowed', 'off by (of one)', 'may be'],
    [
      [
        `${CROWD.clients} clients of ${CROWD.address}, connections`,
        account.sent,
        account.accepted,
        account.limited,
        Math.round(allowed(rule, account.seconds)),
        excess(rule, account).toFixed(1),
        rule.limit,
      ],
      ...shown,
    ],
  );
};

const main = async (): Promise<number> => {
  const redis = await startPrivateRedis();
  const workers: WorkerProcess[] = [];
  try {
    for (const color of COLORS) workers.push(await WorkerProcess.start(settings(color, redis.url)));
    const [blue, green] = workers.map(({ port }) => `ws://127.0.0.1:${port}/ws`);
    if (blue === undefined || green === undefined) throw new Error('two workers were to run');
    say(`Two workers, blue and green; all ask for ${SECONDS} s without a pause, each client on both`);
    const rows = await measure([blue, green]);
    for (const line of linesOf(rows)) say(line);
    const wrong = rows.filter(
      ({ rule, account }) => !isExact(rule, account) || account.sent !== account.accepted + account.limited,
    );
    for (const { who, rule, account } of wrong) {
      say(
        `FAILED: ${who}: ${account.accepted} of ${account.sent} taken, ${allowed(rule, account.seconds).toFixed(1)} allowed`,
      );
    }
    return wrong.length === 0 ? 0 : 1;
  } finally {
    for (const worker of workers) await worker.stop();
    await redis.stop();
  }
};

await runVerb(main);
