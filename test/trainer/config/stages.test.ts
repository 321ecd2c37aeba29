import { describe, expect, it } from 'vitest';
import { type Settings, schemaOf } from '../../../trainer/config/setting.ts';
import {
  resolveStage,
  STAGE_NAMES,
  stageDeclarations,
  stageSettings,
} from '../../../trainer/config/stages.ts';

describe('settings', () => {
  it.each(STAGE_NAMES)('%s: defaults are allowed values that pass every check', (stage) => {
    expect(resolveStage(stage, {}).problems).toEqual([]);
    for (const [name, setting] of Object.entries(stageSettings[stage] as Settings)) {
      expect(schemaOf(setting).safeParse(setting.default).success, name).toBe(true);
    }
  });

  it.each(STAGE_NAMES)('%s: the form’s sections hold every setting once', (stage) => {
    const shown = stageDeclarations[stage].sections.flatMap((section) => section.names);
    expect([...shown].sort()).toEqual(Object.keys(stageSettings[stage]).sort());
  });

  it('refuse unknown names and values out of range, telling what is allowed', () => {
    const { problems } = resolveStage('rmt', {
      numGeneration: 8,
      budgetDecay: 3,
      curriculumStart: [0.5, 0.5, 0.5],
    });
    expect(problems.map((problem) => problem.settings)).toEqual([
      ['numGeneration'],
      ['budgetDecay'],
      ['curriculumStart'],
    ]);
    expect(problems[1]!.wayOut).toBe('Use a number from 0.001 to 1.');
    expect(problems[2]!.wayOut).toBe('Use 3 shares (easy, medium, hard) that sum to 1.');
  });

  it('refuse combinations that cannot work, telling the way out', () => {
    const impossible = [
      ['rmt', { budgetMin: 30, budgetInitial: 20 }],
      ['rmt', { curriculumFrom: 0.8, curriculumTo: 0.2 }],
      ['pretrain', { numAttentionHeads: 4, numKeyValueHeads: 3 }],
      ['pretrain', { thinkFraction: 0.8, fillFraction: 0.5 }],
      ['rlm', { editWeight: 0 }],
      ['rlm', { promptsPerStep: 30, documentsPerStep: 20 }],
      ['evaluate', { temperatures: [] }],
      ['evaluate', { easyQuantile: 0.9, hardQuantile: 0.1 }],
      ['rlm', { easyEntropy: 5, hardEntropy: 0.1 }],
    ] as const;
    for (const [stage, settings] of impossible) {
      const { problems } = resolveStage(stage, settings);
      expect(problems.length, JSON.stringify(settings)).toBe(1);
      expect(problems[0]!.wayOut).not.toBe('');
    }
  });

  it('RPT is RMT’s loop without budget, curriculum and next-token loss', () => {
    const { values: rmt } = resolveStage('rmt', {});
    const { values: rpt } = resolveStage('rpt', {});
    const different = Object.keys(rmt).filter(
      (name) =>
        JSON.stringify(rmt[name as keyof typeof rmt]) !== JSON.stringify(rpt[name as keyof typeof rpt]),
    );
    expect(different.sort()).toEqual(['budgetSchedule', 'curriculum', 'lengthRewardWeight', 'ntpWeight']);
  });
});
