// What the rate limit costs a message on the worker: the allowance alone, and beside the cheapest path that a message
// has (decode, publish into memory). In front of a real Redis a message costs some hundred times as much.
import { createMemoryCluster } from '../../dist/services/gateway/broker/memory/memory-cluster.js';
import { Limits } from '../../dist/services/gateway/limits/limits.js';
import { decodeClientFrame } from '../../dist/services/protocol/decode-client.js';

const MESSAGES = 200_000;
const ROUNDS = 7;
/** So large that none is refused, so that each is written as any other is. */
const RATE = { limit: 10_000_000, windowMs: 60_000, burst: 2 };

const broker = createMemoryCluster().broker('bench');
await broker.start({ publication: () => {}, resumed: () => {}, told: () => {} });
await broker.sessions.create('ref', 'bench', { connectionId: 'c', workerId: 'bench' });
const limits = new Limits(
  { messages: RATE, connections: RATE, disconnectAfter: 3, isTrusted: (ip) => ip === '127.0.0.1' },
  broker.sessions,
  broker.addresses,
);

const gateOf = (ip) => {
  const visitor = { ip, operator: false };
  const gate = limits.gate(visitor);
  const held = limits.session(visitor, 'ref', { mark: '', debtMs: 0 });
  if (held !== undefined) gate.share(held);
  return gate;
};

const text = JSON.stringify({ type: 'publish', channel: 'room', data: { text: 'hello' }, id: 'id' });
const alone = async (gate) => {
  for (let n = 0; n < MESSAGES; n += 1) gate.take();
};
const path = async (gate) => {
  for (let n = 0; n < MESSAGES; n += 1) {
    const { frame } = decodeClientFrame(text);
    if (gate.take() !== undefined) throw new Error('a message was limited');
    await broker.log.publish({ channel: frame.channel, publisher: 'ref', id: String(n), body: '"from":"b","data":1' });
  }
};

/** Microseconds a message: the median of some rounds. */
const measure = async (run, ip) => {
  const times = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const gate = gateOf(ip);
    const beganAt = performance.now();
    await run(gate);
    times.push(((performance.now() - beganAt) * 1000) / MESSAGES);
  }
  // The first is the compiler's.
  return times.slice(1).sort((one, other) => one - other)[Math.floor(ROUNDS / 2)];
};

const gate = await measure(alone, '198.51.100.1');
const free = await measure(path, '127.0.0.1');
const limited = await measure(path, '198.51.100.1');
console.log(`the allowance alone            ${gate.toFixed(3)} µs a message`);
console.log(`decode and publish, in memory  ${free.toFixed(3)} µs without a limit, ${limited.toFixed(3)} µs with one`);
console.log(`of that the allowance is       ${((gate / limited) * 100).toFixed(1)} %`);
await broker.stop();
