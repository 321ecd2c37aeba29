import { Notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { ScrollRestoration, useNavigate, useNavigation } from 'react-router';
import type { EventMessage } from '../../../electron/contract.ts';
import { announceRun } from '../../data/announce.tsx';
import { useLive } from '../../data/live.ts';
import { Comfort } from '../comfort/comfort.tsx';
import { AfterFirst } from '../common/after-first.tsx';
import { ImportProvider } from '../corpora/import-provider.tsx';
import { Away } from './away.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Navigation } from './navigation.tsx';
import { Pages } from './pages.tsx';
import { RehearseCharts } from './rehearse-charts.tsx';
import classes from './shell.module.css';

/** The frame around every page: navigation, the live connection, and a window that takes dropped files anywhere. */
export function Shell(): React.JSX.Element {
  const client = useQueryClient();
  const navigate = useNavigate();
  const main = useRef<HTMLElement>(null);
  const onMessage = useCallback(
    (event: EventMessage) => announceRun(client, event, (runId) => void navigate(`/runs/${runId}`)),
    [client, navigate],
  );
  const connection = useLive(client, onMessage);
  const leaving = useNavigation().state === 'loading';
  return (
    <ImportProvider>
      <div className={classes.frame}>
        <Navigation onSkip={() => main.current?.focus()} />
        <main ref={main} id="main" tabIndex={-1} className={classes.main} aria-busy={leaving}>
          <ConnectionBanner state={connection} />
          <Pages />
        </main>
      </div>
      <AfterFirst soon>
        <Notifications position="bottom-right" limit={4} />
        <Comfort />
        <ScrollRestoration />
        <RehearseCharts />
      </AfterFirst>
      <AfterFirst>
        <Away />
      </AfterFirst>
    </ImportProvider>
  );
}
