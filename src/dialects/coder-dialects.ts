import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { GLM_CALL } from './glm-tags.ts'
import { readLooseBlock } from './loose-markup.ts'
import type { Markup } from './markup.ts'
import { readCalls, skipGap } from './markup.ts'
import { everyOfEach } from './repeated-members.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

const OPEN = '<tool_call>'
const CLOSE = '</tool_call>'

/**
 * Qwen3-Coder and 3.5, Nemotron 3, Step 3.5, and models that were prompted so: one or the other mark of the block is
 * sometimes missing, and within it models mix in what they know of other families.
 */
function coder(id: string): Dialect {
  const tags: Markup = {
    id,
    groups: [[OPEN, CLOSE]],
    call: ['<function='],
    callEnd: ['</function>'],
    parameter: ['<parameter='],
    parameterEnd: ['</parameter>'],
    hasOwnLines: true,
    hasCdata: true,
    dropsHostile: true,
    argumentsOf: everyOfEach,
  }
  return {
    id,
    opens: [OPEN, '<function=', CLOSE],
    mayBeExample: true,
    *read(cursor, declared): Reading<Outcome> {
      if (yield* cursor.literal(CLOSE)) yield* cursor.spaces()
      const start = cursor.position()
      const next = yield* cursor.oneOf([OPEN, ...tags.call])
      if (next < 0) return undefined
      const isBlock = next === 0
      cursor.rewind(start)
      const made = yield* readCalls(cursor, declared, tags)
      if (isBlock) {
        if (made !== undefined) {
          if (Array.isArray(made) && !cursor.slice(start, cursor.position()).endsWith(CLOSE)) {
            yield* cursor.attempt(isWordBeforeClose(cursor))
          }
          return made
        }
        cursor.rewind(start + OPEN.length)
        const isGlm = yield* isGlmCall(cursor, declared)
        cursor.rewind(isGlm ? start : start + OPEN.length)
        if (isGlm) return yield* readCalls(cursor, declared, { id, ...GLM_CALL })
        return yield* readLooseBlock(cursor, declared)
      }
      if (Array.isArray(made)) while (yield* cursor.attempt(isLeftOver(cursor)));
      return made
    },
  }
}

/** A name, and behind it a parameter as GLM has it, or the end of the text. */
function* isGlmCall(cursor: Cursor, { tools }: Declared): Reading<boolean> {
  yield* cursor.spaces()
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (name === '') return false
  yield* skipGap(cursor)
  if (!(yield* cursor.some())) return [...tools.keys()].some((tool) => tool.startsWith(name))
  return yield* cursor.closing(GLM_CALL.parameter)
}

/** What a model may still write after a call without a block: the block's end, and parameters that are nobody's. */
function* isLeftOver(cursor: Cursor): Reading<boolean> {
  yield* cursor.spaces()
  const found = yield* cursor.oneOf([CLOSE, '<parameter=', '<parameter name='])
  return found <= 0 ? found === 0 : (yield* cursor.until(['</parameter>'])).found >= 0
}

/** A word between the end of a call and that of its block, on the same line, is nobody's. */
function* isWordBeforeClose(cursor: Cursor): Reading<boolean> {
  yield* cursor.while((unit) => unit !== TAG_START && unit !== LINE_END, MAX_WORD)
  return yield* cursor.literal(CLOSE)
}

const TAG_START = 60
const LINE_END = 10
const MAX_WORD = 64

export const CODER_DIALECTS: readonly Dialect[] = [
  coder('qwen3_coder_xml'),
  coder('nemotron3_xml'),
  coder('step3p5'),
  coder('kexaone2'),
]
