import type { Reading } from './cursor.ts'
import { DEEPSEEK_DIALECTS } from './deepseek.ts'
import type { Dialect, Outcome } from './dialect.ts'
import { KIMI_DIALECTS } from './kimi.ts'
import { MISTRAL_DIALECTS } from './mistral.ts'
import { ended, isOneOf, readAnyArguments, readArguments } from './named-arguments.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

// Families that write the tool's name in front of its arguments in JSON: design/tool-calling.md §3.1.

/** Functionary 3.1. */
export const functionaryV31: Dialect = {
  id: 'functionary_v31',
  opens: ['<function='],
  mayBeExample: true,
  *read(cursor, declared): Reading<Outcome> {
    if (!(yield* cursor.literal('<function='))) return undefined
    const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
    if (name === '') return undefined
    // Models of Llama 3 leave the bracket out, or put it after the arguments.
    yield* cursor.oneOf(['>', '('])
    if (yield* cursor.attempt(isOneOf(cursor, ['</function>']))) return [{ name, argumentsText: '{}' }]
    const outcome = yield* readArguments(cursor, name, declared, ['</function>'])
    if (Array.isArray(outcome)) yield* cursor.oneOf([')>', '>', ')'])
    return yield* ended(cursor, outcome, ['</function>'])
  },
}

const RECIPIENT = '>>>'
const ALL = 'all\n'

/**
 * Functionary 3.2: every message names whom it is for, and `all` is the user. Its template writes the first `>>>`, so that an
 * answer begins with a name.
 */
export const functionaryV32: Dialect = {
  id: 'functionary_v32',
  opens: [RECIPIENT, ALL],
  opensFor: ({ tools }) => [...tools.keys()].map((name) => `${name}\n`),
  drops: [`${RECIPIENT}${ALL}`],
  *read(cursor, declared): Reading<Outcome> {
    const isMarked = yield* cursor.literal(RECIPIENT)
    if (!isMarked && !cursor.isAnswerStart) return undefined
    if (!isMarked && (yield* cursor.literal(ALL))) return 'dropped'
    const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
    if (name === '' || name === 'all') return undefined
    return yield* readAnyArguments(cursor, name, declared, isMarked ? [RECIPIENT] : [])
  },
}

export const NAMED_DIALECTS: readonly Dialect[] = [
  ...MISTRAL_DIALECTS,
  ...DEEPSEEK_DIALECTS,
  ...KIMI_DIALECTS,
  functionaryV31,
  functionaryV32,
]
