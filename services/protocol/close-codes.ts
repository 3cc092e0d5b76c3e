/** WebSocket close codes that the cluster uses (docs/PROTOCOL.md, Close codes). */
export const CLOSE = {
  normal: 1000,
  binaryFrame: 1003,
  policy: 1008,
  tooLarge: 1009,
  /** Connect again and resume. */
  serviceRestart: 1012,
  /** Connect again later. */
  overloaded: 1013,
  unauthorized: 4401,
  forbidden: 4403,
  /** Heartbeat or idle time-out. */
  timeout: 4408,
  /** A newer connection of the same session is there: do not connect again by yourself. */
  replaced: 4409,
  /** Connect again and recover. */
  slowConsumer: 4413,
  rateLimited: 4429,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];
