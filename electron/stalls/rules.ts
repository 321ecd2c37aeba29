/**
 * The rules by which a run that learns nothing says why. Each looks at the run's last steps, holds a number against a
 * threshold (docs/diagnosis.md says why these) and names the settings that would change it. Pure.
 */
import { deadGradients, explodingGradients, notFinite } from './gradient-rules.ts';
import { lengthHacking, rewardSaturation, zeroVariance } from './reward-rules.ts';
import { entropyCollapse, truncation } from './rollout-rules.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [
  notFinite,
  truncation,
  zeroVariance,
  entropyCollapse,
  deadGradients,
  explodingGradients,
  lengthHacking,
  rewardSaturation,
];
