import { basename, join } from 'node:path';
import type { StackSettings } from '../../../settings.js';
import { copiesOf, type PartSpec, type Place } from './part.js';

const HOME = '/usr/share/grafana';

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

/** Where its provisioning finds the others, and how often Prometheus looks: Grafana fills `$NAME` in those files from its environment. */
const sources = ({ layout, settings }: Place): Readonly<Record<string, string>> => ({
  PROMETHEUS_URL: urlOf(settings.PROMETHEUS_PORT),
  ALERTMANAGER_URL: urlOf(settings.ALERTMANAGER_PORT),
  LOKI_URL: urlOf(settings.LOKI_PORT),
  SCRAPE_INTERVAL: String(settings.SCRAPE_INTERVAL),
  DASHBOARDS: join(layout.grafana, 'dashboards'),
});

/**
 * In development a person who may change things. In production nobody can log in, with a password that is known least of all:
 * whoever is on this machine sees the dashboards, which are code.
 */
const access = ({ MODE: mode }: StackSettings): Readonly<Record<string, string>> =>
  mode === 'development'
    ? { GF_SECURITY_ADMIN_USER: 'admin', GF_SECURITY_ADMIN_PASSWORD: 'admin' }
    : {
        GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
        GF_AUTH_DISABLE_LOGIN_FORM: 'true',
        GF_AUTH_BASIC_ENABLED: 'false',
        GF_AUTH_ANONYMOUS_ENABLED: 'true',
        GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      };

export const grafana: PartSpec = {
  name: 'grafana',
  title: 'Grafana',
  does: 'dashboards',
  port: 'GRAFANA_PORT',
  hasPage: true,
  tools: ['grafana-server', 'grafana'],
  brew: 'grafana',
  remedy: 'its own packages are at grafana.com; the dashboards in infra/grafana/dashboards can be imported anywhere',
  command: (binary, { layout }) => [
    binary,
    // One binary with verbs from Grafana 9.4 on; before it the server was one of its own.
    ...(basename(binary) === 'grafana' ? ['server'] : []),
    '--homepath',
    HOME,
    `--pidfile=${join(layout.grafana, 'data/grafana.pid')}`,
  ],
  environment: (place) => ({
    ...sources(place),
    GF_PATHS_DATA: join(place.layout.grafana, 'data'),
    GF_PATHS_LOGS: join(place.layout.grafana, 'logs'),
    GF_PATHS_PLUGINS: join(place.layout.grafana, 'plugins'),
    GF_PATHS_PROVISIONING: join(place.layout.grafana, 'provisioning'),
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(place.settings.GRAFANA_PORT),
    ...access(place.settings),
    GF_LOG_MODE: 'console',
    GF_LOG_LEVEL: 'warn',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GOMEMLIMIT: '256MiB',
  }),
  files: ({ layout }) => [
    ...copiesOf(join(layout.templates, 'grafana/provisioning'), join(layout.grafana, 'provisioning'), ['.yml']),
    ...copiesOf(join(layout.templates, 'grafana/dashboards'), join(layout.grafana, 'dashboards'), ['.json']),
  ],
  folders: ({ layout }) => [join(layout.grafana, 'provisioning'), join(layout.grafana, 'dashboards')],
  data: ({ layout }) => ['data', 'logs', 'plugins'].map((name) => join(layout.grafana, name)),
  // It looks at its dashboards by itself.
  onChange: 'nothing',
  ready: '/api/health',
  job: undefined,
  stopSeconds: 2,
};
