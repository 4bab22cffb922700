import type { AnswerKind, Behaviour, Defaults, Fault } from './behaviour.ts'
import { DEFAULTS, ENDLESS_TOKEN_DELAY_MS } from './behaviour.ts'
import { TEXT_CALL_DIALECTS } from './text-call.ts'

/** A behaviour, or what is wrong with a name that is nearly one. */
export type ReadBehaviour =
  | { readonly type: 'behaviour'; readonly behaviour: Behaviour }
  | { readonly type: 'problem'; readonly problem: string }

type Clause = {
  readonly form: string
  readonly meaning: string
  readonly takes: '' | '@' | ':' | '='
  readonly isArgumentOptional?: boolean
  /** The part of the behaviour it sets, or `undefined` for a wrong argument. */
  read(argument: string | undefined): Partial<Behaviour> | undefined
}

const MAX_TOKENS = 50_000
const MAX_DELAY_MS = 600_000
const REASONING_TOKENS = 20

const CLAUSES: Readonly<Record<string, Clause>> = {
  ok: { form: 'ok', meaning: 'answers', takes: '', read: () => ({}) },
  'slow-ttft': delay('firstTokenDelayMs', 'slow-ttft', 'waits before the first token'),
  'slow-head': delay('headDelayMs', 'slow-head', 'waits before the status line'),
  itl: delay('tokenDelayMs', 'itl', 'waits between tokens'),
  tokens: {
    form: 'tokens=N',
    meaning: `answers N tokens instead of ${DEFAULTS.tokens}`,
    takes: '=',
    read: (argument) => numbered(argument, MAX_TOKENS, (tokens) => ({ tokens })),
  },
  think: {
    form: 'think=N',
    meaning: 'reasons for N tokens before the answer, signed where the provider signs',
    takes: '=',
    read: (argument) => numbered(argument, MAX_TOKENS, (reasoningTokens) => ({ reasoningTokens })),
  },
  reasoning: {
    form: 'reasoning',
    meaning: `the same as think=${REASONING_TOKENS}`,
    takes: '',
    read: () => ({ reasoningTokens: REASONING_TOKENS }),
  },
  cut: afterTokens('cut', 'closes the connection after N tokens'),
  stall: afterTokens('stall', 'goes silent after N tokens'),
  malformed: afterTokens('malformed', 'breaks the JSON after N tokens'),
  'error-in-200': afterTokens('error-in-200', 'sends an error inside a 200, after N tokens'),
  'empty-200': answer('empty-200', 'answers with nothing', { type: 'empty' }),
  reset: { form: 'reset', meaning: 'resets the connection', takes: '', read: () => ({ fault: { type: 'reset' } }) },
  'retry-after': {
    form: 'STATUS;retry-after=SECONDS',
    meaning: 'sends that header with the error',
    takes: '=',
    read: (argument) => numbered(argument, 86_400, (seconds) => ({ retryAfter: String(seconds) })),
  },
  code: {
    form: 'STATUS;code=CODE',
    meaning: 'names that code in the error, e.g. insufficient_quota',
    takes: '=',
    read: (argument) => named(argument, (errorCode) => ({ errorCode })),
  },
  tool: {
    form: 'tool:NAME',
    meaning: 'calls that tool',
    takes: ':',
    read: (argument) => named(argument, (name) => ({ answer: { type: 'tool', name } })),
  },
  'tool-parallel': answer('tool-parallel', 'calls every tool of the request at once', { type: 'tool-parallel' }),
  'text-tool': {
    form: 'text-tool:DIALECT',
    meaning: `writes the call as text: ${TEXT_CALL_DIALECTS.join(', ')}`,
    takes: ':',
    read: (dialect) =>
      dialect !== undefined && TEXT_CALL_DIALECTS.includes(dialect)
        ? { answer: { type: 'text-tool', dialect } }
        : undefined,
  },
  huge: answer('huge', 'answers 4 MiB of text', { type: 'huge' }),
  dribble: {
    form: 'dribble',
    meaning: 'sends its bytes one by one',
    takes: '',
    read: () => ({ isDribbled: true }),
  },
  'never-ends': answer('never-ends', 'answers until the client leaves', { type: 'endless' }),
}

const STATUS: Clause = {
  form: 'STATUS',
  meaning: 'answers with that error status, 400 to 599',
  takes: '',
  read: () => ({}),
}

/** Every behaviour with its meaning, one a line. */
export const GRAMMAR: readonly { readonly form: string; readonly meaning: string }[] = [
  ...Object.values(CLAUSES),
  STATUS,
].map(({ form, meaning }) => ({ form, meaning }))

/**
 * The behaviour a model's name asks for in its last path segment. A name of which no part is a behaviour is any
 * model's, and gets an answer.
 */
