import type { ClusterView, Totals, WorkerLease } from '../cluster-directory.js';
import { LEASE_TTL_MS } from '../cluster-directory.js';
import { byStart } from '../lease-order.js';

const TOMBSTONE_MS = 3_600_000;

/** Leases with their expiry, and the totals of those that ended. The same rules as `leases.lua`. */
export class MemoryLeases {
  readonly #now: () => number;
  readonly #live = new Map<string, Readonly<{ lease: WorkerLease; expiresMs: number }>>();
  readonly #folded = new Map<string, Readonly<{ lease: WorkerLease; foldedMs: number }>>();
  readonly #ended = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  renew(lease: WorkerLease): number {
    this.#foldExpired();
    this.#unfold(lease.workerId);
    this.#live.set(lease.workerId, { lease, expiresMs: this.#now() + LEASE_TTL_MS });
    return [...this.#live.values()].reduce((open, { lease: { connections } }) => open + connections, 0);
  }

  release(lease: WorkerLease): void {
    this.#foldExpired();
    this.#unfold(lease.workerId);
    this.#fold(lease);
  }

  view(): ClusterView {
    this.#foldExpired();
    const workers = [...this.#live.values()].map(({ lease }) => lease);
    return { workers: workers.sort(byStart), ended: Object.fromEntries(this.#ended) };
  }

  /** Workers whose lease lasts for so long still. */
  lasting(ms: number): readonly string[] {
    const untilMs = this.#now() + ms;
    return [...this.#live].filter(([, { expiresMs }]) => expiresMs >= untilMs).map(([workerId]) => workerId);
  }

  #fold(lease: WorkerLease): void {
    this.#add(lease.totals, 1);
    this.#live.delete(lease.workerId);
    this.#folded.set(lease.workerId, { lease, foldedMs: this.#now() });
  }

  /** The worker was taken for dead and is not, or tells its end twice: what it counted leaves `ended` again. */
  #unfold(workerId: string): void {
    const folded = this.#folded.get(workerId);
    if (folded === undefined) return;
    this.#add(folded.lease.totals, -1);
    this.#folded.delete(workerId);
  }

  #foldExpired(): void {
    const nowMs = this.#now();
    for (const { lease, expiresMs } of this.#live.values()) if (expiresMs <= nowMs) this.#fold(lease);
    for (const [workerId, { foldedMs }] of this.#folded) {
      if (foldedMs + TOMBSTONE_MS <= nowMs) this.#folded.delete(workerId);
    }
  }

  #add(totals: Totals, sign: 1 | -1): void {
    for (const [name, value] of Object.entries(totals)) {
      this.#ended.set(name, (this.#ended.get(name) ?? 0) + sign * value);
    }
  }
}
