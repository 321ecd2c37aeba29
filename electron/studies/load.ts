/** A study file's text as a checked study with its plan. Pure. */
import { checkStudy } from './check.ts';
import type { Study } from './declaration.ts';
import { parseStudy } from './parse.ts';
import { planStudy } from './plan.ts';
import type { Asked, Plan } from './planned.ts';

export interface LoadedStudy {
  readonly study: Study;
  readonly plan: Plan;
}

/** @param file its name, for messages @throws AppError StudyInvalid */
export function loadStudy(text: string, file: string, asked: Asked): LoadedStudy {
  const { study, error } = parseStudy(text, file);
  const plan = planStudy(study, asked);
  if (plan.problems.length > 0) throw error(plan.problems);
  const problems = checkStudy(study, plan);
  if (problems.length > 0) throw error(problems);
  return { study, plan };
}
