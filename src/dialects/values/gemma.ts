import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { argumentsOf } from './arguments.ts'
import { isJson } from './json.ts'
import { parameterSchema, typesOf } from './typed.ts'

const KEY = /[\p{L}\p{M}\p{N}_.$-]+/uy
const WORD = /[^,\]}]*/y
const SPACES = /\s*/y
const JSON_STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy
const AFTER_VALUE = /\s*(?:[,\]}]|$)/y
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const MAX_DEPTH = 128

class NotGemma extends Error {}
// One for all: each would take its stack along, which costs more than most texts.
const NOT_GEMMA = new NotGemma()

/**
 * Gemma's arguments, `{city:<q>Paris<q>,n:3}`, as JSON: keys are bare and strings stand between two marks. `undefined`
 * where the text is no such object.
 */
export function gemmaArguments(text: string, mark: string): string | undefined {
  return read(new GemmaReader(text, mark, undefined))
}

/**
 * The same of a text whose writer forgot marks or brackets; `parameters` tells which values are strings without any. Not
 * for a text that was cut.
 */
export function repairedGemmaArguments(text: string, mark: string, parameters?: JsonObject): string | undefined {
  return read(new GemmaReader(text, mark, { parameters }))
}

function read(reader: GemmaReader): string | undefined {
  try {
    const json = reader.arguments()
    return reader.isAtEnd() ? json : undefined
  } catch (thrown) {
    if (thrown instanceof NotGemma) return undefined
    throw thrown
  }
}

type Repair = { readonly parameters: JsonObject | undefined }

class GemmaReader {
  private readonly text: string
  private readonly mark: string
  private readonly repair: Repair | undefined
  private at = 0
  // What the open brackets wait for, the innermost first.
  private closers: string[] = []
  // Brackets that are missing are so only behind a string: `{n:1` may go on with a digit.
  private mayEnd = false

  constructor(text: string, mark: string, repair: Repair | undefined) {
    this.text = text
    this.mark = mark
    this.repair = repair
  }

  isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  arguments(): string {
    if (!this.take('{')) throw NOT_GEMMA
    return this.object()
  }

  private value(): string {
    if (this.closers.length > MAX_DEPTH) throw NOT_GEMMA
    this.mayEnd = false
    if (this.take('{')) return this.object()
    if (this.take('[')) return this.list()
    if (this.take(this.mark)) return this.string()
    return this.jsonString() ?? this.singleQuoted() ?? this.word()
  }

  private word(): string {
    const word = this.match(WORD).trim()
    return NUMBER.test(word) || /^(?:true|false|null)$/.test(word) ? word : JSON.stringify(word)
  }

  private object(): string {
    this.closers.unshift('}')
    const members: [string, string][] = []
    this.match(SPACES)
    while (!this.isClosed()) {
      const key = this.key()
      this.match(SPACES)
      if (!this.take(':')) throw NOT_GEMMA
      const start = this.at
      this.match(SPACES)
      members.push([key, this.plainText(key, start) ?? this.value()])
      this.separate()
    }
    return argumentsOf(members)
  }

  private key(): string {
    if (this.take(this.mark)) return this.quoted(this.mark)
    const json = this.jsonString()
    return json === undefined ? this.match(KEY) : String(JSON.parse(json))
  }

  /** JSON's quotes come with JSON's escapes; a text that has others is taken as it is. */
  private jsonString(): string | undefined {
    const text = this.tryMatch(JSON_STRING)
    return text === undefined || isJson(text) ? text : JSON.stringify(text.slice(1, -1))
  }

  private list(): string {
    this.closers.unshift(']')
    const elements: string[] = []
    this.match(SPACES)
    while (!this.isClosed()) {
      elements.push(this.value())
      this.separate()
    }
    return `[${elements.join(', ')}]`
  }

  private isClosed(): boolean {
    const isMissing = this.repair !== undefined && this.mayEnd && this.isAtEnd()
    if (!isMissing && !this.take(this.closers[0] ?? '')) return false
    this.closers.shift()
    return true
  }

  private separate(): void {
    this.match(SPACES)
    const isLast = this.text.startsWith(this.closers[0] ?? '', this.at) || (this.mayEnd && this.isAtEnd())
    if (!isLast && !this.take(',')) throw NOT_GEMMA
    this.match(SPACES)
  }

  private string(): string {
    const isOpen = this.repair !== undefined && !this.text.includes(this.mark, this.at)
    const text = isOpen ? this.rest() : this.quoted(this.mark)
    this.mayEnd = true
    return JSON.stringify(text)
  }

  /** All that is left but for the brackets that are open. */
  private rest(): string {
    const left = this.text.slice(this.at)
    const closing = /[\s\]}]*$/.exec(left)?.[0] ?? ''
    const own = this.closers.join('')
    const length = closing.replaceAll(/\s/g, '').endsWith(own) ? lengthOf(closing, own) : 0
    this.at = this.text.length - length
    return left.slice(0, left.length - length)
  }

  /** A string whose marks are left out, as its schema tells; up to the next parameter. */
  private plainText(key: string, start: number): string | undefined {
    const parameters = this.closers.length === 1 ? this.repair?.parameters : undefined
    if (!typesOf(parameterSchema(parameters, key)).includes('string')) return undefined
    if (this.text.startsWith(this.mark, this.at) || /["'[{\d-]/.test(this.text.charAt(this.at))) return undefined
    const known = Object.keys(isJsonObject(parameters?.['properties']) ? parameters['properties'] : {})
    const ends = known.flatMap((name) => [`,${name}:`, `, ${name}:`].map((next) => this.text.indexOf(next, start)))
    const end = Math.min(...ends.filter((found) => found >= 0))
    this.at = start
    this.mayEnd = true
    if (!Number.isFinite(end)) return JSON.stringify(this.rest())
    this.at = end
    return JSON.stringify(this.text.slice(start, end))
  }

  /** In quotes of another language; a mark that ends it all the same means nothing. */
  private singleQuoted(): string | undefined {
    const end = this.text.indexOf("'", this.at + 1)
    if (this.text.charAt(this.at) !== "'" || end < 0) return undefined
    const isMarked = this.text.startsWith(this.mark, end + 1)
    const next = end + 1 + (isMarked ? this.mark.length : 0)
    AFTER_VALUE.lastIndex = next
    if (!AFTER_VALUE.test(this.text)) return undefined
    const text = this.text.slice(this.at + 1, end)
    this.at = next
    this.mayEnd = true
    return JSON.stringify(text)
  }

  private quoted(mark: string): string {
    const end = this.text.indexOf(mark, this.at)
    if (end < 0) throw NOT_GEMMA
    const text = this.text.slice(this.at, end)
    this.at = end + mark.length
    return text
  }

  private take(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false
    this.at += literal.length
    return true
  }

  private match(pattern: RegExp): string {
    const found = this.tryMatch(pattern)
    if (found === undefined) throw NOT_GEMMA
    return found
  }

  private tryMatch(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }
}

/** How long the end of `text` is that holds `closers` and the white space among them. */
function lengthOf(text: string, closers: string): number {
  let at = text.length
  for (let left = closers.length; left > 0; at -= 1) if (text.charAt(at - 1) === closers.charAt(left - 1)) left -= 1
  return text.length - at
}
