import { ASK_EVERY_MS, AskedFigures } from './asked-figures.js';
import { Charts } from './charts.js';
import { ConnectionList } from './connections.js';
import { DeployBanner } from './deploy-banner.js';
import { EventLog } from './event-log.js';
import type { LiveFrame } from './frames.js';
import { connectionsOf } from './health.js';
import { HealthView } from './health-view.js';
import { LiveLink } from './live-link.js';
import { Login } from './login.js';
import { PolledRates } from './polled-rates.js';
import { StateView } from './state-view.js';
import { TaskList } from './tasks.js';
import { showTotals } from './totals.js';
import { WorkersView } from './workers-view.js';

const start = (): void => {
  const state = new StateView();
  const charts = new Charts();
  const workers = new WorkersView();
  const health = new HealthView();
  const banner = new DeployBanner();
  const events = new EventLog();
  const rates = new PolledRates();
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
        for (const notice of [...frame.pastNotices, ...frame.notices]) charts.data.mark(notice);
        banner.remembered(frame.notices.at(-1) ?? frame.pastNotices.at(-1), frame.timeMs);
        return;
      case 'snapshot':
        isLive = true;
        charts.data.add(frame.point);
        if (document.hidden) return;
        showTotals(frame.totals);
        workers.show(frame.workers, frame.point.timeMs);
        health.showWorkers(frame.workers, frame.point.timeMs);
        charts.draw();
        state.updated(note);
        return;
      case 'deploy':
        charts.data.mark(frame.notice);
        banner.show(frame.notice);
        health.showDeploy(frame.notice);
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
      if (!isLive) asked.now();
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

  const tasks = new TaskList(stranger);

  const asked = new AskedFigures({
    answered: (stats, { timeMs, workers: all, deploy }) => {
      if (isLive) {
        rates.forget();
        return;
      }
      const values = {
        blue: connectionsOf(all, 'blue'),
        green: connectionsOf(all, 'green'),
        ...rates.measure(stats, timeMs),
        ack_p50_ms: null,
        ack_p99_ms: null,
      };
      charts.data.add({ timeMs, values }, ASK_EVERY_MS);
      charts.draw();
      showTotals(stats);
      workers.show(all, timeMs);
      banner.remembered(deploy, timeMs);
      state.updated(note === '' ? `Asked for every ${ASK_EVERY_MS / 1000} s: nothing comes live` : note);
    },
    failed: (reason) => {
      if (!isLive) state.failed(reason);
    },
    looked: (found) => {
      health.show(found);
    },
    find: (clientId) => {
      list.find(clientId);
    },
    stranger,
  });

  const login = new Login({
    entered: () => {
      live.open();
      list.start();
      asked.start();
      tasks.start();
    },
    left: () => {
      live.close();
      list.stop();
      asked.stop();
      tasks.stop();
      charts.data.clear();
      isLive = false;
      state.loggedOut();
    },
  });
  void login.look();
};

start();
