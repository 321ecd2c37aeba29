import { Button, Group } from '@mantine/core';
import { type Flips, LENGTH_CHANGES, OUTCOME_CHANGES } from '../../../electron/contract/analysis.ts';
import { useContract } from '../../data/queries.ts';
import { type CompareView, nameOf, signedText, tierQuery } from '../../lib/compare-view.ts';
import { formatCount, formatShare } from '../../lib/format.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { Select } from '../common/select.tsx';
import classes from './compare.module.css';

export type OutcomeChange = (typeof OUTCOME_CHANGES)[number];
export type LengthChange = (typeof LENGTH_CHANGES)[number];

const OUTCOME_LABELS: Readonly<Record<OutcomeChange, string>> = {
  'right-right': 'right, still right',
  'right-wrong': 'right, now wrong',
  'wrong-right': 'wrong, now right',
  'wrong-wrong': 'wrong, still wrong',
};
const LENGTH_LABELS: Readonly<Record<LengthChange, string>> = {
  shorter: 'shorter',
  same: 'same length',
  longer: 'longer',
};

interface Props {
  readonly view: CompareView;
  readonly pair: {
    readonly a: string;
    readonly b: string;
    readonly setA: (id: string | null) => void;
    readonly setB: (id: string | null) => void;
  };
  readonly chosen: { readonly outcome: OutcomeChange | 'any'; readonly length: LengthChange | 'any' };
  readonly onChoose: (outcome: OutcomeChange | null, length: LengthChange | null) => void;
}

/** Answer flips against length changes, from one checkpoint to another; a cell shows its prompts below. */
export function FlipsPanel({ view, pair, chosen, onChoose }: Props): React.JSX.Element {
  const { checkpoints, group, tier } = view;
  const { a, b, setA, setB } = pair;
  const answer = useContract(
    'compare.flips',
    { protocolHash: group.protocolHash, a, b, tier: tierQuery(tier) },
    { keepPrevious: true },
  );
  const options = checkpoints
    .filter(({ id }) => group.evaluations.some(({ checkpointId }) => checkpointId === id))
    .map(({ id }) => ({ value: id, label: nameOf(checkpoints, id) }));
  return (
    <Panel
      title="Answer flips and length"
      description="How the answers to the same prompts changed. Choose a cell to read its prompts below."
      actions={
        <Group gap="xs" wrap="nowrap">
          <Select
            aria-label="From"
            size="xs"
            w={150}
            allowDeselect={false}
            value={a}
            onChange={setA}
            data={options.filter(({ value }) => value !== b)}
          />
          to
          <Select
            aria-label="To"
            size="xs"
            w={150}
            allowDeselect={false}
            value={b}
            onChange={setB}
            data={options.filter(({ value }) => value !== a)}
          />
        </Group>
      }
    >
      <Answered query={answer} what="the flips">
        {(flips) => (
          <Group align="flex-start" gap="xl">
            <FlipTable flips={flips} chosen={chosen} onChoose={onChoose} />
            <Button
              size="xs"
              variant={chosen.outcome === 'right-wrong' && chosen.length === 'shorter' ? 'filled' : 'light'}
              onClick={() => onChoose('right-wrong', 'shorter')}
            >
              Shorter and now wrong
            </Button>
          </Group>
        )}
      </Answered>
    </Panel>
  );
}

interface FlipTableProps {
  readonly flips: Flips;
  readonly chosen: Props['chosen'];
  readonly onChoose: Props['onChoose'];
}

function FlipTable({ flips: { items, cells }, chosen, onChoose }: FlipTableProps): React.JSX.Element {
  return (
    <table className={classes.flips} aria-label="Answer flips and length">
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Answer</span>
          </th>
          {LENGTH_CHANGES.map((length) => (
            <th key={length} scope="col">
              {LENGTH_LABELS[length]}
            </th>
          ))}
          <th scope="col">all</th>
        </tr>
      </thead>
      <tbody>
        {OUTCOME_CHANGES.map((outcome) => {
          const own = cells.filter((cell) => cell.outcome === outcome);
          const total = own.reduce((sum, { n }) => sum + n, 0);
          return (
            <tr key={outcome}>
              <th scope="row">{OUTCOME_LABELS[outcome]}</th>
              {LENGTH_CHANGES.map((length) => {
                const cell = own.find((one) => one.length === length);
                return (
                  <td key={length}>
                    <FlipButton
                      name={`${OUTCOME_LABELS[outcome]}, ${LENGTH_LABELS[length]}`}
                      n={cell?.n ?? 0}
                      detail={
                        cell?.meanLengthChange
                          ? `${signedText(cell.meanLengthChange)} tokens`
                          : formatShare((cell?.n ?? 0) / Math.max(1, items), 0)
                      }
                      look={outcome}
                      pressed={chosen.outcome === outcome && chosen.length === length}
                      onToggle={(pressed) => (pressed ? onChoose(outcome, length) : onChoose(null, null))}
                    />
                  </td>
                );
              })}
              <td>
                <FlipButton
                  name={OUTCOME_LABELS[outcome]}
                  n={total}
                  detail={formatShare(total / Math.max(1, items), 0)}
                  look={outcome}
                  pressed={chosen.outcome === outcome && chosen.length === 'any'}
                  onToggle={(pressed) => (pressed ? onChoose(outcome, null) : onChoose(null, null))}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface FlipButtonProps {
  readonly name: string;
  readonly n: number;
  readonly detail: string;
  readonly look: OutcomeChange;
  readonly pressed: boolean;
  readonly onToggle: (pressed: boolean) => void;
}

function FlipButton({ name, n, detail, look, pressed, onToggle }: FlipButtonProps): React.JSX.Element {
  const tint =
    n === 0 ? '' : look === 'right-wrong' ? classes.broke : look === 'wrong-right' ? classes.mended : '';
  return (
    <button
      type="button"
      className={`${classes.flip} ${tint}`}
      aria-pressed={pressed}
      disabled={n === 0}
      onClick={() => onToggle(!pressed)}
    >
      <span className="visually-hidden">{name}: </span>
      {formatCount(n)} <small>{detail}</small>
    </button>
  );
}
