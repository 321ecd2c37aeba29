/** Whether the names in a study's file fit each other, and whether what is to be measured will be there. Pure. */
import { stageDeclarations } from '../../trainer/config/stages.ts';
import { metricOf } from '../../trainer/metrics.ts';
import type { EvaluationDeclaration, MeasureDeclaration, Study } from './declaration.ts';
import { corporaOf } from './plan.ts';
import type { Plan, PlannedRun } from './planned.ts';
import type { Problem } from './problem.ts';

type Path = readonly PropertyKey[];

/** @param plan of this study, without problems of its own */
export function checkStudy(study: Study, plan: Plan): Problem[] {
  const problems: Problem[] = [];
  const report = (path: Path, message: string, wayOut?: string): void => {
    problems.push(wayOut === undefined ? { path, message } : { path, message, wayOut });
  };
  checkIds(study, report);
  checkCorpora(study, plan, report);
  checkEvaluations(study, plan, report);
  for (const [name, measure] of Object.entries(study.measures)) {
    checkMeasure(study, plan, measure, ['measures', name], report);
  }
  // What is drawn from measures can be told only where these are sound.
  if (problems.length > 0) return problems;
  checkTables(study, plan, report);
  checkFigures(study, plan, report);
  checkClaims(study, plan, report);
  return problems;
}

type Report = (path: Path, message: string, wayOut?: string) => void;

const list = (names: Iterable<string>): string => [...names].join(', ') || 'none';

function checkIds(study: Study, report: Report): void {
  for (const part of ['evaluations', 'tables', 'figures', 'claims'] as const) {
    const seen = new Set<string>();
    study[part].forEach(({ id }, at) => {
      if (seen.has(id)) report([part, at, 'id'], `stands twice among the ${part}.`);
      seen.add(id);
    });
  }
}

function checkCorpora(study: Study, plan: Plan, report: Report): void {
  const kindOf = (name: string): 'documents' | 'questions' | null => {
    const { sample } = study.corpora[name]!;
    if (sample === undefined) return null;
    return sample === 'questions' ? 'questions' : 'documents';
  };
  const check = (name: string, wanted: 'documents' | 'questions', path: Path): void => {
    if (!Object.hasOwn(study.corpora, name)) {
      report(path, `names no corpus of this study.`, `There are ${list(Object.keys(study.corpora))}.`);
    } else if ((kindOf(name) ?? wanted) !== wanted) {
      report(path, `names a corpus of ${kindOf(name)}, where ${wanted} belong.`);
    }
  };
  study.runs.forEach((run, at) => {
    const corpora = corporaOf(study, run.stage, run);
    const needs = stageDeclarations[run.stage].needs.corpus;
    for (const kind of ['documents', 'questions'] as const) {
      const name = corpora[kind];
      if (name === null) {
        if (needs === kind) report(['runs', at], `needs ${kind} and names no corpus of them.`);
        continue;
      }
      check(name, kind, ['runs', at, kind]);
      if (study.corpora[name]?.heldOut) {
        report(
          ['runs', at, kind],
          'names a corpus that is held out: it can be evaluated on, not trained on.',
        );
      }
    }
  });
  study.evaluations.forEach((evaluation, at) => {
    for (const kind of ['documents', 'questions'] as const) {
      const name = evaluation[kind];
      if (name !== undefined) check(name, kind, ['evaluations', at, kind]);
    }
    if (!evaluation.documents && !evaluation.questions) {
      report(['evaluations', at], 'needs documents, questions or both.');
    }
  });
  for (const name of Object.keys(study.quick?.counts ?? {})) {
    if (study.corpora[name]?.sample === undefined) {
      report(['quick', 'counts', name], 'is no sample corpus of this study.');
    }
  }
  if (plan.nodes.length === 0) report(['runs'], 'give nothing to do.');
}

function checkEvaluations(study: Study, plan: Plan, report: Report): void {
  study.evaluations.forEach(({ of = [], tiers }, at) => {
    of.forEach((name, i) => {
      if (isSubject(study, plan, name) || plan.runs.some(({ declared }) => declared === name)) return;
      report(['evaluations', at, 'of', i], 'names neither a run nor a checkpoint of this study.');
    });
    if (tiers !== undefined && !isSubject(study, plan, tiers)) {
      report(['evaluations', at, 'tiers'], 'names neither a run nor a checkpoint of this study.');
    }
  });
  for (const id of Object.keys(study.quick?.steps ?? {})) {
    if (!study.evaluations.some((evaluation) => evaluation.id === id)) {
      report(['quick', 'steps', id], 'is no evaluation of this study.');
    }
  }
}

