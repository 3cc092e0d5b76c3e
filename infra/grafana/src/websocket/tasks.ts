import type { Row } from '../board.js';
import { chart } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero, perSecond, quantile, sumBy } from '../rates.js';

/** Where none has ended it is no number. */
const runs = (share: number): string => orZero(`${quantile(share, 'tasks_duration_seconds')} >= 0`);

/** Of the whole cluster: whom a task runs on says nothing of whom it is for. */
export const tasks: Row = {
  title: 'Tasks',
  panels: [
    chart({
      title: 'Queue of tasks',
      description:
        'Tasks that wait and that run. More than 100 that wait, and grow more for ten minutes, is an alert (TaskQueueGrowing).',
      unit: 'short',
      width: 8,
      queries: [
        prometheus(orZero('max(tasks_waiting)'), 'waiting'),
        prometheus(orZero(sumBy('', 'tasks_active')), 'active'),
      ],
    }),
    chart(
      {
        title: 'Tasks that ended',
        description: 'A second: tasks that were done, and that failed for good (red; TasksFailing).',
        unit: 'eps',
        width: 8,
        queries: [
          prometheus(orZero(sumBy('', perSecond('tasks_done_total'))), 'done'),
          prometheus(orZero(sumBy('', perSecond('tasks_failed_total'))), 'failed'),
        ],
      },
      { wrong: 'failed' },
    ),
    chart(
      {
        title: 'How long runs took',
        description: 'Runs of tasks, however they ended.',
        unit: 's',
        width: 8,
        queries: [prometheus(runs(0.5), 'p50'), prometheus(runs(0.99), 'p99')],
      },
      { calcs: ['last', 'max'] },
    ),
  ],
};
