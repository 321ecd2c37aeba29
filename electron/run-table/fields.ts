/** Everything that a table of runs can filter, sort, group by and show, and how to read it. */

import type { Setting } from '../../trainer/config/setting.ts';
import { stageDeclarations, stageSettings } from '../../trainer/config/stages.ts';
import { metricOf } from '../../trainer/metrics.ts';
import type { Cell, FieldKind, Holding, Standing, TableField } from '../contract/run-table.ts';
import type { Interval } from '../contract/shapes.ts';
import { AppError } from '../errors.ts';
import { isActive } from '../services/run-states.ts';
import type { FactSource, MetricSummary, RunFacts } from './facts.ts';

export interface Field extends TableField {
  readonly read: (facts: RunFacts) => Cell | readonly string[];
  readonly wholeWords?: boolean;
}

type Read = Field['read'];
const field = (
  section: TableField['section'],
  name: string,
  label: string,
  kind: FieldKind,
  read: Read,
  more: Partial<Pick<Field, 'better' | 'unit' | 'wholeWords'>> = {},
): Field => ({ section, name, label, kind, read, better: null, unit: null, ...more });

const WHOLE = { wholeWords: true } as const;

const RUN_FIELDS: readonly Field[] = [
  field('run', 'name', 'Name', 'text', ({ run }) => run.name),
  field('run', 'id', 'Id', 'text', ({ run }) => run.id),
  field('run', 'stage', 'Stage', 'text', ({ run }) => run.stage, WHOLE),
  field('run', 'state', 'State', 'text', ({ run }) => run.state, WHOLE),
  field('run', 'reason', 'Reason', 'text', ({ run }) => run.reason),
  field('run', 'tag', 'Tags', 'tags', ({ run }) => run.tags, WHOLE),
  field('run', 'notes', 'Notes', 'text', ({ run }) => run.notes || null),
  field('run', 'corpus', 'Corpus', 'text', ({ run }) => run.corpusName),
  field('run', 'questions', 'Questions', 'text', ({ run }) => run.questionsName),
  field('run', 'base', 'Base', 'text', ({ run }) => run.baseName),
  field('run', 'sweep', 'Sweep', 'text', ({ run }) => run.sweep?.name ?? null),
  field('run', 'engine', 'Engine', 'text', ({ run }) => run.engine?.name ?? null),
  field('run', 'origin', 'Origin', 'text', ({ run }) => run.origin, WHOLE),
  field('run', 'fork', 'Branches off from', 'text', ({ run }) => run.forkedFrom?.name ?? null),
  field('run', 'seed', 'Seed', 'number', ({ run }) => run.seed),
  field('run', 'step', 'Step', 'number', ({ run }) => run.step),
  field('run', 'steps', 'Steps in all', 'number', ({ run }) => run.totalSteps),
  field('run', 'progress', 'Progress', 'number', ({ run }) =>
    run.totalSteps ? Math.min(1, run.step / run.totalSteps) : null,
  ),
  field('run', 'parameters', 'Parameters', 'number', ({ run }) => run.parameters),
  field('run', 'queue', 'Place in the queue', 'number', ({ run }) => run.queuePosition),
  field('run', 'checkpoints', 'Checkpoints', 'number', ({ checkpoints }) => checkpoints),
  field('run', 'evaluations', 'Evaluations', 'number', ({ evaluations }) => evaluations),
  field('run', 'created', 'Created', 'time', ({ run }) => run.createdAtMs),
  field('run', 'started', 'Started', 'time', ({ run }) => run.startedAtMs),
  field('run', 'ended', 'Ended', 'time', ({ run }) => run.endedAtMs),
  field('run', 'duration', 'Duration', 'duration', ({ run }) => run.durationMs),
  field('run', 'remaining', 'Time left', 'duration', ({ run }) => run.remainingMs),
  field('run', 'starred', 'Star', 'boolean', ({ run }) => run.starred),
];

