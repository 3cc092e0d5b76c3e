import { deployEvents, deploys as marks } from '../annotations.js';
import { board, type Row } from '../board.js';
import { lines } from '../panels.js';
import { loki } from '../queries.js';
import { ledger } from './ledger.js';
import { move } from './move.js';
import { outcomes } from './outcomes.js';

const words: Row = {
  title: "The conductor's words",
  panels: [
    lines({
      title: 'Steps of deploys',
      description:
        "The conductor's log, newest first: each step with its seconds, the outcome, what was moved and what was lost.",
      queries: [loki('{service="switchyard-conductor"} | json')],
    }),
  ],
};

export const deploys = () =>
  board({
    uid: 'switchyard-deploys',
    title: 'Deploys',
    description: 'Promotes and rollbacks: what moved, how long it took, what was lost.',
    annotations: [...marks(), deployEvents()],
    rows: [outcomes, move, ledger, words],
  });
