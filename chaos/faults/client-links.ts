import type { Fault } from './fault.js';

/** Longer than a client or the server waits for a sign of life. */
const HALF_OPEN_MS = 4_500;
const SLOW_MS = 4_000;

/** A third of the clients: their connections stand, and one side or both hear nothing any more. */
export const halfOpenClients: Fault = {
  name: 'clients-half-open',
  does: `the links of some clients pass nothing for ${HALF_OPEN_MS / 1_000} s, and then everything that they held`,
  touches: 'client-links',
  healsWithin: 15,
  async strike({ stack, random, pause }) {
    const silent = random.pick(['client', 'server', 'both']);
    stack.clientLink.weather.now = { kind: 'half-open', silent };
    try {
      await pause(HALF_OPEN_MS);
    } finally {
      stack.clientLink.weather.now = { kind: 'fair' };
    }
    return silent === 'both' ? 'neither side hears' : `the ${silent} hears nothing`;
  },
};

export const slowClients: Fault = {
  name: 'clients-slow',
  does: `the links of some clients are slow for ${SLOW_MS / 1_000} s, large messages meanwhile`,
  touches: 'client-links',
  healsWithin: 20,
  async strike({ stack, random, burst, pause }) {
    const latencyMs = random.between(50, 400);
    const bytesPerSecond = random.between(5_000, 50_000);
    stack.clientLink.weather.now = { kind: 'slow', latencyMs, bytesPerSecond };
    try {
      burst(2);
      await pause(SLOW_MS);
    } finally {
      stack.clientLink.weather.now = { kind: 'fair' };
    }
    return `${latencyMs} ms, ${Math.round(bytesPerSecond / 1_000)} kB/s`;
  },
};

export const cutClients: Fault = {
  name: 'clients-cut',
  does: 'the links of some clients are reset, three times',
  touches: 'client-links',
  healsWithin: 15,
  async strike({ stack, pause }) {
    let cut = 0;
    for (let round = 0; round < 3; round += 1) {
      cut += stack.clientLink.size;
      stack.clientLink.cut();
      await pause(200);
    }
    return `${cut} connections`;
  },
};
