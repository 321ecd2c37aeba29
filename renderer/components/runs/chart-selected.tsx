import { IconChartLine } from '@tabler/icons-react';
import { formatPlural } from '../../lib/format.ts';
import { ButtonLink } from '../common/link.tsx';

/** Leads to the curves of the selected runs in common charts. */
export function ChartSelected({ runIds }: { readonly runIds: readonly string[] }): React.JSX.Element {
  return (
    <ButtonLink
      to={`/charts?runs=${runIds.join(',')}`}
      size="xs"
      variant="default"
      leftSection={<IconChartLine size={16} aria-hidden />}
    >
      Chart<span className="visually-hidden"> {formatPlural(runIds.length, 'run')}</span>
    </ButtonLink>
  );
}