const isSubject = (study: Study, plan: Plan, name: string): boolean =>
  Object.hasOwn(study.checkpoints, name) || plan.runs.some(({ id }) => id === name);

function checkMeasure(
  study: Study,
  plan: Plan,
  measure: MeasureDeclaration,
  path: Path,
  report: Report,
): void {
  if (measure.metric !== undefined) {
    if (!metricOf(measure.metric)) report([...path, 'metric'], 'is no metric that runs record.');
    return;
  }
  const evaluation = study.evaluations.find(({ id }) => id === measure.evaluation);
  if (!evaluation) {
    report([...path, 'evaluation'], 'names no evaluation of this study.');
    return;
  }
  const settings = plan.nodes.find((node) => node.evaluation === evaluation.id)?.settings;
  if (settings) checkAsked(evaluation, settings, measure, path, report);
}

/** Whether an evaluation of these settings asks what the measure is of. */
function checkAsked(
  evaluation: EvaluationDeclaration,
  settings: Readonly<Record<string, unknown>>,
  measure: MeasureDeclaration,
  path: Path,
  report: Report,
): void {
  const has = (name: string, value: number): boolean => {
    const values = settings[name];
    return Array.isArray(values) && values.includes(value);
  };
  const { task, mode, temperature, budget, forced, value } = measure;
  const off = (name: string): void =>
    report(path, `is of what “${evaluation.id}” does not ask.`, `Set ${name} in its settings.`);
  const corpus = task === 'question' ? evaluation.questions : evaluation.documents;
  if (corpus === undefined) {
    report(
      path,
      `is of ${task === 'question' ? 'questions' : 'documents'}, and “${evaluation.id}” has none.`,
    );
  }
  if (mode === 'direct') {
    if (task !== 'next-token') report([...path, 'mode'], 'can be direct for next tokens only.');
    else if (settings.nextTokenDirect !== true) off('nextTokenDirect: true');
    return;
  }
  const switches = { 'next-token': 'nextTokenThinking', restoration: 'restoration', question: 'questions' };
  if (settings[switches[task]] !== true) off(`${switches[task]}: true`);
  if (!has('temperatures', temperature)) off(`temperatures: [${temperature}]`);
  if (forced === undefined ? !has('promptBudgets', budget) : !has('forcedBudgets', forced)) {
    off(forced === undefined ? `promptBudgets: [${budget}]` : `forcedBudgets: [${forced}]`);
  }
  const k = Number(/^pass@(\d+)$/.exec(value)?.[1] ?? 1);
  const samples = temperature === 0 ? 1 : Number(settings.samplesPerItem);
  if (k > samples) off(`samplesPerItem to ${k} or more, at a temperature above 0,`);
  if (measure.tier !== 'all' && task !== 'next-token') {
    report([...path, 'tier'], 'is for next tokens only.');
  }
}

/** Why a measure cannot be taken of a run; null if it can. */
function lacking(study: Study, plan: Plan, name: string, run: string, overTime: boolean): string | null {
  const measure = study.measures[name]!;
  const planned = plan.runs.find(({ id }) => id === run);
  if (measure.metric !== undefined) {
    return planned ? null : `“${name}” is a training metric, and “${run}” is not trained here.`;
  }
  const nodes = plan.nodes.filter((node) => node.subject === run && node.evaluation === measure.evaluation);
  if (nodes.length === 0) return `“${measure.evaluation}” does not evaluate “${run}”.`;
  if (overTime && new Set(nodes.map(({ step }) => step)).size < 2) {
    return `“${measure.evaluation}” evaluates one step of “${run}”, which makes no curve.`;
  }
  if (!overTime && !nodes.some(({ step }) => step === null)) {
    return `“${measure.evaluation}” leaves out the last step of “${run}”.`;
  }
  return null;
}

interface Use {
  readonly measure: string;
  readonly measurePath: Path;
  readonly runs: readonly { readonly run: string; readonly path: Path }[];
  /** Over a run's course rather than at its end. */
  readonly overTime?: boolean;
  /** Only training metrics will do. */
  readonly metricOnly?: boolean;
}

