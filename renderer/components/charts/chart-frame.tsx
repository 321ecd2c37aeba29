import { Group, Title } from '@mantine/core';
import { useId, useRef } from 'react';
import { AfterFirst } from '../common/after-first.tsx';
import { HelpTip } from '../common/help-tip.tsx';
import { ChartMenu } from './chart-menu.tsx';
import classes from './charts.module.css';
import type { Key } from './legend.tsx';

interface Props {
  readonly title: string;
  /** What is drawn and how to read it. */
  readonly help?: React.ReactNode;
  /** What a reader who cannot see the drawing should know: the newest values, the trend. */
  readonly summary: string;
  readonly legend?: React.ReactNode;
  /** What the legend says, for pictures of the chart. */
  readonly keys?: readonly Key[];
  /** The chart's points as comma-separated values. */
  readonly csv?: () => Promise<string>;
  readonly actions?: React.ReactNode;
  readonly children: React.ReactNode;
}

/** A chart's heading, legend and description in words; the drawing is its child. */
export function ChartFrame(props: Props): React.JSX.Element {
  const { title, help, summary, legend, keys = [], csv, actions, children } = props;
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  return (
    <figure ref={figure} className={classes.frame} aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <Title order={3} className={classes.title ?? ''}>
          <span id={id}>{title}</span>
          {help && (
            <AfterFirst>
              <HelpTip about={title}>{help}</HelpTip>
            </AfterFirst>
          )}
        </Title>
        <Group gap={4} wrap="nowrap">
          {actions}
          <ChartMenu figure={figure} title={title} keys={keys} {...(csv ? { csv } : {})} />
        </Group>
      </Group>
      {legend}
      {children}
      <figcaption className="visually-hidden">{summary}</figcaption>
    </figure>
  );
}
