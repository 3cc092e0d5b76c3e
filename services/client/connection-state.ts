import type { ServerFrame } from '../protocol/frames.js';
import type { Leg } from './leg.js';

export type ConnectionState =
  | Readonly<{ kind: 'connecting'; leg: Leg }>
  | Readonly<{ kind: 'live'; leg: Leg }>
  /** Told to move: `next` is there from its slot on, and takes over when it has caught up. */
  | Readonly<{ kind: 'moving'; leg: Leg; next: Leg | undefined }>
  | Readonly<{ kind: 'away'; reason: string }>
  | Readonly<{ kind: 'closed'; code: number; reason: string }>;

/** Where new frames go; undefined while there is no connection. */
export const voiceOf = (state: ConnectionState): Leg | undefined => {
  switch (state.kind) {
    case 'live':
      return state.leg;
    case 'moving':
      return state.next?.welcome === undefined ? state.leg : state.next;
    case 'connecting':
    case 'away':
    case 'closed':
      return undefined;
    default:
      return state satisfies never;
  }
};

export interface ConnectionEvents {
  changed(state: ConnectionState): void;
  /** Everything goes over this leg from now on: what is unanswered has to be asked here, before anything new. */
  carries(leg: Leg): void;
  /** Behind `carries`. */
  opened(leg: Leg, move: boolean): void;
  ended(leg: Leg, code: number, reason: string): void;
  text(leg: Leg, direction: 'in' | 'out', text: string): void;
  frame(leg: Leg, frame: ServerFrame): void;
  /** Whether nothing is missed when `leg` is left for `next`. */
  mayLeave(leg: Leg, next: Leg): boolean;
}
