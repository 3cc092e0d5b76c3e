import type { LedgerResult } from '../probes.js';

/** What the probes of a deploy come to when nothing went wrong. */
export const ledgerResult = (more: Partial<LedgerResult> = {}): LedgerResult => ({
  clean: true,
  verdict: {
    acked: 1_234,
    delivered: 61_700,
    lost: 0,
    duplicated: 0,
    outOfOrder: 0,
    refused: 0,
    told: 0,
    neverJoined: 0,
    deliveryMs: { p50: 2.4, p99: 17.2, max: 1_400 },
    examples: [],
    first: {},
  },
  figures: {
    published: 1_234,
    refused: 0,
    handshakesRefused: 0,
    resumeFailures: 0,
    resets: 0,
    unexpectedCloses: 0,
    deliveryP99Ms: 17,
    away: 0,
  },
  unanswered: 0,
  load: { cpuShare: 0.1, loopP99Ms: 49, loopMaxMs: 300 },
  startedAt: '2026-11-24T21:00:00.000Z',
  endedAt: '2026-11-24T21:00:20.500Z',
  probes: { subscribers: 50, moved: 50, publishers: 10, channels: 5, ratePerPublisher: 10 },
  ...more,
});
