import { readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { rangesIn } from '../address-ranges.js';
import { exposesAdmin, speaksTls, type StackSettings } from '../settings.js';
import { COLORS, otherColor, type Color } from './engine.js';
import { fill } from './local/templates.js';

/** Where nginx runs: what its configuration depends on besides the settings of the stack. */
export type FrontPlace = Readonly<{
  /** The folder of the templates. */
  templates: string;
  /** The run directory as nginx sees it; what is its own lies in `nginx/`. */
  runDir: string;
  /** Open files of a process. */
  files: number;
  /** Its `user`, where the master is root's. */
  userLine: string;
  /** Addresses that it listens on, IPv6 in brackets. */
  hosts: readonly string[];
  /** Where it asks for names of workers, again each second; undefined: they are addresses. */
  nameServer?: string;
  /** Addresses and ranges that count as this machine, and may see what is on METRICS_PORT besides metrics. */
  near: readonly string[];
  /** `host:port` of the workers of a color, or a name behind which all of them are. */
  workers(color: Color): readonly string[];
}>;

/** Each process has room for so many from its start, whoever comes: 430 bytes each, and a machine may allow a million. */
const MOST_FILES = 65_536;

type RenderedFile = Readonly<{ path: string; text: string }>;

/** All files of nginx but the link `active` beside them, which names the color in force. */
export const renderFront = (place: FrontPlace, settings: StackSettings): readonly RenderedFile[] => {
  const own = join(place.runDir, 'nginx');
  const template = (name: string): string => readFileSync(join(place.templates, name), 'utf8');
  const main = (name: string, active: string): RenderedFile => ({
    path: join(own, name),
    text: fill(template('nginx.conf'), { ...mainValues(place, settings), ACTIVE: join(own, active) }),
  });
  return [
    ...['no-page.conf', 'unavailable.conf', 'refused.conf', 'public.conf', 'api.conf', 'tls.conf', 'only-tls.conf'].map(
      (name) => ({
        path: join(own, name),
        text: fill(template(name), includeValues(place, settings)),
      }),
    ),
    ...COLORS.map((color) => ({
      path: join(own, color, 'upstream.conf'),
      text: fill(template('upstream.conf'), { SERVERS: serverLines(place, color) }),
    })),
    main('nginx.conf', 'active'),
    ...COLORS.map((color) => main(`check-${color}.conf`, color)),
  ];
};

/** Makes the link in nginx's folder name `color`, by a rename: whoever reads it finds the old or the new one, never none. */
export const pointFront = (folder: string, color: Color): void => {
  const fresh = join(folder, `active.${process.pid}.new`);
  rmSync(fresh, { force: true });
  symlinkSync(color, fresh);
  renameSync(fresh, join(folder, 'active'));
};

const serverLines = (place: FrontPlace, color: Color): string => {
  const resolve = place.nameServer === undefined ? '' : ' resolve';
  const lines = (of: Color, role: string): readonly string[] =>
    place.workers(of).map((address) => `    server ${address}${resolve} max_fails=0${role};`);
  return [...lines(color, ''), ...lines(otherColor(color), ' backup')].join('\n');
};

const includeValues = (place: FrontPlace, settings: StackSettings) => {
  const { HTTPS_PORT: port } = settings;
  return {
    RUN: place.runDir,
    NOT_PUBLIC: ['control', 'metrics', ...(exposesAdmin(settings) ? [] : ['admin'])].join('|'),
    HTTPS_LISTEN: listen(place, port, ' ssl'),
    HTTPS_SUFFIX: port === 443 ? '' : `:${port}`,
  };
};

const mainValues = (place: FrontPlace, settings: StackSettings) => {
  const includeForTls = (name: string): string =>
    speaksTls(settings) ? `include "${join(place.runDir, 'nginx', name)}";` : '';
  const { HSTS_MAX_AGE: seconds } = settings;
  return {
    RUN: place.runDir,
    HSTS: seconds === 0 ? '' : `max-age=${seconds}`,
    FILES: Math.min(place.files, MOST_FILES),
    USER_LINE: place.userLine,
    RESOLVER: place.nameServer === undefined ? '' : `resolver ${place.nameServer} valid=1s ipv6=off;`,
    // A name that nobody has now, which is that of an idle color, is an error to it, each second.
    ERROR_LEVEL: place.nameServer === undefined ? 'warn' : 'crit',
    REAL_IP: realIpLines(settings),
    NEAR: place.near.map((range) => `allow ${range};`).join('\n            '),
    TLS_SERVER: includeForTls('tls.conf'),
    ONLY_TLS: includeForTls('only-tls.conf'),
    HTTP_LISTEN: listen(place, settings.HTTP_PORT),
    METRICS_LISTEN: listen(place, settings.METRICS_PORT),
    STREAM_LISTEN: listen(place, settings.STREAM_PORT),
  };
};

/** Whom a proxy in front has spoken with: the last one in the list that is none of them. */
const realIpLines = ({ FRONT_PROXIES: proxies }: StackSettings): string =>
  proxies === ''
    ? ''
    : [
        ...rangesIn(proxies).map((range) => `set_real_ip_from ${range};`),
        'real_ip_header X-Forwarded-For;',
        'real_ip_recursive on;',
      ].join('\n    ');

const listen = ({ hosts }: FrontPlace, port: number, protocol = ''): string => {
  const options = `backlog=4096 so_keepalive=on${protocol}`;
  return hosts
    .map((host) => `listen ${host}:${port} ${options}${host.startsWith('[') ? ' ipv6only=on' : ''};`)
    .join('\n        ');
};
