import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type Profile = z.infer<typeof Profile>;

/** Where a function is of: `services/…`, a package, Node, or the machine room (the garbage collector, native code). */
export type Kind = 'ours' | 'package' | 'node' | 'native';
export type Frame = {
  readonly name: string;
  /** `services/gateway/broker/redis/outbox.js`, `ioredis`; empty: of Node. */
  readonly place: string;
  readonly kind: Kind;
  /** Microseconds in it, without what it calls. */
  self: number;
  /** … and with it. */
  total: number;
  readonly children: Map<string, Frame>;
};

/** In it nothing runs. */
const IDLE = '(idle)';
const ROOT = '(root)';

/** The profiles of several processes as one tree, without the time in which nothing ran. @param files written by `--cpu-prof` */
export const readProfiles = (files: readonly string[]): Frame => {
  const root = frame('all', '', 'native');
  for (const file of files) add(root, Profile.parse(JSON.parse(readFileSync(file, 'utf8'))));
  total(root);
  return root;
};

const frame = (name: string, place: string, kind: Kind): Frame => ({
  name,
  place,
  kind,
  self: 0,
  total: 0,
  children: new Map(),
});

const add = (root: Frame, { nodes, samples, timeDeltas }: Profile): void => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const times = new Map<number, number>();
  for (const [index, id] of samples.entries()) times.set(id, (times.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const walk = (id: number, into: Frame): void => {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === IDLE) return;
    const here = node.callFrame.functionName === ROOT ? into : childOf(into, node.callFrame);
    here.self += times.get(id) ?? 0;
    for (const child of node.children ?? []) walk(child, here);
  };
  const [first] = nodes;
  if (first !== undefined) walk(first.id, root);
};

const childOf = (parent: Frame, { functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): Frame => {
  const { place, kind } = placeOf(url, lineNumber, functionName);
  const name = functionName === '' ? '(anonymous)' : functionName;
  const key = `${name} ${place}`;
  const found = parent.children.get(key) ?? frame(name, place, kind);
  parent.children.set(key, found);
  return found;
};

const total = (of: Frame): number => {
  of.total = of.self + [...of.children.values()].reduce((sum, child) => sum + total(child), 0);
  return of.total;
};

const placeOf = (url: string, line: number, name: string): Readonly<{ place: string; kind: Kind }> => {
  if (url.startsWith('node:')) return { place: url, kind: 'node' };
  if (url === '') return { place: '', kind: name.startsWith('(') ? 'native' : 'node' };
  const path = url.startsWith('file:') ? moduleAt(new URL(url), line) : url;
  const [, package_] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (package_ !== undefined) return { place: package_, kind: 'package' };
  const [, ours] = /((?:services|bench)\/.*)$/.exec(path) ?? [];
  return { place: ours ?? path, kind: 'ours' };
};

/** First lines of the modules in a bundle, by its path: esbuild names each in a comment. */
const bundles = new Map<string, readonly Readonly<{ line: number; path: string }>[]>();

const moduleAt = (url: URL, line: number): string => {
  const modules = bundles.get(url.pathname) ?? modulesIn(url);
  bundles.set(url.pathname, modules);
  return modules.findLast((module) => module.line <= line)?.path ?? url.pathname;
};

const modulesIn = (url: URL): readonly Readonly<{ line: number; path: string }>[] =>
  readFileSync(url, 'utf8')
    .split('\n')
    .flatMap((text, line) => {
      const [, path] = /^\/\/ (\S+\.[cm]?js)$/.exec(text) ?? [];
      return path === undefined ? [] : [{ line, path }];
    });

/** By function, wherever it was called from, the dearest first. `share`: of all that ran. */
export const dearest = (
  root: Frame,
  count: number,
): readonly Readonly<{ name: string; place: string; share: number }>[] => {
  const all = new Map<string, { name: string; place: string; share: number }>();
  const walk = (of: Frame): void => {
    const key = `${of.name} ${of.place}`;
    const found = all.get(key) ?? { name: of.name, place: of.place, share: 0 };
    found.share += of.self / root.total;
    all.set(key, found);
    for (const child of of.children.values()) walk(child);
  };
  walk(root);
  return [...all.values()].toSorted((a, b) => b.share - a.share).slice(0, count);
};
