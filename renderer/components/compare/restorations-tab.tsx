import { Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMask } from '@tabler/icons-react';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { ComparisonGroup } from '../../../electron/contract/comparisons.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice, useUrlNumber, useUrlText } from '../../data/url-state.ts';
import { nameOf, placeOf } from '../../lib/compare-view.ts';
import { decodingLabel } from '../../lib/comparison.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { SEARCH_AFTER_MS, SearchField } from '../common/search-field.tsx';
import { Select } from '../common/select.tsx';
import { Teaching } from '../common/teaching.tsx';
import { MaskFractionPanel } from '../restoration/mask-fraction-panel.tsx';
import { MaskedDocuments } from '../restoration/masked-documents.tsx';
import { CheckpointKeys } from './checkpoint-keys.tsx';

interface Props {
  readonly checkpoints: readonly Checkpoint[];
  readonly groups: readonly ComparisonGroup[];
}

const SORTS = ['key', 'worst', 'best', 'mask-fraction'] as const;
type Sort = (typeof SORTS)[number];
const SORT_LABELS: Readonly<Record<Sort, string>> = {
  key: 'In order of documents',
  worst: 'Worst first',
  best: 'Best first',
  'mask-fraction': 'Largest mask first',
};
const PAGE = 8;
const MOST_CHECKPOINTS = 8;

/** Masked documents with what each checkpoint put into the mask. */
export function RestorationsTab({ checkpoints, groups }: Props): React.JSX.Element {
  const restorations = groups.filter(({ protocol }) => protocol.task === 'restoration');
  const [hash, setHash] = useUrlText('spans');
  const [sort, setSort] = useUrlChoice('sort', SORTS);
  const [page, setPage] = useUrlNumber('page', 1);
  const [text, setText] = useUrlText('text');
  const [wanted] = useDebouncedValue(text ?? '', SEARCH_AFTER_MS);
  const group = restorations.find((one) => one.protocolHash === hash) ?? restorations[0];
  const checkpointIds = checkpoints
    .filter(({ id }) => group?.evaluations.some(({ checkpointId }) => checkpointId === id))
    .slice(0, MOST_CHECKPOINTS)
    .map(({ id }) => id);
  const answer = useContract(
    'compare.restorations',
    {
      protocolHash: group?.protocolHash ?? '',
      checkpointIds,
      sort,
      text: wanted,
      offset: (page - 1) * PAGE,
      limit: PAGE,
    },
    { enabled: group !== undefined, keepPrevious: true },
  );
  if (!group) {
    return (
      <Panel>
        <Teaching icon={IconMask} title="No restorations here">
          A restoration masks a span of a held-out document and has the checkpoint write it back: RLM’s task.
          Evaluate with “Restoration” switched on to see documents, masks and what was put into them. The
          rollouts of an RLM run’s training steps are on its own page.
        </Teaching>
      </Panel>
    );
  }
  const who = (checkpointId: string | null) => ({
    name: nameOf(checkpoints, checkpointId ?? ''),
    index: placeOf(checkpoints, checkpointId ?? ''),
  });
  return (
    <Answered query={answer} what="the restorations">
      {({ total, rows, byMaskFraction }) => (
        <Stack gap="md">
          <CheckpointKeys checkpoints={checkpoints} />
          <MaskFractionPanel byMaskFraction={byMaskFraction} who={who} />
          <Panel
            title="Masked documents"
            description="What stood in the document, and what each checkpoint put into the mask."
            actions={
              <>
                <SearchField
                  label="Search documents"
                  value={text}
                  onChange={(next) => {
                    setText(next);
                    setPage(1);
                  }}
                />
                {restorations.length > 1 && (
                  <Select
                    aria-label="Restorations shown"
                    size="xs"
                    w={150}
                    allowDeselect={false}
                    value={group.protocolHash}
                    onChange={setHash}
                    data={restorations.map((one) => ({
                      value: one.protocolHash,
                      label: `${decodingLabel(one.protocol)}${one.protocol.forcedBudget === null ? '' : `, ${one.protocol.forcedBudget} tokens`}`,
                    }))}
                  />
                )}
                <Select
                  aria-label="Order"
                  size="xs"
                  w={180}
                  allowDeselect={false}
                  value={sort}
                  onChange={(next) => {
                    setSort((next ?? 'key') as Sort);
                    setPage(1);
                  }}
                  data={SORTS.map((value) => ({ value, label: SORT_LABELS[value] }))}
                />
              </>
            }
          >
            <MaskedDocuments
              rows={rows}
              who={who}
              total={total}
              page={page}
              pageSize={PAGE}
              onPage={setPage}
            />
          </Panel>
        </Stack>
      )}
    </Answered>
  );
}