/** What `is:` may ask. */
export const standings: Readonly<Record<Standing, (facts: RunFacts, source: FactSource) => boolean>> = {
  starred: ({ run }) => run.starred,
  archived: ({ run }) => run.archived,
  imported: ({ run }) => run.origin === 'imported',
  active: ({ run }) => isActive(run.state),
  queued: ({ run }) => run.state === 'queued',
  over: ({ run }) => run.state !== 'queued' && !isActive(run.state),
  forked: ({ run }) => run.forkedFrom !== null,
  swept: ({ run }) => run.sweep !== null,
  baseline: ({ run }, { baselineId }) => run.id === baselineId,
  evaluation: ({ run }) => run.stage === 'evaluate',
};

/** What `has:` may ask. */
export const holdings: Readonly<Record<Holding, (facts: RunFacts) => boolean>> = {
  tag: ({ run }) => run.tags.length > 0,
  notes: ({ run }) => run.notes !== '',
  reason: ({ run }) => run.reason !== null,
  evaluation: ({ evaluations }) => evaluations > 0,
  checkpoint: ({ checkpoints }) => checkpoints > 0,
};

const mean =
  (of: (facts: RunFacts) => Interval | null | undefined): Read =>
  (facts) =>
    of(facts)?.mean ?? null;
const HIGHER = { better: 'higher' } as const;

const EVALUATION_FIELDS: readonly Field[] = [
  field(
    'evaluation',
    'evaluation.accuracy',
    'Accuracy',
    'number',
    mean(({ evaluation }) => evaluation?.accuracy.all),
    HIGHER,
  ),
  ...(['easy', 'medium', 'hard'] as const).map((tier) =>
    field(
      'evaluation',
      `evaluation.${tier}`,
      `Accuracy, ${tier}`,
      'number',
      mean(({ evaluation }) => evaluation?.accuracy[tier]),
      HIGHER,
    ),
  ),
  field(
    'evaluation',
    'evaluation.length',
    'Thinking length',
    'number',
    mean(({ evaluation }) => evaluation?.thinkingLength),
    {
      better: 'lower',
      unit: 'tokens',
    },
  ),
  field(
    'evaluation',
    'evaluation.truncated',
    'Truncated',
    'number',
    ({ evaluation }) => evaluation?.truncatedShare ?? null,
    {
      better: 'lower',
    },
  ),
  field('evaluation', 'evaluation.items', 'Items', 'number', ({ evaluation }) => evaluation?.items ?? null),
];

/** Names that people write for other ones. */
const ALIASES: Readonly<Record<string, string>> = {
  tags: 'tag',
  note: 'notes',
  status: 'state',
  lr: 'settings.learningRate',
  learning_rate: 'settings.learningRate',
  accuracy: 'evaluation.accuracy',
  length: 'evaluation.length',
  truncated: 'evaluation.truncated',
  params: 'parameters',
};

const byName = new Map([...RUN_FIELDS, ...EVALUATION_FIELDS].map((one) => [one.name, one]));

/** Every setting of any stage once; stages that share a name share its declaration but for the default. */
const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  Object.keys(stageDeclarations).flatMap((stage) =>
    Object.entries<Setting>(stageSettings[stage as keyof typeof stageSettings]),
  ),
);

function settingField(name: string, setting: Setting | undefined): Field {
  const kind: FieldKind =
    setting?.kind === 'number' ? 'number' : setting?.kind === 'boolean' ? 'boolean' : 'text';
  const unit = setting && 'unit' in setting ? (setting.unit ?? null) : null;
  return field(
    'settings',
    `settings.${name}`,
    setting?.label ?? name,
    kind,
    ({ settings }) => cellOf(settings[name]),
    { unit },
  );
}

function cellOf(value: unknown): Cell {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
}

const ENDS = { last: 'last', min: 'low', max: 'high' } as const;

