/** Shows a study until it is over. Ctrl-C stops it at the next step with a checkpoint; a second one ends at once. */
import type { StudyDetail, StudyNode, StudySummary } from '../contract/studies.ts';
import type { Application } from '../workspace.ts';
import type { Connection } from './connect.ts';
import { formatDuration } from './format.ts';
import { onInterrupt } from './interrupt.ts';
import { type Progress, progressDisplay } from './progress.ts';

const ASK_INTERVAL_MS = 1000;
const AT_WORK = new Set(['running', 'stopping']);

/** @returns the study as it ended */
export async function waitForStudy(connection: Connection, studyId: string): Promise<StudySummary> {
  const { application } = connection;
  const progress = progressDisplay();
  const told = new Set<string>();
  const interrupts = onInterrupt(connection, progress, () => stop(application, studyId));
  try {
    for (;;) {
      const detail = await application.call('studies.get', { studyId });
      show(progress, told, detail);
      if (!AT_WORK.has(detail.study.state)) return detail.study;
      await new Promise((resolve) => setTimeout(resolve, ASK_INTERVAL_MS));
    }
  } finally {
    interrupts.end();
    progress.done();
  }
}

async function stop(application: Application, studyId: string): Promise<void> {
  await application.call('studies.stop', { studyId });
}

function show(progress: Progress, told: Set<string>, { study, nodes }: StudyDetail): void {
  for (const node of nodes) {
    const isNews = node.state === 'finished' || node.state === 'failed' || node.state === 'interrupted';
    if (!isNews || told.has(`${node.id} ${node.state}`)) continue;
    told.add(`${node.id} ${node.state}`);
    if (node.kind === 'evaluate' && node.state === 'finished') continue;
    progress.note(
      `${nodeText(node)}: ${node.reused ? 'taken from an earlier run' : (node.reason ?? node.state)}`,
    );
  }
  const now = nodes.find(({ state }) => state === 'running' || state === 'stopping');
  const share = (study.done + (now?.progress ?? 0)) / Math.max(1, study.total);
  const detail = [`${study.done}/${study.total}`, formatDuration(study.durationMs)];
  progress.update(now ? nodeText(now) : study.name, share, detail.join('  '));
}

function nodeText({ subject, seed, step, evaluation }: StudyNode): string {
  return [
    subject,
    ...(seed === null ? [] : [`seed ${seed}`]),
    ...(step === null ? [] : [`step ${step}`]),
    ...(evaluation === null ? [] : [evaluation]),
  ].join(', ');
}
