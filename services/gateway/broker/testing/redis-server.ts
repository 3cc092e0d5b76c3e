import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type RedisServerOptions = Readonly<{
  /** Keep an append-only file, synced at every write; without it a restart loses everything. Default true. */
  appendonly?: boolean;
  /** Where the data lies; without it in a new folder that `stop` removes. */
  dir?: string;
  /** Further options of the server, e.g. `['--maxmemory', '10mb']`. */
  args?: readonly string[];
}>;

/** A real redis-server on a port of its own, for tests. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Of the process that runs now. */
  readonly pid: number;
  readonly dir: string;
  /** Ends it, with SIGKILL at once (the default) or with SIGTERM in order; resolves when the process is gone. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Starts it again on the same port and folder; resolves when it answers. */
  revive(): Promise<void>;
  /** Kill, cut the end off the data as told, revive. `all` keeps everything, `none` nothing. */
  restart(options: Readonly<{ keep: 'all' | 'none' | { loseLast: number } }>): Promise<void>;
  /** While it is down: cuts the last transactions (the publishes of one turn in a channel are one) and all that follows off the append-only file. */
  cutAofTail(transactions: number): Promise<void>;
  /** It hangs until `resume`: connections stay open and nothing is answered, from when this resolves. */
  freeze(): Promise<void>;
  resume(): void;
  /** Sends one command, e.g. `command('CLIENT', 'KILL', 'TYPE', 'pubsub')`, and resolves with the raw reply. */
  command(...words: readonly string[]): Promise<string>;
  /** Kills it and removes what it left. Idempotent. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const START_WITHIN_MS = 10_000;
/** One that answers takes no time at all for a PING. */
const FROZEN_AFTER_MS = 100;
const TRANSACTION = Buffer.from('*1\r\n$5\r\nMULTI\r\n');
const AOF_DIR = 'appendonlydir';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
};

const send = async (port: number, words: readonly string[]): Promise<string> => {
  const socket = createConnection(port, HOST);
  socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
  for await (const reply of socket) return String(reply);
  throw new Error('redis-server closed the connection');
};

const answers = (port: number): Promise<boolean> =>
  send(port, ['PING']).then(
    (reply) => reply.startsWith('+PONG'),
    () => false,
  );

/** As the local engine starts it: Redis alone makes of half a transaction at the end of the file a lost publication. */
const GUARD = fileURLToPath(new URL('../../../../infra/local/redis-guard.sh', import.meta.url));
/** What a shell says of a program that is not there. */
const NOT_FOUND = 127;

const spawnRedis = async (dir: string, args: readonly string[]): Promise<ChildProcess> => {
  const child = spawn('sh', [GUARD, 'redis-server', ...args], { stdio: 'ignore', cwd: dir });
  await once(child, 'spawn');
  return child;
};

/** Kills the process when this one ends without doing it, in whatever way: the pipe between them closes. */
const guard = (pid: number): ChildProcess =>
  spawn('sh', ['-c', 'read -r _; kill -9 "$0"', `${pid}`], { stdio: ['pipe', 'ignore', 'ignore'] });

const lastIncrement = async (dir: string): Promise<string> => {
  const names = (await readdir(join(dir, AOF_DIR))).filter((name) => name.endsWith('.incr.aof'));
  const name = names.sort().at(-1);
  if (name === undefined) throw new Error(`no append-only file in ${dir}`);
  return join(dir, AOF_DIR, name);
};

const cutTail = async (path: string, transactions: number): Promise<void> => {
  const content = await readFile(path);
  let end = content.length;
  for (let cut = 0; cut < transactions; cut += 1) {
    end = content.lastIndexOf(TRANSACTION, end - 1);
    if (end < 0) throw new Error(`the append-only file holds only ${cut} transactions`);
  }
  const file = await open(path, 'r+');
  await file.truncate(end);
  await file.close();
};

/** Starts a Redis and resolves when it answers. Whoever starts it stops it. */
export const startRedis = async (options: RedisServerOptions = {}): Promise<RedisServer> => {
  const port = await freePort();
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'switchyard-redis-')));
  const aof = options.appendonly === false ? ['no'] : ['yes', '--appendfsync', 'always'];
  const args = ['--port', `${port}`, '--bind', HOST, '--save', '', '--dir', dir, '--appendonly', ...aof];
  let child: ChildProcess | undefined;
  let guarding: ChildProcess | undefined;

  const revive = async (): Promise<void> => {
    child = await spawnRedis(dir, [...args, ...(options.args ?? [])]);
    if (child.pid !== undefined) guarding = guard(child.pid);
    const deadline = Date.now() + START_WITHIN_MS;
    while (!(await answers(port))) {
      if (child.exitCode === NOT_FOUND) {
        throw new Error('these tests need redis-server on the PATH (Debian: apt-get install redis-server)');
      }
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`redis-server does not answer on ${port}`);
      await delay(10);
    }
  };
  const kill = async (signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> => {
    const dying = child;
    child = undefined;
    guarding?.kill();
    if (dying === undefined || dying.exitCode !== null || dying.signalCode !== null) return;
    const gone = once(dying, 'exit');
    dying.kill(signal);
    // A stopped process takes SIGTERM only when it goes on.
    dying.kill('SIGCONT');
    await gone;
  };
  const cutAofTail = async (transactions: number): Promise<void> => cutTail(await lastIncrement(dir), transactions);

  await revive();
  return {
    port,
    dir,
    url: `redis://${HOST}:${port}`,
    get pid() {
      if (child?.pid === undefined) throw new Error('this Redis is down');
      return child.pid;
    },
    kill,
    revive,
    cutAofTail,
    async restart({ keep }) {
      await kill();
      if (keep === 'none') await rm(join(dir, AOF_DIR), { recursive: true, force: true });
      else if (keep !== 'all') await cutAofTail(keep.loseLast);
      await revive();
    },
    async freeze() {
      child?.kill('SIGSTOP');
      while (await Promise.race([answers(port), delay(FROZEN_AFTER_MS, false)]));
    },
    resume: () => void child?.kill('SIGCONT'),
    command: (...words) => send(port, words),
    async stop() {
      await kill();
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
};
