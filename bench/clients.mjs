// The other side of `scrape.mjs`, in a process of its own: opens connections, and scrapes, when it is told to.
import { WebSocket } from 'ws';

const AT_ONCE = 100;
const CHANNELS = 200;
const port = Number(process.argv[2]);
const base = `127.0.0.1:${port}`;
const sockets = [];

/** Every second client has a name; each subscribes to one channel. */
const connect = (n) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${base}/ws${n % 2 === 0 ? `?client_id=bench-${n}` : ''}`, {
      perMessageDeflate: false,
    });
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', channel: `room:${n % CHANNELS}` })));
    socket.on('message', (data) => {
      if (JSON.parse(data).type === 'subscribed') resolve();
    });
    socket.on('error', reject);
    sockets.push(socket);
  });

const connectAll = async (connections) => {
  for (let n = 0; n < connections; n += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, connections - n) }, (_, index) => connect(n + index)));
  }
  return {};
};

const scrape = async ({ scope, times }) => {
  let bytes = 0;
  for (let n = 0; n < times; n += 1) {
    const response = await fetch(`http://${base}/metrics/?scope=${scope}`);
    if (!response.ok) throw new Error(`/metrics/ answered ${response.status}`);
    bytes = (await response.text()).length;
  }
  return { bytes };
};

const obey = async (question) => {
  process.send(question.verb === 'connect' ? await connectAll(question.connections) : await scrape(question));
};

process.on('message', (question) => void obey(question));
process.on('disconnect', () => process.exit(0));
