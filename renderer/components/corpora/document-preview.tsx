import { Group, Pagination, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import type { Corpus } from '../../../electron/contract/corpora.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice, useUrlNumber } from '../../data/url-state.ts';
import { formatBytes, formatCount } from '../../lib/format.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import classes from './document-preview.module.css';

const PER_PAGE = 20;
const SPLITS = ['train', 'validation'] as const;
/** For corpora that are held out as a whole. */
const HELD_OUT_FIRST = ['validation', 'train'] as const;

/** The corpus's documents as the trainer will read them, page by page. */
export function DocumentPreview({ corpus }: { readonly corpus: Corpus }): React.JSX.Element {
  const [split, setSplit] = useUrlChoice<readonly ['train' | 'validation', ...('train' | 'validation')[]]>(
    'split',
    corpus.trainDocuments > 0 ? SPLITS : HELD_OUT_FIRST,
  );
  const [page, setPage] = useUrlNumber('page', 1);
  const preview = useContract(
    'corpora.preview',
    { corpusId: corpus.id, split, offset: (page - 1) * PER_PAGE, limit: PER_PAGE },
    { keepPrevious: true, enabled: corpus.state === 'ready' },
  );
  if (corpus.state !== 'ready') {
    return (
      <Panel>
        <Teaching icon={IconFileText} title="Nothing to read yet">
          Documents show here once the import is done.
        </Teaching>
      </Panel>
    );
  }
  return (
    <Panel
      title="Documents"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Split"
          value={split}
          onChange={(value) => {
            setPage(1);
            setSplit(value as (typeof SPLITS)[number]);
          }}
          data={[
            { value: 'train', label: `Training (${formatCount(corpus.trainDocuments)})` },
            { value: 'validation', label: `Held out (${formatCount(corpus.validationDocuments)})` },
          ]}
        />
      }
    >
      <Answered query={preview} what="the documents">
        {({ total, documents }) =>
          documents.length === 0 ? (
            <Text c="dimmed">No document is on this side of the split.</Text>
          ) : (
            <Stack gap="sm">
              {documents.map((document, index) => (
                <article key={document.key} className={classes.document}>
                  <Group justify="space-between" gap="xs" mb={4}>
                    <Text size="xs" c="dimmed">
                      {formatCount((page - 1) * PER_PAGE + index + 1)} of {formatCount(total)}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {formatBytes(document.bytes)}
                      {document.shortened && ', beginning shown'}
                    </Text>
                  </Group>
                  <div className="reading">{document.text}</div>
                </article>
              ))}
              <Pagination
                value={page}
                onChange={setPage}
                total={Math.ceil(total / PER_PAGE)}
                mt="xs"
                getControlProps={(control) => ({ 'aria-label': `${control} page` })}
              />
            </Stack>
          )
        }
      </Answered>
    </Panel>
  );
}
