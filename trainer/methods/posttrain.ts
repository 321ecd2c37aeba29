/**
 * Post-training: GRPO (arXiv 2402.03300) on questions whose answers can be checked, from any checkpoint.
 * The reward is the match, mixed with a format reward for closing the thinking and ending the answer.
 */
import { z } from 'zod';
import type { StageSettings } from '../config/stages.ts';
import { stepOrder } from '../data/documents.ts';
import { type BudgetWriter, budgetWriter, questionPrompt } from '../data/prompts.ts';
import { openShards } from '../data/shards.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { Completion } from '../engine/engine.ts';
import type { CorpusReference } from '../protocol.ts';
import { budgetSchedule } from '../rl/budget.ts';
import { answersMatch } from '../rl/rewards.ts';
import { answerOf, type Task } from '../rl/rollouts.ts';
import { rlStep } from './learn.ts';
import { type Method, type Surroundings, train } from './run.ts';
import { budgetMetrics, lengthShaped, type Scored } from './scoring.ts';
import { corpusOf, JobImpossible, type OpenedFromBase, openFromBase } from './setup.ts';

const questionText = z.object({ question: z.string(), answer: z.string() });

export interface Question {
  readonly key: string;
  readonly question: string;
  readonly answer: string;
}

/** @throws JobImpossible if the split holds no questions */
export function openQuestions(corpus: CorpusReference, split: 'train' | 'validation'): Question[] {
  const reader = openShards(corpus[split]);
  try {
    const questions = Array.from({ length: reader.count }, (_, i) => {
      const { key, text } = reader.document(i);
      return { key, ...questionText.parse(JSON.parse(text)) };
    });
    if (questions.length > 0) return questions;
  } finally {
    reader.close();
  }
  throw new JobImpossible(
    'EmptyCorpus',
    `${corpus.name} has no questions in its ${split} split.`,
    'Import more questions, or another share of validation questions.',
  );
}

export function questionTask(
  question: Question,
  tokenizer: Tokenizer,
  budget: number | null,
  writeBudget: BudgetWriter,
  stream: number,
): Task {
  return {
    prompt: questionPrompt(tokenizer.encode(question.question), writeBudget(budget)),
    stream,
    documentKey: question.key,
    tier: null,
    maskFraction: null,
    budget,
    truth: tokenizer.encode(question.answer),
  };
}

/** 1 if the answer checks; 0 if it does not or there is none. */
export function questionMatch(
  completion: Completion,
  task: Task,
  tokenizer: Tokenizer,
  answerMatch: 'exact' | 'numeric',
): number {
  const answer = answerOf(completion);
  return answer ? answersMatch(answerMatch, tokenizer.decode(answer), tokenizer.decode(task.truth)) : 0;
}

export async function posttrain(
  around: Surroundings,
  settings: StageSettings<'posttrain'>,
): Promise<'finished' | 'stopped'> {
  const opened = await openFromBase(around, settings.beta);
  return train(around, opened, settings, () => open(around, opened, settings));
}

async function open(
  around: Surroundings,
  { policy, reference, tokenizer }: OpenedFromBase,
  settings: StageSettings<'posttrain'>,
): Promise<Method> {
  const questions = openQuestions(corpusOf(around, 'questions'), 'train');
  const order = stepOrder(questions.length, settings.promptsPerStep, settings.seed);
  const budgetAt = budgetSchedule(settings);
  const writeBudget = budgetWriter(settings.budgetPrompt, tokenizer);

  return {
    step(step, learningRate, keepSamples) {
      const budget = budgetAt(step);
      const tasks = order(step).map((index, i) =>
        questionTask(questions[index]!, tokenizer, budget, writeBudget, step * 4096 + i),
      );
      return rlStep({
        policy,
        reference,
        tokenizer,
        tasks,
        score: async (completions) =>
          completions.map((group, g) =>
            group.map((completion) => score(completion, tasks[g]!, tokenizer, settings)),
          ),
        documents: [],
        ntpCoefficient: 0,
        settings,
        learningRate,
        keepSamples,
        metrics: (completions) => budgetMetrics(budget, completions.flat()),
      });
    },
    validate: async () => null,
  };
}

function score(
  completion: Completion,
  task: Task,
  tokenizer: Tokenizer,
  settings: StageSettings<'posttrain'>,
): Scored {
  const match = questionMatch(completion, task, tokenizer, settings.answerMatch);
  const format = completion.finish === 'eos' ? 1 : 0;
  const reward = (1 - settings.formatWeight) * match + settings.formatWeight * format;
  return lengthShaped(completion, reward, { match, format }, task.budget, settings);
}
