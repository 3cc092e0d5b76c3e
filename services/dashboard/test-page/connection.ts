import type { ServerFrame } from '../../protocol/frames.js';
import { Conversation, type ConversationState } from './conversation.js';
import type { Entry } from './frame-row.js';
import { Latency } from './latency.js';
import { isMessage } from './message.js';
import { TabMemory } from './tab-memory.js';
import type { Target } from './target.js';
import { WatchedTasks } from './watched-tasks.js';

export type Counter =
  | 'sent'
  | 'acked'
  | 'received'
  | 'repeats'
  | 'messageCount'
  | 'reconnects'
  | 'moves'
  | 'clusterConnections';

export interface ConnectionEvents {
  changed(connection: Connection): void;
  framed(entry: Entry): void;
}

/** One of the page's connections, with all that is shown of it. It may be offline. */
export class Connection {
  readonly memory: TabMemory;
  readonly conversation: Conversation;
  readonly latency = new Latency();
  readonly tasks = new WatchedTasks();
  readonly #counts = new Map<Counter, number>();
  readonly #events: ConnectionEvents;
  target: Target;
  state: ConversationState = { kind: 'offline', note: '' };
  /** What became of its messages when it last moved or came back. */
  notice = '';

  constructor(
    readonly number: number,
    events: ConnectionEvents,
  ) {
    this.#events = events;
    this.memory = new TabMemory(number);
    const { target, connected } = this.memory.target();
    this.target = target;
    this.conversation = new Conversation(this.memory, {
      changed: (state) => {
        this.#become(state);
      },
      channelsChanged: () => events.changed(this),
      noted: (type, text, worker) => {
        if (type === 'moved' || type === 'back') this.notice = text;
        this.#log({ direction: 'note', type, leg: worker, text });
      },
      sent: (text, worker) => {
        this.latency.sent(text, performance.now());
        if (isMessage(text)) this.#add('sent');
        this.#log({ direction: 'out', leg: worker, text });
      },
      received: (text, frame, again, worker) => {
        if (frame !== undefined) this.#count(frame, again);
        this.#log({ direction: 'in', leg: worker, text, again });
      },
      reconnected: () => this.#add('reconnects'),
      moved: () => this.#add('moves'),
    });
    if (connected) this.connect(target);
  }

  /** Undefined: it is not known. */
  counted(counter: Counter): number | undefined {
    return this.#counts.get(counter);
  }

  /** While it is offline. */
  choose(target: Target): void {
    this.target = target;
    this.memory.rememberTarget(target, false);
    this.#events.changed(this);
  }

  connect(target: Target): void {
    this.target = target;
    this.notice = '';
    this.memory.rememberTarget(target, true);
    this.conversation.connect(target);
  }

  disconnect(): void {
    this.memory.rememberTarget(this.target, false);
    this.conversation.disconnect();
  }

  forget(): void {
    this.conversation.forget();
    this.#counts.set('messageCount', 0);
    this.#events.changed(this);
  }

  /** For good. */
  close(): void {
    this.conversation.disconnect();
    this.memory.forgetAll();
  }

  #become(state: ConversationState): void {
    this.state = state;
    if (state.kind === 'away' || state.kind === 'offline') this.latency.disconnected();
    // One that was ended for good (4409 and the like) is not taken up again by a reload.
    if (state.kind === 'offline') this.memory.rememberTarget(this.target, false);
    this.#events.changed(this);
  }

  #count(frame: ServerFrame, again: boolean): void {
    if (again) this.#add('repeats');
    else if (frame.type === 'message') this.#add('received');
    else if (frame.type === 'ack') this.#add('acked');
    if ('message_count' in frame) this.#counts.set('messageCount', frame.message_count);
    if ('active_connections' in frame) this.#counts.set('clusterConnections', frame.active_connections);
    this.tasks.heard(frame);
    this.latency.received(frame, this.conversation.clientId, performance.now());
  }

  #add(counter: Counter): void {
    this.#counts.set(counter, (this.#counts.get(counter) ?? 0) + 1);
  }

  #log(entry: Omit<Entry, 'connection'>): void {
    this.#events.framed({ ...entry, connection: this.number });
    this.#events.changed(this);
  }
}
