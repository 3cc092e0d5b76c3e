import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../failure.js';
import { fileLimit } from '../../processes.js';
import { exposesAdmin, speaksTls, type StackSettings } from '../../settings.js';
import { COLORS, otherColor, type Color } from '../engine.js';
import { workerPorts, type Layout } from './layout.js';
import { fill } from './templates.js';
import { nginxUser, systemUsers } from './nginx-user.js';
import { isRoot } from './run-user.js';
import { installCertificate } from './tls-files.js';

/** The color that the link in a run directory names. */
export const activeIn = (layout: Layout): Color | undefined => {
  try {
    const target = readlinkSync(join(layout.nginx, 'active'));
    return COLORS.find((color) => color === target);
  } catch {
    return undefined;
  }
};

/** nginx's configuration on disk: one upstream directory a color, and the link `active` that names one of them. */
export class NginxFiles {
  readonly #layout: Layout;
  readonly #settings: StackSettings;
  readonly #binary: string;

  constructor(layout: Layout, settings: StackSettings, binary: string) {
    this.#layout = layout;
    this.#settings = settings;
    this.#binary = binary;
  }

  write(ipv6: boolean): void {
    mkdirSync(join(this.#layout.nginx, 'temp'), { recursive: true });
    this.takeCertificate();
    this.#writeIncludes(ipv6);
    for (const color of COLORS) this.#writeUpstream(color);
    this.#writeMain('nginx.conf', join(this.#layout.nginx, 'active'), ipv6);
    for (const color of COLORS) this.#writeMain(`check-${color}.conf`, join(this.#layout.nginx, color), ipv6);
  }

  /** Where TLS is spoken: the pair in `TLS_DIR`, for the next time that nginx reads its files. @throws {Failure} */
  takeCertificate(): void {
    if (speaksTls(this.#settings)) installCertificate(this.#layout, this.#settings.TLS_DIR);
  }

  active(): Color | undefined {
    return activeIn(this.#layout);
  }

  /** @throws {Failure} with nginx's own words when it would not take the configuration of `color` */
  check(color: Color): void {
    // Its stdout must be something that can be opened again by name, which Node's pipes can't be.
    const { status, stderr } = spawnSync(
      this.#binary,
      ['-t', '-q', '-e', 'stderr', '-c', join(this.#layout.nginx, `check-${color}.conf`)],
      { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
    );
    if (status !== 0) throw new Failure(`nginx refuses the configuration of ${color}:\n${stderr.trim()}`);
  }

  /** Replaces the link by a rename: whoever reads it finds the old or the new color, never none. */
  point(color: Color): void {
    const fresh = join(this.#layout.nginx, `active.${process.pid}.new`);
    rmSync(fresh, { force: true });
    symlinkSync(color, fresh);
    renameSync(fresh, join(this.#layout.nginx, 'active'));
  }

  #writeUpstream(color: Color): void {
    const lines = (of: Color, role: string): readonly string[] =>
      workerPorts(this.#settings, of).map(({ port }) => `    server 127.0.0.1:${port} max_fails=0${role};`);
    const servers = [...lines(color, ''), ...lines(otherColor(color), ' backup')].join('\n');
    const template = readFileSync(join(this.#layout.nginxTemplates, 'upstream.conf'), 'utf8');
    mkdirSync(join(this.#layout.nginx, color), { recursive: true });
    writeFileSync(join(this.#layout.nginx, color, 'upstream.conf'), fill(template, { SERVERS: servers }));
  }

  /** What the main files have in common. */
  #writeIncludes(ipv6: boolean): void {
    const { HTTPS_PORT: port } = this.#settings;
    const values = {
      RUN: this.#layout.runDir,
      NOT_PUBLIC: ['control', 'metrics', ...(exposesAdmin(this.#settings) ? [] : ['admin'])].join('|'),
      HTTPS_LISTEN: this.#listen(port, ipv6, ' ssl'),
      HTTPS_SUFFIX: port === 443 ? '' : `:${port}`,
    };
    for (const name of ['unavailable.conf', 'public.conf', 'tls.conf', 'only-tls.conf']) {
      const template = readFileSync(join(this.#layout.nginxTemplates, name), 'utf8');
      writeFileSync(join(this.#layout.nginx, name), fill(template, values));
    }
  }

  #writeMain(name: string, active: string, ipv6: boolean): void {
    const template = readFileSync(join(this.#layout.nginxTemplates, 'nginx.conf'), 'utf8');
    const { HSTS_MAX_AGE: seconds } = this.#settings;
    const text = fill(template, {
      HSTS: seconds === 0 ? '' : `max-age=${seconds}`,
      RUN: this.#layout.runDir,
      ACTIVE: active,
      FILES: fileLimit(),
      USER_LINE: isRoot() ? nginxUser(this.#settings.RUN_USER, systemUsers()) : '',
      TLS_SERVER: this.#includeForTls('tls.conf'),
      ONLY_TLS: this.#includeForTls('only-tls.conf'),
      HTTP_LISTEN: this.#listen(this.#settings.HTTP_PORT, ipv6),
      METRICS_LISTEN: this.#listen(this.#settings.METRICS_PORT, ipv6),
      STREAM_LISTEN: this.#listen(this.#settings.STREAM_PORT, ipv6),
    });
    writeFileSync(join(this.#layout.nginx, name), text);
  }

  #includeForTls(name: string): string {
    return speaksTls(this.#settings) ? `include "${join(this.#layout.nginx, name)}";` : '';
  }

  #listen(port: number, ipv6: boolean, protocol = ''): string {
    const options = `backlog=4096 so_keepalive=on${protocol}`;
    const hosts = this.#settings.LISTEN === 'local' ? ['127.0.0.1', '[::1]'] : ['0.0.0.0', '[::]'];
    return hosts
      .filter((host) => ipv6 || !host.startsWith('['))
      .map((host) => `listen ${host}:${port} ${options}${host.startsWith('[') ? ' ipv6only=on' : ''};`)
      .join('\n        ');
  }
}
