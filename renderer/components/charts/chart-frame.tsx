import { Group, Title } from '@mantine/core';
import { useId } from 'react';
import { HelpTip } from '../common/help-tip.tsx';
import classes from './charts.module.css';

interface Props {
  readonly title: string;
  /** What is drawn and how to read it. */
  readonly help?: React.ReactNode;
  /** What a reader who cannot see the drawing should know: the newest values, the trend. */
  readonly summary: string;
  readonly legend?: React.ReactNode;
  readonly actions?: React.ReactNode;
  readonly children: React.ReactNode;
}

/** A chart's heading, legend and description in words; the drawing is its child. */
export function ChartFrame({ title, help, summary, legend, actions, children }: Props): React.JSX.Element {
  const id = useId();
  return (
    <figure className={classes.frame} aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <Title order={3} id={id} className={classes.title ?? ''}>
          {title}
          {help && <HelpTip about={title}>{help}</HelpTip>}
        </Title>
        {actions}
      </Group>
      {legend}
      {children}
      <figcaption className="visually-hidden">{summary}</figcaption>
    </figure>
  );
}
