/** What a chart's points may stand over. */
export const X_AXES = ['step', 'wall_time', 'num_tokens', 'flops'] as const;
