import type { JsonValue } from '../../core/json.ts'
import { membersOf } from '../values/json.ts'
import { parameterSchema, typedJson } from '../values/typed.ts'
import type { Layout } from './written-call.ts'
import { objectText } from './written-call.ts'

// Families that mark each parameter up, its value as raw text: design/tool-calling.md §3.1.

/** The tags of one family, with the white space its template puts between them. */
type Markup = Pick<Layout, 'before' | 'between' | 'after'> & {
  readonly call: readonly [before: string, after: string, end: string]
  readonly parameter: readonly [before: string, after: string, end: string]
  /** What ends a value. */
  readonly close: string
  /** What a parameter's tag says of strings and of other values. */
  readonly kinds?: readonly [string: string, other: string]
}

function markup({ call: [before, after, end], parameter, close, kinds, ...frame }: Markup): Layout {
  return {
    ...frame,
    call(call, _index, { tools }) {
      const schema = tools.get(call.name)
      const members = membersOf(objectText(call)) ?? []
      const parameters = members.map(({ name, text }) => {
        const value =
          kinds === undefined ? rawValue(text, parameterSchema(schema, name), close) : typedValue(text, close)
        const kind = kinds?.[value.isString ? 0 : 1] ?? ''
        return `${parameter[0]}${name}${kind}${parameter[1]}${value.text}${parameter[2]}`
      })
      return `${before}${call.name}${after}${parameters.join('')}${end}`
    },
  }
}

type RawValue = { readonly text: string; readonly isString: boolean }

/**
 * A value as the schema reads it back: a string as it is, unless that would be read as something else and its JSON would
 * not. Nothing can be done for a string that holds the close marker and may only be a string (its JSON is written, without
 * the marker), nor for a value of a type that the schema does not have.
 */
function rawValue(json: string, schema: JsonValue | undefined, close: string): RawValue {
  if (!json.startsWith('"')) return { text: withoutMarker(json, close), isString: false }
  const text = JSON.parse(json) as string
  const isHeld = text.includes(close)
  if (!isHeld && typedJson(text, schema) === JSON.stringify(text)) return { text, isString: true }
  const quoted = withoutMarker(json, close)
  return isHeld || typedJson(quoted, schema) === quoted ? { text: quoted, isString: false } : { text, isString: true }
}

/** Where the tag says what the value is, only the marker is in the way. */
function typedValue(json: string, close: string): RawValue {
  const text = json.startsWith('"') ? (JSON.parse(json) as string) : undefined
  return text === undefined || text.includes(close)
    ? { text: withoutMarker(json, close), isString: false }
    : { text, isString: true }
}

/** A close marker in JSON stands in a string, where its first character may be escaped. */
function withoutMarker(json: string, close: string): string {
  return json.includes(close) ? json.replaceAll('<', '\\u003c') : json
}

const coder = markup({
  between: '\n',
  call: ['<tool_call>\n<function=', '>\n', '</function>\n</tool_call>'],
  parameter: ['<parameter=', '>\n', '\n</parameter>\n'],
  close: '</parameter>',
})

const glm47 = markup({
  call: ['<tool_call>', '', '</tool_call>'],
  parameter: ['<arg_key>', '</arg_key><arg_value>', '</arg_value>'],
  close: '</arg_value>',
})

function dsml(group: string): Layout {
  return markup({
    before: `<｜DSML｜${group}>\n`,
    after: `</｜DSML｜${group}>`,
    call: ['<｜DSML｜invoke name="', '">\n', '</｜DSML｜invoke>\n'],
    parameter: ['<｜DSML｜parameter name="', '>', '</｜DSML｜parameter>\n'],
    close: '</｜DSML｜parameter>',
    kinds: ['" string="true"', '" string="false"'],
  })
}

export const MARKUP_LAYOUTS: Readonly<Record<string, Layout>> = {
  qwen3_coder_xml: coder,
  nemotron3_xml: coder,
  step3p5: coder,
  kexaone2: coder,
  seed_oss: markup({
    between: '\n',
    call: ['<seed:tool_call>\n<function=', '>\n', '</function>\n</seed:tool_call>'],
    parameter: ['<parameter=', '>', '</parameter>\n'],
    close: '</parameter>',
  }),
  minimax_m2: markup({
    before: '<minimax:tool_call>\n',
    after: '</minimax:tool_call>',
    call: ['<invoke name="', '">\n', '</invoke>\n'],
    parameter: ['<parameter name="', '">', '</parameter>\n'],
    close: '</parameter>',
  }),
  minicpm5_xml: markup({
    between: '\n',
    call: ['<function name="', '">', '</function>'],
    parameter: ['<param name="', '">', '</param>'],
    close: '</param>',
  }),
  glm45: markup({
    between: '\n',
    call: ['<tool_call>', '\n', '</tool_call>'],
    parameter: ['<arg_key>', '</arg_key>\n<arg_value>', '</arg_value>\n'],
    close: '</arg_value>',
  }),
  glm47,
  poolside_v1: glm47,
  hunyuan_v3: markup({
    before: '<tool_calls>\n',
    after: '</tool_calls>',
    call: ['<tool_call>', '<tool_sep>\n', '</tool_call>\n'],
    parameter: ['<arg_key>', '</arg_key>\n<arg_value>', '</arg_value>\n'],
    close: '</arg_value>',
  }),
  step3: markup({
    before: '<｜tool_calls_begin｜>',
    after: '<｜tool_calls_end｜>',
    call: [
      '<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="',
      '">',
      '</steptml:invoke><｜tool_call_end｜>',
    ],
    parameter: ['<steptml:parameter name="', '">', '</steptml:parameter>'],
    close: '</steptml:parameter>',
  }),
  deepseek_dsml_v32: dsml('function_calls'),
  deepseek_dsml_v4: dsml('tool_calls'),
}
