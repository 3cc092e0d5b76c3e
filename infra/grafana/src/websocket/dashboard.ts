import { deploys } from '../annotations.js';
import { board } from '../board.js';
import { colorOfWorkers, worker } from '../variables.js';
import { handlers } from './handlers.js';
import { latency } from './latency.js';
import { nginx, redis } from './parts.js';
import { tasks } from './tasks.js';
import { connections, now } from './traffic.js';
import { pressure, workers } from './workers.js';

export const websocket = () =>
  board({
    uid: 'switchyard-websocket',
    title: 'WebSocket',
    description: 'What users have of the cluster, and what it works with.',
    variables: [colorOfWorkers(), worker()],
    annotations: deploys(),
    rows: [now, connections, latency, workers, pressure, handlers, tasks, redis, nginx],
  });
