import type { Broker, BrokerHealth, BrokerLimits, BrokerListener } from '../broker.js';
import { SILENT } from '../logger.js';
import type { BrokerLogger } from '../logger.js';
import { workerTopic } from './keys.js';
import { Outbox } from './outbox.js';
import { Publisher } from './publisher.js';
import { RedisAddresses } from './redis-addresses.js';
import { RedisClients } from './redis-clients.js';
import { RedisDirectory } from './redis-directory.js';
import { RedisJournal } from './redis-journal.js';
import { RedisLog } from './redis-log.js';
import { RedisPresence } from './redis-presence.js';
import { RedisRevocations } from './redis-revocations.js';
import { RedisSamples } from './redis-samples.js';
import { RedisSessions } from './redis-sessions.js';
import { loadScripts } from './scripts.js';
import { PROBE, Subscriptions } from './subscriptions.js';

const PROBE_EVERY_MS = 1_000;
const STOP_WITHIN_MS = 2_000;

export type RedisBrokerOptions = Readonly<{
  /** `redis://` or `rediss://`, with user, password and database where needed. */
  url: string;
  /** Unique per process start. */
  workerId: string;
  limits: BrokerLimits;
  logger?: BrokerLogger;
}>;

/** Resolves with `work`, or after so many milliseconds. */
const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
};

/** A broker that shares its log, sessions and leases with all workers on the same Redis. Connects at `start`. */
export const createRedisBroker = ({ url, workerId, limits, logger = SILENT }: RedisBrokerOptions): Broker => {
  const publisher = new Publisher({ url, workerId, logger, scripts: loadScripts(), ready: () => outbox.resend() });
  const outbox = new Outbox(publisher, limits);
  const subscriptions = new Subscriptions({ url, workerId, logger });
  let probes: NodeJS.Timeout | undefined;
  let stopping: Promise<void> | undefined;

  const probe = (): void => {
    if (!publisher.isReady) return;
    publisher
      .use((client) => client.publish(workerTopic(workerId), PROBE))
      .then(
        () => subscriptions.probeSent(),
        () => undefined,
      );
  };

  const stop = async (): Promise<void> => {
    clearInterval(probes);
    await within(STOP_WITHIN_MS, outbox.empty());
    outbox.close();
    await within(STOP_WITHIN_MS, Promise.all([publisher.stop(), subscriptions.stop()]));
  };

  return {
    log: new RedisLog(publisher, outbox, subscriptions, limits),
    sessions: new RedisSessions(publisher, limits),
    cluster: new RedisDirectory(publisher, logger),
    clients: new RedisClients(publisher, subscriptions),
    presence: new RedisPresence(publisher, subscriptions, workerId),
    samples: new RedisSamples(publisher),
    addresses: new RedisAddresses(publisher),
    revocations: new RedisRevocations(publisher),
    journal: new RedisJournal(publisher),
    async start(listener: BrokerListener): Promise<void> {
      probes = setInterval(probe, PROBE_EVERY_MS);
      await Promise.all([publisher.start(), subscriptions.start(listener)]);
    },
    queue: () => ({ size: outbox.size, capacity: limits.maxQueueSize }),
    health: (): BrokerHealth => ({ redis: publisher.why, subscribed: subscriptions.why }),
    stop: () => (stopping ??= stop()),
  };
};
