/** What an address may open: one connection each `costMs` in the long run, and at once as many as fit in `depthMs`. */
export type ConnectionRate = Readonly<{ costMs: number; depthMs: number }>;

/** It may be opened: on the allowance, or by a pass; or only after so long, ms. */
export type Taken = 'allowance' | 'pass' | number;

/**
 * The connections that client addresses open in the whole cluster. Times are on the store's own clock. Every method
 * throws BrokerUnavailable when it is away.
 */
export interface AddressAllowances {
  /**
   * Takes one connection from the allowance of an address; one that `holder` has a pass for costs nothing and uses the
   * pass up.
   * @returns how it may be opened, else after how long it may, ms; a refused one costs nothing
   */
  take(address: string, holder: string, rate: ConnectionRate): Promise<Taken>;
  /** `holder` may open one more connection from this address within PASS_MS. Stored when it resolves. */
  pass(address: string, holder: string): Promise<void>;
}

/** How long a pass is good after the last one of its address: a client's back-off has at most 30 s. */
export const PASS_MS = 120_000;
