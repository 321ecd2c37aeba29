import { Badge, Group, Text } from '@mantine/core';
import type { Restorations } from '../../../electron/contract/analysis.ts';
import { formatNumber, formatPlural, formatShare } from '../../lib/format.ts';
import { formatMetric } from '../../lib/metric-text.ts';
import { answerVerdict } from '../../lib/verdict.ts';
import { Marker } from '../charts/markers.tsx';
import classes from './restoration.module.css';

type Restoration = Restorations['rows'][number];
type Candidate = Restoration['candidates'][number];

/** Who wrote a candidate, where several checkpoints did; `index` gives its mark. */
export type Who = (checkpointId: string | null) => { readonly name: string; readonly index: number };

interface Props {
  readonly restoration: Restoration;
  readonly who: Who;
}

/** A masked document: what stands around the mask, the truth in it, and what was put there. */
export function RestorationCard({ restoration, who }: Props): React.JSX.Element {
  const { before, after, shortened, truthText, maskFraction, candidates } = restoration;
  return (
    <article className={classes.card} aria-label="One masked document">
      <div className="reading">
        {shortened && '… '}
        {before}{' '}
        <mark className={classes.mask}>
          <span className="visually-hidden">masked: </span>
          {truthText}
        </mark>{' '}
        {after}
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        {maskFraction !== null && `${formatShare(maskFraction, 0)} of the document masked`}
        {shortened && ' · only the end of the document was kept'}
      </Text>
      {candidates.map((candidate) => (
        <CandidateRow
          key={`${candidate.checkpointId} ${candidate.generationIndex} ${candidate.rowId}`}
          candidate={candidate}
          who={who}
        />
      ))}
    </article>
  );
}

function CandidateRow({
  candidate,
  who,
}: {
  readonly candidate: Candidate;
  readonly who: Who;
}): React.JSX.Element {
  const { checkpointId, answerText, thinkingText, thinkingLength, truncated, reward, parts } = candidate;
  const { name, index } = who(checkpointId);
  const { label, colour } = answerVerdict({ score: parts.edit ?? reward });
  return (
    <div className={classes.candidate}>
      <Group gap={6} wrap="nowrap" align="flex-start">
        {index >= 0 && <Marker index={index} />}
        <Text size="xs" fw={560} className="ellipsis" title={name}>
          {checkpointId === null ? `Rollout ${candidate.generationIndex + 1}` : name}
        </Text>
      </Group>
      <div>
        <div className="reading">{answerText || '(nothing)'}</div>
        <Group gap={6} mt={3}>
          <Badge size="sm" color={colour}>
            {label}
          </Badge>
          {truncated && (
            <Badge size="sm" color="orange">
              truncated
            </Badge>
          )}
          <div className={classes.parts}>
            {Object.entries(parts).map(([part, value]) => (
              <span key={part}>
                {part} <strong>{formatMetric(`restore/${part}`, value)}</strong>
              </span>
            ))}
            {!('edit' in parts && parts.edit === reward) && (
              <span>
                reward <strong>{formatNumber(reward, 3)}</strong>
              </span>
            )}
          </div>
        </Group>
        {thinkingText !== '' && (
          <details className={classes.thinking}>
            <summary>Thinking, {formatPlural(thinkingLength, 'token')}</summary>
            <div className="reading">{thinkingText}</div>
          </details>
        )}
      </div>
    </div>
  );
}
