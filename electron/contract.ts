/**
 * The application's contract: every command, query and event once. Hosts carry it (Electron's IPC, HTTP and a
 * WebSocket, the terminal), the workspace fulfils it, the page and the command line speak nothing else.
 */
import { z } from 'zod';
import { analysisContract } from './contract/analysis.ts';
import { appContract } from './contract/app.ts';
import { checkpoint, checkpointsContract } from './contract/checkpoints.ts';
import { comparisonsContract } from './contract/comparisons.ts';
import { corporaContract, corpus } from './contract/corpora.ts';
import { exportsContract } from './contract/exports.ts';
import { monitorContract, notificationsContract, reading } from './contract/monitor.ts';
import { run } from './contract/run.ts';
import { runActsContract } from './contract/run-acts.ts';
import { runTableContract } from './contract/run-table.ts';
import { runsContract } from './contract/runs.ts';
import { id } from './contract/shapes.ts';
import { stallsContract } from './contract/stalls.ts';
import { studiesContract, study } from './contract/studies.ts';
import { sweepsContract } from './contract/sweeps.ts';
import { trashContract } from './contract/trash.ts';
import { viewsContract } from './contract/views.ts';
import { walksContract } from './contract/walks.ts';

export const contract = {
  ...appContract,
  ...corporaContract,
  ...walksContract,
  ...runsContract,
  ...runTableContract,
  ...runActsContract,
  ...sweepsContract,
  ...viewsContract,
  ...exportsContract,
  ...checkpointsContract,
  ...comparisonsContract,
  ...analysisContract,
  ...studiesContract,
  ...trashContract,
  ...stallsContract,
  ...monitorContract,
  ...notificationsContract,
} as const;

export type ContractName = keyof typeof contract;
/** What a caller passes: defaulted fields may be left out. */
export type Input<N extends ContractName> = z.input<(typeof contract)[N]['input']>;
/** What the workspace receives: defaults filled in. */
export type ResolvedInput<N extends ContractName> = z.output<(typeof contract)[N]['input']>;
export type Output<N extends ContractName> = z.output<(typeof contract)[N]['output']>;

/** What the workspace tells every host as it happens. */
export const eventMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('corpus'), corpus }),
  z.object({ kind: z.literal('run'), run }),
  /** New points of a run, at most a few times a second; `steps` tells how far it is. */
  z.object({
    kind: z.literal('metrics'),
    runId: id,
    step: z.number(),
    latest: z.record(z.string(), z.number()),
  }),
  z.object({ kind: z.literal('samples'), runId: id, step: z.number() }),
  z.object({ kind: z.literal('checkpoint'), checkpoint }),
  z.object({ kind: z.literal('evaluation'), evaluationId: id, checkpointId: id }),
  /** What machine and trainer use, every few seconds. */
  z.object({ kind: z.literal('reading'), reading }),
  /** The pinned run that tables show deltas to, or none any more. */
  z.object({ kind: z.literal('baseline'), baselineId: id.nullable() }),
  /** How a study stands: whenever it moves from one node to the next, and when it ends. */
  z.object({ kind: z.literal('study'), study }),
  z.object({ kind: z.literal('removed'), what: z.enum(['corpus', 'run', 'checkpoint', 'study']), id }),
]);
export type EventMessage = z.infer<typeof eventMessage>;
