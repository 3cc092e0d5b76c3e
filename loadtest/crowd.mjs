// A crowd of plain clients on a running stack, and a count of what reached them: connect, subscribe, publish at a rate,
// connect again at once when closed, recover. Promote meanwhile and see. It ends by itself and exits 1 when anything was
// lost, came twice or was refused.
//
//   HOST=ws://localhost CLIENTS=100 CHANNELS=10 RATE=20 DURATION=60 node loadtest/crowd.mjs
import { WebSocket } from 'ws';

const setting = (name, fallback, most) => {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    process.stderr.write(`${name}=${process.env[name]}: must be a whole number from 1 to ${most}\n`);
    process.exit(2);
  }
  return value;
};
const host = process.env['HOST'] ?? 'ws://localhost';
if (!['localhost', '127.0.0.1', '[::1]'].includes(new URL(host).hostname)) {
  process.stderr.write(`HOST=${host}: a load goes to this machine only (localhost, 127.0.0.1, [::1])\n`);
  process.exit(2);
}
const clients = setting('CLIENTS', 100, 15_000);
const channels = setting('CHANNELS', 10, 10_000);
const rate = setting('RATE', 20, 10_000);
const seconds = setting('DURATION', 60, 3_600);

const AT_ONCE = 100;
const BACK_OFF_MS = 50;
const total = { open: 0, delivered: 0, lost: 0, twice: 0, reloads: 0, refused: 0, limited: 0, sent: 0, acked: 0 };
/** Why, and how often. */
const reasons = new Map();
const colors = new Map();
const away = [];
let ending = false;

/**
 * Connects, and again whenever it is closed, but not before the server's `retry_after` is over; `onFrame` gets every frame
 * and how to answer.
 */
const keepConnected = (onFrame) => {
  const state = { session: undefined, color: undefined, closedAt: undefined, retryAt: 0 };
  const connect = () => {
    const query = state.session === undefined ? '' : `?session=${state.session}`;
    const socket = new WebSocket(`${host}/ws${query}`, { perMessageDeflate: false });
    const say = (frame) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame));
    let welcomed = false;
    state.say = say;
    let why = '';
    socket.on('error', ({ message }) => (why = message));
    socket.on('message', (data) => {
      const frame = JSON.parse(data);
      if (frame.type === 'system.welcome') {
        welcomed = true;
        total.open += 1;
        colors.set(state.color, (colors.get(state.color) ?? 0) - 1);
        colors.set(frame.color, (colors.get(frame.color) ?? 0) + 1);
        Object.assign(state, { session: frame.session_id, color: frame.color });
        if (state.closedAt !== undefined) away.push(performance.now() - state.closedAt);
      } else if (frame.type === 'system.rate_limited') {
        total.limited += 1;
        state.retryAt = performance.now() + frame.retry_after * 1_000;
      }
      onFrame(frame, say);
    });
    socket.on('close', (code) => {
      if (ending) return;
      if (welcomed) Object.assign(state, { closedAt: performance.now() });
      if (welcomed) total.open -= 1;
      else refuse(why || `closed with ${code}`);
      setTimeout(connect, Math.max(welcomed ? 0 : BACK_OFF_MS, state.retryAt - performance.now()));
    });
  };
  connect();
  return state;
};

const startReader = (channel) =>
  new Promise((ready) => {
    let place;
    keepConnected((frame, say) => {
      const subscribe = () => say({ type: 'subscribe', channel, id: 'subscribe', recover: place });
      if (frame.type === 'system.welcome') subscribe();
      else if (frame.type === 'system.rate_limited') setTimeout(subscribe, frame.retry_after * 1_000);
      else if (frame.type === 'subscribed') {
        if (place !== undefined && !frame.recovered) total.reloads += 1;
        if (place === undefined || !frame.recovered) place = { epoch: frame.epoch, offset: frame.offset };
        ready();
      } else if (frame.type === 'message') {
        total.delivered += 1;
        if (frame.offset <= place.offset) total.twice += 1;
        else total.lost += frame.offset - place.offset - 1;
        place = { epoch: frame.epoch, offset: Math.max(place.offset, frame.offset) };
      }
    });
  });

/** What was not acked when its connection went is sent again, with its id. */
const startPublisher = () => {
  const pending = new Map();
  const state = keepConnected((frame, say) => {
    const sayAll = () => {
      for (const message of pending.values()) say(message);
    };
    if (frame.type === 'system.welcome') sayAll();
    else if (frame.type === 'system.rate_limited') setTimeout(sayAll, frame.retry_after * 1_000);
    else if (frame.type === 'ack' && pending.delete(frame.id)) total.acked += 1;
    else if (frame.type === 'error' && pending.has(frame.id)) setTimeout(() => say(pending.get(frame.id)), BACK_OFF_MS);
  });
  return setInterval(() => {
    total.sent += 1;
    const id = `crowd-${total.sent}`;
    const message = { type: 'publish', channel: `crowd:${total.sent % channels}`, data: `message ${total.sent}`, id };
    pending.set(id, message);
    if (performance.now() >= state.retryAt) state.say(message);
  }, 1_000 / rate);
};

const refuse = (why) => {
  total.refused += 1;
  reasons.set(why, (reasons.get(why) ?? 0) + 1);
};

const percentile = (share) => Math.round([...away].sort((a, b) => a - b)[Math.floor(away.length * share)] ?? 0);
const report = () => {
  const where = [...colors].filter(([color, count]) => color !== undefined && count > 0);
  const { open, delivered, lost, twice, reloads, refused, limited, sent, acked } = total;
  process.stdout.write(
    `${open} open (${where.map(([color, count]) => `${color} ${count}`).join(', ')}), ${acked} of ${sent} acked, ` +
      `${delivered} delivered, lost ${lost}, twice ${twice}, told to reload ${reloads}, refused ${refused}` +
      [...reasons].map(([why, count]) => ` (${count}: ${why})`).join('') +
      (limited === 0 ? '' : `, over its rate limit ${limited} times (RATE_LIMIT_TRUSTED exempts an address)`) +
      `${away.length === 0 ? '' : `, away p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms`}\n`,
  );
};

process.stdout.write(`${clients} clients in ${channels} channels at ${host}, ${rate} messages/s, for ${seconds} s\n`);
for (let started = 0; started < clients; started += AT_ONCE) {
  const count = Math.min(AT_ONCE, clients - started);
  await Promise.all(Array.from({ length: count }, (_, index) => startReader(`crowd:${(started + index) % channels}`)));
}
process.stdout.write('all are connected\n');
const publishing = startPublisher();
const reporting = setInterval(report, 5_000);
setTimeout(() => clearInterval(publishing), seconds * 1_000);
setTimeout(
  () => {
    ending = true;
    clearInterval(reporting);
    report();
    process.exit(total.lost + total.twice + total.refused + (total.sent - total.acked) === 0 ? 0 : 1);
  },
  seconds * 1_000 + 2_000,
);
