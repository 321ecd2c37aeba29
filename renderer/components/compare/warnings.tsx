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
  return (
    <Alert color="yellow" icon={<IconInfoCircle aria-hidden />} title="Not everything here can be compared.">
      <Stack gap="xs">
        {differences.slice(0, MOST_WARNINGS).map((difference) => (
          <Difference key={`${difference.a} ${difference.b}`} difference={difference} />
        ))}
        {differences.length > MOST_WARNINGS && (
          <details>
            <summary className={classes.more}>{differences.length - MOST_WARNINGS} more</summary>
            {differences.slice(MOST_WARNINGS).map((difference) => (
              <Difference key={`${difference.a} ${difference.b}`} difference={difference} />
            ))}
          </details>
        )}
        {missing}
      </Stack>
    </Alert>
  );
}

function Difference({
  difference: { titleA, titleB, verdict, reasons },
}: {
  readonly difference: Comparison['differences'][number];
}): React.JSX.Element {
  const names = titleA === titleB ? `Two sets of “${titleA}”` : `“${titleA}” and “${titleB}”`;
  // What was asked has no value that a reader could tell apart.
  const parts = reasons
    .map(({ field, label, a, b }) => (field === 'itemsHash' ? label : `${label} (${a}; ${b})`))
    .join(', ');
  const why = [...new Set(reasons.map((reason) => reason.why))].join('; ');
  return (
    <Text size="sm">
      {names} stand apart in {parts}:{' '}
      {verdict === 'refused'
        ? `they are not held against each other, because ${why}.`
        : `look at them together with care, because ${why}.`}
    </Text>
  );
}
