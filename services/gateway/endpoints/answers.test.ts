import { describe, expect, it } from 'vitest';
import { NO_METRICS } from '../observability/metrics.js';
import type { Socket } from '../transport/socket.js';
import { Answers } from './answers.js';
import { ConnectionSocket } from './connection-socket.js';

/** Sockets that write what they are told into one list. */
const world = () => {
  const answers = new Answers();
  const told: string[] = [];
  const open = (name: string): ConnectionSocket => {
    const tell = (what: string): void => void told.push(`${name} ${what}`);
    const socket: Socket = {
      send: tell,
      sendBinary: () => undefined,
      ping: (payload) => tell(`ping ${payload}`),
      cork: (write) => write(),
      join: (topic) => tell(`joined ${topic}`),
      leave: () => undefined,
      close: (code) => tell(`closed ${code}`),
      bufferedBytes: 0,
    };
    return new ConnectionSocket(socket, NO_METRICS, answers);
  };
  return { told, open };
};

const worked = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe('ConnectionSocket.answer', () => {
  it('answers all, one right behind the other, when what Redis said has been worked through', async () => {
    const { told, open } = world();
    const [one, other] = [open('one'), open('other')];
    const working = [one, other].map(async (socket, at) => {
      await Promise.resolve();
      told.push(`work ${at}`);
      socket.answer('ack');
    });
    await Promise.all(working);
    await worked();
    expect(told).toEqual(['work 0', 'work 1', 'one ack', 'other ack']);
    expect([one.sent, other.sent]).toEqual([1, 1]);
  });

  it('keeps the order of what one client is sent', async () => {
    const { told, open } = world();
    const one = open('one');
    one.answer('ack 1');
    one.answer('ack 2');
    one.send('pong');
    one.answer('ack 3');
    one.ping('7');
    one.answer('ack 4');
    one.cork(() => one.send('bye'));
    await worked();
    expect(told.map((what) => what.slice('one '.length))).toEqual([
      'ack 1',
      'ack 2',
      'pong',
      'ack 3',
      'ping 7',
      'ack 4',
      'bye',
    ]);
    one.answer('ack 5');
    await worked();
    expect(told.at(-1)).toBe('one ack 5');
  });

  it('sends what it holds before it joins a topic, and before it closes', async () => {
    const { told, open } = world();
    const one = open('one');
    one.answer('welcome');
    one.join('room');
    one.answer('ack');
    one.close(1012, 'deploy');
    await worked();
    expect(told).toEqual(['one welcome', 'one joined room', 'one ack', 'one closed 1012']);
  });
});
