/** Rollouts that are cut off or all alike. Pure. */
import { evidenceOf, mean, percent, short } from './evidence.ts';
import { LOW_TEMPERATURE, last, learns, type Rule, setting } from './rule.ts';

export const truncation: Rule = {
  kind: 'truncation',
  needs: ['completions/clipped_ratio'],
  find(facts) {
    const cut = last(facts, 'completions/clipped_ratio');
    if (!cut) return null;
    const share = mean(cut.values);
    const { truncatedShare } = facts.thresholds;
    if (share < truncatedShare) return null;
    const cap = setting(facts, 'maxThinkingTokens');
    const length = last(facts, 'thinking/mean_length');
    const budget = last(facts, 'budget/target');
    const overBudget = cap !== null && budget && mean(budget.values) > cap;
    return {
      kind: 'truncation',
      severity: 'problem',
      title: 'Rollouts cut off',
      text:
        `${percent(share)} of the rollouts of steps ${cut.fromStep} to ${cut.toStep} were cut at the thinking cap` +
        `${cap === null ? '' : ` of ${cap} ${cap === 1 ? 'token' : 'tokens'}`} or ended without an answer. They earn no match, however good ` +
        `their thinking was${overBudget ? ', and the budget asks for more tokens than the cap allows' : ''}.`,
      advice: overBudget
        ? 'Raise the thinking cap (maxThinkingTokens) to at least twice the budget, or lower the budget (budgetInitial).'
        : 'Raise the thinking cap (maxThinkingTokens), or ask for shorter thinking (budgetInitial).',
      settings: ['maxThinkingTokens', 'budgetInitial'],
      evidence: [
        evidenceOf(cut, share, { value: truncatedShare, label: 'threshold' }),
        ...(length
          ? [
              evidenceOf(
                length,
                mean(length.values),
                cap === null ? null : { value: cap, label: 'thinking cap' },
              ),
            ]
          : []),
      ],
    };
  },
};

export const entropyCollapse: Rule = {
  kind: 'entropy-collapse',
  needs: ['entropy'],
  find(facts) {
    const measured = facts.metric('entropy');
    if (!measured || measured.atLast.values.length === 0 || measured.atFirst.values.length === 0) return null;
    const { entropyDrop, entropyFloor } = facts.thresholds;
    const before = mean(measured.atFirst.values);
    const now = mean(measured.atLast.values);
    const fromStart = before < entropyFloor;
    if (now >= entropyFloor || !(fromStart || now < entropyDrop * before)) return null;
    const temperature = setting(facts, 'temperature');
    const cold = temperature !== null && temperature < LOW_TEMPERATURE;
    return {
      kind: 'entropy-collapse',
      severity: learns(facts) ? 'notice' : 'problem',
      title: fromStart ? 'No entropy from the start' : 'Entropy collapsed',
      text: fromStart
        ? `The policy’s entropy was ${short(before)} nats at first and is ${short(now)} now: it says the same thing ` +
          `again and again, so there is nothing to choose between${cold ? `, at a temperature of ${short(temperature)}` : ''}.`
        : `The policy’s entropy fell from ${short(before)} to ${short(now)} nats: it no longer tries anything new.`,
      advice: cold
        ? 'Sample at temperature 1 (temperature).'
        : 'Lower the learning rate (learningRate), raise the upper clip (epsilonHigh, 0.28 in DAPO), or hold the policy near its base (beta).',
      settings: cold ? ['temperature'] : ['learningRate', 'epsilonHigh', 'beta'],
      evidence: [
        evidenceOf(measured.atLast, now, { value: entropyFloor, label: 'threshold' }),
        evidenceOf(
          measured.atLast,
          now,
          { value: before, label: 'at first' },
          'Entropy against its beginning',
        ),
      ],
    };
  },
};
