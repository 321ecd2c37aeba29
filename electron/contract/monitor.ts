/** What the machine and the trainer process use, sampled every few seconds. */
import { z } from 'zod';
import { id, milliseconds, query } from './shapes.ts';

const gpu = z.object({
  index: z.number(),
  name: z.string(),
  /** Percent. */
  utilization: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  memoryTotalBytes: z.number().nullable(),
  powerW: z.number().nullable(),
  temperatureC: z.number().nullable(),
});
export type GpuReading = z.infer<typeof gpu>;

export const reading = z.object({
  atMs: milliseconds,
  machine: z.object({
    /** Of all cores together, 0 to 100. */
    cpuPercent: z.number(),
    cores: z.number(),
    memoryBytes: z.number(),
    memoryTotalBytes: z.number(),
  }),
  /** The trainer; null while there is none. Percent of one core: 200 is two busy cores. */
  process: z
    .object({ pid: z.number(), cpuPercent: z.number().nullable(), memoryBytes: z.number() })
    .nullable(),
  /** The run it works for. */
  runId: id.nullable(),
  gpus: z.array(gpu),
});
export type Reading = z.infer<typeof reading>;

export const monitorContract = {
  /** The last ten minutes, oldest first. */
  'monitor.get': query(
    z.object({}),
    z.object({
      readings: z.array(reading),
      intervalMs: z.number(),
      /** Why no GPU is shown; null where one is. */
      gpuAbsence: z.string().nullable(),
    }),
  ),
} as const;

export const notification = z.object({
  id,
  atMs: milliseconds,
  level: z.enum(['success', 'warning', 'error']),
  title: z.string(),
  text: z.string(),
  runId: id,
});
export type Notification = z.infer<typeof notification>;

export const notificationsContract = {
  /** Runs that ended since then, newest first: what happened while nobody looked. */
  'notifications.list': query(
    z.object({ sinceMs: milliseconds, limit: z.number().int().min(1).max(1000).default(100) }),
    z.array(notification),
  ),
} as const;
