import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  baseFromText,
  baseToText,
  draftFromParams,
  draftLike,
  EMPTY_DRAFT,
  newRunOf,
  paramsOfDraft,
  type RunDraft,
  settingsOf,
  withSetting,
  withStage,
} from '../../renderer/lib/run-draft.ts';
import { missingInputs } from '../../renderer/lib/run-inputs.ts';
import type { Setting, SettingValue } from '../../trainer/config/setting.ts';
import { resolveStage, STAGE_NAMES } from '../../trainer/config/stages.ts';

function valueFor(setting: Setting): fc.Arbitrary<SettingValue> {
  switch (setting.kind) {
    case 'number':
      return setting.integer
        ? fc.integer({ min: setting.min, max: Math.min(setting.max, 2 ** 31 - 1) })
        : fc.double({ min: setting.min, max: setting.max, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...Object.keys(setting.choices));
    case 'mix':
      return fc.constantFrom([1, 0, 0], [0.2, 0.2, 0.6], [0.25, 0.25, 0.5]);
    case 'numbers':
      return fc.array(fc.integer({ min: setting.min, max: setting.max }), { maxLength: setting.maxLength });
    default:
      return setting satisfies never;
  }
}

const drafts: fc.Arbitrary<RunDraft> = fc.constantFrom(...STAGE_NAMES).chain((stage) => {
  const settings = Object.entries(settingsOf(stage));
  return fc
    .tuple(
      fc.tuple(...settings.map(([, setting]) => fc.option(valueFor(setting), { nil: null, freq: 4 }))),
      fc.string({ maxLength: 30 }),
      fc.option(fc.constantFrom('c1', 'c 2&x=y'), { nil: null }),
      fc.constantFrom(
        null,
        { kind: 'run', runId: 'r:1' } as const,
        { kind: 'checkpoint', checkpointId: 'k' } as const,
      ),
    )
    .map(([values, name, corpusId, base]) => {
      let draft: RunDraft = { ...EMPTY_DRAFT, stage, name, corpusId, base };
      values.forEach((value, index) => {
        draft = withSetting(draft, settings[index]?.[0] ?? '', value);
      });
      return draft;
    });
});

describe('a draft in the address', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const text = paramsOfDraft(draft).toString();
        expect(draftFromParams(new URLSearchParams(text))).toEqual(draft);
      }),
    );
  });

  it('holds only what departs from the defaults', () => {
    const draft = withSetting({ ...EMPTY_DRAFT, stage: 'rmt' }, 'budgetDecay', 0.2);
    expect(paramsOfDraft(draft).toString()).toBe('stage=rmt&budgetDecay=0.2');
    expect(withSetting(draft, 'budgetDecay', 0.6).settings).toEqual({});
    expect(withSetting(draft, 'budgetDecay', null).settings).toEqual({});
  });

  it('leaves out what it cannot read', () => {
    const params = new URLSearchParams(
      'stage=nothing&learningRate=fast&lossType=other&unknown=1&maxSteps=12',
    );
    expect(draftFromParams(params)).toEqual({ ...EMPTY_DRAFT, settings: { maxSteps: 12 } });
    expect(baseFromText('folder:/etc')).toBeNull();
    expect(baseToText(baseFromText('checkpoint:a:b'))).toBe('checkpoint:a:b');
  });

  it('keeps what another stage knows too', () => {
    const rmt = withSetting(withSetting(EMPTY_DRAFT, 'learningRate', 1e-6), 'ntpWeight', 0);
    expect(withStage(rmt, 'sft').settings).toEqual({ learningRate: 1e-6 });
    // 3e-3 departs from RMT's default and is pre-training's own.
    expect(withStage(withSetting(EMPTY_DRAFT, 'learningRate', 3e-3), 'pretrain').settings).toEqual({});
  });
});

describe('a run to repeat', () => {
  it('gives the settings that were not defaults, and they resolve to the same values', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const { values, problems } = resolveStage(draft.stage, draft.settings);
        fc.pre(problems.length === 0);
        const again = draftLike({ ...draft, settings: values as Record<string, unknown> });
        expect(again.settings).toEqual(draft.settings);
        expect(newRunOf(again).settings).toEqual(draft.settings);
      }),
    );
  });
});

describe('what is missing', () => {
  it('follows what the stage reads', () => {
    expect(missingInputs({ ...EMPTY_DRAFT, stage: 'pretrain' })).toEqual(['Choose a corpus.']);
    expect(missingInputs({ ...EMPTY_DRAFT, stage: 'posttrain' })).toHaveLength(2);
    const base = { kind: 'checkpoint', checkpointId: 'k' } as const;
    expect(missingInputs({ ...EMPTY_DRAFT, stage: 'evaluate', base })).toEqual([
      'Choose a corpus, questions or both.',
    ]);
    expect(missingInputs({ ...EMPTY_DRAFT, stage: 'evaluate', base, questionsId: 'q' })).toEqual([]);
    expect(missingInputs({ ...EMPTY_DRAFT, stage: 'rmt', base, corpusId: 'c' })).toEqual([]);
  });
});
