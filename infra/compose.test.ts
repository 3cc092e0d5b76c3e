import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { WORKER_SETTINGS } from '../services/conductor/config.js';
import { COMPOSE_SETTINGS, readComposeSettings } from '../services/conductor/engines/compose/config.js';
import { composePlace, serviceOf, taskServiceOf } from '../services/conductor/engines/compose/files.js';
import { PARTS } from '../services/conductor/engines/local/parts/table.js';
import { settings as workerSettings } from '../services/gateway/config/settings.js';
import { SECRETS } from '../services/settings/secrets.js';
import { settings as taskSettings } from '../services/tasks/config.js';

type Service = Readonly<{
  image: string;
  command?: readonly string[];
  environment?: Readonly<Record<string, string | number | null>>;
  ports?: readonly string[];
  networks?: readonly string[];
  healthcheck?: Readonly<{ test?: readonly string[]; disable?: boolean }>;
  profiles?: readonly string[];
  stop_grace_period?: string;
  read_only?: boolean;
  cap_drop?: readonly string[];
  user?: string;
  pids_limit?: number;
  volumes?: readonly string[];
  deploy?: Readonly<{ resources: Readonly<{ limits: Readonly<{ memory: string; pids: number }> }> }>;
}>;

const text = readFileSync('compose.yml', 'utf8');
const { services, networks } = parse(text, { merge: true }) as Readonly<{
  services: Readonly<Record<string, Service>>;
  networks: Readonly<Record<string, { internal?: boolean } | null>>;
}>;
const entries = Object.entries(services);
const COLORS = ['blue', 'green'] as const;
const workers = COLORS.map((color) => services[serviceOf(color)]!);
const taskWorkers = COLORS.map((color) => services[taskServiceOf(color)]!);
const ofTasks = taskSettings.parse({ REDIS_URL: 'redis://redis' });
/** What a container, or its image, says by itself. */
const FIXED: readonly string[] = ['PORT', 'HOST', 'WORKER', 'RELEASE'];
/** Node's own, which compose.yml knows by another name. */
const OF_NODE = ['NODE_EXTRA_CA_CERTS'];
const isOurs = ({ image }: Service): boolean => image.startsWith('switchyard:');

/** `${NAME:-default}` of compose.yml, in the order of their first use. */
const variables = new Map<string, string>();
for (const [, name = '', , value = ''] of text.matchAll(/\$\{([A-Z_]+)(:?-((?:[^{}]|\$\{[^}]*\})*))?\}/g)) {
  if (!variables.has(name)) variables.set(name, value);
}
/** What is passed on as it is. */
const passed = new Set(
  entries.flatMap(([, { environment = {} }]) =>
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [name] : [])),
  ),
);

