import { table } from '../../core/table.ts'
import { argumentsOf } from './arguments.ts'

/** A call in Python's syntax, its arguments as JSON. */
export type PythonCall = { readonly name: string; readonly argumentsText: string }

const NAME = /\w[\w.-]*/y
// Python's names are words of any script.
const KEYWORD = /[\p{L}_][\p{L}\p{M}\p{N}_.-]*/uy
const NUMBER = /[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const WORD = /\w+/y
const SPACES = /[\s,]*/y
const GAP = /\s*/y
// Members whose names are no keywords: `**{"a b": 1}`.
const UNPACKED = /\*\*\s*(?=\{)/y

const WORDS = table<string>({
  True: 'true',
  true: 'true',
  False: 'false',
  false: 'false',
  None: 'null',
  null: 'null',
})

const ESCAPES = table<string>({
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  a: '\u0007',
  v: '\v',
  '0': '\0',
  '\n': '',
})

const MAX_DEPTH = 128

/** Calls one after the other, with commas or lines between; `undefined` where anything else stands among them. */
export function pythonCalls(text: string): PythonCall[] | undefined {
  const reader = new PythonReader(text)
  const calls: PythonCall[] = []
  try {
    for (;;) {
      reader.skip(SPACES)
      if (reader.isAtEnd()) return calls.length === 0 ? undefined : calls
      calls.push(reader.call())
    }
  } catch (thrown) {
    if (thrown instanceof NotPython) return undefined
    throw thrown
  }
}

/** A literal as JSON; `undefined` where it is none. */
export function pythonLiteral(text: string): string | undefined {
  const reader = new PythonReader(text.trim())
  try {
    const json = reader.value(0)
    return reader.isAtEnd() ? json : undefined
  } catch (thrown) {
    if (thrown instanceof NotPython) return undefined
    throw thrown
  }
}

class NotPython extends Error {}
// One for all: each would take its stack along, which costs more than most texts.
const NOT_PYTHON = new NotPython()

class PythonReader {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  skip(pattern: RegExp): void {
    this.match(pattern)
  }

  call(): PythonCall {
    const name = this.match(NAME)
    this.skip(GAP)
    this.expect('(')
    const members: [string, string][] = []
    for (;;) {
      this.skip(SPACES)
      if (this.isNext(')')) break
      if (this.tryMatch(UNPACKED) !== undefined) members.push(...this.members(0))
      else {
        const member = this.match(KEYWORD)
        this.skip(GAP)
        this.expect('=')
        this.skip(GAP)
        members.push([member, this.value(0)])
      }
      this.skip(GAP)
      if (!this.isNext(')')) this.expect(',')
    }
    this.expect(')')
    return { name, argumentsText: argumentsOf(members) }
  }

  value(depth: number): string {
    if (depth > MAX_DEPTH) throw NOT_PYTHON
    const first = this.text.charAt(this.at)
    if (first === '[' || first === '(') return this.list(first === '[' ? ']' : ')', depth)
    if (first === '{') return this.object(depth)
    if (/^(?:[rRbBfFuU]{0,2}["'])/.test(this.text.slice(this.at, this.at + 3))) return this.strings()
    const number = this.tryMatch(NUMBER)
    if (number !== undefined) return jsonNumber(number)
    const word = WORDS[this.match(WORD)]
    if (word === undefined) throw NOT_PYTHON
    return word
  }

  private list(close: string, depth: number): string {
    this.at += 1
    const elements: string[] = []
    for (;;) {
      this.skip(SPACES)
      if (this.isNext(close)) break
      elements.push(this.value(depth + 1))
      this.skip(GAP)
      if (!this.isNext(close)) this.expect(',')
    }
    this.at += 1
    return `[${elements.join(', ')}]`
  }

  private object(depth: number): string {
    return argumentsOf(this.members(depth))
  }

  private members(depth: number): [string, string][] {
    this.at += 1
    const members: [string, string][] = []
    for (;;) {
      this.skip(SPACES)
      if (this.isNext('}')) break
      const key = this.value(depth + 1)
      this.skip(GAP)
      this.expect(':')
      this.skip(GAP)
      members.push([key.startsWith('"') ? (JSON.parse(key) as string) : key, this.value(depth + 1)])
      this.skip(GAP)
      if (!this.isNext('}')) this.expect(',')
    }
    this.at += 1
    return members
  }

  /** Strings side by side are one. */
  private strings(): string {
    let text = ''
    do {
      text += this.string()
      this.skip(GAP)
    } while (/^[rRuU]?["']/.test(this.text.slice(this.at, this.at + 2)))
    return JSON.stringify(text)
  }

  private string(): string {
    const isRaw = /^[bBfFuU]?[rR]/.test(this.text.slice(this.at, this.at + 2))
    while (!/["']/.test(this.text.charAt(this.at))) this.at += 1
    const one = this.text.charAt(this.at)
    const quote = this.text.startsWith(one.repeat(3), this.at) ? one.repeat(3) : one
    this.at += quote.length
    let text = ''
    while (!this.text.startsWith(quote, this.at)) {
      if (this.isAtEnd()) throw NOT_PYTHON
      const unit = this.text.charAt(this.at)
      this.at += 1
      if (unit !== '\\') text += unit
      else text += isRaw ? unit + this.takeOne() : this.escape()
    }
    this.at += quote.length
    return text
  }

  private escape(): string {
    const unit = this.takeOne()
    const length = { x: 2, u: 4, U: 8 }[unit]
    if (length !== undefined) {
      const digits = this.text.slice(this.at, this.at + length)
      const code = /^[0-9a-fA-F]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1
      if (code < 0 || code > 0x10ffff) throw NOT_PYTHON
      this.at += length
      return String.fromCodePoint(code)
    }
    return ESCAPES[unit] ?? (/["'\\]/.test(unit) ? unit : `\\${unit}`)
  }

  private takeOne(): string {
    if (this.isAtEnd()) throw NOT_PYTHON
    this.at += 1
    return this.text.charAt(this.at - 1)
  }

  private isNext(literal: string): boolean {
    return this.text.startsWith(literal, this.at)
  }

  private expect(literal: string): void {
    if (!this.isNext(literal)) throw NOT_PYTHON
    this.at += literal.length
  }

  private match(pattern: RegExp): string {
    const found = this.tryMatch(pattern)
    if (found === undefined) throw NOT_PYTHON
    return found
  }

  private tryMatch(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }
}

function jsonNumber(text: string): string {
  const plain = text.replaceAll('_', '').replace(/^\+/, '')
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(plain)) return plain
  const number = Number(plain)
  if (!Number.isFinite(number)) throw NOT_PYTHON
  return String(number)
}
