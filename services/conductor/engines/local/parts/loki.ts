import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fill } from '../templates.js';
import { findTool } from '../tools.js';
import { listenHost, template, type PartSpec } from './part.js';

/** The newest that was built on this machine, `loki-VERSION/loki` in the cache. */
const newestBuilt = (cache: string): string | undefined =>
  versionsIn(cache)
    .map((name) => findTool('loki', join(cache, name)))
    .find((file) => file !== undefined);

const versionsIn = (cache: string): readonly string[] => {
  try {
    const names = readdirSync(cache).filter((name) => /^loki-\d/.test(name));
    return names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  } catch {
    return [];
  }
};

export const loki: PartSpec = {
  name: 'loki',
  title: 'Loki',
  does: 'log lines of workers and deploys',
  port: 'LOKI_PORT',
  hasPage: false,
  tools: ['loki'],
  brew: 'loki',
  remedy: '"make setup-observability" builds it (6 min)',
  find: ({ cache, path }) => newestBuilt(cache) ?? findTool('loki', path),
  command: (binary, { layout }) => [binary, `-config.file=${join(layout.loki, 'loki.yaml')}`],
  environment: () => ({ GOMEMLIMIT: '384MiB' }),
  files: (place) => [
    {
      path: join(place.layout.loki, 'loki.yaml'),
      text: fill(template(place, 'loki/loki.yaml'), {
        RUN: place.layout.runDir,
        HOST: listenHost(place),
        PORT: place.settings.LOKI_PORT,
      }),
    },
  ],
  data: ({ layout }) => [layout.loki],
  onChange: 'restart',
  ready: '/ready',
  job: 'loki',
  // What it has taken is in its log on disk: it needs no time to write it.
  stopSeconds: 1,
};
