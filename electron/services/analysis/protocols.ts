/** What an evaluation's protocol says in words, and whether numbers of two protocols may be held against each other. */
import type { EvaluationProtocol } from '../../../trainer/protocol.ts';
import type { ProtocolDifference } from '../../contract/comparisons.ts';

const TASKS = { 'next-token': 'Next token', restoration: 'Restoration', question: 'Questions' } as const;

/** A protocol in a few words. */
export function protocolTitle(protocol: EvaluationProtocol): string {
  const parts: string[] = [TASKS[protocol.task]];
  if (protocol.mode === 'direct') return `${parts[0]}, direct`;
  parts.push('thinking', protocol.temperature === 0 ? 'greedy' : `T = ${protocol.temperature}`);
  if (protocol.forcedBudget !== null) parts.push(`exactly ${protocol.forcedBudget} tokens`);
  else if (protocol.promptBudget > 0) parts.push(`asked for ${protocol.promptBudget} tokens`);
  return parts.join(', ');
}

/** Next tokens before the other tasks, direct before thinking, sampled before greedy, free before forced lengths. */
export function byProtocol(a: EvaluationProtocol, b: EvaluationProtocol): number {
  const tasks = Object.keys(TASKS);
  return (
    tasks.indexOf(a.task) - tasks.indexOf(b.task) ||
    Number(a.mode === 'thinking') - Number(b.mode === 'thinking') ||
    b.temperature - a.temperature ||
    (a.forcedBudget ?? -1) - (b.forcedBudget ?? -1) ||
    a.promptBudget - b.promptBudget
  );
}

interface Field {
  readonly label: string;
  /** Why numbers that differ in it may not be compared; null where they may, with a mark. */
  readonly refused: string | null;
  readonly marked: string;
}

const DECODING = 'how answers are drawn changes how often they are right and how long they think';
const CAP = 'a lower cap cuts more answers, and what is cut counts as wrong';

const FIELDS: Readonly<Record<keyof EvaluationProtocol, Field>> = {
  task: { label: 'task', refused: 'they answer questions of another kind', marked: '' },
  itemsHash: { label: 'prompts', refused: 'they answered other prompts', marked: '' },
  temperature: { label: 'temperature', refused: DECODING, marked: '' },
  topK: { label: 'top-k', refused: DECODING, marked: '' },
  topP: { label: 'top-p', refused: DECODING, marked: '' },
  minP: { label: 'min-p', refused: DECODING, marked: '' },
  maxThinkingTokens: { label: 'thinking cap', refused: CAP, marked: 'a forced length is its own cap' },
  maxAnswerTokens: { label: 'answer cap', refused: CAP, marked: '' },
  mode: { label: 'mode', refused: null, marked: 'only one of them thinks first' },
  promptBudget: { label: 'budget asked', refused: null, marked: 'they were asked for other lengths' },
  forcedBudget: { label: 'budget forced', refused: null, marked: 'they were held to other lengths' },
  samplesPerItem: { label: 'samples per item', refused: null, marked: 'their means are of unlike precision' },
  seed: { label: 'seed', refused: null, marked: 'their draws are not paired' },
};

const textOf = (field: keyof EvaluationProtocol, value: unknown): string =>
  value === null ? 'none' : field === 'itemsHash' ? String(value).slice(0, 8) : String(value);

/** Field by field; null where nothing differs. */
export function protocolDifference(
  a: { readonly hash: string; readonly protocol: EvaluationProtocol },
  b: { readonly hash: string; readonly protocol: EvaluationProtocol },
): ProtocolDifference | null {
  const fields = (Object.keys(FIELDS) as (keyof EvaluationProtocol)[]).filter(
    (field) => a.protocol[field] !== b.protocol[field],
  );
  if (fields.length === 0) return null;
  // A forced length, and an answer without thinking, set their own caps and decoding.
  const ownCap = a.protocol.forcedBudget !== b.protocol.forcedBudget;
  const ownDecoding = a.protocol.mode !== b.protocol.mode;
  const refusalOf = (field: keyof EvaluationProtocol): string | null => {
    if (field === 'maxThinkingTokens' && (ownCap || ownDecoding)) return null;
    if ((field === 'temperature' || field === 'maxAnswerTokens') && ownDecoding) return null;
    return FIELDS[field].refused;
  };
  return {
    a: a.hash,
    b: b.hash,
    titleA: protocolTitle(a.protocol),
    titleB: protocolTitle(b.protocol),
    verdict: fields.some((field) => refusalOf(field) !== null) ? 'refused' : 'marked',
    reasons: fields.map((field) => ({
      field,
      label: FIELDS[field].label,
      a: textOf(field, a.protocol[field]),
      b: textOf(field, b.protocol[field]),
      why: refusalOf(field) ?? (FIELDS[field].marked || 'this follows from answering without thinking'),
    })),
  };
}

/** The names of what differs, for a sentence. */
export function differenceText({ reasons }: ProtocolDifference): string {
  return reasons.map(({ label }) => label).join(', ');
}
