import { Badge } from '@mantine/core';
import { type StageName, stageDeclarations } from '../../../trainer/config/stages.ts';

export function StageBadge({ stage }: { readonly stage: StageName }): React.JSX.Element {
  const { label, summary } = stageDeclarations[stage];
  return (
    <Badge variant="outline" color="gray" title={summary}>
      {label}
    </Badge>
  );
}
