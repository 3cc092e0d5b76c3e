import type { Row } from '../board.js';
import { chart } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero, perSecond, sumBy } from '../rates.js';

export const ledger: Row = {
  title: 'What the deploys counted',
  panels: [
    chart({
      title: 'Acked',
      description: 'Messages that the probes of all deploys saw acked, since the run directory was made.',
      unit: 'short',
      width: 6,
      queries: [prometheus(orZero('sum(switchyard_deploy_messages_acked_total)'), 'acked')],
    }),
    chart(
      {
        title: 'Lost and duplicated',
        description:
          'Deliveries of these that were lost, or came twice. Both must stay at 0 (MessagesLost, MessagesDuplicated).',
        unit: 'short',
        width: 6,
        queries: [
          prometheus(orZero('sum(switchyard_deploy_messages_lost_total)'), 'lost'),
          prometheus(orZero('sum(switchyard_deploy_messages_duplicated_total)'), 'duplicated'),
        ],
      },
      { allWrong: true, calcs: ['last'] },
    ),
    chart(
      {
        title: 'Outcomes',
        description: 'Deploys that finished, by verb and outcome, since the run directory was made.',
        unit: 'short',
        width: 6,
        queries: [
          prometheus(orZero(sumBy('verb, outcome', 'switchyard_deploys_finished_total')), '{{verb}} {{outcome}}'),
        ],
      },
      { wrong: '(rolled_back|failed)$', calcs: ['last'] },
    ),
    chart({
      title: 'Connections moved',
      description: 'Connections that all deploys moved, since the run directory was made.',
      unit: 'short',
      width: 6,
      queries: [prometheus(orZero('sum(switchyard_deploy_connections_moved_total)'), 'moved')],
    }),
    chart({
      title: 'How long deploys took',
      description: 'Seconds from the start of the last deploy to its end.',
      unit: 's',
      width: 6,
      queries: [prometheus(orZero('max(switchyard_deploy_duration_seconds)'), 'the last')],
    }),
    chart(
      {
        title: 'Workers by color and state',
        description: 'What supervises them says. `failed`: it was given up after too many starts.',
        unit: 'short',
        width: 6,
        queries: [prometheus(sumBy('color, state', 'switchyard_workers'), '{{color}} {{state}}')],
      },
      { wrong: 'failed$' },
    ),
    chart({
      title: 'Old generations of nginx',
      description: 'They carry the connections from before a switch, and end with the last of them.',
      unit: 'short',
      width: 6,
      queries: [prometheus(orZero('max(switchyard_nginx_old_generations)'), 'old generations')],
    }),
    chart({
      title: 'CPU by part',
      description: 'Cores that each part of the stack uses. A move goes as fast as the machine has room.',
      unit: 'short',
      width: 6,
      queries: [prometheus(sumBy('part', perSecond('switchyard_process_cpu_seconds_total')), '{{part}}')],
    }),
  ],
};
