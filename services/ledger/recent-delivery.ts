const SLICE_MS = 250;
const SLICES = 8;
const LONGEST_MS = 5_000;

/** How long deliveries of the last two seconds took, to the millisecond, in little room and time. */
export class RecentDelivery {
  readonly #slices = Array.from({ length: SLICES }, () => new Uint32Array(LONGEST_MS + 1));
  readonly #numbers = new Float64Array(SLICES).fill(-1);

  add(atMs: number, tookMs: number): void {
    const number = Math.floor(atMs / SLICE_MS);
    const index = number % SLICES;
    const slice = this.#slices[index];
    if (slice === undefined) return;
    if (this.#numbers[index] !== number) {
      slice.fill(0);
      this.#numbers[index] = number;
    }
    const bucket = Math.min(LONGEST_MS, Math.max(0, Math.round(tookMs)));
    slice[bucket] = (slice[bucket] ?? 0) + 1;
  }

  /** In ms; zero where nothing was delivered. */
  p99(nowMs: number): number {
    const newest = Math.floor(nowMs / SLICE_MS);
    const slices = this.#slices.filter((_, index) => newest - (this.#numbers[index] ?? -1) < SLICES);
    const total = slices.reduce((sum, slice) => sum + slice.reduce((a, b) => a + b, 0), 0);
    if (total === 0) return 0;
    let beyond = Math.floor(total * 0.01);
    let ms = LONGEST_MS;
    for (; ms > 0; ms -= 1) {
      beyond -= slices.reduce((sum, slice) => sum + (slice[ms] ?? 0), 0);
      if (beyond < 0) break;
    }
    return ms;
  }
}
