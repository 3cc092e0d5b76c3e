import type { Row } from '../board.js';
import { figure } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero } from '../rates.js';

const inSight = (counter: string, labels = ''): string => orZero(`sum(increase(${counter}{${labels}}[$__range]))`);

export const outcomes: Row = {
  title: 'Deploys in the time that is shown',
  panels: [
    figure(
      {
        title: 'Active color',
        description: 'The color that nginx gives new connections to.',
        unit: 'none',
        queries: [prometheus('switchyard_active_color == 1', '{{color}}', 'end')],
      },
      { text: 'name' },
    ),
    figure(
      {
        title: 'Release',
        description: 'The release of each color.',
        unit: 'none',
        queries: [prometheus('switchyard_release_info', '{{color}} {{release}}', 'end')],
      },
      { text: 'name' },
    ),
    figure(
      {
        title: 'Promotes and rollbacks done',
        description: 'Deploys that ended as they should.',
        unit: 'short',
        queries: [prometheus(inSight('switchyard_deploys_finished_total', 'outcome="done"'), 'done', 'end')],
      },
      { decimals: 0 },
    ),
    figure(
      {
        title: 'Rolled back or failed',
        description:
          'Promotes that were undone because the new release was not well, and deploys that failed (RollbackHappened, DeployFailed).',
        unit: 'short',
        queries: [prometheus(inSight('switchyard_deploys_finished_total', 'outcome!="done"'), 'not done', 'end')],
      },
      { wrongFrom: 0.5, decimals: 0 },
    ),
    figure(
      {
        title: 'Messages lost',
        description: 'Acked messages that the ledgers of deploys missed. Must be 0 (MessagesLost).',
        unit: 'short',
        queries: [prometheus(inSight('switchyard_deploy_messages_lost_total'), 'lost', 'end')],
      },
      { wrongFrom: 0.5, decimals: 0 },
    ),
    figure(
      {
        title: 'The last took',
        description: 'Seconds from the start of the last deploy to its end.',
        unit: 's',
        queries: [prometheus(orZero('max(switchyard_deploy_duration_seconds)'), 'seconds')],
      },
      { decimals: 1 },
    ),
  ],
};