describe('compose.yml', () => {
  it('pins every image of others to a version', () => {
    const theirs = entries.filter(([, service]) => !isOurs(service)).map(([, { image }]) => image);
    expect(theirs.length).toBeGreaterThan(6);
    expect(theirs.filter((image) => !/^[\w./-]+:v?\d+\.\d+\.\d+$/.test(image))).toEqual([]);
  });

  it('shows nginx to others, and to this machine alone what else is published; Redis to nobody', () => {
    const everywhere = entries.flatMap(([name, { ports = [] }]) =>
      ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => [name, port]),
    );
    expect(everywhere).toEqual([
      ['nginx', '${LISTEN_ON:+${LISTEN_ON:-}:}${HTTP_PORT:-80}:80'],
      ['nginx', '${LISTEN_ON:+${LISTEN_ON:-}:}${STREAM_PORT:-5900}:5900'],
    ]);
    expect(services['redis']?.ports).toBeUndefined();
    expect(services['redis']?.networks).toEqual(['data']);
    expect(networks['data']?.internal).toBe(true);
  });

  it('holds no secret: one is passed on by its name, or part of an address that is', () => {
    const given = entries.flatMap(([, { environment = {} }]) => Object.entries(environment));
    expect(given.filter(([name, value]) => SECRETS.has(name) && value !== null)).toEqual([]);
    expect([...passed].filter((name) => SECRETS.has(name)).sort()).toEqual([...SECRETS].sort());
    expect(text).not.toMatch(/^\s*\S*(?:PASSWORD|SECRET|TOKEN|API_KEYS)\S*: *\S/im);
  });

  it('gives workers of both colors every setting that a stack passes on, and their color', () => {
    for (const [index, { environment = {} }] of workers.entries()) {
      const own = Object.keys(workerSettings.shape).filter((name) => !FIXED.includes(name));
      const wanted = [...own, ...WORKER_SETTINGS, ...OF_NODE];
      expect(Object.keys(environment).sort()).toEqual([...new Set(wanted)].sort());
      expect(environment['COLOR']).toBe(COLORS[index]);
    }
  });

  it('runs the tasks of each color from its image, with the settings of tasks and no other', () => {
    for (const [index, { environment = {}, image, command }] of taskWorkers.entries()) {
      const wanted = Object.keys(taskSettings.shape).filter((name) => !FIXED.includes(name));
      expect(Object.keys(environment).sort()).toEqual([...wanted, ...OF_NODE].sort());
      expect(environment['COLOR']).toBe(COLORS[index]);
      expect(image).toBe(workers[index]?.image);
      expect(command?.at(-1)).toContain('dist/services/tasks/main.js');
    }
  });

  it('gives the configuring container what it reads', () => {
    expect(Object.keys(services['configure']?.environment ?? {}).sort()).toEqual([...COMPOSE_SETTINGS].sort());
  });

  it('makes who reads what `configure` writes anew where a setting of it changes', () => {
    const place = composePlace(resolve('.'), readComposeSettings({}));
    const readersOf = (name: string): readonly string[] =>
      entries
        .filter(([service, { environment = {} }]) => service !== 'configure' && name in environment)
        .map(([service]) => service)
        .filter(
          (service) =>
            service === 'nginx' || PARTS.some((part) => part.name === service && part.files(place).length > 0),
        );
    const readers = Object.fromEntries(COMPOSE_SETTINGS.map((name) => [name, readersOf(name)]));
    expect(readers).toEqual({
      MODE: ['nginx'],
      EXPOSE_ADMIN: ['nginx'],
      FRONT_PROXIES: ['nginx'],
      HTTP_PORT: ['prometheus'],
      SCRAPE_INTERVAL: ['prometheus', 'grafana'],
      ALERT_DOCS_URL: ['prometheus'],
      ALERT_WEBHOOK_URL: ['alertmanager'],
      CONTROL_TOKEN: ['prometheus'],
      // nginx is told by a signal (docs/OPERATIONS.md): anew it would cut every connection.
      ACTIVE_COLOR: [],
      // The limit of Redis' container, which changes with it.
      REDIS_MEMORY: [],
    });
  });

  it('starts what watches with the words of a local stack', () => {
    const place = composePlace(resolve('.'), readComposeSettings({}));
    for (const name of ['prometheus', 'alertmanager', 'loki']) {
      const part = PARTS.find((each) => each.name === name);
      const words = services[name]?.command?.map((word) => word.replaceAll(/\$\{[A-Z_]+:-(\d+)\}/g, '$1'));
      expect(words).toEqual(part?.command('', place).slice(1));
      const given = Object.entries(services[name]?.environment ?? {}).filter(([, value]) => value !== null);
      expect(Object.fromEntries(given)).toEqual(part?.environment?.(place));
    }
  });

  it('tells Prometheus and Alertmanager the ports that they are reached at', () => {
    expect(services['prometheus']?.command).toContain('--web.external-url=http://localhost:${PROMETHEUS_PORT:-9090}');
    expect(services['alertmanager']?.command).toContain(
      '--web.external-url=http://localhost:${ALERTMANAGER_PORT:-9093}',
    );
  });

  it('leaves Grafana nobody to log in as, and the same in it as in production', () => {
    const place = composePlace(resolve('.'), readComposeSettings({ MODE: 'production' }));
    const local = PARTS.find(({ name }) => name === 'grafana')?.environment?.(place) ?? {};
    const elsewhere = /_URL$|^GF_PATHS|^GF_SERVER|^SCRAPE_INTERVAL$/;
    const wanted = Object.entries(local).filter(([name]) => !elsewhere.test(name));
    expect(wanted.length).toBeGreaterThan(8);
    expect(services['grafana']?.environment).toMatchObject(Object.fromEntries(wanted));
  });

  it('waits for a stop longer than a worker takes for it', () => {
    const grace = variables.get('STOP_GRACE_PERIOD') ?? '';
    const { GRACEFUL_SHUTDOWN_TIMEOUT: own } = workerSettings.parse({});
    expect(Number(grace.replace(/s$/, ''))).toBeGreaterThanOrEqual(own + 3);
    for (const worker of workers) expect(worker.stop_grace_period).toContain('{STOP_GRACE_PERIOD');
    const graceOfTasks = variables.get('TASK_STOP_GRACE_PERIOD') ?? '';
    expect(Number(graceOfTasks.replace(/s$/, ''))).toBeGreaterThanOrEqual(ofTasks.TASK_DRAIN + 10);
    for (const worker of taskWorkers) expect(worker.stop_grace_period).toContain('{TASK_STOP_GRACE_PERIOD');
  });

  it('asks each container whether it is well, where its image can tell', () => {
    const mute = entries.filter(([, service]) => !isOurs(service) && service.healthcheck?.test === undefined);
    expect(mute.map(([name]) => name)).toEqual(['redis-exporter', 'nginx-exporter']);
  });

  it('lets nobody be root, write to its image, or have more memory and processes than it may', () => {
    const shut = entries.filter(
      ([, { read_only: closed, cap_drop: dropped }]) => closed === true && dropped?.join() === 'ALL',
    );
    expect(shut.map(([name]) => name)).toEqual(Object.keys(services));
    expect(entries.filter(([, service]) => !isOurs(service) && service.user !== '65534:65534')).toEqual([]);
    const most = entries.map(([, { deploy, pids_limit: alone }]) => alone ?? deploy?.resources.limits.pids);
    expect([...new Set(most)]).toEqual([1_024]);
    const unbounded = entries.filter(([, { deploy }]) => deploy?.resources.limits.memory === undefined);
    expect(unbounded.map(([name]) => name)).toEqual(['configure']);
    expect(readFileSync('infra/Dockerfile', 'utf8')).toMatch(/^USER 65534:65534$/m);
  });

  it('lets nobody but `configure` write where another one’s configuration or program lies', () => {
    const writing = entries.flatMap(([name, { volumes = [] }]) =>
      volumes.filter((volume) => !volume.endsWith(':ro')).map((volume) => [name, volume.split(':')[0]] as const),
    );
    const others = writing.filter(([name, volume]) => name !== 'configure' && name !== volume);
    expect(others).toEqual([]);
    expect(writing.filter(([, volume]) => volume === 'config').map(([name]) => name)).toEqual(['configure']);
  });

  it('can leave out what watches', () => {
    const watching = entries.filter(([, { profiles }]) => profiles?.includes('observability')).map(([name]) => name);
    expect(watching).toEqual([
      'prometheus',
      'alertmanager',
      'loki',
      'grafana',
      'exporter',
      'redis-exporter',
      'nginx-exporter',
    ]);
  });
});

