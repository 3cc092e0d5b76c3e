import type { Fault } from './fault.js';
import { inWeather, repeatedly } from './lasting.js';

/** Longer than a client or the server waits for a sign of life. */
const HALF_OPEN_MS = 4_500;
const SLOW_MS = 4_000;

/** A third of the clients: their connections stand, and one side or both hear nothing any more. */
export const halfOpenClients: Fault = {
  name: 'clients-half-open',
  does: `the links of some clients pass nothing for ${HALF_OPEN_MS / 1_000} s, and then everything that they held`,
  touches: 'client-links',
  healsWithin: 15,
  async strike(scene) {
    const silent = scene.random.pick(['client', 'server', 'both']);
    await inWeather(scene, scene.stack.clientLink, { kind: 'half-open', silent }, HALF_OPEN_MS);
    return silent === 'both' ? 'neither side hears' : `the ${silent} hears nothing`;
  },
};

export const slowClients: Fault = {
  name: 'clients-slow',
  does: `the links of some clients are slow for ${SLOW_MS / 1_000} s, large messages meanwhile`,
  touches: 'client-links',
  healsWithin: 20,
  async strike(scene) {
    const { stack, random, burst } = scene;
    const latencyMs = random.between(50, 400);
    const bytesPerSecond = random.between(5_000, 50_000);
    const slow = inWeather(scene, stack.clientLink, { kind: 'slow', latencyMs, bytesPerSecond }, SLOW_MS);
    burst(2);
    await slow;
    return `${latencyMs} ms, ${Math.round(bytesPerSecond / 1_000)} kB/s`;
  },
};

export const cutClients: Fault = {
  name: 'clients-cut',
  does: 'the links of some clients are reset, three times',
  touches: 'client-links',
  healsWithin: 15,
  async strike(scene) {
    const { clientLink } = scene.stack;
    let cut = 0;
    await repeatedly(scene, { times: 3, everyMs: 200 }, () => {
      cut += clientLink.size;
      clientLink.cut();
    });
    return `${cut} connections`;
  },
};
