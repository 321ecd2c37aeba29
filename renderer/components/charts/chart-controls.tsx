import {
  Button,
  CloseButton,
  Group,
  NumberInput,
  Popover,
  SegmentedControl,
  Slider,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { IconZoomIn } from '@tabler/icons-react';
import { memo, useId, useState } from 'react';
import { X_AXES } from '../../../electron/contract/x-axes.ts';
import type { ChartView } from '../../data/chart-view.ts';
import { formatTick } from '../../lib/metric-text.ts';
import { X_AXIS_TEXT, type XAxisName } from '../../lib/x-axis.ts';

/** What all charts of a page share: their axis, its scale and stretch, and the smoothing. */
export const ChartControls = memo(function ChartControls({ view }: { readonly view: ChartView }) {
  const sliderLabel = useId();
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed">
          Along
        </Text>
        <SegmentedControl
          size="xs"
          aria-label="Horizontal axis"
          value={view.x}
          onChange={(value) => view.setX(value as XAxisName)}
          data={X_AXES.map((name) => ({ value: name, label: X_AXIS_TEXT[name].short }))}
        />
      </Group>
      <Switch
        size="xs"
        label="Log x"
        checked={view.xLog}
        onChange={(event) => view.setXLog(event.currentTarget.checked)}
      />
      <Switch
        size="xs"
        label="Log y"
        checked={view.yLog}
        onChange={(event) => view.setYLog(event.currentTarget.checked)}
      />
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed" id={sliderLabel}>
          Smoothing
        </Text>
        <Slider
          w={130}
          size="sm"
          min={0}
          max={0.98}
          step={0.02}
          value={view.smoothing}
          onChange={view.setSmoothing}
          label={(value) => value.toFixed(2)}
          thumbLabel="Smoothing"
          aria-labelledby={sliderLabel}
        />
      </Group>
      <Zoom view={view} />
    </>
  );
});

/** The stretch shown, chosen in a chart or typed here. */
function Zoom({ view }: { readonly view: ChartView }): React.JSX.Element {
  const { range, setRange, x } = view;
  const [opened, setOpened] = useState(false);
  const { unit } = X_AXIS_TEXT[x];
  return (
    <Group gap={2} wrap="nowrap">
      <Popover opened={opened} onChange={setOpened} trapFocus withArrow>
        <Popover.Target>
          <Button
            size="xs"
            variant={range ? 'light' : 'default'}
            leftSection={<IconZoomIn size={15} aria-hidden />}
            title="Drag over a chart to zoom in; a double click shows all again."
            onClick={() => setOpened(!opened)}
          >
            {range ? `${formatTick(range.from, unit)} to ${formatTick(range.to, unit)}` : 'Zoom'}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Stretch of the axis">
          <ZoomForm
            view={view}
            onDone={(next) => {
              setOpened(false);
              setRange(next);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      {range && <CloseButton size="sm" aria-label="Show all again" onClick={() => setRange(null)} />}
    </Group>
  );
}

interface ZoomFormProps {
  readonly view: ChartView;
  readonly onDone: (range: ChartView['range']) => void;
}

function ZoomForm({ view: { x, range }, onDone }: ZoomFormProps): React.JSX.Element {
  const [from, setFrom] = useState<number | string>(range?.from ?? '');
  const [to, setTo] = useState<number | string>(range?.to ?? '');
  const fits = typeof from === 'number' && typeof to === 'number' && from < to;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) onDone({ from, to });
      }}
    >
      <Stack gap="xs" maw={220}>
        <Text size="xs" c="dimmed">
          {X_AXIS_TEXT[x].label}; or drag over a chart.
        </Text>
        <Group gap="xs" grow wrap="nowrap">
          <NumberInput size="xs" label="From" hideControls value={from} onChange={setFrom} data-autofocus />
          <NumberInput size="xs" label="To" hideControls value={to} onChange={setTo} />
        </Group>
        <Button size="xs" type="submit" disabled={!fits}>
          Show this stretch
        </Button>
      </Stack>
    </form>
  );
}
