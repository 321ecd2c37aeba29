import { type StageName, stageDeclarations } from '../../../trainer/config/stages.ts';
import { PlainBadge } from '../common/plain-badge.tsx';

export function StageBadge({ stage }: { readonly stage: StageName }): React.JSX.Element {
  const { label, summary } = stageDeclarations[stage];
  return (
    <PlainBadge colour={null} title={summary}>
      {label}
    </PlainBadge>
  );
}
