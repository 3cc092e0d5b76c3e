import { find } from '../shared/elements.js';
import { ConnectionsTable } from './connections-table.js';
import { firstPage, pageAfter, pageBefore, type ListPage } from './list-page.js';
import { Pager } from './pager.js';
import { Refresh } from './refresh.js';
import { StateView } from './state-view.js';
import { askStats } from './stats-request.js';
import type { Stats } from './stats.js';
import { showTotals } from './totals.js';

const start = (): void => {
  const table = new ConnectionsTable();
  const state = new StateView();
  const empty = find('connections-empty', HTMLElement);
  let shown: Readonly<{ page: ListPage; stats: Stats }> | undefined;

  const turnTo = (page: ListPage): void => {
    wanted = page;
    refresh.now();
  };

  const pager = new Pager({
    previous: () => {
      if (shown !== undefined) turnTo(pageBefore(shown.page));
    },
    next: () => {
      if (shown?.stats.nextCursor !== undefined) turnTo(pageAfter(shown.page, shown.stats.nextCursor));
    },
    resize: (limit) => {
      turnTo(firstPage(limit));
    },
  });
  /** Asked for until it comes; what is shown stays what came last. */
  let wanted = firstPage(pager.limit);

  const show = (page: ListPage, stats: Stats): void => {
    const isTurned = page !== shown?.page;
    shown = { page, stats };
    showTotals(stats);
    table.show(stats.connections);
    if (isTurned) table.toTop();
    pager.show(page, stats, isTurned);
    empty.hidden = stats.connections.length > 0 || stats.unanswered.length > 0;
    state.updated(stats.unanswered);
  };

  const ask = async (signal: AbortSignal): Promise<void> => {
    const page = wanted;
    const answer = await askStats(page, signal);
    if (signal.aborted) return;
    if (answer.kind === 'failure') {
      state.failed(answer.reason);
      // A cursor of another release: the way there has to be gone anew.
      if (answer.isRefused) wanted = firstPage(page.limit);
      return;
    }
    const { stats } = answer;
    if (stats.connections.length === 0 && stats.unanswered.length === 0 && page.cursors.length > 0) {
      // Everybody on this page has left.
      wanted = pageBefore(page);
      await ask(signal);
      return;
    }
    show(page, stats);
  };

  const refresh = new Refresh(ask);
  refresh.start();
};

start();
