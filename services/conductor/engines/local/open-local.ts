import type { Config } from '../../config.js';
import { DirectoryReleases } from '../../releases/releases.js';
import type { Remembered } from '../../run-directory.js';
import type { Machinery } from '../engine.js';
import { layoutOf } from './layout.js';
import { LocalEngine } from './local-engine.js';
import { LocalStack } from './local-stack.js';
import { NginxFiles } from './nginx.js';
import { LocalParts } from './parts/local-parts.js';
import { Supervisor } from './supervisor.js';
import { findTools } from './tools.js';

/** The stack of a run directory as processes of this machine. @throws {Failure} naming what is missing on it */
export const openLocal = (config: Config, { stack, worker_environment: given }: Remembered): Machinery => {
  const { checkout, runDir, cache, build } = config;
  const layout = layoutOf(checkout, runDir);
  const tools = findTools(config.path);
  const supervisor = new Supervisor(layout.socket);
  const nginx = new NginxFiles(layout, stack, tools.nginx);
  const watching = new LocalParts({ layout, settings: stack, path: tools.path, cache, build }, supervisor);
  return {
    engine: new LocalEngine(layout, stack, supervisor, nginx),
    stack: new LocalStack(layout, stack, supervisor, nginx, tools, watching),
    releases: new DirectoryReleases(layout.releases, checkout, given),
  };
};
