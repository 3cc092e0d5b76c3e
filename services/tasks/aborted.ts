export type AbortKind = 'cancelled' | 'too_long' | 'stopping' | 'lease_lost' | 'ended';

const WORDS: Readonly<Record<AbortKind, string>> = {
  cancelled: 'the task was cancelled',
  too_long: 'it took too long',
  stopping: 'its worker stops: the task is handed back',
  ended: 'the run has ended',
  lease_lost: 'its worker was silent for too long: another one may run it now',
};

/** The reason of a run's signal. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
  readonly kind: AbortKind;

  constructor(kind: AbortKind) {
    super(WORDS[kind]);
    this.kind = kind;
  }
}
