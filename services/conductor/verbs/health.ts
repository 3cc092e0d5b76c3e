import { otherColor, type Color } from '../engines/engine.js';
import type { ColorStatus, Found, Status, WorkerStatus } from './status.js';
import type { QueueStatus, TaskWorkerStatus } from './task-workers.js';
import { aliveLines, notesOf } from './watching.js';

/** What should run and does not, in words; nothing when all is well. An idle color need not run, nor be well. */
export const troublesOf = (found: Found): readonly string[] => {
  if (!found.up) {
    if (found.processes === 0) return ['nothing of this stack runs'];
    return [`what holds this stack together is gone; ${found.processes} processes of it still run`];
  }
  const active = found.colors.find((color) => color.active);
  return [
    ...(found.redis.state === 'up' ? [] : [`Redis does not answer: ${found.redis.why}`]),
    ...(found.nginx_pid === undefined ? ['nginx does not run'] : []),
    ...(active === undefined ? ['no color is active'] : troublesOfColor(active, found.wanted)),
    ...found.tasks.flatMap(troublesOfTaskWorker),
    ...(found.front === 'ok' ? [] : [`${found.url} ${found.front}`]),
    ...unfinished(found),
  ];
};

/** supervisord's words for what it starts no more. */
const ENDED: ReadonlySet<string> = new Set(['fatal', 'exited', 'stopped', 'unknown']);

const troublesOfTaskWorker = ({ name, state, detail, ready }: TaskWorkerStatus): readonly string[] => {
  if (ENDED.has(state)) return [`${name} ${state}${detail === '' ? '' : `: ${detail}`}: tasks wait for another one`];
  return state !== 'running' || WELL.has(ready) ? [] : [`${name} runs and takes no tasks: ${ready}`];
};

/** What a task worker that runs may be. */
const WELL: ReadonlySet<string> = new Set(['ready', 'starting']);

/** An idle color runs while a deploy is at work, and after one that was killed or could not be undone. */
const unfinished = ({ active, colors, at_work: atWork }: Found): readonly string[] => {
  const left = colors.find(
    ({ color, workers }) => color !== active && workers.some(({ state }) => state === 'running'),
  );
  if (atWork || active === undefined || left === undefined) return [];
  return [unfinishedWords(active)];
};

export const unfinishedWords = (active: Color): string =>
  `a deploy was not finished: ${active} is active, ${otherColor(active)} still runs`;
export const FINISH_IT = '"make promote" goes on from here; "make rollback" takes the release before.';

const troublesOfColor = ({ color, workers }: ColorStatus, wanted: number): readonly string[] => {
  const ill = workers.filter(({ ready }) => ready !== 'ready').map(troubleOfWorker);
  return workers.length >= wanted ? ill : [`${color} has ${workers.length} of ${wanted} workers`, ...ill];
};

const troubleOfWorker = ({ worker, state, ready }: WorkerStatus): string =>
  state === 'running'
    ? `${worker} runs and is not ready: ${withoutName(worker, ready)}`
    : `${worker} ${state}: ${ready}`;

/** A worker's client begins its words with the worker's name. */
const withoutName = (worker: string, words: string): string =>
  words.startsWith(`${worker} `) ? words.slice(worker.length + 1) : words;

export const describeStatus = (status: Status): string => {
  if (!status.up) return nextSteps(status).join('\n');
  const { redis } = status;
  const connections = status.colors
    .flatMap(({ workers }) => workers)
    .reduce((sum, worker) => sum + (worker.connections ?? 0), 0);
  return [
    `${status.url}   ${status.active ?? 'no color'} is active, ${connections} connections`,
    ...status.colors.flatMap(describeColor),
    redis.state === 'up' ? `redis  ${redis.version}, ${redis.memory}, ${redis.clients} clients` : 'redis  down',
    `nginx  ${status.nginx_pid === undefined ? 'down' : `pid ${status.nginx_pid}`}, ${status.old_nginx_generations} old generations`,
    ...status.tasks.map(describeTaskWorker),
    ...(status.queue === undefined ? [] : [`queue  ${describeQueue(status.queue)} since the task workers began`]),
    ...describeWatching(status),
    ...nextSteps(status),
  ].join('\n');
};

const describeTaskWorker = ({ name, state, pid, ready }: TaskWorkerStatus): string =>
  `tasks  ${name} ${state === 'running' ? (WELL.has(ready) ? ready : 'takes no tasks') : state}${pid === undefined ? '' : `, pid ${pid}`}`;

export const describeQueue = ({ waiting, active, done, failed }: QueueStatus): string =>
  `${waiting} waiting, ${active} active; ${done} done, ${failed} failed`;

/** Notes, no troubles: the cluster does without. */
const describeWatching = ({ watching }: Status): readonly string[] => [
  ...aliveLines(watching),
  ...notesOf(watching).map((note) => `Note: ${note}. The cluster does without it.`),
];

const describeColor = ({ color, active, release, workers }: ColorStatus): readonly string[] => {
  const ready = workers.filter((worker) => worker.ready === 'ready').length;
  const words = workers.length === 0 ? 'stopped' : `${ready} of ${workers.length} ready`;
  return [
    `${active ? '▶' : ' '} ${color.padEnd(6)} ${words.padEnd(13)} release ${release ?? '–'}`,
    ...workers.map(describeWorker),
  ];
};

const describeWorker = (status: WorkerStatus): string => {
  const { worker, url, state, ready, pid, connections, draining, started_at: startedAt = '', restarted } = status;
  const since = restarted ? `, restarted ${new Date(startedAt).toLocaleTimeString('en-GB')}` : '';
  const serves = ready === 'ready' ? `ready, ${connections ?? '–'} connections` : `${state}, not ready`;
  return `    ${worker.padEnd(9)} ${url === '' ? '–' : url.replace('http://', '')}  pid ${String(pid ?? '–').padEnd(7)} ${draining ? `draining, ${connections ?? '–'} connections` : serves}${since}`;
};

/** The last lines: what is wrong, and what to do. */
const nextSteps = (status: Status): readonly string[] => {
  const { up, troubles, run_dir: runDir, active } = status;
  if (troubles.length === 0) return [];
  if (!up) return [`Down: ${troubles.join('; ')} (${runDir}).`, '"make dev-up" starts it.'];
  const logs = active === undefined ? 'make logs' : `make logs COLOR=${active}`;
  const isUnfinished = unfinished(status).length > 0;
  const hasEnded = troubles.length > (isUnfinished ? 1 : 0);
  return [
    ...troubles.map((trouble) => `Not well: ${trouble}`),
    ...(hasEnded ? [`"make dev-up" starts again what has ended; "${logs}" tells why it did.`] : []),
    ...(isUnfinished ? [FINISH_IT] : []),
  ];
};
