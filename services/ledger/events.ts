/** A place in a channel's log: `epoch` names the life in which `offset` was given. */
export type Place = Readonly<{ epoch: string; offset: number }>;

export type Outcome = Readonly<
  | { kind: 'acked'; epoch: string; offset: number; duplicate: boolean; atMs: number }
  /** The server said no: the code of its error frame. */
  | { kind: 'refused'; code: string }
  /** Not answered (yet): it may be in the log or not. */
  | { kind: 'unknown' }
>;

/**
 * One call to publish. `id` is unique in the record and travels in the message, so that a subscriber can say what it
 * heard. All times in a record are of `now()` in clock.ts: ms since 1970.
 */
export type Publication = Readonly<{ channel: string; id: string; sentAtMs: number; outcome: Outcome }>;

export type HeardMessage = Readonly<{ epoch: string; offset: number; id: string; atMs: number }>;

/** One thing that a subscriber learned of its channel, in the order in which it came. */
export type Heard = Readonly<
  /** From here on it hears everything, by its own wish. */
  | { kind: 'joined'; epoch: string; offset: number; atMs?: number }
  | ({ kind: 'message' } & HeardMessage)
  /** The server said that the order broke, and that it goes on from here. */
  | { kind: 'reset'; epoch: string; offset: number; atMs?: number }
>;
