import type { StackSettings } from '../../settings.js';
import type { Color } from '../engine.js';
import type { Layout } from '../local/layout.js';
import type { Project } from './project.js';
import type { StartedColors } from './started-colors.js';

/** Where a stack in containers is, for whoever works on it. */
export type Place = Readonly<{
  checkout: string;
  layout: Layout;
  settings: StackSettings;
  project: Project;
  started: StartedColors;
  /** A folder that workers have mounted. */
  files: string;
  /** What compose.yml gets for every service. `active`: the color that nginx begins with. */
  environment(active: Color): Readonly<Record<string, string>>;
}>;
