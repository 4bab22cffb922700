import { isSpace } from './cursor.ts'
import type { Dialect } from './dialect.ts'

/** How models of a dialect mark what they think before they answer: design/tool-calling.md §3.3.6. */
export type Thinking = {
  readonly open: string
  readonly close: string
  /** What may stand right behind the beginning, to say what it is the beginning of. */
  readonly label?: string
  /** Plain words open it at the beginning of the answer or of a line only; a token of its own does anywhere. */
  readonly isToken: boolean
  /** Calls begin with tokens too, and one within unfinished thinking ends it. */
  readonly endsAtCall: boolean
}

const TAGS = { open: '<think>', close: '</think>', isToken: false }
const TOKENS = { open: '[THINK]', close: '[/THINK]', isToken: true }

const OWN: readonly (readonly [id: RegExp, Omit<Thinking, 'endsAtCall'>])[] = [
  [/^seed_oss$/, { open: '<seed:think>', close: '</seed:think>', isToken: true }],
  [/^gemma4$/, { open: '<|channel>', close: '<channel|>', label: 'thought\n', isToken: true }],
  [/^minimax_m3$/, { open: '<mm:think>', close: '</mm:think>', isToken: true }],
  [/^mistral/, TOKENS],
  [/^longcat$/, { open: '<longcat_think>', close: '</longcat_think>', isToken: true }],
  [/^apertus$/, { open: '<|inner_prefix|>', close: '<|inner_suffix|>', isToken: true }],
  [/^command_r7b$/, { open: '<|START_THINKING|>', close: '<|END_THINKING|>', isToken: true }],
]

const NATIVE = /^(?:kimi_|minimax_|glm|deepseek_|poolside_)/

export function thinkingOf({ id }: Dialect): Thinking {
  const own = OWN.find(([pattern]) => pattern.test(id))?.[1] ?? TAGS
  return { ...own, endsAtCall: NATIVE.test(id) }
}

/** All that models of a dialect may mark it with, their own first: the common tags are everybody's. */
export function thinkingsOf(dialect: Dialect): readonly [Thinking, ...Thinking[]] {
  const own = thinkingOf(dialect)
  return own.open === TAGS.open ? [own] : [own, { ...TAGS, endsAtCall: own.endsAtCall }]
}

/** How much white space a text begins with. */
export function spacesBefore(text: string): number {
  let count = 0
  while (count < text.length && isSpace(text.charCodeAt(count))) count += 1
  return count
}
