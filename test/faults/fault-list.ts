/** What the client may see: the second target's answer, the first's own (odd, not broken), part of one and a typed error. */
export type Verdict = 'second' | 'first' | 'cut'

export type Fault = {
  readonly name: string
  readonly streamed: Verdict
  readonly whole: Verdict
  /** Only a deadline ends it. */
  readonly isSilent?: true
}

/** Every fault of contract.md §8 and the simulator's others. */
export const FAULTS: readonly Fault[] = [
  { name: 'cut@0', streamed: 'second', whole: 'second' },
  { name: 'cut@40;itl=1', streamed: 'cut', whole: 'second' },
  { name: 'stall@0', streamed: 'second', whole: 'second', isSilent: true },
  { name: 'stall@10;itl=1', streamed: 'cut', whole: 'second', isSilent: true },
  { name: 'malformed@0', streamed: 'second', whole: 'second' },
  { name: 'malformed@5;itl=20', streamed: 'cut', whole: 'second' },
  { name: 'error-in-200', streamed: 'second', whole: 'second' },
  { name: 'error-in-200@20;itl=2', streamed: 'cut', whole: 'second' },
  { name: 'empty-200', streamed: 'second', whole: 'second' },
  { name: '429;retry-after=1', streamed: 'second', whole: 'second' },
  { name: '429;code=insufficient_quota', streamed: 'second', whole: 'second' },
  { name: '401', streamed: 'second', whole: 'second' },
  { name: '403', streamed: 'second', whole: 'second' },
  { name: '404', streamed: 'second', whole: 'second' },
  { name: '500', streamed: 'second', whole: 'second' },
  { name: '502', streamed: 'second', whole: 'second' },
  { name: '503', streamed: 'second', whole: 'second' },
  { name: '529', streamed: 'second', whole: 'second' },
  { name: 'reset', streamed: 'second', whole: 'second' },
  { name: 'slow-head=7000', streamed: 'second', whole: 'second', isSilent: true },
  { name: 'slow-ttft=7000', streamed: 'second', whole: 'second', isSilent: true },
  { name: 'never-ends', streamed: 'cut', whole: 'second', isSilent: true },
  { name: 'huge', streamed: 'first', whole: 'first' },
  { name: 'dribble', streamed: 'first', whole: 'first' },
]

/** The formats in which the first, faulty target is asked. */
export const UPSTREAM_FORMATS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
  'bedrock-converse',
  'cohere-chat',
  'ollama-chat',
] as const
