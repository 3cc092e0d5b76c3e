import { spawnSync } from 'node:child_process';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../failure.js';
import { fileLimit } from '../../processes.js';
import { speaksTls, type StackSettings } from '../../settings.js';
import { COLORS, type Color } from '../engine.js';
import { pointFront, renderFront, type FrontPlace } from '../nginx-conf.js';
import { workerPorts, type Layout } from './layout.js';
import { nginxUser, systemUsers } from './nginx-user.js';
import { isRoot } from './run-user.js';
import { installCertificate } from './tls-files.js';

/** The color that the link in a run directory names. */
export const activeIn = (layout: Pick<Layout, 'nginx'>): Color | undefined => {
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
    for (const { path, text } of renderFront(this.#place(ipv6), this.#settings)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
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

  point(color: Color): void {
    pointFront(this.#layout.nginx, color);
  }

  #place(ipv6: boolean): FrontPlace {
    const hosts = this.#settings.LISTEN === 'local' ? ['127.0.0.1', '[::1]'] : ['0.0.0.0', '[::]'];
    return {
      templates: this.#layout.nginxTemplates,
      runDir: this.#layout.runDir,
      files: fileLimit(),
      userLine: isRoot() ? nginxUser(this.#settings.RUN_USER, systemUsers()) : '',
      hosts: hosts.filter((host) => ipv6 || !host.startsWith('[')),
      near: ['127.0.0.1', '::1'],
      workers: (color) => workerPorts(this.#settings, color).map(({ port }) => `127.0.0.1:${port}`),
    };
  }
}
