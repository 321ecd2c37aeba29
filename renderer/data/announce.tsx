import { notifications } from '@mantine/notifications';
import type { QueryClient } from '@tanstack/react-query';
import type { Run } from '../../electron/contract/run.ts';
import type { EventMessage } from '../../electron/contract.ts';
import { HostError } from '../api.ts';
import { Prose } from '../components/common/prose.tsx';
import { isOver, STATE_TEXT } from '../lib/run-state.ts';
import { queryKey } from './queries.ts';
import { showSystemNotice } from './system-notice.ts';

/** Tells that a run ended by itself, whatever page is open; who stops one knows it. Must hear an event before the caches do. */
export function announceRun(client: QueryClient, event: EventMessage, open: (runId: string) => void): void {
  if (event.kind !== 'run' || !isOver(event.run.state) || event.run.state === 'stopped') return;
  const { run } = event;
  if (run.state === 'finished' && isOfStudy(run)) return;
  const before = client.getQueryData<Run[]>(queryKey('runs.list', {}))?.find((other) => other.id === run.id);
  if (!before || before.state === run.state || isOver(before.state)) return;
  const { label, colour } = STATE_TEXT[run.state];
  const message = run.reason ?? STATE_TEXT[run.state].help;
  showSystemNotice(`${run.name}: ${label.toLowerCase()}`, message, run.id, () => open(run.id));
  notifications.show({
    color: colour,
    title: `${run.name}: ${label.toLowerCase()}`,
    message,
    autoClose: run.state === 'finished' ? 6000 : false,
    onClick: () => open(run.id),
    style: { cursor: 'pointer' },
  });
}

/** A study's runs are tagged with its name, and their names begin with it; they end by the hundred. */
function isOfStudy({ name, tags }: Run): boolean {
  return tags.some((tag) => name.startsWith(`${tag}: `));
}

/** Shows why a command failed and what to do about it. */
export function showError(error: Error): void {
  notifications.show({
    color: 'red',
    title: error.message,
    message: (
      <Prose text={error instanceof HostError ? error.wayOut : 'This is a fault of the application.'} />
    ),
    autoClose: 12_000,
    role: 'alert',
  });
}

export function showDone(message: string): void {
  notifications.show({ color: 'teal', message, autoClose: 4000 });
}

/** Something to know that is no fault. */
export function showNote(message: string): void {
  notifications.show({ color: 'blue', message, autoClose: 5000 });
}

/** What ended while no page was open. */
export function showAway(title: string, message: string, open: () => void): void {
  notifications.show({
    id: 'away',
    color: 'blue',
    title,
    message,
    autoClose: 15_000,
    onClick: open,
    style: { cursor: 'pointer' },
  });
}
