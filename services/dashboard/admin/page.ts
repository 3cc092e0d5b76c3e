import { find } from '../shared/elements.js';
import { get } from './api.js';
import { ChannelsView } from './channels-view.js';
import { Charts } from './charts.js';
import { ConnectionList } from './connections.js';
import { DeployBanner } from './deploy-banner.js';
import { DurationsChart } from './durations-chart.js';
import { EventLog } from './event-log.js';
import type { LiveFrame } from './frames.js';
import { LimitedView } from './limited-view.js';
import { LiveLink } from './live-link.js';
import { Login } from './login.js';
import { Refresh } from './refresh.js';
import { StateView } from './state-view.js';
import { showTotals } from './totals.js';
import { WorkersView } from './workers-view.js';

/** Of what does not come live. */
const SLOW_MS = 5_000;

const start = (): void => {
  const state = new StateView();
  const charts = new Charts();
  const workers = new WorkersView();
  const banner = new DeployBanner();
  const events = new EventLog();
  const durations = new DurationsChart();
  const channels = new ChannelsView();
  const limited = new LimitedView();
  const channelSearch = find('channel-search', HTMLInputElement);
  /** Whether figures come over the WebSocket; else they are asked for. */
  let isLive = false;
  /** What is missing in the list, in words. */
  let note = '';

  const stranger = (): void => {
    void login.look();
  };

  const take = (frame: LiveFrame): void => {
    switch (frame.type) {
      case 'hello':
        charts.data.remember(frame.history);
        events.clear();
        for (const event of frame.events) events.add(event);
        for (const notice of frame.notices) charts.data.mark(notice);
        banner.remembered(frame.notices.at(-1), frame.timeMs);
        return;
      case 'snapshot':
        isLive = true;
        charts.data.add(frame.point);
        if (document.hidden) return;
        showTotals(frame.totals);
        workers.show(frame.workers);
        charts.draw();
        state.updated(note);
        return;
      case 'deploy':
        charts.data.mark(frame.notice);
        banner.show(frame.notice);
        return;
      case 'event':
        events.add(frame.event);
        return;
      case 'unavailable':
        state.failed(frame.reason);
        charts.data.passed(frame.timeMs);
        charts.draw();
        return;
      default:
        frame satisfies never;
    }
  };

  const live = new LiveLink({
    frame: take,
    lost: (isMoving) => {
      isLive = isMoving && isLive;
      if (!isLive) slow.now();
    },
  });

  const list = new ConnectionList({
    listed: (missing) => {
      note = missing;
      if (missing !== '') state.updated(missing);
    },
    failed: (reason) => {
      state.failed(reason);
    },
    stranger,
  });

  const slow = new Refresh(SLOW_MS, async (signal) => {
    const search = new URLSearchParams({ search: channelSearch.value });
    const [stats, histogram, top] = await Promise.all([
      get('/ws-stats?limit=1', signal),
      get('/admin/api/durations', signal),
      get(`/admin/api/channels?${search.toString()}`, signal),
    ]);
    if (signal.aborted) return;
    if (histogram.kind === 'stranger') {
      stranger();
      return;
    }
    if (histogram.kind === 'fields') durations.show(histogram.fields);
    if (top.kind === 'fields') channels.show(top.fields);
    if (stats.kind === 'fields') limited.show(stats.fields);
    if (isLive) return;
    if (stats.kind === 'fields') {
      showTotals(stats.fields);
      state.updated(note === '' ? `Asked for every ${SLOW_MS / 1000} s: nothing comes live` : note);
    } else state.failed(stats.reason);
  });
  channelSearch.addEventListener('input', () => {
    slow.now();
  });

  const login = new Login({
    entered: () => {
      live.open();
      list.start();
      slow.start();
    },
    left: () => {
      live.close();
      list.stop();
      slow.stop();
      charts.data.clear();
      isLive = false;
      state.loggedOut();
    },
  });
  void login.look();
};

start();
