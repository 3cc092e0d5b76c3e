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
import type { Slot } from './slot.js';
import { MOST_SLOTS, Slots } from './slots.js';
import { StatusView } from './status-view.js';

/** A busy channel brings more frames a second than a screen has to show. */
const SHOW_EVERY_MS = 30;
const HISTORY = 20;

const start = (): void => {
  const log = new FrameLog();
  const status = new StatusView();
  const latency = new LatencyView();
  const history = new HistoryView();
  let shown: Slot | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (): void => {
    const { selected } = slots;
    if (selected !== shown) {
      shown = selected;
      controls.turnTo(selected);
      log.turnTo(selected.number);
      history.hide();
    }
    cards.show(slots);
    status.show(selected);
    controls.show(selected);
    showCounters(selected);
    list.show(selected.conversation.channels.places());
    latency.show(selected.latency.roundTrips);
  };
  const showSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      show();
    }, SHOW_EVERY_MS);
  };

  const slots = new Slots({
    changed: showSoon,
    framed: (entry) => log.add(entry),
  });
  const select = (index: number): void => {
    slots.select(index);
    show();
  };
  const cards = new Cards({
    select,
    add: () => slots.add(),
    close: (slot) => slots.close(slot),
  });
  const list = new ChannelList({
    leave: (channel) => slots.selected.conversation.channels.remove(channel),
    history: (channel) => {
      const { selected } = slots;
      void selected.conversation.history(channel, HISTORY).then((found) => {
        if (selected === slots.selected) history.show(channel, found);
      });
    },
  });
  const controls = new Controls({
    connect: (target) => slots.selected.connect(target),
    disconnect: () => slots.selected.disconnect(),
    forgetSession: () => slots.selected.forget(),
    say: (line) => slots.selected.conversation.say(line),
    publish: (channel, data) => slots.selected.conversation.publish(channel, data),
    subscribe: (channel) => slots.selected.conversation.channels.add(channel),
    chosen: (target) => slots.selected.choose(target),
  });
  find('measure', HTMLButtonElement).addEventListener('click', () => {
    const [first = 'latency'] = slots.selected.conversation.channels.places().keys();
    measure(slots.selected, controls.publishChannel(first));
  });

  new Shortcuts({
    ...Object.fromEntries(Array.from({ length: MOST_SLOTS }, (_, index) => [String(index + 1), () => select(index)])),
    n: () => slots.add(),
    c: () => find(slots.selected.state.kind === 'offline' ? 'connect' : 'disconnect', HTMLButtonElement).click(),
    x: () => slots.close(slots.selected),
    m: () => controls.entry.focus(),
    f: () => log.focusFilter(),
    p: () => log.togglePause(),
    l: () => log.clear(),
    y: () => void log.copy(),
  }).listen();

  addEventListener('pagehide', () => {
    for (const { memory, conversation } of slots.all) memory.rememberChannels(conversation.channels.places());
  });
  show();
};

start();
