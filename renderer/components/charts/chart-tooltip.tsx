import classes from './charts.module.css';
import { Swatch } from './legend.tsx';

export interface TooltipRow {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  /** Said in small letters after the value. */
  readonly detail?: string | undefined;
  readonly colour?: string | undefined;
  readonly dash?: string | undefined;
}

interface Props {
  readonly head: string;
  readonly rows: readonly TooltipRow[];
}

/** What every chart shows at the pointer. */
export function ChartTooltip({ head, rows }: Props): React.JSX.Element {
  return (
    <div className={classes.tooltip}>
      <div className={classes.tooltipHead}>{head}</div>
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td>
                {row.colour && <Swatch colour={row.colour} dash={row.dash} />} {row.label}
              </td>
              <td>
                {row.value}
                {row.detail && <small> {row.detail}</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
