/**
 * Evaluation of a checkpoint on held-out items: next tokens by tier (direct, and after thinking), restoration and
 * questions, at each temperature and budget asked for. Every rollout is reported with its item, so that intervals,
 * paired tests and side-by-side reading can be made from the record.
 */
import { type Checkpoint, readCheckpoint } from '../checkpoints/folder.ts';
import type { StageSettings } from '../config/stages.ts';
import type { TokenizedCorpus } from '../data/documents.ts';
import { type BudgetWriter, budgetWriter } from '../data/prompts.ts';
import { EOS } from '../data/special-tokens.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { Completion, Policy } from '../engine/engine.ts';
import { parameterCount } from '../engine/model.ts';
import { forwardFlops } from '../flops.ts';
import { openQuestions, questionMatch } from '../methods/posttrain.ts';
import { restorationScores } from '../methods/rlm.ts';
import { continuationMatch } from '../methods/rmt.ts';
import type { Surroundings } from '../methods/run.ts';
import { breathe, corpusOf, JobImpossible, openCorpus } from '../methods/setup.ts';
import { representatives } from '../methods/tiers.ts';
import type { EvaluationItem, EvaluationProtocol } from '../protocol.ts';
import { type TierThresholds, tierThresholds } from '../rl/curriculum.ts';
import {
  DIRECT,
  type EntropyTable,
  entropyPath,
  loadEntropies,
  saveEntropies,
  scoreEntropies,
} from '../rl/entropy.ts';
import { tokenMatch } from '../rl/rewards.ts';
import { answerOf, decodingOf, inWords, type Task, thinkingLimits } from '../rl/rollouts.ts';
import { type Item, itemsHash, positionItems, questionItems, spanItems } from './items.ts';

type EvaluateSettings = StageSettings<'evaluate'>;

/** Items sampled in one call: small enough to report progress and to stop soon. */
const BATCH = 64;

interface Opened {
  readonly around: Surroundings;
  readonly settings: EvaluateSettings;
  readonly policy: Policy;
  readonly tokenizer: Tokenizer;
  readonly writeBudget: BudgetWriter;
}

interface Asked {
  readonly task: EvaluationProtocol['task'];
  readonly items: readonly Item[];
  readonly corpus: TokenizedCorpus | null;
}

