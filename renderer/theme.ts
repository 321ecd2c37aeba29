import {
  Alert,
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Modal,
  SegmentedControl,
  Table,
  Tabs,
  Tooltip,
} from '@mantine/core';
import { colourVariables, SURFACE } from './lib/colours.ts';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  respectReducedMotion: true,
  cursorType: 'pointer',
  defaultRadius: 'sm',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  headings: {
    fontWeight: '640',
    sizes: { h1: { fontSize: '22px', lineHeight: '1.3' }, h2: { fontSize: '16px' } },
  },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  colors: {
    indigo: [
      '#eef1ff',
      '#dde3fd',
      '#bac5f8',
      '#93a4f2',
      '#7188ee',
      '#5c75ea',
      '#4a63e3',
      '#3b52cc',
      '#3047b5',
      '#243a9e',
    ],
    gray: [
      '#f7f8fa',
      '#eff1f4',
      '#e4e7ec',
      '#d3d8df',
      '#b3bac5',
      '#8b94a3',
      '#646d7c',
      '#4a5260',
      '#333a46',
      '#1c2129',
    ],
    dark: [
      '#d5d9e0',
      '#b4bac5',
      '#9098a6',
      '#6b7383',
      '#3d4450',
      '#2b313b',
      '#1f242c',
      '#16181d',
      '#101216',
      '#0a0c0f',
    ],
  },
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Alert: Alert.extend({ defaultProps: { variant: 'light', radius: 'md' } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 560 } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 250,
        multiline: true,
        maw: 320,
        withArrow: true,
        events: { hover: true, focus: true, touch: true },
      },
    }),
    Modal: Modal.extend({
      // Its header is no landmark of the page.
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, attributes: { header: { role: 'none' } } },
      styles: { title: { fontWeight: 640, fontSize: 16 } },
    }),
    SegmentedControl: SegmentedControl.extend({ styles: { label: { paddingInline: 10 } } }),
    Table: Table.extend({ defaultProps: { borderColor: 'var(--line)' } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
  },
});

/** Tints of notices and badges, and the text on them: quiet, and legible whatever the colour. */
function tints(strength: string, text: (name: string) => string): Record<string, string> {
  const names = ['indigo', 'blue', 'teal', 'yellow', 'orange', 'red', 'gray'];
  return Object.fromEntries(
    names.flatMap((name) => [
      [
        `--mantine-color-${name}-light`,
        `color-mix(in srgb, var(--mantine-color-${name}-5) ${strength}, transparent)`,
      ],
      [
        `--mantine-color-${name}-light-hover`,
        `color-mix(in srgb, var(--mantine-color-${name}-5) 24%, transparent)`,
      ],
      [`--mantine-color-${name}-light-color`, text(name)],
    ]),
  );
}

const LIGHT_TINTS = tints('14%', (name) => `color-mix(in srgb, var(--mantine-color-${name}-9) 72%, #000)`);
const DARK_TINTS = tints('17%', (name) => `var(--mantine-color-${name}-2)`);

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...colourVariables('light'),
    ...LIGHT_TINTS,
    '--page': '#f4f5f7',
    '--bad': '#c02626',
    '--mantine-color-error': 'var(--bad)',
    '--line': '#e1e4e9',
    '--chart-grid': '#e9ebef',
    '--chart-axis': '#646d7c',
    '--shade': '#23a27d',
    '--mantine-color-body': SURFACE.light,
    '--mantine-color-dimmed': '#5b6472',
    '--mantine-color-default-border': '#d3d8df',
  },
  dark: {
    ...colourVariables('dark'),
    ...DARK_TINTS,
    '--page': '#0d0f12',
    '--bad': '#ff8a8a',
    '--mantine-color-error': 'var(--bad)',
    '--line': '#272c35',
    '--chart-grid': '#242932',
    '--chart-axis': '#98a1af',
    '--shade': '#44c49a',
    '--mantine-color-body': SURFACE.dark,
    '--mantine-color-dimmed': '#9aa3b1',
    '--mantine-color-default-border': '#363d48',
  },
});
