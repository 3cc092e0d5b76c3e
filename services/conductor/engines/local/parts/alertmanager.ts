import { join } from 'node:path';
import { fill } from '../templates.js';
import { listenAddress, pageAddress, template, type PartSpec } from './part.js';

/** Where alerts go besides its own list: JSON is YAML too. */
const webhooks = (url: string): string => JSON.stringify(url === '' ? [] : [{ url, send_resolved: true }]);

export const alertmanager: PartSpec = {
  name: 'alertmanager',
  title: 'Alertmanager',
  does: 'groups alerts and passes them on',
  port: 'ALERTMANAGER_PORT',
  hasPage: true,
  tools: ['prometheus-alertmanager', 'alertmanager'],
  apt: 'prometheus-alertmanager',
  remedy: '"make setup" installs it',
  command: (binary, place) => [
    binary,
    `--config.file=${join(place.layout.alertmanager, 'alertmanager.yml')}`,
    `--storage.path=${join(place.layout.alertmanager, 'data')}`,
    '--data.retention=24h',
    `--web.listen-address=${listenAddress('ALERTMANAGER_PORT', place)}`,
    `--web.external-url=${pageAddress('ALERTMANAGER_PORT', place.settings)}`,
    // One alone: it opens no port for others.
    '--cluster.listen-address=',
    '--log.level=warn',
  ],
  environment: () => ({ GOMEMLIMIT: '64MiB' }),
  files: (place) => [
    {
      path: join(place.layout.alertmanager, 'alertmanager.yml'),
      text: fill(template(place, 'alertmanager/alertmanager.yml'), {
        WEBHOOKS: webhooks(place.settings.ALERT_WEBHOOK_URL),
      }),
    },
  ],
  data: ({ layout }) => [join(layout.alertmanager, 'data')],
  onChange: 'SIGHUP',
  ready: '/-/ready',
  job: 'alertmanager',
  stopSeconds: 2,
};
