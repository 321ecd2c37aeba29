/**
 * Evaluation of a checkpoint on held-out items: next tokens by tier (direct, and after thinking), restoration and
 * questions, at each temperature and budget asked for. Every rollout is reported with its item, so that intervals,
 * paired tests and side-by-side reading can be made from the record.
 */
import { readCheckpoint } from '../checkpoints/folder.ts';
import type { StageSettings } from '../config/stages.ts';
import { budgetWriter } from '../data/prompts.ts';
import { parameterCount } from '../engine/model.ts';
import { forwardFlops } from '../flops.ts';
import type { Surroundings } from '../methods/run.ts';
import { breathe } from '../methods/setup.ts';
import { answerDirectly, answerThinking } from './answers.ts';
import { collectItems } from './collect.ts';
import { plansFor, planTitle } from './plans.ts';

/** Items sampled in one call: small enough to report progress and to stop soon. */
const BATCH = 64;

export async function evaluate(
  around: Surroundings,
  settings: StageSettings<'evaluate'>,
): Promise<'finished' | 'stopped'> {
  const { job, engine, emit } = around;
  const checkpoint = readCheckpoint(job.base ?? '', false);
  const { tokenizer } = checkpoint;
  const policy = await engine.createPolicy(checkpoint.state, { withOptimizer: false });
  try {
    const opened = {
      around,
      settings,
      policy,
      tokenizer,
      writeBudget: budgetWriter(settings.budgetPrompt, tokenizer),
    };
    const asked = await collectItems(opened);
    const plans = asked.flatMap((one) => plansFor(one, settings, tokenizer));
    const total = plans.reduce((sum, plan) => sum + plan.asked.items.length, 0);
    emit({
      kind: 'started',
      totalSteps: total,
      fromStep: 0,
      parameters: parameterCount(policy.config),
      flopsPerToken: forwardFlops(policy.config, { tokens: 1, attended: 1, logits: 1 }),
    });
    let done = 0;
    for (const plan of plans) {
      const { items } = plan.asked;
      for (let at = 0; at < items.length; at += BATCH) {
        if (!(await around.control.proceed())) return 'stopped';
        const batch = items.slice(at, at + BATCH);
        const results =
          plan.protocol.mode === 'direct'
            ? await answerDirectly(opened, plan.asked, batch)
            : await answerThinking(opened, plan.asked, plan.protocol, batch);
        emit({
          kind: 'evaluation',
          protocol: plan.protocol,
          items: results,
          last: at + BATCH >= items.length,
        });
        done += batch.length;
        emit({ kind: 'progress', label: planTitle(plan.protocol), done, total });
        await breathe();
      }
    }
    return 'finished';
  } finally {
    policy.dispose();
  }
}
