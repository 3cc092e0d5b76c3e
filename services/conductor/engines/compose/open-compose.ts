import type { Config } from '../../config.js';
import { DirectoryReleases } from '../../releases/releases.js';
import { RunDirectory, TOLD, type Remembered } from '../../run-directory.js';
import type { Machinery } from '../engine.js';
import { layoutOf } from '../local/layout.js';
import { ComposeEngine } from './compose-engine.js';
import { ComposeStack } from './compose-stack.js';
import { Docker } from './docker.js';
import { stackEnvironment } from './environment.js';
import { ImageReleases } from './image-releases.js';
import type { Place } from './place.js';
import { Project, projectOf, stackOf } from './project.js';
import { StartedColors } from './started-colors.js';

/** The stack of a run directory in containers. `say` is told what takes Docker long. */
export const openCompose = (
  config: Config,
  { stack, worker_environment: given }: Remembered,
  say: (line: string) => void,
): Machinery => {
  const { checkout, runDir } = config;
  const docker = new Docker(checkout, config.dockerEnvironment, { say });
  const layout = layoutOf(checkout, runDir);
  const run = new RunDirectory(runDir);
  const files = run.file('files');
  const place: Place = {
    checkout,
    layout,
    settings: stack,
    project: new Project(docker, projectOf(runDir)),
    started: new StartedColors(layout.colors, run),
    files,
    environment: (active) =>
      stackEnvironment(stack, { active, token: run.controlToken(), told: run.file(TOLD), files, checkout }),
  };
  // A daemon knows the images of all stacks.
  const directories = new DirectoryReleases(layout.releases, checkout, given, `-${stackOf(runDir)}`);
  return {
    engine: new ComposeEngine(place),
    stack: new ComposeStack(place),
    releases: new ImageReleases(directories, layout.releases, docker),
  };
};
