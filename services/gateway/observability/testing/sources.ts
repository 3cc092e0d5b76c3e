import type { MomentSources } from '../gauges.js';

/** The figures of a worker with nothing to do, but for those given. */
export const quietSources = (given: Partial<MomentSources> = {}): MomentSources => ({
  connections: () => ({ open: 0, named: 0 }),
  bufferedBytes: () => 0,
  channels: () => ({ subscribed: 0, slowConsumers: 0 }),
  drain: () => null,
  redis: () => ({ up: true, roundTripMs: undefined, pubsubLagMs: 0 }),
  tokenKeysUp: () => true,
  queue: () => ({ size: 0, capacity: 10_000 }),
  logs: () => ({ buffered: 0, dropped: 0 }),
  eventLoopLagMs: () => 0,
  handlers: 7,
  applicationTypes: ['cart.add'],
  runningCalls: () => 0,
  ...given,
});
