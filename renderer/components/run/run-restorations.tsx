import { Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Run } from '../../../electron/contract/run.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlNumber, useUrlText } from '../../data/url-state.ts';
import { formatCount } from '../../lib/format.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { SEARCH_AFTER_MS, SearchField } from '../common/search-field.tsx';
import { MaskFractionPanel } from '../restoration/mask-fraction-panel.tsx';
import { MaskedDocuments } from '../restoration/masked-documents.tsx';
import type { Who } from '../restoration/restoration-card.tsx';

interface Props {
  readonly run: Run;
  /** Null follows the newest. */
  readonly step: number | null;
}

const PAGE = 6;
const rollout: Who = () => ({ name: 'Rollouts', index: -1 });

/** The masked documents of a training step with what each rollout put into the mask. */
export function RunRestorations({ run, step }: Props): React.JSX.Element {
  const [page, setPage] = useUrlNumber('page', 1);
  const [text, setText] = useUrlText('text');
  const [wanted] = useDebouncedValue(text ?? '', SEARCH_AFTER_MS);
  const answer = useContract(
    'runs.restorations',
    { runId: run.id, step, text: wanted, offset: (page - 1) * PAGE, limit: PAGE },
    { keepPrevious: true },
  );
  return (
    <Answered query={answer} what="the masked documents">
      {({ step: shown, total, rows, byMaskFraction }) => (
        <Stack gap="md">
          <MaskFractionPanel byMaskFraction={byMaskFraction} who={rollout} />
          <Panel
            title="Masked documents"
            description={`What stood in the documents of step ${formatCount(shown)}, and what each rollout put into the mask.`}
            actions={
              <SearchField
                label="Search documents"
                value={text}
                onChange={(next) => {
                  setText(next);
                  setPage(1);
                }}
              />
            }
          >
            <MaskedDocuments
              rows={rows}
              who={rollout}
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
