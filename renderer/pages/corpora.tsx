import { Stack } from '@mantine/core';
import { IconFiles } from '@tabler/icons-react';
import { Answered } from '../components/common/answered.tsx';
import { ButtonLink } from '../components/common/link.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { Teaching } from '../components/common/teaching.tsx';
import { CorpusTable } from '../components/corpora/corpus-table.tsx';
import { DropArea } from '../components/corpora/drop-area.tsx';
import { useContract } from '../data/queries.ts';

export function CorporaPage(): React.JSX.Element {
  const corpora = useContract('corpora.list', {});
  return (
    <Page title="Corpora" description="Texts to train on and questions to ask, as they were imported.">
      <Stack gap="md">
        <DropArea />
        <Answered query={corpora} what="the corpora">
          {(list) => (
            <Panel bare={list.length > 0}>
              {list.length > 0 ? <CorpusTable corpora={list} /> : <NoCorpora />}
            </Panel>
          )}
        </Answered>
      </Stack>
    </Page>
  );
}

function NoCorpora(): React.JSX.Element {
  return (
    <Teaching
      icon={IconFiles}
      title="No corpus yet"
      actions={
        <ButtonLink to="/" variant="default">
          Try the sample project
        </ButtonLink>
      }
    >
      A corpus is the unlabelled text that mid-training learns from. Drop a folder of your own text above, or
      start with the sample project, which brings a small synthetic one whose answers can be worked out.
    </Teaching>
  );
}
