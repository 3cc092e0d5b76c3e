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

it('knows whether there is a network, and hears it come back and the page being seen, until it is stopped', () => {
  const { window, document, navigator, platform } = pageLike();
  const surroundings = surroundingsOf(platform);
  const woken = vi.fn();
  const stop = surroundings.watch(woken);
  navigator.onLine = false;
  expect(surroundings.online).toBe(false);
  window.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  expect(woken).toHaveBeenCalledTimes(2);
  stop();
  window.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  expect(woken).toHaveBeenCalledTimes(2);
});

it('is always online where nothing is told', () => {
  const surroundings = surroundingsOf({});
  surroundings.watch(() => {})();
  expect(surroundings.online).toBe(true);
});
