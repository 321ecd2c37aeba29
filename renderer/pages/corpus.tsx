import { Badge, Button, Group, Stack, Tabs } from '@mantine/core';
import { useNavigate, useParams } from 'react-router';
import type { Output } from '../../electron/contract.ts';
import { Ago } from '../components/common/ago.tsx';
import { AnsweredPage } from '../components/common/answered-page.tsx';
import { EditableName } from '../components/common/editable-name.tsx';
import { Facts } from '../components/common/facts.tsx';
import { ButtonLink } from '../components/common/link.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { CorpusFiles } from '../components/corpora/corpus-files.tsx';
import { CorpusWalk } from '../components/corpora/corpus-walk.tsx';
import { DocumentPreview } from '../components/corpora/document-preview.tsx';
import { ImportState } from '../components/corpora/import-state.tsx';
import { TokenStatisticsPanel } from '../components/corpora/token-statistics.tsx';
import { showError } from '../data/announce.tsx';
import { useCommand, useContract } from '../data/queries.ts';
import { useRemoved } from '../data/removal.tsx';
import { useUrlChoice } from '../data/url-state.ts';
import { formatBytes, formatCount } from '../lib/format.ts';

const TABS = ['preview', 'tokens', 'files'] as const;

export function CorpusPage(): React.JSX.Element {
  const { corpusId = '' } = useParams();
  const detail = useContract('corpora.get', { corpusId });
  return (
    <AnsweredPage query={detail} title="Corpus" list={{ to: '/corpora', label: 'All corpora' }}>
      {(data) => <CorpusDetail key={corpusId} detail={data} />}
    </AnsweredPage>
  );
}

function CorpusDetail({ detail }: { readonly detail: Output<'corpora.get'> }): React.JSX.Element {
  const { corpus, files } = detail;
  const [tab, setTab] = useUrlChoice('tab', TABS);
  const rename = useCommand('corpora.rename');
  const remove = useCommand('corpora.remove');
  const removed = useRemoved();
  const navigate = useNavigate();
  const ready = corpus.state === 'ready';
  const withErrors = files.filter(({ error }) => error !== null).length;
  return (
    <Page
      title={corpus.name}
      heading={
        <EditableName
          name={corpus.name}
          what="corpus"
          onRename={(name) => rename.mutate({ corpusId: corpus.id, name }, { onError: showError })}
        />
      }
      description={
        <Group gap="xs">
          <Badge color="gray">{corpus.kind}</Badge>
          {corpus.origin === 'sample' && <Badge color="indigo">sample project</Badge>}
          <span>
            Imported <Ago atMs={corpus.createdAtMs} />
          </span>
        </Group>
      }
      actions={
        <>
          {ready && (
            <ButtonLink to={newRunAddress(corpus.kind, corpus.id)}>
              {corpus.kind === 'documents' ? 'Train on it' : 'Post-train on it'}
            </ButtonLink>
          )}
          <Button
            variant="default"
            loading={remove.isPending}
            onClick={() =>
              remove.mutate(
                { corpusId: corpus.id },
                {
                  onError: showError,
                  onSuccess: () => {
                    removed({ what: 'corpus', id: corpus.id, name: corpus.name });
                    void navigate('/corpora');
                  },
                },
              )
            }
          >
            Remove
          </Button>
        </>
      }
    >
      <Stack gap="md">
        <Panel>
          <Group justify="space-between" align="flex-start" gap="xl">
            <Facts
              facts={[
                { label: 'Training documents', value: formatCount(corpus.trainDocuments) },
                { label: 'Held out', value: formatCount(corpus.validationDocuments) },
                { label: 'Size', value: formatBytes(corpus.bytes) },
                { label: 'Files', value: formatCount(corpus.files) },
                { label: 'Files left out', value: formatCount(corpus.failedFiles) },
                { label: 'Exact duplicates dropped', value: formatCount(corpus.duplicates) },
              ]}
            />
            <ImportState corpus={corpus} />
          </Group>
        </Panel>
        {ready && corpus.kind === 'documents' && corpus.origin === 'imported' && (
          <CorpusWalk corpus={corpus} />
        )}
        <Tabs value={tab} onChange={(next) => setTab((next ?? 'preview') as (typeof TABS)[number])}>
          <Tabs.List mb="md">
            <Tabs.Tab value="preview">Documents</Tabs.Tab>
            <Tabs.Tab value="tokens">Token statistics</Tabs.Tab>
            <Tabs.Tab value="files">
              Files{withErrors > 0 ? ` (${formatCount(withErrors)} with errors)` : ''}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="preview">
            <DocumentPreview corpus={corpus} />
          </Tabs.Panel>
          <Tabs.Panel value="tokens">
            <TokenStatisticsPanel corpus={corpus} />
          </Tabs.Panel>
          <Tabs.Panel value="files">
            <CorpusFiles files={files} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Page>
  );
}

function newRunAddress(kind: 'documents' | 'questions', corpusId: string): string {
  return kind === 'documents'
    ? `/runs/new?stage=pretrain&corpusId=${corpusId}`
    : `/runs/new?stage=posttrain&questionsId=${corpusId}`;
}
