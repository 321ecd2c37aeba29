/** How a study's numbers came about, in a few lines. Pure. */
import type { StudyDetail } from '../contract/studies.ts';
import { version } from '../version.ts';

const MINUTE_MS = 60_000;

export function factsOf({ study, corpora, nodes }: StudyDetail): [string, string][] {
  const reused = nodes.filter((node) => node.reused).length;
  const ended = study.endedAtMs === null ? '' : `, ended ${new Date(study.endedAtMs).toISOString()}`;
  return [
    ...(study.paper ? [['Paper', study.paper] as [string, string]] : []),
    ['Form', study.quick ? 'quick' : 'full'],
    ['Seeds', study.seeds.join(', ')],
    ['State', `${study.state}, ${study.done} of ${study.total} runs and evaluations done${ended}`],
    ['Time at work', `${(study.durationMs / MINUTE_MS).toFixed(1)} min`],
    ...(reused > 0 ? [['Taken from earlier runs', String(reused)] as [string, string]] : []),
    ['Corpora', corpora.map(({ name, text }) => `${name}: ${text}`).join('; ')],
    ['Midtrain', version],
  ];
}
