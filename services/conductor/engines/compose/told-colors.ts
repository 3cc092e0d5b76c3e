import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../failure.js';
import { TOLD, type RunDirectory } from '../../run-directory.js';

const Color = z.object({ release: z.string(), workers: z.number().int().min(0) });
const Colors = z.object({ blue: Color.optional(), green: Color.optional() });
/** What each color was started from, and with how many workers; none where it was stopped. */
export type ToldColors = Readonly<z.infer<typeof Colors>>;

const FILE = join(TOLD, 'colors.json');

export const tellColors = (run: RunDirectory, colors: ToldColors): void =>
  run.write(FILE, `${JSON.stringify(colors, null, 2)}\n`);

/** Nothing where nobody has told, as of a stack that is run by hand. */
export const readTold = (run: RunDirectory, warn: (words: string) => void): ToldColors => {
  const file = run.file(FILE);
  if (!existsSync(file)) return {};
  try {
    return Colors.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    warn(`${file} can't be read: ${messageOf(error)}`);
    return {};
  }
};
