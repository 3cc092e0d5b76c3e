import type { ServerFrame } from '../../../protocol/frames.js';

/** @param connections of the whole cluster */
export const heartbeatFrame = (nowMs: number, connections: number): ServerFrame => ({
  type: 'system.heartbeat',
  time: new Date(nowMs).toISOString(),
  active_connections: connections,
});

/** @param disconnectInSeconds undefined: nobody is closed for it */
export const idleFrame = (seconds: number, disconnectInSeconds: number | undefined): ServerFrame => ({
  type: 'system.idle_warning',
  idle_seconds: seconds,
  ...(disconnectInSeconds === undefined ? {} : { disconnect_in: disconnectInSeconds }),
});
