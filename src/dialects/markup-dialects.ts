import type { JsonObject } from '../core/json.ts'
import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'
import { argumentsOf, parameterSchema, typedJson } from './values/typed.ts'

// Families that mark each parameter up, its value as raw text that the tool's schema types: design/tool-calling.md §3.1.

/** The tags of one family. */
type Markup = {
  readonly id: string
  /** Around all calls, or around each; may be missing where `isOptional`. */
  readonly groups: readonly (readonly [open: string, close: string])[]
  readonly isGroupOptional?: boolean
  /** Before the name of a call, and after it. */
  readonly call: readonly [before: string, after: readonly string[]]
  readonly callEnd: readonly string[]
  /** What may follow the end of a call besides. */
  readonly callTail?: string
  /** Before a parameter's name, and after it. */
  readonly parameter: readonly [before: string, after: string]
  readonly parameterEnd: readonly string[]
  /** Before the value, where its name has a tag of its own. */
  readonly value?: string
  /** What else stands in a parameter's tag says whether the value is a string. */
  readonly isTyped?: boolean
  /** The value stands on lines of its own: one break on each side is not part of it. */
  readonly hasOwnLines?: boolean
}

function markup(tags: Markup): Dialect {
  const opens = [...tags.groups.map(([open]) => open), ...(tags.isGroupOptional === true ? [tags.call[0]] : [])]
  return {
    id: tags.id,
    opens: opens.filter((open) => open !== ''),
    read: (cursor, declared) => readCalls(cursor, declared, tags),
  }
}

function* readCalls(cursor: Cursor, declared: Declared, tags: Markup): Reading<Outcome> {
  const group = yield* cursor.oneOf(tags.groups.map(([open]) => open))
  const calls: TextCall[] = []
  for (;;) {
    const isNext = yield* cursor.attempt(isAfterSpaces(cursor, tags.call[0]))
    if (!isNext) break
    const made = yield* readCall(cursor, declared, tags)
    if (made === undefined || made === 'cut') return made
    calls.push(made)
    if (group < 0) break
  }
  if (calls.length === 0) return undefined
  const close = tags.groups[group]?.[1]
  if (close !== undefined) yield* cursor.attempt(isAfterSpaces(cursor, close))
  return calls
}

function* isAfterSpaces(cursor: Cursor, literal: string): Reading<boolean> {
  yield* cursor.spaces()
  return yield* cursor.literal(literal)
}

function* readCall(cursor: Cursor, declared: Declared, tags: Markup): Reading<TextCall | 'cut' | undefined> {
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (name === '') return (yield* cursor.some()) ? undefined : 'cut'
  if (tags.call[1].length > 0 && (yield* cursor.oneOf(tags.call[1])) < 0) {
    return (yield* cursor.some()) ? undefined : 'cut'
  }
  const parameters = declared.tools.get(name)
  const members: [string, string][] = []
  for (;;) {
    yield* cursor.spaces()
    if (yield* cursor.literal(tags.parameter[0])) {
      const member = yield* readParameter(cursor, parameters, tags)
      if (member === undefined) return 'cut'
      members.push(member)
    } else if ((yield* cursor.oneOf(tags.callEnd)) >= 0) {
      if (tags.callTail !== undefined) yield* cursor.attempt(isAfterSpaces(cursor, tags.callTail))
      return { name, argumentsText: argumentsOf(members) }
    } else if (yield* cursor.some()) {
      return undefined
    } else {
      // A model that stops after a whole parameter has made its call.
      return members.length > 0 ? { name, argumentsText: argumentsOf(members) } : 'cut'
    }
  }
}

function* readParameter(
  cursor: Cursor,
  parameters: JsonObject | undefined,
  { parameter, parameterEnd, value, isTyped = false, hasOwnLines = false }: Markup,
): Reading<[string, string] | undefined> {
  const nameStart = cursor.position()
  const named = yield* cursor.until([parameter[1]])
  if (named.found < 0) return undefined
  const [name = '', isString] = parameterName(cursor.slice(nameStart, named.at), isTyped)
  if (value !== undefined && !(yield* cursor.attempt(isAfterSpaces(cursor, value)))) return undefined
  const start = cursor.position()
  const ended = yield* cursor.until(parameterEnd)
  if (ended.found < 0) return undefined
  const raw = cursor.slice(start, ended.at)
  const text = hasOwnLines ? raw.replace(/^\n/, '').replace(/\n$/, '') : raw
  if (isString !== undefined) return [name, isString ? JSON.stringify(text) : typedJson(text, undefined)]
  return [name, typedJson(text, parameterSchema(parameters, name))]
}

