import { Alert, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { Output } from '../../../electron/contract.ts';
import classes from './compare.module.css';
import { MissingEvaluations } from './missing-evaluations.tsx';

type Comparison = Output<'compare.checkpoints'>;

const MOST_WARNINGS = 3;

/** Why some evaluations stand apart, field by field, and a way to make up for those that are missing. */
export function Warnings({ data }: { readonly data: Comparison }): React.JSX.Element | null {
  const { checkpoints, groups, differences } = data;
  // Budget curves say on their own what they lack.
  const hashes = groups
    .filter(({ missing, protocol }) => missing.length > 0 && protocol.forcedBudget === null)
    .map(({ protocolHash }) => protocolHash);
  if (differences.length === 0 && hashes.length === 0) return null;
  const missing = (
    <MissingEvaluations checkpointIds={checkpoints.map(({ id }) => id)} protocolHashes={hashes} />
  );
  if (differences.length === 0) return <div className={classes.notice}>{missing}</div>;
  // Many sets may stand apart in the same way.
  const sentences = [...new Set(differences.map(sentenceOf))];
  return (
    <Alert color="yellow" icon={<IconInfoCircle aria-hidden />} title="Not everything here can be compared.">
      <Stack gap="xs">
        {sentences.slice(0, MOST_WARNINGS).map((sentence) => (
          <Text key={sentence} size="sm">
            {sentence}
          </Text>
        ))}
        {sentences.length > MOST_WARNINGS && (
          <details>
            <summary className={classes.more}>{sentences.length - MOST_WARNINGS} more</summary>
            {sentences.slice(MOST_WARNINGS).map((sentence) => (
              <Text key={sentence} size="sm">
                {sentence}
              </Text>
            ))}
          </details>
        )}
        {missing}
      </Stack>
    </Alert>
  );
}

function sentenceOf({ titleA, titleB, verdict, reasons }: Comparison['differences'][number]): string {
  const names = titleA === titleB ? `Sets of “${titleA}”` : `“${titleA}” and “${titleB}”`;
  // What was asked has no value that a reader could tell apart.
  const parts = reasons
    .map(({ field, label, a, b }) => (field === 'itemsHash' ? label : `${label} (${a}; ${b})`))
    .join(', ');
  const why = [...new Set(reasons.map((reason) => reason.why))].join('; ');
  const so =
    verdict === 'refused'
      ? `they are not held against each other, because ${why}.`
      : `look at them together with care, because ${why}.`;
  return `${names} stand apart in ${parts}: ${so}`;
}
