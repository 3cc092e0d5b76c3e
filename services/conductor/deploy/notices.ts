import type { LedgerResult } from '../../ledger/probes.js';
import { COLORS } from '../engines/engine.js';
import type { Report } from '../report.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { cut } from '../width.js';
import { NOTICE_MS, WORDS_COLUMNS, type DeployNotice, type DeployState } from './notice.js';
import type { Plan, StepName } from './plan.js';

/** Between two notices of the same step, ms. */
const PROGRESS_EVERY_MS = 500;

/**
 * Tells every running worker how a deploy goes on. Best effort: nobody waits for it, and nothing that goes wrong with it
 * matters to the deploy. Notices arrive in order.
 */
export class Notices {
  readonly #site: Site;
  readonly #plan: Plan;
  /** A worker that takes longer to listen is not told. */
  readonly #withinMs: number;
  #release: string | null = null;
  #step: StepName = 'preflight';
  #progress: Pick<DeployNotice, 'moved' | 'left' | 'rate' | 'note'> = {};
  #failure: Pick<DeployNotice, 'cause'> = {};
  #progressAtMs = Number.NEGATIVE_INFINITY;
  #said: Promise<void> = Promise.resolve();

  constructor(site: Site, plan: Plan, withinMs = NOTICE_MS) {
    this.#withinMs = withinMs;
    this.#site = site;
    this.#plan = plan;
  }

  step(step: StepName, release: string | undefined): void {
    this.#step = step;
    this.#release = release ?? null;
    const { moved, left } = this.#progress;
    this.#progress = moved === undefined || left === undefined ? {} : { moved, left };
    this.#say('running');
  }

  /** The step has failed: what there is to take back is taken back now. */
  failed(cause: string): void {
    this.#progress = {};
    this.#failure = { cause: cut(cause, WORDS_COLUMNS) };
    this.#say('running');
  }

  /** The same report, with progress told to the workers too. */
  watching(report: Report): Report {
    return {
      say: (text) => report.say(text),
      rows: (lines) => report.rows(lines),
      step: (text) => report.step(text),
      progress: (text, done, total, more) => {
        report.progress(text, done, total, more);
        const nowMs = performance.now();
        const { perSecond, note } = more ?? {};
        this.#progress = {
          ...(perSecond === undefined ? {} : { moved: done, left: Math.max(0, total - done), rate: perSecond }),
          ...(note === undefined || note === '' ? {} : { note: cut(note, WORDS_COLUMNS) }),
        };
        if (done < total && nowMs - this.#progressAtMs < PROGRESS_EVERY_MS) return;
        this.#progressAtMs = nowMs;
        this.#say('running');
      },
    };
  }

  /**
   * The last one; resolves when it was told, or its time is over.
   * @param shortfalls what fell short of a deploy that is done, in words
   */
  async end(
    state: Exclude<DeployState, 'running'>,
    moved: number,
    ledger: LedgerResult | undefined,
    shortfalls: readonly string[],
  ): Promise<void> {
    const isDone = state === 'done';
    this.#progress = {
      ...(isDone ? { moved, left: 0 } : {}),
      ...(isDone && shortfalls.length > 0 ? { note: cut(shortfalls.join('; '), WORDS_COLUMNS) } : {}),
    };
    this.#say(state, ledgerOf(ledger));
    let late: NodeJS.Timeout | undefined;
    await Promise.race([this.#said, new Promise((resolve) => (late = setTimeout(resolve, 2 * this.#withinMs)))]);
    clearTimeout(late);
  }

  #say(state: DeployState, more: Pick<DeployNotice, 'acked' | 'lost'> = {}): void {
    const { from, to, reason } = this.#plan;
    const notice: DeployNotice = {
      verb: reason === 'deploy' ? 'promote' : 'rollback',
      from,
      to,
      release: this.#release,
      step: this.#step,
      state,
      at: new Date().toISOString(),
      ...this.#progress,
      ...this.#failure,
      ...more,
    };
    this.#said = this.#said.then(() => this.#post(notice));
  }

  async #post(notice: DeployNotice): Promise<void> {
    const colors = await Promise.allSettled(COLORS.map((color) => runningWorkers(this.#site, color)));
    const workers = colors.flatMap((color) => (color.status === 'fulfilled' ? color.value : []));
    await Promise.allSettled(workers.map((worker) => clientOf(this.#site, worker).notify(notice, this.#withinMs)));
  }
}

const ledgerOf = (ledger: LedgerResult | undefined): Pick<DeployNotice, 'acked' | 'lost'> =>
  ledger === undefined ? {} : { acked: ledger.verdict.acked, lost: ledger.verdict.lost };
