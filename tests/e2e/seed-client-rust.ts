import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { seedClient, seeds } from './seed-client-runner.js';
import { ended, type VerbResult } from './stack.js';

/** What `cargo --version` says; undefined: there is no Cargo here. */
export const findCargo = (): string | undefined => {
  const { status, stdout } = spawnSync('cargo', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
};

export type Build = Readonly<{ ok: true; binary: string } | { ok: false; why: string }>;

/** How Cargo says that it did not reach the registry, or may not try. */
const NO_REGISTRY = /failed to download|download of .+ failed|network error|offline mode/;

/**
 * Builds the Rust client in `folder`. What it depends on is compiled once a machine: all builds share a cache outside
 * of the checkout, and only the client itself is compiled again. Not ok: this machine can't build it, and why.
 * @throws when it does not compile
 */
export const buildRustClient = async (folder: string, address: string, cargoVersion: string): Promise<Build> => {
  const manifest = readFileSync(join(seeds, 'metrics-rust/Cargo.toml'), 'utf8');
  const needed = minorOf(/rust-version = "(.+)"/.exec(manifest)?.[1] ?? '');
  if (minorOf(cargoVersion) < needed) {
    return { ok: false, why: `the Rust client needs Rust 1.${needed}, here is ${cargoVersion}` };
  }
  cpSync(join(seeds, 'metrics-rust/Cargo.toml'), join(folder, 'Cargo.toml'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/main.rs'), seedClient('metrics-rust/src/main.rs', address));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const target = join(cache, 'switchyard/seed-client-rust');
  const cargo = (...words: string[]): Promise<VerbResult> =>
    ended(spawn('cargo', words, { cwd: folder, env: { ...process.env, CARGO_TARGET_DIR: target } }));
  // Crates of other systems are not fetched: the build would not use them.
  const host = spawnSync('rustc', ['-vV'], { encoding: 'utf8' }).stdout.match(/^host: (.+)$/m)?.[1] ?? '';
  const fetched = await cargo('fetch', '--target', host);
  if (fetched.code !== 0 && NO_REGISTRY.test(fetched.output)) {
    return { ok: false, why: `the crates of the Rust client can't be fetched here:\n${fetched.output}` };
  }
  if (fetched.code !== 0) throw new Error(`cargo fetch failed:\n${fetched.output}`);
  const built = await cargo('build', '--offline');
  if (built.code !== 0) throw new Error(`the Rust client does not compile:\n${built.output}`);
  return { ok: true, binary: join(target, 'debug/seed-client') };
};

/** `cargo 1.85.1 (…)` or `1.85`: 85. */
const minorOf = (version: string): number => Number(/\b1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
