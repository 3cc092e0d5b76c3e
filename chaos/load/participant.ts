import type { JsonValue } from '../../services/protocol/frames.js';

/** Where a publication came to lie. */
export type Acked = Readonly<{ epoch: string; offset: number; duplicate: boolean }>;

/** The server refused a publish, with the code of its error frame. */
export class RefusedPublish extends Error {
  override readonly name = 'RefusedPublish';
  constructor(readonly code: string) {
    super(`refused: ${code}`);
  }
}

/** One client of the load, of whatever kind. It comes back by itself until it is closed. */
export interface Participant {
  readonly name: string;
  /** Connected, with every channel subscribed. */
  readonly isLive: boolean;
  /** What it is doing, for a person. */
  readonly state: string;
  /** Resolves when it is live for the first time. */
  ready(): Promise<void>;
  /** Resolves when it is acked, however often it has to be sent; rejects with RefusedPublish, or when it is closed. */
  publish(channel: string, data: JsonValue): Promise<Acked>;
  close(): Promise<void>;
}

/** What clients tell of what happens to them. */
export type Watcher = Readonly<{
  /** Something that no fault explains. */
  wrong(words: string): void;
  /** A line of the run's own log. */
  note(client: string, words: string): void;
}>;
