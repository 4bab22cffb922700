import { membersOf } from '../values/json.ts'
import type { JsonFold } from './fold-json.ts'
import { foldJson } from './fold-json.ts'
import type { Layout } from './written-call.ts'
import { objectText } from './written-call.ts'

// Families whose parameters are elements named after them: design/tool-calling.md §3.1 and, for the last two, the cases
// of data/tools/dialects/ai_sdk_tool_parser.

const NAMESPACE = ']<]minimax[>['

/** MiniMax M3: elements within elements, of lists `item`; an empty one is JSON. Every tag has the namespace before it. */
const ELEMENTS: JsonFold<string> = {
  object: (members) => members.map(([name, value]) => element(name, value)).join('') || '{}',
  list: (elements) => elements.map((value) => element('item', value)).join('') || '[]',
  // A tag begins with the namespace only: no other text has to be told from one.
  string: (text) => text,
  word: (text) => text,
}

function element(name: string, value: string): string {
  return `${NAMESPACE}<${name}>${value}${NAMESPACE}</${name}>`
}

const minimaxM3: Layout = {
  before: `${NAMESPACE}<tool_call>\n`,
  after: `${NAMESPACE}</tool_call>`,
  call(call) {
    const members = membersOf(objectText(call)) ?? []
    const elements = members.map(({ name, text }) => element(name, foldJson(text, ELEMENTS)))
    return `${NAMESPACE}<invoke name="${call.name}">${elements.join('')}${NAMESPACE}</invoke>\n`
  },
}

/** A value is its text, or its JSON; what is special to XML is escaped. */
const morphXml: Layout = {
  between: '\n',
  call(call) {
    const members = membersOf(objectText(call)) ?? []
    const lines = members.map(({ name, text }) => {
      const value = text.startsWith('"') ? (JSON.parse(text) as string) : text
      return `<${name}>${escaped(value)}</${name}>\n`
    })
    return lines.length === 0 ? `<${call.name}></${call.name}>` : `<${call.name}>\n${lines.join('')}</${call.name}>`
  },
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A line in blocks of YAML, or what stands on its key's line. */
type Yaml = { readonly line: string } | { readonly block: readonly string[] }

/** Blocks of YAML with every string in double quotes, whose escapes are JSON's, so that none is taken for something else. */
const YAML: JsonFold<Yaml> = {
  object: (members) =>
    members.length === 0 ? { line: '{}' } : { block: members.flatMap(([name, value]) => keyed(yamlKey(name), value)) },
  list: (elements) => (elements.length === 0 ? { line: '[]' } : { block: elements.flatMap((value) => listed(value)) }),
  string: (text) => ({ line: yamlString(text) }),
  word: (text) => ({ line: text }),
}

function keyed(key: string, value: Yaml): string[] {
  return 'line' in value ? [`${key}: ${value.line}`] : [`${key}:`, ...value.block.map((line) => `  ${line}`)]
}

function listed(value: Yaml): string[] {
  if ('line' in value) return [`- ${value.line}`]
  return value.block.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`)
}

/** Words, numbers and what is special in YAML are names in quotes. */
function yamlKey(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : yamlString(name)
}

function yamlString(text: string): string {
  return JSON.stringify(text).replaceAll('<', '\\u003c')
}

const yamlXml: Layout = {
  between: '\n',
  call(call) {
    const yaml = foldJson(objectText(call), YAML)
    return 'line' in yaml ? `<${call.name}/>` : [`<${call.name}>`, ...yaml.block, `</${call.name}>`].join('\n')
  },
}

export const ELEMENT_LAYOUTS: Readonly<Record<string, Layout>> = {
  minimax_m3: minimaxM3,
  morph_xml: morphXml,
  yaml_xml: yamlXml,
}