function checkUse(study: Study, plan: Plan, use: Use, report: Report): void {
  const measure = study.measures[use.measure];
  if (!measure) {
    report(
      use.measurePath,
      'names no measure of this study.',
      `There are ${list(Object.keys(study.measures))}.`,
    );
    return;
  }
  if (use.metricOnly && measure.metric === undefined) {
    report(use.measurePath, 'has to be a training metric, for FLOPs are counted at every step.');
    return;
  }
  for (const { run, path } of use.runs) {
    if (!isSubject(study, plan, run)) {
      report(
        path,
        'names neither a run nor a checkpoint of this study.',
        `There are ${subjects(study, plan)}.`,
      );
      continue;
    }
    const why = lacking(study, plan, use.measure, run, use.overTime ?? false);
    if (why) report(path, `cannot be measured: ${why}`);
  }
}

const subjects = (study: Study, plan: Plan): string =>
  list([...Object.keys(study.checkpoints), ...plan.runs.map(({ id }: PlannedRun) => id)]);

function checkTables(study: Study, plan: Plan, report: Report): void {
  study.tables.forEach(({ rows, columns }, t) => {
    const named = new Set(columns.map(({ id }) => id));
    rows.forEach((row, r) => {
      if (!isSubject(study, plan, row.run)) {
        report(['tables', t, 'rows', r, 'run'], 'names neither a run nor a checkpoint of this study.');
      }
      for (const id of Object.keys(row.published)) {
        if (!named.has(id)) report(['tables', t, 'rows', r, 'published', id], 'is no column of this table.');
      }
    });
    columns.forEach(({ measure }, c) => {
      const use = { measure, measurePath: ['tables', t, 'columns', c, 'measure'], runs: [] };
      checkUse(study, plan, use, report);
    });
  });
}

function checkFigures(study: Study, plan: Plan, report: Report): void {
  study.figures.forEach((figure, f) => {
    const at: Path = ['figures', f];
    const runs = (names: readonly string[], part: string) =>
      names.map((run, i) => ({ run, path: [...at, part, i] }));
    switch (figure.kind) {
      case 'curve':
      case 'fit':
        checkUse(
          study,
          plan,
          {
            measure: figure.measure,
            measurePath: [...at, 'measure'],
            runs: runs(figure.runs, 'runs'),
            overTime: true,
            metricOnly: figure.kind === 'fit' || figure.x !== 'step',
          },
          report,
        );
        return;
      case 'scatter':
        for (const axis of ['x', 'y'] as const) {
          const use = {
            measure: figure[axis],
            measurePath: [...at, axis],
            runs: figure.rows.map(({ run }, i) => ({ run, path: [...at, 'rows', i, 'run'] })),
          };
          checkUse(study, plan, use, report);
        }
        return;
      case 'sensitivity': {
        figure.sweeps.forEach(({ run, setting }, i) => {
          const swept = plan.runs.filter(({ declared }) => declared === run);
          if (swept.length === 0) report([...at, 'sweeps', i, 'run'], 'names no run of this study.');
          else if (!Object.hasOwn(swept[0]!.values, setting)) {
            report([...at, 'sweeps', i, 'setting'], `is not in the grid of “${run}”.`);
          }
        });
        figure.measures.forEach((measure, i) => {
          const use = {
            measure,
            measurePath: [...at, 'measures', i],
            runs:
              figure.reference === undefined ? [] : [{ run: figure.reference, path: [...at, 'reference'] }],
          };
          checkUse(study, plan, use, report);
        });
        return;
      }
      default:
        figure satisfies never;
    }
  });
}

function checkClaims(study: Study, plan: Plan, report: Report): void {
  study.claims.forEach((claim, c) => {
    const at: Path = ['claims', c];
    const others =
      claim.kind === 'lowest'
        ? claim.among.map((run, i) => ({ run, path: [...at, 'among', i] }))
        : claim.kind === 'linear'
          ? []
          : [{ run: claim.than, path: [...at, 'than'] }];
    checkUse(
      study,
      plan,
      {
        measure: claim.measure,
        measurePath: [...at, 'measure'],
        runs: [{ run: claim.run, path: [...at, 'run'] }, ...others],
        overTime: claim.kind === 'curve' || claim.kind === 'linear',
        metricOnly: claim.kind === 'linear',
      },
      report,
    );
    const thanMode = claim.kind === 'difference' ? claim.thanMode : undefined;
    const measure = study.measures[claim.measure];
    if (thanMode !== undefined && measure && measure.metric === undefined) {
      checkMeasure(study, plan, { ...measure, mode: thanMode }, [...at, 'thanMode'], report);
    }
    if (thanMode === undefined && others.some(({ run }) => run === claim.run))
      report(at, `holds “${claim.run}” against itself.`);
  });
}
