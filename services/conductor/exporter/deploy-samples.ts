import { DEPLOY_VERBS, OUTCOMES, type Totals } from '../deploy-totals.js';
import type { Sample } from './metrics.js';

/** What the totals file says; every pair of labels from the start, so that a first failure is an increase. */
export const deploySamples = (totals: Totals, isRunning: boolean): readonly Sample[] => [
  ...DEPLOY_VERBS.flatMap((verb): readonly Sample[] => [
    { name: 'deploys_started_total', labels: { verb }, value: totals.started[verb] },
    ...OUTCOMES.map((outcome): Sample => ({
      name: 'deploys_finished_total',
      labels: { verb, outcome },
      value: totals.finished[verb][outcome],
    })),
    { name: 'deploy_last_timestamp_seconds', labels: { verb }, value: totals.last[verb] ?? 0 },
  ]),
  { name: 'deploy_running', value: isRunning ? 1 : 0 },
  { name: 'deploy_duration_seconds', value: totals.last_duration },
  { name: 'deploy_connections_moved_total', value: totals.moved },
  { name: 'deploy_messages_acked_total', value: totals.acked },
  { name: 'deploy_messages_lost_total', value: totals.lost },
  { name: 'deploy_messages_duplicated_total', value: totals.duplicated },
];
