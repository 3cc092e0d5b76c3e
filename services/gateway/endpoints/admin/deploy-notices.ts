import { z } from 'zod';
import { parseJson } from '../../../protocol/json.js';

/** Of a note or a cause, UTF-16 code units. */
const WORDS_MAX = 2_000;

/** Fields that are not known here are left out: a conductor of a newer release is heard too. */
const deployNotice = z.object({
  verb: z.enum(['promote', 'rollback']),
  from: z.string().max(20),
  to: z.string().max(20),
  release: z.string().max(100).nullable(),
  /** The step that runs, or ran last. */
  step: z.string().max(40),
  state: z.enum(['running', 'done', 'rolled_back', 'failed']),
  at: z.iso.datetime(),
  /** Connections moved so far, and those that are left. */
  moved: z.number().int().min(0).optional(),
  left: z.number().int().min(0).optional(),
  /** Connections moved in the last second. */
  rate: z.number().min(0).optional(),
  /** Why it waits, or what fell short of a deploy that is done, in words. */
  note: z.string().max(WORDS_MAX).optional(),
  /** Why it failed, in words: from the moment when it is taken back. */
  cause: z.string().max(WORDS_MAX).optional(),
  /** What the ledger found: acked messages, and those that were lost. */
  acked: z.number().int().min(0).optional(),
  lost: z.number().int().min(0).optional(),
});
/** What the conductor says of a deploy as it goes on. */
export type DeployNotice = z.infer<typeof deployNotice>;

/** `at` is when its step began, `told_at` when it was told of last. */
export type KeptNotice = DeployNotice & Readonly<{ told_at: string }>;

/** A deploy has fourteen steps, and as many on its way back. */
const KEPT = 50;

/** Undefined: it is none. */
export const readDeployNotice = (text: string): DeployNotice | undefined =>
  deployNotice.safeParse(parseJson(text)).data;

/** The notices of the deploy that runs, or ran last, one for each step: for pages that come later. */
export class DeployNotices {
  readonly #tell: (notice: DeployNotice, isNews: boolean) => void;
  #kept: readonly KeptNotice[] = [];

  /** @param tell tells the pages that are there; `isNews`: a step has begun, or the deploy has ended */
  constructor(tell: (notice: DeployNotice, isNews: boolean) => void) {
    this.#tell = tell;
  }

  take(notice: DeployNotice): void {
    const last = this.#kept.at(-1);
    const before = last === undefined || last.state !== 'running' ? [] : this.#kept;
    const isProgress = before.length > 0 && last?.step === notice.step && notice.state === 'running';
    const kept = { ...notice, told_at: notice.at };
    // A step began when it was told of first.
    this.#kept = isProgress ? [...before.slice(0, -1), { ...kept, at: last.at }] : [...before, kept].slice(-KEPT);
    this.#tell(notice, !isProgress);
  }

  /** Oldest first. */
  all(): readonly KeptNotice[] {
    return this.#kept;
  }
}
