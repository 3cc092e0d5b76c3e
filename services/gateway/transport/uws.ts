import { createRequire } from 'node:module';
import type * as uWebSockets from 'uWebSockets.js';
import { limitHeads } from './config.js';
import { MAX_HEAD_BYTES } from './head-size.js';

// What the binary has and its declarations lack.
declare module 'uWebSockets.js' {
  interface TemplatedApp {
    listen(
      host: string,
      port: number,
      options: number,
      listening: (socket: us_listen_socket | false) => void,
    ): TemplatedApp;
  }
  export const LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

export type Uws = (typeof uWebSockets)['default'];

/** The native binary can't be loaded on this machine; the message says what would help. */
export class TransportUnavailable extends Error {
  override readonly name = 'TransportUnavailable';
}

/** @throws TransportUnavailable */
export const loadUws = async (): Promise<Uws> => {
  limitHeads(MAX_HEAD_BYTES);
  try {
    const loaded = await import('uWebSockets.js');
    return loaded.default;
  } catch (error) {
    const glibc = glibcVersion();
    throw new TransportUnavailable(
      `uWebSockets.js has no binary that loads here: Node ${process.version} (ABI ${process.versions.modules}) on ` +
        `${process.platform}-${process.arch}, ${glibc === undefined ? 'no glibc (musl images do not work)' : `glibc ${glibc}`}. ` +
        'It needs Node 20 with glibc >= 2.27, or Node 22/24 with glibc >= 2.38 (Debian 13, Ubuntu 24.04). ' +
        `Installed where: ${createRequire(import.meta.url).resolve('uWebSockets.js')}`,
      { cause: error },
    );
  }
};

const glibcVersion = (): string | undefined => {
  const report: unknown = process.report.getReport();
  if (typeof report !== 'object' || report === null || !('header' in report)) return undefined;
  const { header } = report;
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) return undefined;
  return typeof header.glibcVersionRuntime === 'string' ? header.glibcVersionRuntime : undefined;
};
