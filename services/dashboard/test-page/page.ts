import { readFields } from '../shared/fields.js';
import { ChannelList } from './channel-list.js';
import { Controls } from './controls.js';
import { Conversation } from './conversation.js';
import { Counters } from './counters.js';
import { FrameLog } from './frame-log.js';
import { StatusView } from './status-view.js';
import { TabMemory } from './tab-memory.js';
import type { ServerFrame } from './wire.js';

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
    opened: (leg) => {
      log.add({ direction: 'note', type: 'open', leg: leg.name, text: 'WebSocket open' });
    },
    closed: (leg, meaning) => {
      log.add({ direction: 'note', type: 'close', leg: leg.name, text: meaning });
    },
    sent: (leg, text) => {
      log.add({ direction: 'out', leg: leg.name, text });
      if (isMessage(text)) counters.add('sent');
    },
    received: (leg, text, frame, again) => {
      log.add({ direction: 'in', leg: leg.name, text, again });
      count(frame, again);
      list.show(conversation.channels.all());
    },
    reconnected: () => {
      counters.add('reconnects');
    },
    moved: () => {
      counters.add('moves');
    },
  });

  const list = new ChannelList((channel) => {
    conversation.unsubscribe(channel);
    list.show(conversation.channels.all());
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
      list.show(conversation.channels.all());
      controls.show({ kind: 'offline', note: '' }, false);
    },
    say: (line) => {
      conversation.say(line);
    },
    publish: (channel, data) => {
      conversation.publish(channel, data);
    },
    subscribe: (channel) => {
      conversation.subscribe(channel);
      list.show(conversation.channels.all());
    },
  });

  const count = (frame: ServerFrame, again: boolean): void => {
    if (again) counters.add('repeats');
    else if (frame.type === 'message') counters.add('received');
    else if (frame.type === 'ack') counters.add('acked');
    if ('messageCount' in frame) counters.set('messageCount', frame.messageCount);
    if ('activeConnections' in frame) counters.set('clusterConnections', frame.activeConnections);
  };

  addEventListener('pagehide', () => {
    memory.rememberChannels(conversation.channels.all());
  });
  status.showSession(memory.session);
  controls.show({ kind: 'offline', note: '' }, memory.session !== undefined);
  list.show(conversation.channels.all());
};

/** A publish or a bare line, not a subscribe and the like. */
const isMessage = (text: string): boolean => {
  const type = readFields(text)?.['type'];
  return type === undefined || type === 'publish';
};

start();
