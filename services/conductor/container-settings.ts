import { z } from 'zod';

/** As Docker and compose write it. */
const memory = z.string().regex(/^[1-9]\d*[kmg]b?$/i, 'a size with its unit, such as 512M or 2G');

const UNITS = ['k', 'm', 'g'] as const;

/** @param size as the settings here allow it. Each unit is 1024 of the one before, as for Docker. */
export const bytesOf = (size: string): number => {
  const [, number = '', unit = ''] = /^(\d+)([kmg])b?$/i.exec(size) ?? [];
  return Number(number) * 1_024 ** (UNITS.findIndex((each) => each === unit.toLowerCase()) + 1);
};

/** Limits of containers: a stack of processes has none of them. */
export const ContainerSettings = z.object({
  WORKER_MEMORY: memory.default('512M').describe('memory of a worker, and of a task worker, in its container'),
  WORKER_CPUS: z.coerce
    .number()
    .min(0)
    .max(1_024)
    .default(0)
    .describe('CPUs of a worker, and of a task worker, in its container; 0: no limit'),
  REDIS_MEMORY: memory.default('2G').describe('memory of Redis in its container, of which it fills 60%'),
  NGINX_MEMORY: memory.default('512M').describe('memory of nginx in its container'),
  TOOL_MEMORY: memory.default('512M').describe('memory of each part that watches in its container'),
});
