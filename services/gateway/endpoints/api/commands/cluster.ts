import { z } from 'zod';
import type { StatisticsReader } from '../../../cluster/statistics-reader.js';
import { defineCommand, type Command } from '../command.js';

const count = z.number().int().min(0);
const nothing = z.strictObject({});

/** The figures of [stats-1]. */
export const statsCommand = (statistics: StatisticsReader): Command =>
  defineCommand({
    name: 'stats',
    scope: 'stats',
    summary: 'What the cluster has done since its Redis began to count, and what is open now',
    request: nothing,
    answer: z.object({
      total_connections: count,
      active_connections: count,
      messages_received: count,
      messages_sent: count,
    }),
    act: async () => {
      const { totals, active } = await statistics.read();
      return {
        total_connections: totals.connections,
        active_connections: active,
        messages_received: totals.received,
        messages_sent: totals.sent,
      };
    },
  });

export const infoCommand = (statistics: StatisticsReader): Command =>
  defineCommand({
    name: 'info',
    scope: 'stats',
    summary: 'The workers of the cluster',
    request: nothing,
    answer: z.object({
      workers: z.array(
        z.object({
          color: z.string(),
          worker: z.string(),
          release: z.string(),
          started_at: z.iso.datetime(),
          connections: count,
        }),
      ),
    }),
    act: async () => ({
      workers: (await statistics.read()).workers.map(({ color, worker, release, startedAt, connections }) => ({
        color,
        worker,
        release,
        started_at: startedAt,
        connections,
      })),
    }),
  });
