import type { Rule } from './facts.js';

/** Without Redis no new worker is ever ready, without nginx nobody reaches it: it would be seen late, and undone. */
export const partsRun: Rule = ({ ended }) =>
  ended.length === 0
    ? undefined
    : { kind: 'clash', words: `not running: ${ended.join(', ')}. "make dev-up" starts what has ended` };
