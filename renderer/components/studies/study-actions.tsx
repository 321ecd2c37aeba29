import { ActionIcon, Button, Menu, Switch } from '@mantine/core';
import {
  IconDots,
  IconFileTypeHtml,
  IconMarkdown,
  IconPlayerPlay,
  IconPlayerStop,
  IconRepeat,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { StudyDetail } from '../../../electron/contract/studies.ts';
import { call } from '../../api.ts';
import { showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';
import { saveFile } from '../../data/save-file.ts';

/** Starts, stops and goes on with a study, and hands it out as a file. */
export function StudyActions({ detail }: { readonly detail: StudyDetail }): React.JSX.Element {
  const { study } = detail;
  const { state } = study;
  return (
    <>
      {state === 'new' && <Start detail={detail} />}
      {(state === 'running' || state === 'stopping') && <Stop detail={detail} />}
      {(state === 'stopped' || state === 'interrupted' || state === 'failed') && <GoOn detail={detail} />}
      <More detail={detail} />
    </>
  );
}

interface Props {
  readonly detail: StudyDetail;
}

/** The same file in the form that is asked for; its page opens. */
function useStart({ study, source }: StudyDetail) {
  const start = useCommand('studies.start');
  const navigate = useNavigate();
  return {
    isPending: start.isPending,
    begin: (quick: boolean) =>
      start.mutate(
        { source: { kind: 'file', file: `${study.name}.yaml`, text: source }, quick },
        { onSuccess: ({ id }) => void navigate(`/studies/${id}`), onError: showError },
      ),
  };
}

function Start({ detail }: Props): React.JSX.Element {
  const [quick, setQuick] = useState(false);
  const { begin, isPending } = useStart(detail);
  return (
    <>
      {detail.study.quickMinutes !== null && (
        <Switch
          label="Quick form"
          checked={quick}
          onChange={(event) => setQuick(event.currentTarget.checked)}
        />
      )}
      <Button
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        loading={isPending}
        onClick={() => begin(quick)}
      >
        Start
      </Button>
    </>
  );
}

function Stop({ detail: { study } }: Props): React.JSX.Element {
  const stop = useCommand('studies.stop');
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerStop size={16} aria-hidden />}
      loading={stop.isPending || study.state === 'stopping'}
      onClick={() => stop.mutate({ studyId: study.id }, { onError: showError })}
    >
      Stop
    </Button>
  );
}

function GoOn({ detail: { study } }: Props): React.JSX.Element {
  const resume = useCommand('studies.resume');
  return (
    <Button
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
      loading={resume.isPending}
      onClick={() => resume.mutate({ studyId: study.id }, { onError: showError })}
    >
      Go on
    </Button>
  );
}

function More({ detail }: Props): React.JSX.Element {
  const { study } = detail;
  const { begin } = useStart(detail);
  const remove = useCommand('studies.remove');
  const navigate = useNavigate();
  const save = async (format: 'html' | 'markdown'): Promise<void> => {
    const { fileName, text } = await call('studies.report', { studyId: study.id, format });
    saveFile(fileName, text, format === 'html' ? 'text/html' : 'text/markdown');
  };
  const isActive = study.state === 'running' || study.state === 'stopping';
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size={34} aria-label="More about this study">
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconFileTypeHtml size={16} aria-hidden />}
          onClick={() => void save('html').catch(showError)}
        >
          Export as HTML
        </Menu.Item>
        <Menu.Item
          leftSection={<IconMarkdown size={16} aria-hidden />}
          onClick={() => void save('markdown').catch(showError)}
        >
          Export as Markdown
        </Menu.Item>
        {study.state !== 'new' && (
          <>
            {study.quickMinutes !== null && (
              <Menu.Item
                leftSection={<IconRepeat size={16} aria-hidden />}
                onClick={() => begin(!study.quick)}
              >
                {study.quick ? 'Run in full' : 'Run the quick form'}
              </Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item
              color="red"
              disabled={isActive}
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() =>
                remove.mutate(
                  { studyId: study.id },
                  { onSuccess: () => void navigate('/studies'), onError: showError },
                )
              }
            >
              Forget this study; its runs stay
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
