import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import type { Run } from '../../../electron/contract/run.ts';
import { actsOf } from '../../lib/run-state.ts';
import { ButtonLink } from '../common/link.tsx';
import { useRunActs } from '../runs/use-run-acts.ts';

export function RunActions({ run }: { readonly run: Run }): React.JSX.Element {
  const navigate = useNavigate();
  const { act, busy } = useRunActs(useCallback(() => void navigate('/runs'), [navigate]));
  const possible = actsOf(run.state);
  return (
    <>
      {possible.includes('pause') && (
        <Button
          variant="default"
          disabled={busy}
          leftSection={<IconPlayerPause size={16} aria-hidden />}
          onClick={() => act('pause', run.id)}
        >
          Pause
        </Button>
      )}
      {possible.includes('resume') && (
        <Button
          disabled={busy}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          onClick={() => act('resume', run.id)}
        >
          Resume
        </Button>
      )}
      {possible.includes('stop') && (
        <Button
          variant="default"
          disabled={busy}
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          onClick={() => act('stop', run.id)}
        >
          Stop
        </Button>
      )}
      {run.origin === 'trained' && (
        <ButtonLink to={`/runs/new?like=${run.id}`} variant="default">
          New run like this
        </ButtonLink>
      )}
      {possible.includes('remove') && (
        <Button variant="default" disabled={busy} onClick={() => act('remove', run.id)}>
          Remove
        </Button>
      )}
    </>
  );
}
