import { Button, CloseButton, Group, Paper, Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useContract } from '../../data/queries.ts';
import { tourSteps } from '../../lib/tour.ts';
import classes from './comfort.module.css';
import { useTour } from './use-tour.ts';

/** The tour's card, beside the page it speaks of; nothing while nobody takes it. */
export function Tour(): React.JSX.Element | null {
  const { step } = useTour();
  return step === null ? null : <TourCard step={step} />;
}

function TourCard({ step }: { readonly step: number }): React.JSX.Element | null {
  const { go } = useTour();
  const project = useContract('sample.get', {}).data;
  const runs = useContract('runs.list', {}).data;
  const navigate = useNavigate();
  const title = useRef<HTMLHeadingElement>(null);
  const steps = tourSteps(project, runs ?? []);
  const shown = steps[step];
  useEffect(() => title.current?.focus(), []);
  // Only a click leads on: neither a reload nor what happens meanwhile pulls the reader back.
  const goTo = (next: number): void => {
    go(next);
    const to = steps[next]?.to;
    if (to !== undefined) void navigate(to);
    title.current?.focus();
  };
  if (!shown) return null;
  const isLast = step === steps.length - 1;
  return (
    <Paper component="section" className={classes.tour ?? ''} aria-label="Tour" shadow="lg" withBorder p="md">
      <Group justify="space-between" wrap="nowrap" mb={4}>
        <Title order={2} size="h4" ref={title} tabIndex={-1} className={classes.tourTitle ?? ''}>
          {shown.title}
        </Title>
        <CloseButton size="sm" aria-label="End the tour" onClick={() => go(null)} />
      </Group>
      <Text size="sm">{shown.text}</Text>
      <Group justify="space-between" mt="sm">
        <Text size="xs" c="dimmed">
          {step + 1} of {steps.length}
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" disabled={step === 0} onClick={() => goTo(step - 1)}>
            Back
          </Button>
          <Button size="xs" onClick={() => (isLast ? go(null) : goTo(step + 1))}>
            {isLast ? 'Done' : 'Next'}
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
