import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { textOf } from '../log-files.js';
import { clusterOf } from '../targets.js';
import { fill } from '../templates.js';
import {
  copiesOf,
  listenAddress,
  pageAddress,
  template,
  type PartSpec,
  type Place,
  type RenderedFile,
} from './part.js';

const RETENTION = '6h';
/** Of blocks on disk; what the last two hours brought is in memory and in a log beside them. */
const MOST_DISK = '512MB';

/** In the checkout a link of an alert is a path; who gets the alert is elsewhere. */
const DOCS_LINK = /(?<=docs_url: )docs\/OBSERVABILITY\.md(#\w+)/g;

const rules = ({ layout, settings }: Place): readonly RenderedFile[] => {
  const ofCheckout = pathToFileURL(join(layout.templates, '../docs/OBSERVABILITY.md')).href;
  const page = settings.ALERT_DOCS_URL === '' ? ofCheckout : settings.ALERT_DOCS_URL;
  return copiesOf(join(layout.templates, 'prometheus/rules'), join(layout.prometheus, 'rules'), ['.yml']).map(
    ({ path, text }) => ({
      path,
      text: text.replaceAll(DOCS_LINK, (_, heading: string) => JSON.stringify(`${page}${heading}`)),
    }),
  );
};

/** How workers are found where that is by name: JSON is YAML too. */
const namesFor = ({ inContainers: found }: Place, kind: 'workerNames' | 'taskWorkerNames'): string =>
  JSON.stringify(
    found === undefined ? [] : [{ names: found[kind], type: 'A', port: found.workerPort, refresh_interval: '5s' }],
  );

export const prometheus: PartSpec = {
  name: 'prometheus',
  title: 'Prometheus',
  does: 'metrics of the last hours, and alerts',
  port: 'PROMETHEUS_PORT',
  hasPage: true,
  tools: ['prometheus'],
  apt: 'prometheus',
  brew: 'prometheus',
  remedy: '"make setup" installs it',
  command: (binary, place) => [
    binary,
    `--config.file=${join(place.layout.prometheus, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(place.layout.prometheus, 'data')}`,
    `--storage.tsdb.retention.time=${RETENTION}`,
    `--storage.tsdb.retention.size=${MOST_DISK}`,
    `--web.listen-address=${listenAddress('PROMETHEUS_PORT', place)}`,
    `--web.external-url=${pageAddress('PROMETHEUS_PORT', place.settings)}`,
    '--web.enable-lifecycle',
    '--log.level=warn',
  ],
  // Of the Go runtime: it collects garbage more often before it grows over this.
  environment: () => ({ GOMEMLIMIT: '256MiB' }),
  files: (place) => [
    {
      path: join(place.layout.prometheus, 'prometheus.yml'),
      text: fill(template(place, 'prometheus/prometheus.yml'), {
        RUN: place.layout.runDir,
        CLUSTER: clusterOf(place.settings),
        SCRAPE_INTERVAL: place.settings.SCRAPE_INTERVAL,
        WORKER_NAMES: namesFor(place, 'workerNames'),
        TASK_WORKER_NAMES: namesFor(place, 'taskWorkerNames'),
      }),
    },
    // What it asks of workers is no user's, and open to it where the login of the admin page covers it.
    { path: join(place.layout.prometheus, 'worker.token'), text: textOf(place.layout.controlToken) },
    ...rules(place),
  ],
  folders: ({ layout }) => [join(layout.prometheus, 'rules')],
  data: ({ layout }) => [join(layout.prometheus, 'data')],
  onChange: 'SIGHUP',
  ready: '/-/ready',
  job: 'prometheus',
  stopSeconds: 3,
};