function metricField(name: string, end: keyof typeof ENDS, source: FactSource): Field {
  const metric = metricOf(name);
  const label = metric?.label ?? name;
  let summaries: ReadonlyMap<number, MetricSummary> | null = null;
  const read: Read = ({ key }) => {
    summaries ??= source.metric(name);
    return summaries.get(key)?.[ENDS[end]] ?? null;
  };
  const shown = end === 'last' ? label : `${label}, ${end === 'min' ? 'lowest' : 'highest'}`;
  const full = `metrics.${name}${end === 'last' ? '' : `.${end}`}`;
  return field('metrics', full, shown, 'number', read, {
    better: metric?.better ?? null,
    unit: metric?.unit ?? null,
  });
}

function scoreField(name: string): Field {
  return field(
    'evaluation',
    `evaluation.score.${name}`,
    `Score: ${name}`,
    'number',
    mean(({ evaluation }) => evaluation?.scores[name]),
    // A gain in log-probability is no share.
    { ...HIGHER, unit: name === 'logprob' ? null : 'share' },
  );
}

/** The field of a name as users write it, or null. */
export function findField(written: string, source: FactSource): Field | null {
  const name = ALIASES[written] ?? written;
  const known = byName.get(name);
  if (known) return known;
  if (name.startsWith('settings.')) return settingOf(name.slice('settings.'.length), source);
  if (name.startsWith('evaluation.score.')) return scoreField(name.slice('evaluation.score.'.length));
  const metric = metricOfName(name.startsWith('metrics.') ? name.slice('metrics.'.length) : name, source);
  return (name.startsWith('metrics.') ? null : settingOf(name, source)) ?? metric;
}

function settingOf(name: string, { facts }: FactSource): Field | null {
  const setting = SETTINGS.get(name);
  return setting || facts.some(({ settings }) => name in settings) ? settingField(name, setting) : null;
}

function metricOfName(name: string, source: FactSource): Field | null {
  if (source.metricNames.includes(name)) return metricField(name, 'last', source);
  const isKnown = (metric: string): boolean =>
    source.metricNames.includes(metric) || metricOf(metric) !== null;
  const match = /^(.+)\.(min|max)$/.exec(name);
  if (match && isKnown(match[1]!)) return metricField(match[1]!, match[2] as 'min' | 'max', source);
  return isKnown(name) ? metricField(name, 'last', source) : null;
}

/** @throws AppError UnknownField with the nearest names */
export function requireField(name: string, source: FactSource): Field {
  const found = findField(name, source);
  if (found) return found;
  throw new AppError('UnknownField', `There is no field “${name}”.`, wayToField(name, source));
}

/** What to write instead of a name that means nothing. */
export function wayToField(name: string, source: FactSource): string {
  const names = [
    ...byName.keys(),
    ...Object.keys(ALIASES),
    'is',
    'has',
    ...SETTINGS.keys(),
    ...source.metricNames,
  ];
  const ranked = [...new Set(names)]
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, name.length / 3))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
  const list = '`midtrain runs --fields` lists all of them; put words in quotes to search for them as text.';
  return ranked.length === 0 ? list : `Did you mean ${ranked.join(', ')}? ${list}`;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1]));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Fields there are values of. */
export function fieldsIn(source: FactSource): Field[] {
  const settings = new Set(source.facts.flatMap(({ settings }) => Object.keys(settings)));
  const scores = new Set(source.facts.flatMap(({ evaluation }) => Object.keys(evaluation?.scores ?? {})));
  return [
    ...RUN_FIELDS,
    ...(source.facts.some(({ evaluation }) => evaluation) ? EVALUATION_FIELDS : []),
    ...[...scores].sort().map(scoreField),
    ...[...settings].sort().map((name) => settingField(name, SETTINGS.get(name))),
    ...[...source.metricNames].sort().map((name) => metricField(name, 'last', source)),
  ];
}
