import { describe, expect, test } from 'vitest';
import { readCommand, type Command } from './config.js';

const settings = (words: readonly string[] = [], environment = {}): Extract<Command, { help: false }> => {
  const command = readCommand(words, environment);
  if (command.help) throw new Error('help was not asked for');
  return command;
};
const refusal = (environment: Readonly<Record<string, string>>, words: readonly string[] = []): unknown => {
  try {
    return readCommand(words, environment);
  } catch (error) {
    return error;
  }
};

describe('the settings of a load test', () => {
  test('are those of the preset where none is given', () => {
    expect(settings()).toEqual({
      help: false,
      sockets: 100,
      rate: 20,
      seconds: 60,
      host: undefined,
      p95Ms: 50,
      scenarios: ['storm', 'chat', 'fan_out', 'resume'],
      promote: false,
      hasLog: true,
      reports: undefined,
    });
    expect(settings(['--preset', '5k'])).toMatchObject({ sockets: 5_000, rate: 200, p95Ms: 500 });
    expect(settings(['--preset', '10k'])).toMatchObject({ sockets: 10_000, rate: 400, p95Ms: 1_000 });
  });

  test('come from the environment, and before that from the words behind the command', () => {
    const environment = { SOCKETS: '300', RATE: '7', DURATION: '', PROMOTE: '1', SCENARIOS: 'chat, resume chat' };
    expect(settings(['--rate', '8'], environment)).toMatchObject({
      sockets: 300,
      rate: 8,
      seconds: 60,
      promote: true,
      scenarios: ['chat', 'resume'],
    });
    expect(settings(['--preset', '10k'], { SOCKETS: '600' })).toMatchObject({ sockets: 600, p95Ms: 500 });
    expect(settings([], { SOCKETS: '600', P95: '80' })).toMatchObject({ p95Ms: 80 });
  });

  test.each([
    ['localhost:8001', 'ws://localhost:8001'],
    ['ws://127.0.0.1', 'ws://127.0.0.1'],
    ['https://example.com', 'wss://example.com'],
    ['wss://example.com:8443/', 'wss://example.com:8443'],
  ])('take HOST=%s for %s', (host, url) => {
    expect(settings([], { HOST: host }).host).toBe(url);
  });

  test('that can not be are named, each with what it may be', () => {
    const wrong = { SOCKETS: '3', RATE: 'many', DURATION: '1.5', SCENARIOS: 'storm,strom', PROMOTE: 'yes' };
    expect(refusal(wrong)).toMatchObject({
      exitCode: 2,
      message: [
        'SOCKETS=3: must be a whole number from 4 to 25000',
        'RATE=many: must be a whole number',
        'DURATION=1.5: must be a whole number from 5 to 3600',
        'SCENARIOS=storm,strom: must be one or more of storm, chat, fan_out, resume',
        'PROMOTE=yes: must be 1 or 0',
      ].join('\n'),
    });
    expect(refusal({}, ['--preset', '20k'])).toMatchObject({ exitCode: 2, message: '--preset 20k: must be 5k or 10k' });
    expect(refusal({}, ['--sokets', '5'])).toMatchObject({
      exitCode: 2,
      message: `load-test: Unknown option '--sokets'; "--help" lists what it takes`,
    });
  });

  test.each([
    ['ftp://example.com', /^HOST=ftp:\/\/example.com: must be a host, such as localhost:8001/],
    ['localhost/ws', /the load test knows the paths$/],
    ['ws://ada@localhost', /must be a host alone/],
  ])('refuse HOST=%s', (host, words) => {
    expect(refusal({ HOST: host })).toMatchObject({ exitCode: 2, message: expect.stringMatching(words) as unknown });
  });

  test('deploy only where the load goes', () => {
    expect(refusal({ HOST: 'example.com', PROMOTE: '1' })).toMatchObject({
      message: 'HOST=example.com: PROMOTE=1 deploys the stack of this machine, and the load would go to another',
    });
    expect(settings(['--promote'], { HOST: '127.0.0.1:8080' }).promote).toBe(true);
  });

  test('are not read where help is asked for', () => {
    expect(readCommand(['-h'], { SOCKETS: 'none' })).toEqual({ help: true });
  });
});
