import type { Connection } from './connection.js';

const TIMES = 20;
const EVERY_MS = 100;

/** Publishes twenty times, ten a second, so that there is something to measure. Ends early where the connection does. */
export const measure = (connection: Connection, channel: string): void => {
  let n = 0;
  const next = (): void => {
    const { conversation, state, target } = connection;
    if (state.kind !== 'live' && state.kind !== 'moving') return;
    n += 1;
    if (target.path === '/ws') conversation.publish(channel, { measure: n });
    else conversation.say(`measure ${n}`);
    if (n < TIMES) setTimeout(next, EVERY_MS);
  };
  next();
};
