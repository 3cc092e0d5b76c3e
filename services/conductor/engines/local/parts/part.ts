import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackSettings } from '../../../settings.js';
import type { Layout } from '../layout.js';
import { runUserOf, type RunUser } from '../run-user.js';
import { findTool } from '../tools.js';

/** Where a part would run. */
export type Place = Readonly<{
  layout: Layout;
  settings: StackSettings;
  /** Folders that are searched for binaries, as in PATH. */
  path: string;
  /** What was built on this machine, outside of any checkout. */
  cache: string;
  /** The build whose exporter runs. */
  build: string;
  inContainers?: InContainers;
}>;

/** Of a stack whose parts have a network of their own: what they listen on, and how workers, and those of tasks, are found by name. */
export type InContainers = Readonly<{
  host: string;
  workerNames: readonly string[];
  taskWorkerNames: readonly string[];
  workerPort: number;
}>;

type PartPort =
  | 'PROMETHEUS_PORT'
  | 'ALERTMANAGER_PORT'
  | 'LOKI_PORT'
  | 'GRAFANA_PORT'
  | 'REDIS_EXPORTER_PORT'
  | 'NGINX_EXPORTER_PORT'
  | 'EXPORTER_PORT';

/** A file in the run directory. */
export type RenderedFile = Readonly<{ path: string; text: string }>;

/** A process beside the cluster, which does without it: started where its binary is. */
export type PartSpec = Readonly<{
  /** Of its program, its log file, and its job in Prometheus where `job` says nothing else. */
  name: string;
  title: string;
  does: string;
  port: PartPort;
  /** It has something to look at in a browser. */
  hasPage: boolean;
  /** Binaries by name, the first that is found: none of them is needed where `find` looks elsewhere. */
  tools: readonly string[];
  apt?: string;
  brew?: string;
  /** What to do where it is missing, in words. */
  remedy: string;
  find?: (place: Pick<Place, 'path' | 'cache' | 'build'>) => string | undefined;
  command: (binary: string, place: Place) => readonly string[];
  environment?: (place: Place) => Readonly<Record<string, string>>;
  files: (place: Place) => readonly RenderedFile[];
  /** Folders, under the run directory, that it writes to. */
  data?: (place: Place) => readonly string[];
  /** It needs what only the user that runs supervisord may do. */
  isPrivileged?: boolean;
  /** Folders, under the run directory, that hold nothing else than `files`. */
  folders?: (place: Place) => readonly string[];
  /** What makes it read its files again. */
  onChange: 'SIGHUP' | 'restart' | 'nothing';
  /** Answers 200 when it is ready. */
  ready: string;
  /** Its job in Prometheus; undefined: it is not scraped. */
  job: string | undefined;
  /** From SIGTERM to SIGKILL, s. What it keeps must bear that. */
  stopSeconds: number;
}>;

export const findBinary = (part: PartSpec, place: Pick<Place, 'path' | 'cache' | 'build'>): string | undefined => {
  if (part.find !== undefined) return part.find(place);
  return part.tools.map((tool) => findTool(tool, place.path)).find((file) => file !== undefined);
};

/** Whom a part runs as; undefined: whoever runs supervisord. */
export const userOfPart = ({ isPrivileged = false }: PartSpec, { settings }: Place): RunUser | undefined =>
  isPrivileged ? undefined : runUserOf(settings.RUN_USER);

export const portOf = (part: PartSpec, settings: StackSettings): number => settings[part.port];

/** On a machine with others a part listens on loopback only. */
export const listenHost = ({ inContainers }: Place): string => inContainers?.host ?? '127.0.0.1';
export const listenAddress = (part: PartPort, place: Place): string => `${listenHost(place)}:${place.settings[part]}`;

/** What leads to its page, as its own links say it: left to itself, it takes the name of the machine. */
export const pageAddress = (part: PartPort, settings: StackSettings): string => `http://localhost:${settings[part]}`;

/** A template of the checkout. */
export const template = (place: Place, ...parts: readonly string[]): string =>
  readFileSync(join(place.layout.templates, ...parts), 'utf8');

/** The files of a folder and of those in it, as copies under `to`. Nothing where there is no such folder. */
export const copiesOf = (from: string, to: string, suffixes: readonly string[]): readonly RenderedFile[] => {
  if (!existsSync(from)) return [];
  return readdirSync(from, { withFileTypes: true }).flatMap((entry): readonly RenderedFile[] => {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) return copiesOf(source, target, suffixes);
    const isWanted = suffixes.some((suffix) => entry.name.endsWith(suffix));
    return isWanted ? [{ path: target, text: readFileSync(source, 'utf8') }] : [];
  });
};
