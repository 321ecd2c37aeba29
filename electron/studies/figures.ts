/** A study's figures as data to draw. Pure. */
import type { Setting } from '../../trainer/config/setting.ts';
import { stageSettings } from '../../trainer/config/stages.ts';
import type { StudyFigure } from '../contract/studies.ts';
import { against, gather } from './curves.ts';
import type { FigureDeclaration, MeasureDeclaration, SettingInput } from './declaration.ts';
import { bandOf, fitOf, r2Interval } from './fits.ts';
import { observeNodes, type Source, stepsOf, summariseObservation } from './observe.ts';
import { valueText } from './plan-runs.ts';
import type { PlannedRun } from './planned.ts';
import { endEstimate, labelOf } from './tables.ts';
import { estimateOf, unitOf } from './units.ts';

/** Points a metric's curve is drawn with: as many as can be told apart. */
const CURVE_POINTS = 60;

export function figureOf(source: Source, declared: FigureDeclaration): StudyFigure {
  const { id, title, note = null } = declared;
  const head = { id, title, note };
  const axisOf = (name: string) => {
    const measure = source.study.measures[name]!;
    return { label: measure.label, unit: unitOf(measure) };
  };
  switch (declared.kind) {
    case 'curve': {
      const measure = source.study.measures[declared.measure]!;
      const lines = declared.runs.map((run) => ({
        run,
        label: labelOf(source, run),
        points:
          measure.metric === undefined
            ? evaluatedCurve(source, run, measure)
            : metricCurve(source, run, measure, declared.x),
      }));
      return { ...head, kind: 'curve', x: declared.x, y: axisOf(declared.measure), lines };
    }
    case 'fit': {
      const measure = source.study.measures[declared.measure]!;
      const lines = declared.runs.map((run) => {
        const { points, fit, z } = fitOf(source, run, measure, declared);
        const r2 = z ? r2Interval(z) : { low: null, high: null };
        return {
          run,
          label: labelOf(source, run),
          points: bandOf(points),
          fit: fit && {
            slope: fit.slope,
            slopeLow: fit.slopeLow,
            slopeHigh: fit.slopeHigh,
            intercept: fit.intercept,
            r2: fit.r2,
            r2Low: r2.low,
            r2High: r2.high,
          },
        };
      });
      return { ...head, kind: 'fit', y: axisOf(declared.measure), lines };
    }
    case 'scatter': {
      const points = declared.rows.flatMap(({ run, label, mode }) => {
        const x = endEstimate(source, run, declared.x, mode);
        const y = endEstimate(source, run, declared.y, mode);
        return x && y ? [{ run, label: label ?? labelOf(source, run), x, y }] : [];
      });
      return { ...head, kind: 'scatter', x: axisOf(declared.x), y: axisOf(declared.y), points };
    }
    case 'sensitivity':
      return { ...head, kind: 'sensitivity', panels: sensitivityPanels(source, declared, axisOf) };
    default:
      return declared satisfies never;
  }
}

type BandPoints = ReturnType<typeof bandOf>;

function metricCurve(
  source: Source,
  run: string,
  measure: MeasureDeclaration,
  x: 'step' | 'num_tokens' | 'flops',
): BandPoints {
  const curves = source.plan.nodes.flatMap((node) => {
    if (node.subject !== run || node.kind !== 'train') return [];
    const series = source.data.series(node.id, measure.metric!);
    const axis = x === 'step' ? null : source.data.series(node.id, x);
    return series && (axis || x === 'step') ? [against(series, axis)] : [];
  });
  return bandOf(gather(curves, CURVE_POINTS));
}

function evaluatedCurve(source: Source, run: string, measure: MeasureDeclaration): BandPoints {
  return stepsOf(source, run, measure.evaluation!).flatMap(({ step, nodes }) => {
    const summary = summariseObservation(observeNodes(source, nodes, measure), measure.tier);
    if (!summary) return [];
    const { mean, low, high, seeds } = estimateOf(summary, unitOf(measure));
    return [{ x: step, y: mean, low, high, seeds }];
  });
}

function sensitivityPanels(
  source: Source,
  declared: Extract<FigureDeclaration, { kind: 'sensitivity' }>,
  axisOf: (name: string) => { label: string; unit: ReturnType<typeof unitOf> },
) {
  const { runs } = source.plan;
  const reference = runs.find(({ id }) => id === declared.reference);
  return declared.sweeps.flatMap(({ run, setting, label }) => {
    const swept = runs.filter((one) => one.declared === run);
    const settings: Readonly<Record<string, Setting>> = swept[0] ? stageSettings[swept[0].stage] : {};
    const known = settings[setting];
    return declared.measures.map((measure) => ({
      setting,
      label: label ?? known?.label ?? setting,
      symbol: known?.symbol ?? null,
      measure,
      y: axisOf(measure),
      points: sweptPoints(source, swept, setting, measure, reference),
    }));
  });
}

/** One point a value; the reference stands among them even where the grid leaves its value out. */
function sweptPoints(
  source: Source,
  swept: readonly PlannedRun[],
  setting: string,
  measure: string,
  reference: PlannedRun | undefined,
) {
  const own = swept.map((run) => ({ run, value: run.values[setting]!, isReference: false }));
  const usual = reference?.settings[setting] as SettingInput | undefined;
  const isUsual = (value: SettingInput): boolean => JSON.stringify(value) === JSON.stringify(usual);
  const all = own.map((one) => ({ ...one, isReference: isUsual(one.value) }));
  if (reference && usual !== undefined && !all.some(({ isReference }) => isReference)) {
    const next = all.findIndex(({ value }) => typeof value === 'number' && value > Number(usual));
    all.splice(next === -1 ? all.length : next, 0, { run: reference, value: usual, isReference: true });
  }
  return all.flatMap(({ run, value, isReference }) => {
    const estimate = endEstimate(source, run.id, measure);
    return estimate ? [{ value: valueText(value), estimate, isReference }] : [];
  });
}
