import { BrokerUnavailable } from '../broker/channel-log.js';
import type { SessionStore } from '../broker/session-store.js';

export interface SessionHolder {
  /** Undefined while the session is being opened, and after the end. */
  readonly sessionRef: string | undefined;
}

/** A session lives for its time after the last use, and an open connection is use [resume-1]. */
export const touchSessions = async (store: SessionStore, holders: Iterable<SessionHolder>): Promise<void> => {
  const refs = [...holders].map(({ sessionRef }) => sessionRef).filter((ref) => ref !== undefined);
  if (refs.length === 0) return;
  try {
    await store.touch(refs);
  } catch (error) {
    // Three more visits come before a session could run out.
    if (!(error instanceof BrokerUnavailable)) throw error;
  }
};
