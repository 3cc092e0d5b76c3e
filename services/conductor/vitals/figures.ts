/** A figure of the moment: how late something is, ms; null: nothing to measure. */
export const MOMENTS = {
  event_loop_lag_ms: 'event-loop lag p99',
  redis_round_trip_ms: 'Redis round trip',
  delivery_lag_ms: 'delivery lag p99',
} as const;

/** A share of failures, 0 to 1: what went wrong out of what was tried. */
export const SHARES = {
  publish_failures: 'failed publishes',
  resume_failures: 'failed resumes',
  recovery_failures: 'failed recoveries',
  unexpected_closes: 'unexpected closes',
  turned_away: 'clients turned away for their token, beyond what the color before turned away,',
} as const;

export type Moment = keyof typeof MOMENTS;
export type Share = keyof typeof SHARES;

export type Part = Readonly<{
  failed: number;
  of: number;
  /** So many of the failed ones may be the clients' own doing. */
  doubtful?: number;
}>;

/** How one source (a worker, or the ledger's probes) is. Shares count from the beginning of the watch. */
export type Reading = Readonly<{
  source: string;
  /** It gave figures before, and gives none now. */
  isMissing?: boolean;
  /** It was started again since the last look. */
  isRestarted?: boolean;
  /** The share of its machine's cores that is busy, 0 to 1. */
  hostBusy?: number;
  moments: Readonly<Partial<Record<Moment, number>>>;
  shares: Readonly<Partial<Record<Share, Part>>>;
  /** Clients turned away for their token, out of these and all that are connected: no share yet, since some are in any case. */
  turnedAway?: Part;
}>;

/** Without the closes that may be the clients' own doing. */
export const withoutDoubt = (reading: Reading): Reading => {
  const { unexpected_closes: closes } = reading.shares;
  if (closes === undefined) return reading;
  const { failed, of, doubtful = 0 } = closes;
  return { ...reading, shares: { ...reading.shares, unexpected_closes: { failed: failed - doubtful, of } } };
};

export const missing = (source: string): Reading => ({ source, isMissing: true, moments: {}, shares: {} });

export const momentNames = Object.keys(MOMENTS).filter((name): name is Moment => name in MOMENTS);
export const shareNames = Object.keys(SHARES).filter((name): name is Share => name in SHARES);
