import { Text } from '@mantine/core';
import { useContract } from '../../data/queries.ts';
import type { RunDraft } from '../../lib/run-draft.ts';
import { needsOf } from '../../lib/run-inputs.ts';
import { PageLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import classes from './form.module.css';
import { BasePicker, CorpusPicker } from './pickers.tsx';

interface Props {
  readonly draft: RunDraft;
  readonly onChange: (next: (draft: RunDraft) => RunDraft) => void;
}

/** What the run reads: corpus, questions and the checkpoint it starts from. */
export function InputsPanel({ draft, onChange }: Props): React.JSX.Element {
  const corpora = useContract('corpora.list', {}).data;
  const checkpoints = useContract('checkpoints.list', {}).data;
  const runs = useContract('runs.list', {}).data;
  const needs = needsOf(draft);
  const evaluating = draft.stage === 'evaluate';
  const none = (corpora?.length ?? 1) === 0;
  return (
    <Panel title="What it works on">
      <div className={classes.grid}>
        {needs.documents !== 'none' && (
          <CorpusPicker
            label="Corpus"
            description={evaluating ? 'Its held-out documents are asked about.' : 'Documents to train on.'}
            kind="documents"
            corpora={corpora ?? null}
            value={draft.corpusId}
            required={needs.documents === 'required'}
            onChange={(corpusId) => onChange((before) => ({ ...before, corpusId }))}
          />
        )}
        {needs.questions !== 'none' && (
          <CorpusPicker
            label="Questions"
            description={
              evaluating ? 'Its held-out questions are asked.' : 'Questions with checkable answers.'
            }
            kind="questions"
            corpora={corpora ?? null}
            value={draft.questionsId}
            required={needs.questions === 'required'}
            onChange={(questionsId) => onChange((before) => ({ ...before, questionsId }))}
          />
        )}
        <BasePicker
          label={evaluating ? 'Checkpoint' : 'Base checkpoint'}
          description={
            needs.base === 'required'
              ? 'Weights and tokenizer come from it.'
              : 'Without one, a new model is made.'
          }
          placeholder={needs.base === 'required' ? 'Choose' : 'A new model'}
          checkpoints={checkpoints ?? null}
          runs={runs ?? []}
          value={draft.base}
          required={needs.base === 'required'}
          onChange={(base) => onChange((before) => ({ ...before, base }))}
        />
        {evaluating && (
          <BasePicker
            label="Tiers from"
            description="Whose entropies say what is easy and hard. Compared checkpoints must share it."
            placeholder="The first checkpoint of its lineage"
            checkpoints={checkpoints ?? null}
            runs={runs ?? []}
            value={draft.tierReference}
            required={false}
            onChange={(tierReference) => onChange((before) => ({ ...before, tierReference }))}
          />
        )}
      </div>
      {none && (
        <Text size="sm" mt="sm">
          Nothing is imported yet: <PageLink to="/corpora">import a corpus</PageLink> or{' '}
          <PageLink to="/">start with the sample project</PageLink>.
        </Text>
      )}
    </Panel>
  );
}
