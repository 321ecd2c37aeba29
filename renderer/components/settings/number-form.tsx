import { Button, Group, NumberInput } from '@mantine/core';
import { useState } from 'react';

interface Props {
  readonly label: string;
  readonly description: string;
  readonly value: number;
  readonly min?: number;
  readonly max: number;
  readonly saving: boolean;
  readonly onSave: (value: number) => void;
}

/** One whole number that is kept when asked. */
export function NumberForm(props: Props): React.JSX.Element {
  const { label, description, value, min = 0, max, saving, onSave } = props;
  const [typed, setTyped] = useState<number | string>(value);
  const next = typeof typed === 'number' ? typed : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (next !== null && next !== value) onSave(next);
      }}
    >
      <Group align="flex-end" gap="sm">
        <NumberInput
          label={label}
          description={description}
          w={270}
          min={min}
          max={max}
          clampBehavior="strict"
          allowDecimal={false}
          value={typed}
          onChange={setTyped}
        />
        <Button
          type="submit"
          variant="default"
          aria-label={`Save: ${label}`}
          disabled={next === null || next === value}
          loading={saving}
        >
          Save
        </Button>
      </Group>
    </form>
  );
}