describe('infra/Dockerfile', () => {
  it('gets what .dockerignore names, and that is nothing of a checkout that may be secret', () => {
    const [first, ...rest] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    const named = rest.filter((line) => line.startsWith('!')).map((line) => line.slice(1).split('/')[0] ?? '');
    expect(new Set(named)).toEqual(
      new Set([
        'package.json',
        'package-lock.json',
        '.npmrc',
        'tsconfig.json',
        'tsconfig.build.json',
        'services',
        'examples',
        'scripts',
        'nginx',
        'infra',
      ]),
    );
  });

  it('ends in an image of nobody, with an init, a health check and the labels of OCI', () => {
    const [, base = ''] = /^FROM \S+ AS base\n([^]*)/m.exec(readFileSync('infra/Dockerfile', 'utf8')) ?? [];
    for (const line of [
      /^USER 65534:65534$/m,
      /^ENTRYPOINT \["\/usr\/bin\/tini"/m,
      /^HEALTHCHECK /m,
      /^LABEL org\.opencontainers/m,
      /^FROM base$/m,
    ]) {
      expect(base).toMatch(line);
    }
    expect(base).not.toMatch(/npm|apt-get|ADD /);
  });
});

describe('.env.example', () => {
  const example = readFileSync('.env.example', 'utf8');
  const named = new Map(
    [...example.matchAll(/^# ?([A-Z_]+)=(.*)$|^([A-Z_]+)=(.*)$/gm)].map(([, off, value, on, other]) => [
      off ?? on ?? '',
      value ?? other ?? '',
    ]),
  );

  it('names everything that can be set, and nothing else', () => {
    const known = new Set([...variables.keys(), ...passed, 'COMPOSE_PROFILES']);
    expect([...named.keys()].sort()).toEqual([...known].sort());
  });

  it('holds no secret', () => {
    expect([...named].filter(([name, value]) => SECRETS.has(name) && value !== '')).toEqual([]);
  });

  it('shows the default of each, as compose.yml or a worker has it', () => {
    const defaults: Readonly<Record<string, unknown>> = {
      ...ofTasks,
      ...workerSettings.parse({}),
      ...readComposeSettings({}),
    };
    const own = [...variables].filter(([, value]) => !value.includes('$'));
    const ofWorkers = [...passed].flatMap((name) => {
      const value = defaults[name];
      return typeof value === 'number' || typeof value === 'boolean' ? [[name, String(value)] as const] : [];
    });
    expect(ofWorkers.length).toBeGreaterThan(30);
    expect(Object.fromEntries(named)).toMatchObject(Object.fromEntries([...own, ...ofWorkers]));
  });
});

describe('docs/OPERATIONS.md', () => {
  it('has each setting of the containers with its default, and no other', () => {
    const section =
      readFileSync('docs/OPERATIONS.md', 'utf8')
        .split('\n## ')
        .find((part) => part.startsWith('Containers\n')) ?? '';
    const rows = [...section.matchAll(/^\| `([A-Z_]+)` \|(?: `([^`]*)`)? ?\|/gm)].map(([, name, value = '']) => [
      name,
      value,
    ]);
    const ofWorkers = ['REDIS_URL', 'LOKI_URL', 'TRUSTED_PROXIES'];
    const known = [...variables].filter(([name]) => !ofWorkers.includes(name));
    const shown = known.map(([name, value]) => [name, value.replaceAll(/\$\{([A-Z_]+)[^}]*\}/g, '$1')]);
    expect(Object.fromEntries(rows)).toEqual({ ...Object.fromEntries(shown), ACTIVE_COLOR: 'blue' });
  });
});
