import { isJson } from './json.ts'
import { argumentsOf } from './typed.ts'

const KEY = /[\p{L}\p{M}\p{N}_.$-]+/uy
const JSON_STRING = /"(?:[^"\\]|\\.)*"/y
const WORD = /[^,\]}]*/y
const SPACES = /\s*/y
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const MAX_DEPTH = 128

class NotGemma extends Error {}

/**
 * Gemma's arguments, `{city:<q>Paris<q>,n:3}`, as JSON: keys are bare and strings stand between two marks. `undefined`
 * where the text is no such object.
 */
export function gemmaArguments(text: string, mark: string): string | undefined {
  const reader = new GemmaReader(text, mark)
  try {
    const json = reader.value(0)
    return reader.isAtEnd() && text.startsWith('{') ? json : undefined
  } catch (thrown) {
    if (thrown instanceof NotGemma) return undefined
    throw thrown
  }
}

class GemmaReader {
  private readonly text: string
  private readonly mark: string
  private at = 0

  constructor(text: string, mark: string) {
    this.text = text
    this.mark = mark
  }

  isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  value(depth: number): string {
    if (depth > MAX_DEPTH) throw new NotGemma()
    if (this.take('{')) return this.object(depth)
    if (this.take('[')) return this.list(depth)
    if (this.take(this.mark)) return this.string(this.mark)
    if (this.isNext('"')) return this.jsonString()
    const word = this.match(WORD).trim()
    return NUMBER.test(word) || /^(?:true|false|null)$/.test(word) ? word : JSON.stringify(word)
  }

  private object(depth: number): string {
    const members: [string, string][] = []
    this.match(SPACES)
    while (!this.take('}')) {
      const key = this.take(this.mark)
        ? this.quoted(this.mark)
        : this.isNext('"')
          ? (JSON.parse(this.jsonString()) as string)
          : this.match(KEY)
      this.match(SPACES)
      if (!this.take(':')) throw new NotGemma()
      this.match(SPACES)
      members.push([key, this.value(depth + 1)])
      this.separate('}')
    }
    return argumentsOf(members)
  }

  private list(depth: number): string {
    const elements: string[] = []
    this.match(SPACES)
    while (!this.take(']')) {
      elements.push(this.value(depth + 1))
      this.separate(']')
    }
    return `[${elements.join(', ')}]`
  }

  private separate(close: string): void {
    this.match(SPACES)
    if (!this.text.startsWith(close, this.at) && !this.take(',')) throw new NotGemma()
    this.match(SPACES)
  }

  /** A model that writes JSON's quotes has JSON's escapes too; what has others is read up to the next quote. */
  private jsonString(): string {
    const start = this.at
    const text = this.tryMatch(JSON_STRING)
    if (text !== undefined && isJson(text)) return text
    this.at = start + 1
    return this.string('"')
  }

  private string(mark: string): string {
    return JSON.stringify(this.quoted(mark))
  }

  private quoted(mark: string): string {
    const end = this.text.indexOf(mark, this.at)
    if (end < 0) throw new NotGemma()
    const text = this.text.slice(this.at, end)
    this.at = end + mark.length
    return text
  }

  private isNext(literal: string): boolean {
    return this.text.startsWith(literal, this.at)
  }

  private take(literal: string): boolean {
    if (!this.isNext(literal)) return false
    this.at += literal.length
    return true
  }

  private match(pattern: RegExp): string {
    const found = this.tryMatch(pattern)
    if (found === undefined) throw new NotGemma()
    return found
  }

  private tryMatch(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }
}
