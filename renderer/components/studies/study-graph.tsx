import { Progress } from '@mantine/core';
import { IconCheck, IconCircleDashed, IconPlayerPlayFilled, IconX } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { Link } from 'react-router';
import type { StudyDetail, StudyNode } from '../../../electron/contract/studies.ts';
import { formatShare } from '../../lib/format.ts';
import { CARD_GAP, type GraphCard, type StudyGraph as Layout, layOut } from '../../lib/study-graph.ts';
import { nodeStateText } from '../../lib/study-state.ts';
import { StageBadge } from '../runs/stage-badge.tsx';
import classes from './studies.module.css';

/** Share of a column that its cards leave free for the edges. */
const EDGE_SHARE = 0.1;
const WIDEST_COLUMN = 340;

/** The study's runs from what is given to what is made last; a card holds all seeds of a run. */
export function StudyGraph({ detail }: { readonly detail: StudyDetail }): React.JSX.Element {
  const graph = layOut(detail);
  return (
    <div className={classes.graph} style={{ height: graph.height, maxWidth: graph.columns * WIDEST_COLUMN }}>
      <Edges graph={graph} />
      <ul aria-label="Runs of the study">
        {graph.cards.map((card) => (
          <Card key={card.id} card={card} columns={graph.columns} />
        ))}
      </ul>
    </div>
  );
}

function Edges({ graph: { columns, height, edges } }: { readonly graph: Layout }): React.JSX.Element {
  return (
    <svg
      className={classes.edges}
      viewBox={`0 0 ${columns} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {edges.map(({ from, to }) => {
        const [x0, x1] = [from.column + 1 - EDGE_SHARE, to.column];
        const [y0, y1] = [middle(from), middle(to)];
        const [out, into] = [x0 + EDGE_SHARE / 2, x1 - EDGE_SHARE / 2];
        // Past other columns the edge runs between cards.
        const lane = to.column - from.column > 1 ? `V${to.top - CARD_GAP / 2}H${into}` : '';
        const path = `M${x0} ${y0}H${out}${lane}V${y1}H${x1}`;
        return <path key={`${from.id} ${to.id}`} d={path} />;
      })}
    </svg>
  );
}

const middle = ({ top, height }: GraphCard): number => top + Math.min(height / 2, 24);

function Card({ card, columns }: { readonly card: GraphCard; readonly columns: number }): React.JSX.Element {
  const { label, stage, baseStep, column, top, height, trained, evaluations } = card;
  const title = baseStep === null ? label : `${label}, from step ${baseStep} of ${card.base}`;
  return (
    <li
      className={classes.card}
      style={{
        left: `${(100 * column) / columns}%`,
        width: `${(100 * (1 - EDGE_SHARE)) / columns}%`,
        top,
        height,
      }}
    >
      <div className={classes.cardHead}>
        <span className="ellipsis" title={title}>
          {label}
        </span>
        {stage && <StageBadge stage={stage} />}
      </div>
      {trained.length > 0 && (
        <ul className={classes.seeds} aria-label={`Seeds of ${label}`}>
          {trained.map((node) => (
            <li key={node.id}>
              <Seed node={node} label={label} />
            </li>
          ))}
        </ul>
      )}
      {evaluations.map((evaluation) => (
        <Evaluation key={evaluation.id} {...evaluation} />
      ))}
    </li>
  );
}

function Seed({ node, label }: { readonly node: StudyNode; readonly label: string }): React.JSX.Element {
  const { label: state, colour } = nodeStateText(node);
  const done = node.state === 'finished' ? 1 : node.progress;
  const words = `${label}, seed ${node.seed}: ${state}${done > 0 && done < 1 ? `, ${formatShare(done, 0)}` : ''}`;
  const style = {
    '--seed': `var(--mantine-color-${colour}-filled)`,
    '--done': `${100 * done}%`,
  } as CSSProperties;
  const content = (
    <>
      <SeedIcon state={node.state} />
      {node.seed}
    </>
  );
  if (node.runId === null) {
    return (
      <span className={classes.seed} style={style} title={words}>
        {content}
        <span className="visually-hidden">{words}</span>
      </span>
    );
  }
  return (
    <Link to={`/runs/${node.runId}`} className={classes.seed} style={style} title={words} aria-label={words}>
      {content}
    </Link>
  );
}

function SeedIcon({ state }: { readonly state: StudyNode['state'] }): React.JSX.Element {
  if (state === 'finished') return <IconCheck size={12} stroke={2.6} aria-hidden />;
  if (state === 'failed' || state === 'interrupted') return <IconX size={12} stroke={2.6} aria-hidden />;
  if (state === 'running' || state === 'stopping') return <IconPlayerPlayFilled size={9} aria-hidden />;
  return <IconCircleDashed size={12} aria-hidden />;
}

function Evaluation({
  label,
  nodes,
}: {
  readonly label: string;
  readonly nodes: readonly StudyNode[];
}): React.JSX.Element {
  const done = nodes.filter(({ state }) => state === 'finished').length;
  const lost = nodes.some(({ state }) => state === 'failed');
  return (
    <div className={classes.evaluation}>
      <span className="ellipsis" title={label}>
        {label}
      </span>
      <Progress
        className={classes.bar ?? ''}
        value={(100 * done) / nodes.length}
        color={lost ? 'red' : 'teal'}
        size={5}
        aria-label={`Evaluations done: ${label}`}
        ml="auto"
      />
      <span className={classes.count}>
        {done}/{nodes.length}
      </span>
    </div>
  );
}
