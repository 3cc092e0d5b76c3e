import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { findTool } from '../../services/conductor/engines/local/tools.js';

const FLAGS = ['-O2', '-std=gnu11', '-D_GNU_SOURCE', '-Wall', '-Wextra'];

/**
 * The load client as a program, compiled unless one of these sources is in the cache.
 * @throws {Error} in words where there is no compiler, or it can't compile
 */
export const compileClient = (sources: string, cache: string, path: string): string => {
  const files = readdirSync(sources).toSorted();
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(sources, file)));
  const program = join(cache, `load-client-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  const compiler = findTool('cc', path);
  if (compiler === undefined) {
    throw new Error(
      'The load client is compiled on this machine, which has no C compiler: apt-get install gcc libc6-dev',
    );
  }
  mkdirSync(cache, { recursive: true });
  const fresh = `${program}.${process.pid}`;
  const units = files.filter((file) => file.endsWith('.c')).map((file) => join(sources, file));
  try {
    execFileSync(compiler, [...FLAGS, '-o', fresh, ...units], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(
      `The load client could not be compiled (is libc6-dev installed? apt-get install gcc libc6-dev):\n${said}`,
      {
        cause: error,
      },
    );
  }
  renameSync(fresh, program);
  return program;
};
