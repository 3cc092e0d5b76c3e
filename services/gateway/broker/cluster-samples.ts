/** What the cluster was like at a moment of the past, by name. */
export type Sample = Readonly<{ timeMs: number; values: Readonly<Record<string, number>> }>;

/** Samples of the whole cluster over time, shared by all workers. Every method throws BrokerUnavailable. */
export interface ClusterSamples {
  /**
   * Adds one at the store's own time and forgets the oldest ones beyond `keep`. False, and nothing happens, when the
   * newest one is younger than `minGapMs`: of two workers that both believe it is their turn only one adds.
   */
  add(values: Sample['values'], options: Readonly<{ minGapMs: number; keep: number }>): Promise<boolean>;
  /** All that are kept, oldest first. */
  all(): Promise<readonly Sample[]>;
}
