import type { Row } from '../board.js';
import { chart } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero, perSecond, sumBy } from '../rates.js';
import { CHOSEN, EACH_WORKER } from './selection.js';

const calls = (labels = CHOSEN): string => orZero(sumBy('', perSecond('websocket_handler_calls_total', labels)));

export const handlers: Row = {
  title: 'Handlers',
  panels: [
    chart(
      {
        title: 'Calls of handlers',
        description: "Calls of the application's handlers a second, and those that failed or took too long (red).",
        unit: 'eps',
        queries: [prometheus(calls(), 'calls'), prometheus(calls(`outcome=~"failed|timed_out",${CHOSEN}`), 'failed')],
      },
      { wrong: 'failed' },
    ),
    chart({
      title: 'Handlers at work',
      description: 'Calls that have not ended, given up or not. Where it stays up a handler hangs.',
      unit: 'short',
      queries: [prometheus(`websocket_handler_calls_running{${CHOSEN}}`, EACH_WORKER)],
    }),
  ],
};
