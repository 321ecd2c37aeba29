import { SegmentedControl, Tooltip, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';

const CHOICES = [
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
] as const;

export function ThemeSwitch(): React.JSX.Element {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      w="100%"
      aria-label="Theme"
      value={colorScheme}
      onChange={(value) => setColorScheme(value as (typeof CHOICES)[number]['value'])}
      data={CHOICES.map(({ value, label, icon: ChoiceIcon }) => ({
        value,
        label: (
          <Tooltip label={label}>
            <span style={{ display: 'flex', justifyContent: 'center' }}>
              <ChoiceIcon size={15} aria-hidden />
              <span className="visually-hidden">{label}</span>
            </span>
          </Tooltip>
        ),
      }))}
    />
  );
}