export async function evaluate(
  around: Surroundings,
  settings: EvaluateSettings,
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

function planTitle(protocol: EvaluationProtocol): string {
  const task = { 'next-token': 'next tokens', restoration: 'restoration', question: 'questions' }[
    protocol.task
  ];
  if (protocol.mode === 'direct') return `Evaluating ${task}, direct`;
  const how = protocol.temperature === 0 ? 'greedy' : `T = ${protocol.temperature}`;
  return `Evaluating ${task}, thinking, ${how}`;
}

/** The items of every task that is switched on and has a corpus. */
async function collectItems(opened: Opened): Promise<Asked[]> {
  const { around, settings, tokenizer, writeBudget } = opened;
  const { job } = around;
  const asked: Asked[] = [];
  const wantsPositions = settings.nextTokenDirect || settings.nextTokenThinking;
  if (job.documents && (wantsPositions || settings.restoration)) {
    const source = corpusOf(around, 'documents');
    const corpus = representatives(
      await openCorpus(around, source, 'validation', tokenizer, settings.maxDocumentTokens),
      settings.maxScoredSequences,
    );
    const needsTiers = wantsPositions || settings.spanChoice === 'hard';
    const tiers = needsTiers ? await referenceTiers(opened, corpus) : null;
    if (wantsPositions && tiers) {
      const items = positionItems(corpus, tiers.entropies, tiers.thresholds, settings, writeBudget);
      asked.push({ task: 'next-token', items, corpus });
    }
    if (settings.restoration) {
      const items = spanItems(
        corpus,
        tiers?.entropies ?? null,
        tiers?.thresholds ?? null,
        settings,
        writeBudget,
      );
      asked.push({ task: 'restoration', items, corpus });
    }
  }
  if (job.questions && settings.questions) {
    const questions = openQuestions(job.questions, 'validation');
    const items = questionItems(questions, tokenizer, settings, writeBudget);
    asked.push({ task: 'question', items, corpus: null });
  }
  if (asked.every((one) => one.items.length === 0)) {
    throw new JobImpossible(
      'NothingToEvaluate',
      'The held-out documents and questions of these corpora offer nothing to evaluate under these settings.',
      'Give a corpus with a validation split, or switch on a task that suits it.',
    );
  }
  return asked.filter((one) => one.items.length > 0);
}

/** Tiers by the reference checkpoint's entropies on the held-out documents themselves. */
async function referenceTiers(
  opened: Opened,
  corpus: TokenizedCorpus,
): Promise<{ entropies: EntropyTable; thresholds: TierThresholds }> {
  const { around, settings, tokenizer } = opened;
  const reference = readCheckpoint(around.job.tierReference ?? around.job.base ?? '', false);
  if (reference.tokenizer.sha256 !== tokenizer.sha256) {
    throw new JobImpossible(
      'TokenizersDiffer',
      'The checkpoint that sets the tiers has another tokenizer than the evaluated one, so positions do not match.',
      'Choose a tier reference from the same lineage.',
    );
  }
  // Kept, so that an evaluation on another engine, whose entropies differ in the last digit, asks the same items.
  const { sha256 } = corpusOf(around, 'documents');
  const path = entropyPath(
    around.job.entropyFolder,
    sha256,
    'validation',
    reference.sha256,
    settings.maxDocumentTokens,
    corpus.count,
  );
  const entropies = loadEntropies(path, corpus) ?? (await scoreReference(around, reference, corpus, path));
  return { entropies, thresholds: tierThresholds(entropies.values, settings) };
}

async function scoreReference(
  around: Surroundings,
  reference: Checkpoint,
  corpus: TokenizedCorpus,
  path: string,
): Promise<EntropyTable> {
  const scorer = await around.engine.createPolicy(reference.state, { withOptimizer: false });
  try {
    const entropies = await scoreEntropies(scorer, corpus, async (done, total) => {
      around.emit({ kind: 'progress', label: 'Scoring entropies of held-out documents', done, total });
      await breathe();
    });
    saveEntropies(path, corpus, entropies);
    return entropies;
  } finally {
    scorer.dispose();
  }
}

interface Plan {
  readonly asked: Asked;
  readonly protocol: EvaluationProtocol;
}

/** One plan per mode, temperature and budget. */
function plansFor(asked: Asked, settings: EvaluateSettings, tokenizer: Tokenizer): Plan[] {
  const shared = {
    task: asked.task,
    topK: settings.topK,
    topP: settings.topP,
    minP: settings.minP,
    seed: settings.seed,
    itemsHash: itemsHash(asked.items, tokenizer),
  };
  const plans: Plan[] = [];
  if (asked.task === 'next-token' && settings.nextTokenDirect) {
    plans.push({
      asked,
      protocol: {
        ...shared,
        mode: 'direct',
        temperature: 0,
        promptBudget: 0,
        forcedBudget: null,
        maxThinkingTokens: 0,
        maxAnswerTokens: 1,
        samplesPerItem: 1,
      },
    });
  }
  if (asked.task === 'next-token' && !settings.nextTokenThinking) return plans;
  const single = asked.task === 'next-token' && settings.matchReward === 'token';
  const budgets = [
    ...settings.promptBudgets.map((promptBudget) => ({ promptBudget, forcedBudget: null })),
    ...settings.forcedBudgets.map((forcedBudget) => ({ promptBudget: forcedBudget, forcedBudget })),
  ];
  for (const temperature of settings.temperatures) {
    for (const budget of budgets) {
      plans.push({
        asked,
        protocol: {
          ...shared,
          ...budget,
          mode: 'thinking',
          temperature,
          maxThinkingTokens: budget.forcedBudget ?? settings.maxThinkingTokens,
          maxAnswerTokens: single ? 1 : settings.maxAnswerTokens,
          // Greedy decoding gives the same answer every time.
          samplesPerItem: temperature === 0 ? 1 : settings.samplesPerItem,
        },
      });
    }
  }
  return plans;
}

/** The most likely next token without thinking. */
async function answerDirectly(
  { policy, tokenizer }: Opened,
  { corpus }: Asked,
  items: readonly Item[],
): Promise<EvaluationItem[]> {
  const sequences = items.map(({ position }) =>
    corpus!.sequence(position!.sequence).slice(0, position!.target + 1),
  );
  const starts = items.map(({ position }) => position!.target);
  const scores = await policy.score({ sequences, starts, logits: DIRECT });
  return items.map((item, i) => {
    const { target } = item.position!;
    const task = item.task(null);
    const predicted = scores[i]!.greedyTokens[target]!;
    const score = predicted === task.truth[0] ? 1 : 0;
    return {
      itemKey: item.key,
      sampleIndex: 0,
      score,
      scores: { match: score, logprob: scores[i]!.logps[target]! },
      documentKey: task.documentKey,
      tier: task.tier,
      maskFraction: null,
      promptText: tokenizer.decode(sequences[i]!.subarray(-400, -1)),
      thinkingText: '',
      answerText: tokenizer.decode([predicted]),
      truthText: tokenizer.decode(task.truth),
      thinkingLength: 0,
      completionLength: 1,
      budget: null,
      truncated: false,
    };
  });
}

async function answerThinking(
  opened: Opened,
  asked: Asked,
  protocol: EvaluationProtocol,
  items: readonly Item[],
): Promise<EvaluationItem[]> {
  const { policy, tokenizer, settings } = opened;
  const tasks = items.map((item) => item.task(protocol.promptBudget === 0 ? null : protocol.promptBudget));
  const completions = await policy.sample({
    prompts: tasks.map((task) => task.prompt),
    streams: tasks.map((task) => task.stream),
    numGenerations: protocol.samplesPerItem,
    decoding: decodingOf({
      ...settings,
      temperature: protocol.temperature,
      numGenerations: protocol.samplesPerItem,
    }),
    thinking: thinkingLimits(protocol.maxThinkingTokens, protocol.forcedBudget),
    maxAnswerTokens: protocol.maxAnswerTokens,
    eosToken: EOS,
    seed: settings.seed,
  });
  return items.flatMap((item, i) =>
    completions[i]!.map((completion, sampleIndex) => ({
      itemKey: item.key,
      sampleIndex,
      ...scoreOf(opened, asked, item, tasks[i]!, completion),
      ...inWords(tokenizer, tasks[i]!, completion),
    })),
  );
}

function scoreOf(
  { tokenizer, settings }: Opened,
  asked: Asked,
  item: Item,
  task: Task,
  completion: Completion,
): { score: number; scores: Record<string, number> } {
  switch (asked.task) {
    case 'next-token': {
      const answer = answerOf(completion);
      const match = !answer
        ? 0
        : settings.matchReward === 'token'
          ? tokenMatch(answer, task.truth[0]!)
          : continuationMatch(
              answer,
              asked.corpus!.sequence(item.position!.sequence),
              item.position!.target,
              tokenizer,
            );
      return { score: match, scores: { match } };
    }
    case 'restoration': {
      const scores = restorationScores(completion, task, tokenizer);
      return { score: scores.edit, scores };
    }
    case 'question': {
      const match = questionMatch(completion, task, tokenizer, settings.answerMatch);
      return { score: match, scores: { match } };
    }
    default:
      return asked.task satisfies never;
  }
}
