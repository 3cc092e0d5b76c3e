import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { speaksTls } from '../../../settings.js';
import { CHAIN } from '../../../tls/certificate.js';
import { listenAddress, type PartSpec } from './part.js';

const BUNDLE = 'services/conductor/exporter.cjs';

/** The conductor's own figures. It runs from a copy in the run directory, so that it outlives checkout and releases. */
export const exporter: PartSpec = {
  name: 'exporter',
  title: 'Exporter',
  does: 'metrics of colors, workers and deploys',
  port: 'EXPORTER_PORT',
  hasPage: false,
  tools: [],
  remedy: '"npm run build" makes it',
  find: ({ build }) => (existsSync(join(build, BUNDLE)) ? process.execPath : undefined),
  command: (node, { layout }) => [node, '--max-old-space-size=64', join(layout.exporter, 'exporter.cjs')],
  environment: ({ layout, settings }) => ({
    EXPORTER_PORT: String(settings.EXPORTER_PORT),
    // One that was named is what users meet; else it is what nginx has.
    TLS_CERT: settings.TLS_CERT === '' && speaksTls(settings) ? join(layout.tls, CHAIN) : settings.TLS_CERT,
    NODE_ENV: 'production',
  }),
  // In containers it is in the image.
  files: ({ build, layout, inContainers }) =>
    inContainers === undefined
      ? [{ path: join(layout.exporter, 'exporter.cjs'), text: readFileSync(join(build, BUNDLE), 'utf8') }]
      : [],
  // It asks supervisord over its socket, which is whoever's that runs supervisord: who may ask may also stop.
  isPrivileged: true,
  onChange: 'restart',
  ready: '/healthz',
  job: 'switchyard-conductor',
  stopSeconds: 2,
};

export const redisExporter: PartSpec = {
  name: 'redis-exporter',
  title: 'Redis exporter',
  does: 'metrics of Redis',
  port: 'REDIS_EXPORTER_PORT',
  hasPage: false,
  tools: ['prometheus-redis-exporter', 'redis_exporter'],
  apt: 'prometheus-redis-exporter',
  remedy: '"make setup" installs it',
  command: (binary, place) => [
    binary,
    `-redis.addr=redis://127.0.0.1:${place.settings.REDIS_PORT}`,
    `-web.listen-address=${listenAddress('REDIS_EXPORTER_PORT', place)}`,
    '-connection-timeout=2s',
  ],
  environment: () => ({ GOMEMLIMIT: '48MiB' }),
  files: () => [],
  onChange: 'nothing',
  ready: '/health',
  job: 'redis',
  stopSeconds: 2,
};

export const nginxExporter: PartSpec = {
  name: 'nginx-exporter',
  title: 'nginx exporter',
  does: 'metrics of nginx',
  port: 'NGINX_EXPORTER_PORT',
  hasPage: false,
  tools: ['prometheus-nginx-exporter', 'nginx-prometheus-exporter'],
  apt: 'prometheus-nginx-exporter',
  remedy: '"make setup" installs it',
  command: (binary, place) => [
    binary,
    `-nginx.scrape-uri=http://127.0.0.1:${place.settings.METRICS_PORT}/stub_status`,
    `-web.listen-address=${listenAddress('NGINX_EXPORTER_PORT', place)}`,
    '-nginx.timeout=2s',
    '-nginx.retries=10',
    '-nginx.retry-interval=500ms',
  ],
  environment: () => ({ GOMEMLIMIT: '48MiB' }),
  files: () => [],
  onChange: 'nothing',
  ready: '/',
  job: 'nginx',
  stopSeconds: 2,
};
