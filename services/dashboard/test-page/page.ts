import type { ServerFrame } from '../../protocol/frames.js';
import { readFields } from '../shared/fields.js';
import { ChannelList } from './channel-list.js';
import { Controls } from './controls.js';
import { Conversation } from './conversation.js';
import { Counters } from './counters.js';
import { FrameLog } from './frame-log.js';
import { StatusView } from './status-view.js';
import { TabMemory } from './tab-memory.js';

const start = (): void => {
  const memory = new TabMemory();
  const log = new FrameLog();
  const counters = new Counters();
  const status = new StatusView();

  const conversation = new Conversation(memory, {
    changed: (state) => {
      status.show(state);
      status.showSession(memory.session);
      controls.show(state, memory.session !== undefined);
    },
    channelsChanged: () => {
      list.show(conversation.channels.places());
    },
    noted: (type, text, worker) => {
      log.add({ direction: 'note', type, leg: worker, text });
    },
    sent: (text, worker) => {
      log.add({ direction: 'out', leg: worker, text });
      if (isMessage(text)) counters.add('sent');
    },
    received: (text, frame, again, worker) => {
      log.add({ direction: 'in', leg: worker, text, again });
      if (frame !== undefined) count(frame, again);
    },
    reconnected: () => {
      counters.add('reconnects');
    },
    moved: () => {
      counters.add('moves');
    },
  });

  const list = new ChannelList((channel) => {
    conversation.channels.remove(channel);
  });

  const controls = new Controls({
    connect: (target) => {
      conversation.connect(target);
    },
    disconnect: () => {
      conversation.disconnect();
    },
    forgetSession: () => {
      conversation.forget();
      counters.set('messageCount', 0);
      status.showSession(undefined);
      controls.show({ kind: 'offline', note: '' }, false);
    },
    say: (line) => {
      conversation.say(line);
    },
    publish: (channel, data) => {
      conversation.publish(channel, data);
    },
    subscribe: (channel) => {
      conversation.channels.add(channel);
    },
  });

  const count = (frame: ServerFrame, again: boolean): void => {
    if (again) counters.add('repeats');
    else if (frame.type === 'message') counters.add('received');
    else if (frame.type === 'ack') counters.add('acked');
    if ('message_count' in frame) counters.set('messageCount', frame.message_count);
    if ('active_connections' in frame) counters.set('clusterConnections', frame.active_connections);
  };

  addEventListener('pagehide', () => {
    memory.rememberChannels(conversation.channels.places());
  });
  status.showSession(memory.session);
  controls.show({ kind: 'offline', note: '' }, memory.session !== undefined);
  list.show(conversation.channels.places());
};

/** A publish or a bare line, not a subscribe and the like. */
const isMessage = (text: string): boolean => {
  const type = readFields(text)?.['type'];
  return type === undefined || type === 'publish';
};

start();
