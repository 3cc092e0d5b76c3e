import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunDirectory } from '../../run-directory.js';
import type { Color } from '../engine.js';
import { textOf } from '../local/log-files.js';
import { replaceFile } from '../local/parts/replace-file.js';
import { readTold, tellColors, type ToldColors } from './told-colors.js';

const Environment = z.record(z.string(), z.string());
type Environment = Readonly<z.infer<typeof Environment>>;

/** What each color was started with, in files as those of supervisord are for a local one: so a container of it can be made anew. */
export class StartedColors {
  readonly #folder: string;
  readonly #run: RunDirectory;

  /** @param folder of the files, in the run directory */
  constructor(folder: string, run: RunDirectory) {
    this.#folder = folder;
    this.#run = run;
  }

  /** @param workers how many it should have */
  keep(color: Color, environment: Environment, workers: number): void {
    mkdirSync(this.#folder, { recursive: true });
    replaceFile(this.#fileOf(color), `${JSON.stringify(environment, null, 2)}\n`, 0o600);
    this.#tell(color, { release: environment['RELEASE'] ?? '', workers });
  }

  forget(color: Color): void {
    rmSync(this.#fileOf(color), { force: true });
    this.#tell(color, undefined);
  }

  /** Undefined for a color that was stopped. */
  of(color: Color): Environment | undefined {
    const text = textOf(this.#fileOf(color));
    return text === '' ? undefined : Environment.parse(JSON.parse(text));
  }

  #tell(color: Color, now: ToldColors[Color]): void {
    tellColors(this.#run, { ...readTold(this.#run, () => {}), [color]: now });
  }

  #fileOf(color: Color): string {
    return join(this.#folder, `${color}.json`);
  }
}
