// What the least worker of a cluster costs: it parses, validates, counts, and publishes through Redis. No log, no sessions, no
// dedupe, no limits, no metrics.
import { Redis } from 'ioredis';
import type { WebSocket } from 'uWebSockets.js';
import { isJsonObject, parseJson } from '../../../services/protocol/json.js';
import { redisUrl, speaksToUsers } from './config.js';
import { App, listen } from './uws.js';

type Client = { readonly path: string; published: number };

const publisher = new Redis(redisUrl());
const subscriber = new Redis(redisUrl());
const channels = new Set<string>();
const text = new TextDecoder();

subscriber.on('message', (channel: string, frame: string) => void App.publish(channel, frame));

const answer = (socket: WebSocket<Client>, frame: Readonly<Record<string, unknown>>): void =>
  void socket.send(JSON.stringify(frame));

const subscribe = async (socket: WebSocket<Client>, channel: string, id: string | undefined): Promise<void> => {
  socket.subscribe(channel);
  if (!channels.has(channel)) {
    channels.add(channel);
    await subscriber.subscribe(channel);
  }
  answer(socket, { type: 'subscribed', id, channel, epoch: 'none', offset: 0 });
};

/** What the users of k6 hear before they begin. There is no session to name. */
const welcome = (socket: WebSocket<Client>): void => {
  answer(socket, { type: 'system.welcome', color: 'blue', resumed: false, message_count: 0 });
  if (socket.getUserData().path.startsWith('/ws/chat')) void subscribe(socket, 'chat', undefined);
};

const isForUsers = speaksToUsers();

App.ws<Client>('/*', {
  idleTimeout: 120,
  // As ours has it: what is larger, or waits longer, is not what is compared.
  maxPayloadLength: 256 * 1024,
  maxBackpressure: 16 * 1024 * 1024,
  upgrade: (response, request, context) => {
    response.upgrade<Client>(
      { path: request.getUrl(), published: 0 },
      request.getHeader('sec-websocket-key'),
      request.getHeader('sec-websocket-protocol'),
      request.getHeader('sec-websocket-extensions'),
      context,
    );
  },
  open: (socket) => {
    if (isForUsers) welcome(socket);
  },
  message: (socket, message) => {
    const frame = parseJson(text.decode(message));
    if (!isJsonObject(frame)) return socket.end(1008, 'no JSON object');
    const { type, id, channel, data } = frame;
    if (id !== undefined && typeof id !== 'string') return socket.end(1008, 'id');
    if (type === 'system.ping') return answer(socket, { type: 'system.pong', id, time: new Date().toISOString() });
    if (typeof channel !== 'string') return socket.end(1008, 'channel');
    if (type === 'subscribe') return void subscribe(socket, channel, id);
    if (type === 'history' && isForUsers) return answer(socket, { type, id, channel, offset: 0 });
    if (type !== 'publish') return socket.end(1008, 'type');
    const client = socket.getUserData();
    client.published += 1;
    void publisher.publish(
      channel,
      JSON.stringify({ type: 'message', channel, from: 'somebody', data, time: new Date().toISOString() }),
    );
    return answer(socket, { type: 'ack', id, channel, message_count: client.published });
  },
});
listen();
