import type { Judgement } from './judgement.js';

type Count = { times: number; readonly healedMs: number[] };

const NAME_WIDTH = 22;

/** Tells what happens as it happens, and counts it for the table. */
export class Tally {
  readonly #print: (line: string) => void;
  readonly #counts = new Map<string, Count>();
  readonly #began = performance.now();

  /** `kinds`: the names of the faults that may strike; the table has each of them, also one that never did. */
  constructor(print: (line: string) => void, kinds: readonly string[]) {
    this.#print = print;
    for (const kind of kinds) this.#countOf(kind);
  }

  say(words: string): void {
    this.#print(`${this.#time()}  ${words}`);
  }

  begins(fault: string): void {
    this.say(`${fault.padEnd(NAME_WIDTH)} begins`);
  }

  struck(fault: string, words: string, tookMs: number): void {
    this.#countOf(fault).times += 1;
    this.say(`${fault.padEnd(NAME_WIDTH)} over after ${seconds(tookMs)}${words === '' ? '' : `: ${words}`}`);
  }

  healed(faults: readonly string[], afterMs: number): void {
    for (const fault of faults) this.#countOf(fault).healedMs.push(afterMs);
    this.say(`${faults.join(' with ').padEnd(NAME_WIDTH)} healed after ${seconds(afterMs)}`);
  }

  /** `14 of 19 kinds struck`. */
  get coverage(): string {
    const counts = [...this.#counts.values()];
    return `${counts.filter(({ times }) => times > 0).length} of ${counts.length} kinds struck`;
  }

  /** The end of the run: what struck, how fast it healed, and what the books say. */
  table(judgement: Judgement): readonly string[] {
    const { published, acked, delivered, lost, silentGaps, duplicated, outOfOrder, told, refused, unknown, cut } =
      judgement;
    const forNothing = judgement.toldForNothing.length;
    const rows = [...this.#counts].map(([fault, { times, healedMs }]) => {
      const mean = healedMs.reduce((sum, ms) => sum + ms, 0) / healedMs.length;
      const healing = healedMs.length === 0 ? '–' : `${seconds(mean)} (most ${seconds(Math.max(...healedMs))})`;
      return `  ${fault.padEnd(NAME_WIDTH)} ${String(times).padStart(5)}   ${healing}`;
    });
    const { p50, p99, max } = judgement.deliveryMs;
    return [
      '',
      `  ${'fault'.padEnd(NAME_WIDTH)} ${'times'.padStart(5)}   healed after`,
      ...rows,
      '',
      `  published ${published}, acked ${acked}, delivered ${delivered}`,
      `  lost ${lost}   silent gaps ${silentGaps}   duplicated ${duplicated}   out of order ${outOfOrder}`,
      `  told ${told}, for nothing ${forNothing}   gone with Redis ${cut}   refused ${refused}   publishes unknown ${unknown}`,
      `  delivered after ${Math.round(p50)} ms (p50), ${Math.round(p99)} ms (p99), ${seconds(max)} at most`,
    ];
  }

  #time(): string {
    return `${((performance.now() - this.#began) / 1_000).toFixed(1).padStart(6)} s`;
  }

  #countOf(fault: string): Count {
    const count = this.#counts.get(fault) ?? { times: 0, healedMs: [] };
    this.#counts.set(fault, count);
    return count;
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
