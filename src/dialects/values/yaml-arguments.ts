import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { argumentsOf } from './arguments.ts'
import { isDeclared } from './declared-names.ts'
import { isHostile } from './hostile-names.ts'
import { parameterSchema, typesOf } from './typed.ts'

// The parser takes the square of the length for some texts: three seconds for this many units of the worst kind.
const MAX_LENGTH = 65_536
const MAX_DEPTH = 64
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const ELEMENT_LINE = /^\s*<([\w.-]+)>([^<]*)(?:<\/\s*\1\s*>\s*)?$/

class NotYaml extends Error {}
const NOT_YAML = new NotYaml()

const OPTIONS = { version: '1.2', schema: 'core', prettyErrors: false, logLevel: 'silent', uniqueKeys: false } as const

/** A tool's arguments written as a YAML mapping, as JSON; `undefined` where the text is none. */
export function yamlArguments(body: string, parameters: JsonObject): string | undefined {
  if (body.trim() === '') return '{}'
  if (body.length > MAX_LENGTH) return undefined
  const text = dedented(body.replaceAll('\r\n', '\n'))
  const members = mapping(text, parameters) ?? elementLines(text) ?? rawStrings(text, parameters)
  if (members === undefined) return undefined
  return argumentsOf(members.filter(([name]) => isDeclared(name, parameters) || isHostile(name)))
}

type Members = [name: string, json: string][]

function mapping(text: string, parameters: JsonObject): Members | undefined {
  try {
    const document = parseDocument(text, OPTIONS)
    if (document.errors.length > 0 || !isMap(document.contents)) return undefined
    const members = document.contents.items.map(({ key, value }): [string, string] => {
      const name = nameOf(key)
      return [name, jsonOf(value, parameterSchema(parameters, name), 0)]
    })
    return new Set(members.map(([name]) => name)).size === members.length ? members : undefined
  } catch (thrown) {
    // The parser runs out of stack for what is nested too deep.
    if (thrown instanceof NotYaml || thrown instanceof RangeError) return undefined
    throw thrown
  }
}

function nameOf(key: unknown): string {
  if (!isScalar(key)) throw NOT_YAML
  return String(key.value)
}

function jsonOf(node: unknown, schema: JsonValue | undefined, depth: number): string {
  if (depth > MAX_DEPTH) throw NOT_YAML
  if (node === null) return 'null'
  if (isScalar(node)) return scalar(node.value, node.source, schema)
  if (isSeq(node)) {
    const items = isJsonObject(schema) ? schema['items'] : undefined
    return `[${node.items.map((item) => jsonOf(item, items, depth + 1)).join(', ')}]`
  }
  // An alias may stand for any number of others.
  if (!isMap(node)) throw NOT_YAML
  return argumentsOf(
    node.items.map(({ key, value }): [string, string] => {
      const name = nameOf(key)
      return [name, jsonOf(value, parameterSchema(isJsonObject(schema) ? schema : undefined, name), depth + 1)]
    }),
  )
}

/** Digits stay as they were written; where a text is asked for, it is what was written. */
function scalar(value: unknown, source: string | undefined, schema: JsonValue | undefined): string {
  const types = typesOf(schema)
  const isWord = typeof value === 'number' || typeof value === 'boolean'
  if (isWord && types.length > 0 && types.every((type) => type === 'string')) return JSON.stringify(source ?? value)
  if (typeof value !== 'number') return JSON.stringify(value)
  if (source !== undefined && NUMBER.test(source)) return source
  return Number.isFinite(value) ? String(value) : JSON.stringify(source ?? null)
}

/** Every line an element, as models write that confuse the format with XML. */
function elementLines(text: string): Members | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const found = lines.map((line) => ELEMENT_LINE.exec(line))
  if (!found.every((match) => match !== null)) return undefined
  return found.map(([, name = '', value = '']) => [name, JSON.stringify(value.trim())])
}

/** Texts of many lines that nobody indented or quoted: each begins with a declared name and ends where the next does. */
function rawStrings(text: string, parameters: JsonObject): Members | undefined {
  const starts = [...text.matchAll(/^([A-Za-z_][\w.-]*):(?=[ \n])/gm)].filter(([, name = '']) =>
    isText(parameterSchema(parameters, name)),
  )
  const names = starts.map(([, name]) => name)
  if (starts[0]?.index !== 0 || new Set(names).size !== names.length) return undefined
  return starts.map((start, index) => {
    const next = starts[index + 1]
    const value = text.slice(start.index + start[0].length, next === undefined ? undefined : next.index - 1)
    return [start[1] ?? '', JSON.stringify(value.replace(/^ /, ''))]
  })
}

function isText(schema: JsonValue | undefined): boolean {
  const types = typesOf(schema)
  return types.length > 0 && types.every((type) => type === 'string')
}

/** Without the first line break and the indentation that all lines have. */
function dedented(text: string): string {
  const lines = text.replace(/^[ \t]*\n/, '').split('\n')
  const width = lines.reduce((least, line) => {
    const bare = line.trimStart()
    return bare === '' ? least : Math.min(least, line.length - bare.length)
  }, Number.POSITIVE_INFINITY)
  return width === 0 || !Number.isFinite(width) ? lines.join('\n') : lines.map((line) => line.slice(width)).join('\n')
}
