export type OptionSpec = Readonly<{ type: 'boolean' | 'string'; short?: string; value?: string; does: string }>;
/** Settings that a verb takes from the environment: what it does with a deploy, or with the stack as well. */
type SettingsOf = 'deploy' | 'stack' | 'prove';
export type VerbSpec = Readonly<{
  does: string;
  operand?: string;
  options: Readonly<Record<string, OptionSpec>>;
  settings?: readonly SettingsOf[];
}>;

const json: OptionSpec = { type: 'boolean', does: 'the result as one JSON object on stdout' };
const source: OptionSpec = {
  type: 'string',
  value: 'DIR',
  does: 'the build to release (default: that of the checkout, dist/)',
};

/** Every verb with its options: what the help says and what the parser takes. */
export const VERBS = {
  up: {
    does: 'start the stack and wait until it is ready; run again, it starts what has ended',
    options: { source },
    settings: ['stack', 'deploy'],
  },
  down: { does: 'stop everything of the stack, connections first', options: {} },
  status: {
    does: 'what serves: colors, releases, workers, connections; 0 when all is well, 1 when not',
    options: { json },
  },
  promote: {
    does: 'deploy onto the idle color, or onto the one named, and move everybody over',
    operand: 'blue|green',
    options: {
      json,
      source,
      force: { type: 'boolean', does: 'when the color is active: through the other one and back (FORCE=1)' },
    },
    settings: ['deploy'],
  },
  rollback: { does: 'deploy the previous release onto the other color', options: { json }, settings: ['deploy'] },
  prove: {
    does: 'thousands of clients through a promote and a rollback, and a ledger of what became of each message',
    options: {
      json,
      source,
      clients: { type: 'string', value: 'N', does: 'clients, 1000 by default (CLIENTS=)' },
      plain: {
        type: 'string',
        value: 'N',
        does: 'of these: plain ones that recover by hand, half by default (PLAIN=)',
      },
      channels: { type: 'string', value: 'N', does: 'channels, 20 by default (CHANNELS=)' },
      rate: { type: 'string', value: 'N', does: 'publications a second, 200 by default (RATE=)' },
      steady: { type: 'string', value: 'S', does: 'seconds before, between and after the two, 5 by default (STEADY=)' },
      strict: { type: 'boolean', does: 'a time bound that was missed fails the run (STRICT=1)' },
    },
    settings: ['prove', 'deploy'],
  },
  'reload-certs': {
    does: 'have nginx show the certificate that is in TLS_DIR now; open connections stay',
    options: {},
  },
  smoke: { does: 'try the active color as a client does, worker by worker and through nginx', options: {} },
  logs: {
    does: 'log lines of workers and conductor, merged by time: from Loki where it runs, else from the files',
    options: {
      follow: {
        type: 'boolean',
        short: 'f',
        does: 'go on as new lines come; by default on a terminal (FOLLOW=1, FOLLOW=0)',
      },
      json: { type: 'boolean', does: 'the lines as they were written' },
      level: { type: 'string', value: 'LEVEL', does: 'this level and worse (LEVEL=)' },
      event: { type: 'string', value: 'TEXT', does: 'events that hold this text (EVENT=)' },
      color: { type: 'string', value: 'COLOR', does: 'blue or green (COLOR=)' },
      session: { type: 'string', value: 'ID', does: 'of one session: as the lines name it, or its own id (SESSION=)' },
      since: { type: 'string', value: 'WHEN', does: '90s, 10m, 2h, or a time (SINCE=)' },
      lines: { type: 'string', value: 'N', does: 'the last N lines, 100 by default (LINES=)' },
      query: { type: 'string', value: 'LOGQL', does: 'lines of Loki by a query of your own (QUERY=)' },
      from: { type: 'string', value: 'PLACE', does: 'loki or files, and nowhere else (FROM=)' },
    },
  },
  publish: {
    does: 'publish a message to a channel of the running stack, and say where it is',
    options: {
      json,
      channel: { type: 'string', value: 'NAME', does: 'the channel (CHANNEL=)' },
      data: { type: 'string', value: 'JSON', does: 'any JSON value; what is none is a text (DATA=)' },
      key: { type: 'string', value: 'KEY', does: 'an idempotency key: again with it, nothing is done twice (KEY=)' },
    },
  },
  task: {
    does: 'start a task on the running stack, and print what it tells until its end; 0 when it was done',
    options: {
      name: { type: 'string', value: 'NAME', does: 'what is to be run (NAME=)' },
      data: { type: 'string', value: 'JSON', does: 'what it is run with, {} by default (DATA=)' },
      key: { type: 'string', value: 'KEY', does: 'an idempotency key: again with it, it is the same task (KEY=)' },
      wait: { type: 'string', value: '0|1', does: '0: print its id and leave (WAIT=)' },
    },
  },
  'test-loki': {
    does: 'publish as a client does, and find the log line of it in Loki; the three queries of the docs',
    options: {},
  },
  monitor: {
    does: 'watch workers, connections, rates, latency, errors, CPU and memory, for 60 seconds or those given',
    operand: 'seconds',
    options: {
      json: { type: 'boolean', does: 'every 10 seconds, and at the end, one JSON object in a line (JSON=1)' },
    },
  },
  metrics: { does: 'the metrics of the whole cluster, as Prometheus reads them', options: {} },
  doctor: { does: 'what is missing on this machine, and the command that installs it', options: {} },
} as const satisfies Readonly<Record<string, VerbSpec>>;

export type Verb = keyof typeof VERBS;
export const isVerb = (text: string): text is Verb => Object.hasOwn(VERBS, text);
export const specOf = (verb: Verb): VerbSpec => VERBS[verb];
