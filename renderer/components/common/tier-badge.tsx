import { Badge } from '@mantine/core';
import { type TierName, tierColour } from '../../lib/colours.ts';

export function TierBadge({ tier }: { readonly tier: TierName }): React.JSX.Element {
  return (
    <Badge
      variant="outline"
      color="gray"
      leftSection={
        <span
          style={{ display: 'block', width: 8, height: 8, borderRadius: '50%', background: tierColour(tier) }}
        />
      }
    >
      {tier}
    </Badge>
  );
}
