import { stageDeclarations } from '../../trainer/config/stages.ts';
import type { RunDraft } from './run-draft.ts';

/** What a stage reads and whether it must be given. */
export interface InputNeeds {
  readonly documents: 'required' | 'optional' | 'none';
  readonly questions: 'required' | 'optional' | 'none';
  readonly base: 'required' | 'optional';
}

export function needsOf(draft: Pick<RunDraft, 'stage'>): InputNeeds {
  const { corpus, base } = stageDeclarations[draft.stage].needs;
  switch (corpus) {
    case 'documents':
      return { documents: 'required', questions: 'none', base };
    case 'questions':
      return { documents: 'none', questions: 'required', base };
    case 'either':
      return { documents: 'optional', questions: 'optional', base };
    default:
      return corpus satisfies never;
  }
}

/** What is still to be chosen before the run can start, in sentences. */
export function missingInputs(draft: RunDraft): string[] {
  const needs = needsOf(draft);
  const missing: string[] = [];
  if (needs.documents === 'required' && !draft.corpusId) missing.push('Choose a corpus.');
  if (needs.questions === 'required' && !draft.questionsId) missing.push('Choose questions.');
  if (needs.documents === 'optional' && !draft.corpusId && !draft.questionsId) {
    missing.push('Choose a corpus, questions or both.');
  }
  if (needs.base === 'required' && !draft.base) {
    missing.push(draft.stage === 'evaluate' ? 'Choose a checkpoint.' : 'Choose a base checkpoint.');
  }
  return missing;
}
