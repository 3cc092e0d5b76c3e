import { expect, it, vi } from 'vitest';
import { surroundingsOf, type Platform } from './surroundings.js';

const pageLike = () => {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const navigator = { onLine: true };
  const platform: Platform = {
    addEventListener: window.addEventListener.bind(window),
    removeEventListener: window.removeEventListener.bind(window),
    document,
    navigator,
  };
  return { window, document, navigator, platform };
};

it('hears the network come and go, and the page being seen, until it is stopped', () => {
  const { window, document, navigator, platform } = pageLike();
  const surroundings = surroundingsOf(platform);
  const events = { woken: vi.fn(), offline: vi.fn() };
  const stop = surroundings.watch(events);
  navigator.onLine = false;
  window.dispatchEvent(new Event('offline'));
  expect([surroundings.online, events.offline.mock.calls.length]).toEqual([false, 1]);
  window.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  expect(events.woken).toHaveBeenCalledTimes(2);
  stop();
  window.dispatchEvent(new Event('online'));
  window.dispatchEvent(new Event('offline'));
  document.dispatchEvent(new Event('visibilitychange'));
  expect([events.woken.mock.calls.length, events.offline.mock.calls.length]).toEqual([2, 1]);
});

it('is always online where nothing is told', () => {
  const surroundings = surroundingsOf({});
  surroundings.watch({ woken: () => {}, offline: () => {} })();
  expect(surroundings.online).toBe(true);
});
