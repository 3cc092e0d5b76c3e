import type { Connections } from './lifecycle/connections.js';
import type { Draining } from './lifecycle/draining.js';
import type { Revocations } from './identity/revocations.js';
import { createClockwork } from './wiring/clockwork.js';
import { createContext } from './wiring/context.js';
import type { AppDependencies } from './wiring/dependencies.js';
import { createParts } from './wiring/parts.js';
import { createServer } from './wiring/serving.js';

/** One worker, wired. Nothing is shared between two of them in one process. */
export interface App {
  /** Listens; resolves with the port. @throws ListenFailed */
  start(): Promise<number>;
  /** Not ready, listener closed, connections moved in slots, places written, Redis quit. Bounded, idempotent. */
  stop(): Promise<void>;
  readonly connections: Connections;
  readonly draining: Draining;
  readonly revocations: Revocations;
}

const LINGER_MS = 250;
/** Every connection is gone by then: nobody waits for it. */
export const LAST_LINES_MS = 1_000;

/** @throws TransportUnavailable */
export const createApp = async (dependencies: AppDependencies): Promise<App> => {
  const { config, broker, logger, pages, tasks, logs, lingerMs = LINGER_MS } = dependencies;
  const parts = createParts(dependencies, {
    publish: (topic, text) => server.publish(topic, text),
    bufferedBytes: () => server.bufferedBytes,
  });
  const { connections, draining, revocations, hub, presence, places, cluster } = parts;
  const clockwork = createClockwork(config, parts, logger);
  const context = createContext(dependencies, parts);
  const server = await createServer({
    ...parts,
    config,
    context,
    broker,
    placeAsks: parts.wheels.placeAsks,
    pages,
    tasks,
  });

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    server.stopListening();
    const empty = await draining.finish();
    logger.info({ event: 'drain_finished', empty, left: connections.size }, 'WebSocket connections moved');
    for (const connection of connections.all()) connection.cutShort();
    for (const part of clockwork) part.stop();
    await places.flush();
    await presence.stop();
    // Before the lease: its final totals count what was given up.
    await logs?.close(LAST_LINES_MS);
    await cluster.stop();
    hub.stop();
    await tasks?.stop();
    await broker.stop();
    await new Promise((resolve) => setTimeout(resolve, lingerMs));
    server.close();
  };

  return {
    connections,
    draining,
    revocations,
    start: async () => {
      await broker.start({
        publication: (channel, publication) => hub.publication(channel, publication),
        resumed: () => {
          hub.resumed();
          presence.resumed();
        },
        told: (message) => cluster.messages.told(message),
        presenceChanged: (channel, change) => presence.watch.changed(channel, change),
        clientTold: (clientId, message) => cluster.clients.told(clientId, message),
      });
      await cluster.start();
      const { predecessor } = cluster.membership;
      if (predecessor !== undefined) {
        const { workerId: previous, startedAt: since, connections: had } = predecessor;
        logger.warn(
          { event: 'worker_returned', previous, since, connections: had },
          'Takes the place of a worker of the same name and release that did not end in order',
        );
      }
      for (const part of [hub, presence, ...clockwork]) part.start();
      return server.listen(config.HOST, config.PORT);
    },
    stop: () => (stopped ??= stop()),
  };
};
