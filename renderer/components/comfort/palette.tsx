import { Modal, ScrollArea, Text, TextInput, useMantineColorScheme } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useId, useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { STAGE_NAMES, stageDeclarations } from '../../../trainer/config/stages.ts';
import { useContract } from '../../data/queries.ts';
import { fittingItems, type PaletteAct, type PaletteItem } from '../../lib/palette.ts';
import { GO_TO } from '../../lib/shortcuts.ts';
import classes from './comfort.module.css';

const MOST = 40;

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onAct: (act: PaletteAct) => void;
}

/** Goes anywhere and does what concerns no single page, by typing a few letters. */
export function Palette({ opened, onClose, onAct }: Props): React.JSX.Element {
  return (
    <Modal.Root opened={opened} onClose={onClose} size={620} yOffset="12vh">
      <Modal.Overlay />
      <Modal.Content aria-label="Command palette">
        <Modal.Body p={0}>{opened && <PaletteBody onClose={onClose} onAct={onAct} />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function PaletteBody({ onClose, onAct }: Omit<Props, 'opened'>): React.JSX.Element {
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const items = usePaletteItems();
  const found = useMemo(() => fittingItems(items, text, MOST), [items, text]);
  const listId = useId();
  const chosen = found[Math.min(place, found.length - 1)];
  const optionId = (item: PaletteItem): string => `${listId} ${item.id}`.replaceAll(/\s/g, '-');
  const move = (by: number): void => {
    const next = (Math.min(place, found.length - 1) + by + found.length) % Math.max(1, found.length);
    setPlace(next);
    const item = found[next];
    if (item) document.getElementById(optionId(item))?.scrollIntoView({ block: 'nearest' });
  };
  const take = (item: PaletteItem): void => {
    onClose();
    if (item.target.kind === 'address') void navigate(item.target.to);
    else if (isTheme(item.target.name)) setColorScheme(item.target.name);
    else onAct(item.target.name);
  };
  return (
    <>
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        px="md"
        py={6}
        leftSection={<IconSearch size={18} aria-hidden />}
        leftSectionPointerEvents="none"
        placeholder="Go to a page, run, corpus or checkpoint, or do something"
        role="combobox"
        aria-label="Go to or do"
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        {...(chosen ? { 'aria-activedescendant': optionId(chosen) } : {})}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setPlace(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') move(1);
          else if (event.key === 'ArrowUp') move(-1);
          else if (event.key === 'Enter' && chosen) take(chosen);
          else return;
          event.preventDefault();
        }}
      />
      <ScrollArea.Autosize mah="52vh" type="auto" className={classes.results ?? ''}>
        <div id={listId} role="listbox" aria-label="What fits" tabIndex={-1}>
          {found.map((item) => (
            // The text field keeps the focus and moves the choice, as the combobox pattern has it.
            <div
              key={item.id}
              id={optionId(item)}
              role="option"
              tabIndex={-1}
              aria-selected={item === chosen}
              className={classes.result}
              onMouseDown={(event) => event.preventDefault()}
              onMouseMove={() => setPlace(found.indexOf(item))}
              onClick={() => take(item)}
              onKeyDown={(event) => event.key === 'Enter' && take(item)}
            >
              <span className="ellipsis">{item.label}</span>
              <Text size="xs" c="dimmed" component="span" className="ellipsis">
                {item.detail ?? item.group}
              </Text>
            </div>
          ))}
        </div>
        {found.length === 0 && (
          <Text size="sm" c="dimmed" p="md" role="status">
            Nothing fits “{text}”.
          </Text>
        )}
      </ScrollArea.Autosize>
    </>
  );
}

function isTheme(act: PaletteAct): act is 'light' | 'dark' | 'auto' {
  return act === 'light' || act === 'dark' || act === 'auto';
}

const ACTIONS: readonly PaletteItem[] = [
  ...STAGE_NAMES.map(
    (stage): PaletteItem => ({
      id: `new ${stage}`,
      group: 'Actions',
      label: `New ${stageDeclarations[stage].label} run`,
      detail: stageDeclarations[stage].summary,
      target: { kind: 'address', to: `/runs/new?stage=${stage}` },
    }),
  ),
  { id: 'keys', group: 'Actions', label: 'Keyboard shortcuts', target: { kind: 'act', name: 'keys' } },
  { id: 'tour', group: 'Actions', label: 'Tour of Midtrain', target: { kind: 'act', name: 'tour' } },
  { id: 'light', group: 'Actions', label: 'Light theme', target: { kind: 'act', name: 'light' } },
  { id: 'dark', group: 'Actions', label: 'Dark theme', target: { kind: 'act', name: 'dark' } },
  { id: 'auto', group: 'Actions', label: 'Theme as the system', target: { kind: 'act', name: 'auto' } },
];

const PLACES = GO_TO.map(
  ({ label, to, keys }): PaletteItem => ({
    id: `place ${to}`,
    group: 'Places',
    label,
    detail: keys.join(' then '),
    target: { kind: 'address', to },
  }),
);

function usePaletteItems(): readonly PaletteItem[] {
  const runs = useContract('runs.list', {}).data;
  const corpora = useContract('corpora.list', {}).data;
  const checkpoints = useContract('checkpoints.list', {}).data;
  const views = useContract('views.list', {}).data;
  return useMemo(
    () => [
      ...PLACES,
      ...ACTIONS,
      ...(views ?? []).map(
        (view): PaletteItem => ({
          id: `view ${view.id}`,
          group: 'Saved views',
          label: view.name,
          detail: 'Saved view',
          keywords: view.id,
          target: { kind: 'address', to: view.path },
        }),
      ),
      ...(runs ?? []).map(
        (run): PaletteItem => ({
          id: `run ${run.id}`,
          group: 'Runs',
          label: run.name,
          detail: `${stageDeclarations[run.stage].label} run, ${run.state}`,
          keywords: `${run.id} ${run.tags.join(' ')} ${run.corpusName ?? ''}`,
          target: { kind: 'address', to: `/runs/${run.id}` },
        }),
      ),
      ...(corpora ?? []).map(
        (corpus): PaletteItem => ({
          id: `corpus ${corpus.id}`,
          group: 'Corpora',
          label: corpus.name,
          detail: 'Corpus',
          keywords: corpus.id,
          target: { kind: 'address', to: `/corpora/${corpus.id}` },
        }),
      ),
      ...(checkpoints ?? []).map(
        (checkpoint): PaletteItem => ({
          id: `checkpoint ${checkpoint.id}`,
          group: 'Checkpoints',
          label: checkpoint.name,
          detail: 'Checkpoint, to compare',
          keywords: checkpoint.id,
          target: { kind: 'address', to: `/compare?c=${checkpoint.id}` },
        }),
      ),
    ],
    [runs, corpora, checkpoints, views],
  );
}
