import { find } from '../shared/elements.js';
import { Cards } from './cards.js';
import { ChannelList } from './channel-list.js';
import { Controls } from './controls.js';
import { showCounters } from './counters.js';
import { FrameLog } from './frame-log.js';
import { HistoryView } from './history-view.js';
import { LatencyView } from './latency-view.js';
import { measure } from './measure.js';
import { Shortcuts } from './shortcuts.js';
import type { Connection } from './connection.js';
import { MOST_CONNECTIONS, Connections } from './connections.js';
import { StatusView } from './status-view.js';
import { TaskActions } from './task-actions.js';
import { TasksView } from './tasks-view.js';

/** A busy channel brings more frames a second than a screen has to show. */
const SHOW_EVERY_MS = 30;
const HISTORY = 20;

const start = (): void => {
  const log = new FrameLog();
  const status = new StatusView();
  const latency = new LatencyView();
  const history = new HistoryView();
  const taskActions = new TaskActions();
  const tasks = new TasksView((action, task) => void taskActions.act(action, task));
  let shown: Connection | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (): void => {
    const { selected } = connections;
    if (selected !== shown) {
      shown = selected;
      controls.turnTo(selected);
      log.turnTo(selected.number);
      history.hide();
    }
    cards.show(connections);
    status.show(selected);
    controls.show(selected);
    showCounters(selected);
    list.show(selected.conversation.channels.places());
    tasks.show(selected.tasks);
    latency.show(selected.latency.roundTrips);
  };
  const showSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      show();
    }, SHOW_EVERY_MS);
  };

  const connections = new Connections({
    changed: showSoon,
    framed: (entry) => log.add(entry),
  });
  const select = (index: number): void => {
    connections.select(index);
    show();
  };
  const cards = new Cards({
    select,
    add: () => connections.add(),
    close: (connection) => {
      connections.close(connection);
      show();
      cards.focus(connections.selected);
    },
  });
  const list = new ChannelList({
    leave: (channel) => connections.selected.conversation.channels.remove(channel),
    history: (channel) => {
      const { selected } = connections;
      void selected.conversation.history(channel, HISTORY).then((found) => {
        if (selected === connections.selected) history.show(channel, found);
      });
    },
  });
  const controls = new Controls({
    connect: (target) => connections.selected.connect(target),
    disconnect: () => connections.selected.disconnect(),
    forgetSession: () => connections.selected.forget(),
    say: (line) => connections.selected.conversation.say(line),
    publish: (channel, data) => connections.selected.conversation.publish(channel, data),
    subscribe: (channel) => connections.selected.conversation.channels.add(channel),
    chosen: (target) => connections.selected.choose(target),
  });
  find('measure', HTMLButtonElement).addEventListener('click', () => {
    const [first = 'latency'] = connections.selected.conversation.channels.places().keys();
    measure(connections.selected, controls.publishChannel(first));
  });

  new Shortcuts({
    ...Object.fromEntries(
      Array.from({ length: MOST_CONNECTIONS }, (_, index) => [String(index + 1), () => select(index)]),
    ),
    n: () => connections.add(),
    c: () => find(connections.selected.state.kind === 'offline' ? 'connect' : 'disconnect', HTMLButtonElement).click(),
    x: () => connections.close(connections.selected),
    m: () => controls.entry.focus(),
    f: () => log.focusFilter(),
    p: () => log.togglePause(),
    l: () => log.clear(),
    y: () => void log.copy(),
  }).listen();

  addEventListener('pagehide', () => {
    for (const { memory, conversation } of connections.all) memory.rememberChannels(conversation.channels.places());
  });
  show();
};

start();
