import type { BrokerHealth } from '../broker/broker.js';

export type ReadinessChecks = Readonly<{ redis: string; subscribed: string; draining: string }>;

/** Ready: this worker may be given new connections. Live, but not ready: Redis is away, or it is being emptied. */
export const readiness = (broker: BrokerHealth, draining: boolean): { ready: boolean; checks: ReadinessChecks } => {
  const checks = {
    redis: broker.redis ?? 'ok',
    subscribed: broker.subscribed ?? 'ok',
    draining: draining ? 'this worker moves its connections elsewhere' : 'ok',
  };
  return { ready: Object.values(checks).every((check) => check === 'ok'), checks };
};
