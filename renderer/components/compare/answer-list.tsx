import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
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
  const top = useTop(list);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 210,
    overscan: 2,
    scrollMargin: top ?? 0,
    // No card is drawn before it is known where the list begins.
    enabled: top !== null,
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
              className={classes.placed}
              style={{ top: start - (top ?? 0) }}
            >
              <PromptCard row={row} columns={columns} />
            </div>
          )
        );
      })}
    </div>
  );
}

/** Pixels from the page's beginning to an element's: they change with what stands above it. */
function useTop(element: React.RefObject<HTMLElement | null>): number | null {
  const [top, setTop] = useState<number | null>(null);
  useLayoutEffect(() => {
    const measure = (): void => {
      const rect = element.current?.getBoundingClientRect();
      if (rect) setTop(rect.top + window.scrollY);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}

interface CardProps {
  readonly row: Row;
  readonly columns: readonly Column[];
}

/** Of plain elements: several are drawn within one frame while the list is scrolled. */
const PromptCard = memo(function PromptCard({ row, columns }: CardProps): React.JSX.Element {
  const tier = row.tier === 'easy' || row.tier === 'medium' || row.tier === 'hard' ? row.tier : null;
  return (
    <article className={classes.card} aria-label="One prompt">
      <div className={classes.prompt}>
        <div className="reading">
          {row.promptText}
          <mark className={classes.truth}>{row.truthText}</mark>
        </div>
        {tier && <TierBadge tier={tier} />}
      </div>
      <div className={classes.columns}>
        {columns.map(({ checkpoint, index }, at) => (
          <div key={checkpoint.id} className={classes.answer}>
            <div className={classes.answerHead}>
              <Marker index={index} />
              <span className="ellipsis" title={checkpoint.name}>
                {checkpoint.name}
              </span>
            </div>
            <Answer item={row.answers[at] ?? null} first={row.answers[0] ?? null} />
          </div>
        ))}
      </div>
    </article>
  );
});

function Answer({
  item,
  first,
}: {
  readonly item: StoredItem | null;
  readonly first: StoredItem | null;
}): React.JSX.Element {
  if (!item) return <div className={classes.noAnswer}>Has no answer to this prompt.</div>;
  const { label, colour } = answerVerdict(item);
  const change = first && first !== item ? item.thinkingLength - first.thinkingLength : null;
  return (
    <>
      <div className={`reading ${classes.answerText}`}>{item.answerText || '(nothing)'}</div>
      <div className={classes.verdict}>
        <Tag colour={colour}>{label}</Tag>
        {item.truncated && <Tag colour="orange">truncated</Tag>}
        <span className={classes.spent}>
          {formatPlural(item.thinkingLength, 'token')} of thinking
          {change !== null && change !== 0 && ` (${change > 0 ? '+' : '−'}${Math.abs(change)})`}
        </span>
      </div>
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

/** Looks like a small badge of the theme. */
function Tag({ colour, children }: { readonly colour: string; readonly children: string }) {
  return (
    <span
      className={classes.tag}
      style={{
        background: `var(--mantine-color-${colour}-light)`,
        color: `var(--mantine-color-${colour}-light-color)`,
      }}
    >
      {children}
    </span>
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