/** `city`, or of a typed tag `city" string="true`: the name and whether it is a string. */
function parameterName(text: string, isTyped: boolean): [name: string, isString?: boolean] {
  if (!isTyped) return [text.trim()]
  const [, name = '', isString] = /^([^"]*)"(?:\s+string="(true|false)")?/.exec(text) ?? []
  return isString === undefined ? [name] : [name, isString === 'true']
}

const FUNCTION = { call: ['<function=', ['>']], callEnd: ['</function>'] } as const
const PARAMETER = { parameter: ['<parameter=', '>'], parameterEnd: ['</parameter>'] } as const
const GLM = {
  value: '<arg_value>',
  parameter: ['<arg_key>', '</arg_key>'],
  parameterEnd: ['</arg_value>'],
} as const

/** Qwen3-Coder and 3.5, Nemotron 3, Step 3.5: the opening `<tool_call>` is sometimes missing. */
const coder = (id: string): Dialect =>
  markup({
    id,
    groups: [['<tool_call>', '</tool_call>']],
    isGroupOptional: true,
    ...FUNCTION,
    ...PARAMETER,
    hasOwnLines: true,
  })

export const seedOss = markup({
  id: 'seed_oss',
  groups: [['<seed:tool_call>', '</seed:tool_call>']],
  ...FUNCTION,
  ...PARAMETER,
})

export const minimaxM2 = markup({
  id: 'minimax_m2',
  groups: [['<minimax:tool_call>', '</minimax:tool_call>']],
  call: ['<invoke name="', ['">']],
  callEnd: ['</invoke>'],
  parameter: ['<parameter name="', '">'],
  parameterEnd: ['</parameter>'],
})

export const minicpm5 = markup({
  id: 'minicpm5_xml',
  groups: [],
  isGroupOptional: true,
  call: ['<function name="', ['">']],
  callEnd: ['</function>'],
  parameter: ['<param name="', '">'],
  parameterEnd: ['</param>'],
})

/** GLM 4.5 and later: the name stands alone. 4.7 leaves out the line breaks. */
const glm = (id: string): Dialect =>
  markup({ id, groups: [], isGroupOptional: true, call: ['<tool_call>', []], callEnd: ['</tool_call>'], ...GLM })

export const hunyuanV3 = markup({
  id: 'hunyuan_v3',
  groups: [['<tool_calls>', '</tool_calls>']],
  call: ['<tool_call>', ['<tool_sep>']],
  callEnd: ['</tool_call>'],
  ...GLM,
})

export const step3 = markup({
  id: 'step3',
  groups: [['<｜tool_calls_begin｜>', '<｜tool_calls_end｜>']],
  call: ['<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="', ['">']],
  callEnd: ['</steptml:invoke>'],
  callTail: '<｜tool_call_end｜>',
  parameter: ['<steptml:parameter name="', '">'],
  parameterEnd: ['</steptml:parameter>'],
})

/** DeepSeek V3.2 and V4: every parameter says whether it is a string. */
const dsml = (id: string, group: string): Dialect =>
  markup({
    id,
    groups: [[`<｜DSML｜${group}>`, `</｜DSML｜${group}>`]],
    call: ['<｜DSML｜invoke name="', ['">']],
    callEnd: ['</｜DSML｜invoke>'],
    parameter: ['<｜DSML｜parameter name="', '>'],
    parameterEnd: ['</｜DSML｜parameter>'],
    isTyped: true,
  })

export const MARKUP_DIALECTS: readonly Dialect[] = [
  coder('qwen3_coder_xml'),
  coder('nemotron3_xml'),
  coder('step3p5'),
  coder('kexaone2'),
  seedOss,
  minimaxM2,
  minicpm5,
  glm('glm45'),
  glm('glm47'),
  hunyuanV3,
  step3,
  dsml('deepseek_dsml_v32', 'function_calls'),
  dsml('deepseek_dsml_v4', 'tool_calls'),
]
