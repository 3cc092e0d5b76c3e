import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StackSettings } from '../../../settings.js';
import { layoutOf } from '../layout.js';
import type { ProgramInfo } from '../supervisor.js';
import { LocalParts } from './local-parts.js';
import type { Place } from './part.js';

const checkout = resolve(import.meta.dirname, '../../../../..');

/** A supervisord that is only told: what it was asked for is in `orders`. */
class ToldSupervisor {
  readonly orders: string[] = [];
  readonly running = new Map<string, ProgramInfo>();

  async programs(): Promise<readonly ProgramInfo[]> {
    return [...this.running.values()];
  }
  async add(group: string): Promise<void> {
    this.orders.push(`add ${group}`);
    this.becomes(group, 'RUNNING');
  }
  async remove(group: string): Promise<void> {
    this.orders.push(`remove ${group}`);
    this.running.delete(group);
  }
  async restart(program: string): Promise<void> {
    this.orders.push(`restart ${program}`);
    this.becomes(program, 'RUNNING');
  }
  becomes(name: string, statename: string, pid = statename === 'RUNNING' ? process.pid : 0): void {
    this.running.set(name, { name, group: name, statename, pid, start: 0, exitstatus: 2, spawnerr: '' });
  }
}

/** A machine that has a Prometheus alone, by a stub of its binary; templates that the test may change. */
const machine = (settings: Readonly<Record<string, unknown>> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-parts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [bin, templates] = [join(folder, 'bin'), join(folder, 'infra')];
  for (const path of [bin, join(folder, 'run')]) mkdirSync(path);
  writeFileSync(join(bin, 'prometheus'), '#!/bin/sh\n');
  chmodSync(join(bin, 'prometheus'), 0o755);
  cpSync(join(checkout, 'infra/prometheus/prometheus.yml'), join(templates, 'prometheus/prometheus.yml'));
  const rule = (name: string): string => {
    mkdirSync(join(templates, 'prometheus/rules'), { recursive: true });
    return join(templates, 'prometheus/rules', `${name}.yml`);
  };
  const place: Place = {
    layout: { ...layoutOf(checkout, join(folder, 'run')), templates },
    settings: StackSettings.parse({ PROMETHEUS_PORT: 65_431, ...settings }),
    path: bin,
    cache: join(folder, 'cache'),
    build: folder,
  };
  const supervisor = new ToldSupervisor();
  const parts = new LocalParts(place, supervisor);
  const stateOf = async (name: string) => (await parts.states()).find((part) => part.name === name);
  return { place, supervisor, parts, rule, stateOf };
};

describe('optional parts', () => {
  test('what is here is started once, with its target; what is not says what to do', async () => {
    const { place, supervisor, parts, stateOf } = machine();
    expect(await parts.start()).toEqual([]);
    expect(await parts.start()).toEqual([]);
    expect(supervisor.orders).toEqual(['add prometheus']);
    expect(readFileSync(join(place.layout.targets, 'prometheus.json'), 'utf8')).toContain('127.0.0.1:65431');
    expect(await stateOf('prometheus')).toMatchObject({ state: 'starting' });
    expect(await stateOf('loki')).toMatchObject({
      state: 'absent',
      why: 'not on this machine; "make setup-observability" builds it (6 min)',
    });
  });

  test('one that ended is named with its last line, and started again', async () => {
    const { place, supervisor, parts, stateOf } = machine();
    await parts.start();
    supervisor.becomes('prometheus', 'FATAL');
    mkdirSync(place.layout.logs);
    writeFileSync(join(place.layout.logs, 'prometheus.log'), 'first\nno space left\n');
    expect(await stateOf('prometheus')).toMatchObject({
      state: 'ended',
      why: 'it exited with status 2: no space left',
    });
    await parts.start();
    expect(supervisor.orders).toEqual(['add prometheus', 'restart prometheus']);
  });

  test('one whose port somebody has is left out, and says who has it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { place, supervisor, parts, stateOf } = machine({ PROMETHEUS_PORT: port });
    expect(await parts.start()).toEqual([]);
    expect(supervisor.orders).toEqual([]);
    expect(existsSync(join(place.layout.targets, 'prometheus.json'))).toBe(false);
    const state = await stateOf('prometheus');
    expect(state).toMatchObject({ state: 'stopped' });
    expect(state).toHaveProperty('why', expect.stringContaining(`port ${port} is taken by pid ${process.pid}`));
    expect(state).toHaveProperty('why', expect.stringContaining('set PROMETHEUS_PORT'));
  });

  test('rules that came, changed or went are read again by a Prometheus that runs', async () => {
    const { place, supervisor, parts, rule } = machine();
    writeFileSync(rule('old'), 'groups: []\n');
    await parts.start();
    const child = spawn(process.execPath, [
      '-e',
      'process.on("SIGHUP", () => process.exit(7)); setInterval(() => {}, 1e9); console.log("up")',
    ]);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    supervisor.becomes('prometheus', 'RUNNING', child.pid);
    await parts.start();
    rmSync(rule('old'));
    writeFileSync(rule('new'), 'groups: []\n');
    await parts.start();
    expect(await once(child, 'exit')).toEqual([7, null]);
    expect(existsSync(join(place.layout.prometheus, 'rules/old.yml'))).toBe(false);
    expect(existsSync(join(place.layout.prometheus, 'rules/new.yml'))).toBe(true);
    expect(supervisor.orders).toEqual(['add prometheus']);
  });

  test('one whose command is another one now is started anew', async () => {
    const { place, supervisor, parts } = machine();
    await parts.start();
    await new LocalParts({ ...place, settings: { ...place.settings, PROMETHEUS_PORT: 65_432 } }, supervisor).start();
    expect(supervisor.orders).toEqual(['add prometheus', 'remove prometheus', 'add prometheus']);
  });

  test('a failure is told, not thrown', async () => {
    const { supervisor, parts } = machine();
    supervisor.add = () => Promise.reject(new Error('no such group'));
    expect(await parts.start()).toEqual(['Prometheus was not started: no such group']);
  });

  test('OBSERVABILITY=off starts none and tells of none', async () => {
    const { supervisor, parts } = machine({ OBSERVABILITY: 'off' });
    expect(await parts.start()).toEqual([]);
    expect(supervisor.orders).toEqual([]);
    expect(await parts.states()).toEqual([]);
  });

  test('forgotten, the next supervisord begins without them', async () => {
    const { place, parts } = machine();
    await parts.start();
    parts.forget();
    expect(existsSync(join(place.layout.parts, 'prometheus.conf'))).toBe(false);
    expect(existsSync(join(place.layout.targets, 'prometheus.json'))).toBe(false);
  });
});
