import type { ChannelLog } from '../gateway/broker/channel-log.js';
import { publicationBody } from '../protocol/encode.js';
import { parseChannelName, parseClientId, type ChannelName, type ClientId } from '../protocol/ids.js';
import type { Ending, TaskEvent, TaskJob } from './task.js';

/** Everything of all tasks. */
export const TASKS_CHANNEL = requireChannel('tasks');
/** Who is named as the publisher; no client can bear it [connect-3]. */
export const TASKS_CLIENT = requireClient('tasks');

/** Whether it tells of tasks, and of nothing else [task-5]. */
export const isTaskChannel = (channel: ChannelName): boolean =>
  channel === TASKS_CHANNEL || channel.startsWith('task:');

const ID = /^[A-Za-z0-9_-]{1,64}$/;
export const isTaskId = (text: string): boolean => ID.test(text);
export const taskChannel = (id: string): ChannelName => requireChannel(`task:${id}`);

/**
 * The story of one task: what is published of it, first on its own channel, then on `tasks`.
 *
 * Each publication has an id of its own, made of what it tells: whoever is to tell it, and does not know whether it was
 * told, tells it again, and the log takes it once [once-1]. What a run tells bears the number of the run.
 */
export class TaskStory {
  readonly #log: ChannelLog;
  readonly #task: Readonly<{ id: string; name: string }>;
  readonly #keepSeconds: number | undefined;

  /** @param keepSeconds how long its channels are kept after each publication; default: as any other channel there */
  constructor(log: ChannelLog, task: Readonly<{ id: string; name: string }>, keepSeconds?: number) {
    this.#log = log;
    this.#task = task;
    this.#keepSeconds = keepSeconds;
  }

  /** @throws BrokerUnavailable, BrokerOverloaded: tell it again, with the same id */
  async tell(
    id: string,
    event: TaskEvent,
    channels: readonly ChannelName[] = [taskChannel(this.#task.id), TASKS_CHANNEL],
  ): Promise<void> {
    const { id: task, name } = this.#task;
    const body = publicationBody(TASKS_CLIENT, { task, name, ...event });
    for (const channel of channels) {
      await this.#log.publish({ channel, publisher: `task:${task}`, id, body, keepSeconds: this.#keepSeconds });
    }
  }

  queued({ data }: TaskJob): Promise<void> {
    return this.tell('queued', { event: 'queued', data });
  }

  /**
   * Once more, before a task begins that may have waited for longer than its channel was kept: on that alone. `tasks` lives on
   * with other tasks, and does not know an id for so long.
   */
  queuedBefore({ data }: TaskJob): Promise<void> {
    return this.tell('queued', { event: 'queued', data }, [taskChannel(this.#task.id)]);
  }

  retried({ round }: TaskJob): Promise<void> {
    return this.tell(`retried-${round}`, { event: 'retried' });
  }

  /** Once a round, whoever tells it. */
  ended({ round }: TaskJob, ending: Ending, attempt: number): Promise<void> {
    return this.tell(`ended-${round}`, { ...ending, attempt });
  }
}

function requireChannel(name: string): ChannelName {
  const channel = parseChannelName(name);
  if (channel === undefined) throw new Error(`${name} is not a channel`);
  return channel;
}

function requireClient(name: string): ClientId {
  const id = parseClientId(name);
  if (id === undefined) throw new Error(`${name} is not a client id`);
  return id;
}
