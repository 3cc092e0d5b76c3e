import type { BrokerHealth } from '../broker/broker.js';

export type ReadinessChecks = Readonly<{ redis: string; subscribed: string; token_keys: string; draining: string }>;

/** What it hangs on whether a worker may be given new connections. */
export type Condition = Readonly<{
  broker: BrokerHealth;
  /** Keys from JWKS_URL; undefined: none are asked for there. */
  remoteKeys: number | undefined;
  isDraining: boolean;
}>;

/**
 * Ready: this worker may be given new connections. Live, but not ready: Redis is away, no keys of tokens have come yet, or
 * it is being emptied. Keys that came once stay known while their server is away.
 */
export const readiness = ({
  broker,
  remoteKeys,
  isDraining,
}: Condition): { ready: boolean; checks: ReadinessChecks } => {
  const checks = {
    redis: broker.redis ?? 'ok',
    subscribed: broker.subscribed ?? 'ok',
    token_keys: remoteKeys === 0 ? 'no keys have come from JWKS_URL yet: tokens can not be checked' : 'ok',
    draining: isDraining ? 'this worker moves its connections elsewhere' : 'ok',
  };
  return { ready: Object.values(checks).every((check) => check === 'ok'), checks };
};