export function readBehaviour(model: string, defaults: Defaults = DEFAULTS): ReadBehaviour {
  const segment = model.slice(model.lastIndexOf('/') + 1)
  const parts = segment.split(/[;+]/)
  if (!parts.some((part) => clauseOf(headOf(part)) !== undefined)) return plain(defaults)
  let merged: Partial<Behaviour> = {}
  for (const part of parts) {
    const read = readClause(part)
    if (read === undefined) return { type: 'problem', problem: `"${part}" is not a behaviour` }
    const twice = Object.keys(read).find((key) => key in merged)
    if (twice !== undefined) return { type: 'problem', problem: `"${part}" contradicts what stands before it` }
    merged = { ...merged, ...read }
  }
  const problem = contradiction(merged)
  if (problem !== undefined) return { type: 'problem', problem }
  return { type: 'behaviour', behaviour: complete(merged, defaults) }
}

function plain(defaults: Defaults): ReadBehaviour {
  return { type: 'behaviour', behaviour: complete({}, defaults) }
}

function headOf(part: string): string {
  return part.split(/[@=:]/, 1)[0] ?? ''
}

function clauseOf(head: string): Clause | undefined {
  if (/^[45]\d\d$/.test(head)) return STATUS
  return Object.hasOwn(CLAUSES, head) ? CLAUSES[head] : undefined
}

function readClause(part: string): Partial<Behaviour> | undefined {
  const head = headOf(part)
  const clause = clauseOf(head)
  if (clause === undefined) return undefined
  const separator = part.charAt(head.length)
  const argument = separator === '' ? undefined : part.slice(head.length + 1)
  if (clause === STATUS) {
    return argument === undefined ? { fault: { type: 'status', status: Number(head) } } : undefined
  }
  const isAllowed = separator === clause.takes || (separator === '' && clause.isArgumentOptional === true)
  return isAllowed ? clause.read(argument) : undefined
}

function contradiction(merged: Partial<Behaviour>): string | undefined {
  const isStatus = merged.fault?.type === 'status'
  if (merged.retryAfter !== undefined && !isStatus) return 'retry-after needs a status, as in 429;retry-after=1'
  if (merged.errorCode !== undefined && !isStatus && merged.fault?.type !== 'error-in-200') {
    return 'code needs a status, as in 429;code=insufficient_quota'
  }
  if (merged.tokens !== undefined && merged.answer !== undefined) return 'tokens goes with a plain answer only'
  return undefined
}

function complete(merged: Partial<Behaviour>, defaults: Defaults): Behaviour {
  return {
    answer: merged.answer ?? { type: 'text' },
    fault: merged.fault ?? { type: 'none' },
    isDribbled: merged.isDribbled ?? false,
    headDelayMs: merged.headDelayMs ?? 0,
    firstTokenDelayMs: merged.firstTokenDelayMs ?? defaults.firstTokenDelayMs,
    tokenDelayMs:
      merged.tokenDelayMs ?? (merged.answer?.type === 'endless' ? ENDLESS_TOKEN_DELAY_MS : defaults.tokenDelayMs),
    tokens: merged.tokens ?? defaults.tokens,
    reasoningTokens: merged.reasoningTokens ?? 0,
    retryAfter: merged.retryAfter,
    errorCode: merged.errorCode,
  }
}

function delay(field: 'headDelayMs' | 'firstTokenDelayMs' | 'tokenDelayMs', head: string, meaning: string): Clause {
  return {
    form: `${head}=MS`,
    meaning,
    takes: '=',
    read: (argument) => numbered(argument, MAX_DELAY_MS, (milliseconds) => ({ [field]: milliseconds })),
  }
}

function afterTokens(type: Extract<Fault, { readonly afterTokens: number }>['type'], meaning: string): Clause {
  return {
    form: `${type}@N`,
    meaning: `${meaning} (0 when left out)`,
    takes: '@',
    isArgumentOptional: true,
    read: (argument) => numbered(argument ?? '0', MAX_TOKENS, (tokens) => ({ fault: { type, afterTokens: tokens } })),
  }
}

function answer(form: string, meaning: string, kind: AnswerKind): Clause {
  return { form, meaning, takes: '', read: () => ({ answer: kind }) }
}

function numbered(
  argument: string | undefined,
  max: number,
  build: (value: number) => Partial<Behaviour>,
): Partial<Behaviour> | undefined {
  if (argument === undefined || !/^\d{1,6}$/.test(argument) || Number(argument) > max) return undefined
  return build(Number(argument))
}

function named(
  argument: string | undefined,
  build: (name: string) => Partial<Behaviour>,
): Partial<Behaviour> | undefined {
  return argument !== undefined && /^[\w.-]{1,64}$/.test(argument) ? build(argument) : undefined
}
