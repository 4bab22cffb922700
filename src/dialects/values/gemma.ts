import { argumentsOf } from './arguments.ts'

const KEY = /[\w.$-]+/y
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
    if (this.take('"')) return this.string('"')
    const word = this.match(WORD).trim()
    return NUMBER.test(word) || /^(?:true|false|null)$/.test(word) ? word : JSON.stringify(word)
  }

  private object(depth: number): string {
    const members: [string, string][] = []
    this.match(SPACES)
    while (!this.take('}')) {
      const key = this.take(this.mark) ? this.quoted(this.mark) : this.take('"') ? this.quoted('"') : this.match(KEY)
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

  private take(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false
    this.at += literal.length
    return true
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found === undefined) throw new NotGemma()
    this.at += found.length
    return found
  }
}
