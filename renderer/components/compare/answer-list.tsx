import { Badge, Group, Text } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { StoredItem } from '../../../electron/contract/comparisons.ts';
import type { Output } from '../../../electron/contract.ts';
import { formatNumber, formatPlural } from '../../lib/format.ts';
import { answerVerdict } from '../../lib/verdict.ts';
import { Marker } from '../charts/markers.tsx';
import { TierBadge } from '../common/tier-badge.tsx';
import classes from './compare.module.css';

type Row = Output<'compare.answers'>['rows'][number];

interface Column {
  readonly checkpoint: Checkpoint;
  readonly index: number;
}

interface Props {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  readonly more: boolean;
  readonly onMore: () => void;
}

const FETCH_AHEAD = 10;

/** Prompts with their answers; drawn and fetched only as far as they are read. */
export function AnswerList({ rows, columns, more, onMore }: Props): React.JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const rect = list.current?.getBoundingClientRect();
    if (rect) setTop(rect.top + window.scrollY);
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 210,
    overscan: 4,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.itemKey ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - FETCH_AHEAD) onMore();
  }, [more, last, rows.length, onMore]);
  return (
    <div ref={list} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
      {items.map(({ index, key, start }) => {
        const row = rows[index];
        return (
          row && (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              style={{ position: 'absolute', left: 0, right: 0, top: start - top, paddingBottom: 10 }}
            >
              <PromptCard row={row} columns={columns} />
            </div>
          )
        );
      })}
    </div>
  );
}

function PromptCard({
  row,
  columns,
}: {
  readonly row: Row;
  readonly columns: readonly Column[];
}): React.JSX.Element {
  const tier = row.tier === 'easy' || row.tier === 'medium' || row.tier === 'hard' ? row.tier : null;
  return (
    <article className={classes.card} aria-label="One prompt">
      <Group gap="xs" align="flex-start" wrap="nowrap" justify="space-between">
        <div className="reading">
          {row.promptText}
          <mark className={classes.truth}>{row.truthText}</mark>
        </div>
        {tier && <TierBadge tier={tier} />}
      </Group>
      <div className={classes.columns}>
        {columns.map(({ checkpoint, index }, at) => (
          <div key={checkpoint.id} className={classes.answer}>
            <Group gap={6} wrap="nowrap">
              <Marker index={index} />
              <Text size="xs" fw={560} className="ellipsis" title={checkpoint.name}>
                {checkpoint.name}
              </Text>
            </Group>
            <Answer item={row.answers[at] ?? null} first={row.answers[0] ?? null} />
          </div>
        ))}
      </div>
    </article>
  );
}

function Answer({
  item,
  first,
}: {
  readonly item: StoredItem | null;
  readonly first: StoredItem | null;
}): React.JSX.Element {
  if (!item) {
    return (
      <Text size="xs" c="dimmed" mt={4}>
        Has no answer to this prompt.
      </Text>
    );
  }
  const { label, colour } = answerVerdict(item);
  const change = first && first !== item ? item.thinkingLength - first.thinkingLength : null;
  return (
    <>
      <div className={`reading ${classes.answerText}`}>{item.answerText || '(nothing)'}</div>
      <Group gap={6} mt={4}>
        <Badge size="sm" color={colour}>
          {label}
        </Badge>
        {item.truncated && (
          <Badge size="sm" color="orange">
            truncated
          </Badge>
        )}
        <Text size="xs" c="dimmed">
          {formatPlural(item.thinkingLength, 'token')} of thinking
          {change !== null && change !== 0 && ` (${change > 0 ? '+' : '−'}${Math.abs(change)})`}
        </Text>
      </Group>
      <ScoreParts scores={item.scores} />
      {item.thinkingText !== '' && (
        <details>
          <summary>Thinking, {formatPlural(item.thinkingLength, 'token')}</summary>
          <div className="reading">{item.thinkingText}</div>
        </details>
      )}
    </>
  );
}

/** Reward parts by name; a single one only repeats the verdict. */
export function ScoreParts({
  scores,
}: {
  readonly scores: Readonly<Record<string, number>>;
}): React.JSX.Element | null {
  const parts = Object.entries(scores);
  if (parts.length < 2) return null;
  return (
    <div className={classes.parts}>
      {parts.map(([name, value]) => (
        <span key={name}>
          {name} <strong>{formatNumber(value, 3)}</strong>
        </span>
      ))}
    </div>
  );
}
