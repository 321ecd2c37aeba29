import type { Setting, SettingValue } from '../../trainer/config/setting.ts';
import { formatNumber } from './format.ts';

/** Plain digits as one would type them: 1000, 0.001, 1e-8. */
export function plainNumber(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) {
    const [mantissa = '', exponent = ''] = value.toExponential(5).split('e');
    return `${Number(mantissa)}e${exponent}`;
  }
  return String(Number(value.toPrecision(6)));
}

export function formatSettingValue(setting: Setting | undefined, value: unknown): string {
  if (setting?.kind === 'choice' && typeof value === 'string') return setting.choices[value] ?? value;
  if (setting?.kind === 'mix' && Array.isArray(value)) {
    return setting.parts.map((part, index) => `${part} ${plainNumber(Number(value[index]))}`).join(', ');
  }
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') {
    const unit = setting?.kind === 'number' && setting.unit ? ` ${setting.unit}` : '';
    return `${plainNumber(value)}${unit}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return String(value);
}

/** "Default 128 · 16 to 4096" */
export function describeRange(setting: Setting): string {
  const standard = `Default ${shortDefault(setting)}`;
  switch (setting.kind) {
    case 'number':
      return `${standard} · ${bound(setting.min)} to ${bound(setting.max)}`;
    case 'numbers':
      return `${standard} · up to ${setting.maxLength} numbers from ${bound(setting.min)} to ${bound(setting.max)}`;
    case 'mix':
      return `${standard} · shares that sum to 1`;
    case 'boolean':
    case 'choice':
      return standard;
    default:
      return setting satisfies never;
  }
}

function bound(value: number): string {
  return Math.abs(value) >= 1e6 ? formatNumber(value, 3) : plainNumber(value);
}

function shortDefault(setting: Setting): string {
  const value: SettingValue = setting.default;
  if (setting.kind === 'mix') return setting.default.map(plainNumber).join(' / ');
  if (setting.kind === 'choice')
    return (setting.choices[setting.default] ?? setting.default).split(/[:(]/)[0]?.trim() ?? '';
  return formatSettingValue(setting.kind === 'number' ? { ...setting, unit: '' } : setting, value);
}
