import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { Failure } from '../../failure.js';
import { titleOf } from '../../processes.js';
import type { OwnedPort } from '../../settings.js';

export type PortOwner = Readonly<{ pid: number; command: string }>;
export type Binding = 'free' | 'taken' | 'forbidden';

/** Tries to listen, as the process that wants the port will. */
export const tryPort = (port: number, host: string): Promise<Binding> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      // A host without IPv6 has no such address: nobody takes it there.
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') resolve('free');
      else resolve(code === 'EACCES' ? 'forbidden' : 'taken');
    });
    server.listen({ port, host, exclusive: true, ipv6Only: host.includes(':') }, () => {
      server.close(() => resolve('free'));
    });
  });

export const hasIpv6 = (): boolean => {
  try {
    return readFileSync('/proc/net/if_inet6', 'utf8').trim() !== '';
  } catch {
    return false;
  }
};

const LISTEN_STATE = '0A';

/** Who listens on a port, from /proc; undefined where that can't be seen (another user's process, no /proc). */
export const ownerOf = (port: number): PortOwner | undefined => {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !holdsSocket(name, inodes)) continue;
    return { pid: Number(name), command: titleOf(Number(name)) };
  }
  return undefined;
};

const listeningInodes = (table: string, port: number): readonly string[] => {
  let rows: readonly string[];
  try {
    rows = readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${wanted}`) === true && fields[3] === LISTEN_STATE)
    .map((fields) => fields[9] ?? '');
};

const holdsSocket = (pid: string, inodes: ReadonlySet<string>): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSafely(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    return false;
  }
};

const readlinkSafely = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
};

/** What to tell about a port that somebody else has. */
export const takenMessage = (owned: OwnedPort, owner: PortOwner | undefined): string => {
  const isWorker = owned.setting === 'BLUE_PORT_BASE' || owned.setting === 'GREEN_PORT_BASE';
  const { who, free } = whoHas(owned.port, owner);
  const example = isWorker ? 'another base' : 'another port';
  return [
    `port ${owned.port} for ${owned.use} is taken by ${who}. Two ways out:`,
    `  free it:  ${free}`,
    `  move us:  ${owned.setting}=<${example}> make dev-up`,
  ].join('\n');
};

const whoHas = (port: number, owner: PortOwner | undefined): Readonly<{ who: string; free: string }> => {
  if (owner === undefined) return { who: 'another process', free: `ss -ltnp 'sport = :${port}' tells whose it is` };
  const { pid, command } = owner;
  return /(?:^|\/)docker-proxy\b/.test(command)
    ? { who: 'a container', free: `docker ps --filter publish=${port} tells which, docker stop ends it` }
    : { who: `pid ${pid} (${command})`, free: `kill ${pid}` };
};

/** @param binds who will: a daemon may have privileges that this process has not @throws {Failure} naming every port that is taken */
export const requireFreePorts = async (
  ports: readonly OwnedPort[],
  hosts: readonly string[],
  binds: 'our-own' | 'daemon' = 'our-own',
): Promise<void> => {
  const problems: string[] = [];
  for (const owned of ports) {
    const bindings = await Promise.all(hosts.map((host) => tryPort(owned.port, host)));
    if (bindings.includes('taken')) problems.push(takenMessage(owned, ownerOf(owned.port)));
    else if (bindings.includes('forbidden') && binds === 'our-own') {
      problems.push(
        `port ${owned.port} for ${owned.use} needs privileges: set ${owned.setting} to one above 1023, or be root`,
      );
    }
  }
  if (problems.length > 0) throw new Failure(problems.join('\n'));
};
