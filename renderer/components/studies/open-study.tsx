import { Button, FileButton } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';

/** Starts a study of the user's own from its file. */
export function OpenStudy(): React.JSX.Element {
  const start = useCommand('studies.start');
  const navigate = useNavigate();
  const open = async (file: File | null): Promise<void> => {
    if (!file) return;
    const source = { kind: 'file', file: file.name, text: await file.text() } as const;
    start.mutate({ source }, { onSuccess: ({ id }) => void navigate(`/studies/${id}`), onError: showError });
  };
  return (
    <FileButton accept=".yaml,.yml,.json" onChange={(file) => void open(file)}>
      {(props) => (
        <Button
          {...props}
          variant="default"
          loading={start.isPending}
          leftSection={<IconFileUpload size={16} aria-hidden />}
        >
          Run a file of your own
        </Button>
      )}
    </FileButton>
  );
}
