import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { hermes } from '../../src/dialects/hermes.ts'
import { DATA } from '../data-folder.ts'
import { readAll } from './read.ts'

// Cases of Ollama's lexer, which finds the blocks and leaves them to others: what is in them stands in a call here.

const FILE = join(DATA, 'tools/dialects/ollama_lexer.jsonl.gz')
const OPEN = '<tool_call>'

type LexerCase = {
  readonly id: string
  readonly dialect: string
  readonly meta: { readonly name: string }
  readonly steps: readonly {
    readonly input: string
    readonly events: readonly { readonly type: string; readonly content?: string; readonly raw?: string }[]
  }[]
}

const hasCases = existsSync(FILE)

function lexerCases(): LexerCase[] {
  if (!hasCases) return []
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as LexerCase)
}

const joined = ({ steps }: LexerCase): string => steps.map(({ input }) => input).join('')
const cases = lexerCases().filter((one) => one.dialect === 'hermes' && !joined(one).includes('think>'))

const asCall = (raw: string): string => JSON.stringify({ name: 'raw', arguments: { raw } })

/** A lexer never knows that a text has ended, and holds the beginning of a mark for ever. White space it drops. */
function comparable(text: string): string {
  const words = text.replace(/\s/gu, '')
  const at = words.lastIndexOf('<')
  return at >= 0 && OPEN.startsWith(words.slice(at)) ? words.slice(0, at) : words
}

describe.skipIf(!hasCases)(`blocks that a lexer finds${hasCases ? '' : ' (no shared data here)'}`, () => {
  test('there are some', () => {
    expect(cases.length).toBeGreaterThan(30)
  })

  test.each(cases.map((one) => [`${one.id} ${one.meta.name}`, one] as const))('%s', (_name, one) => {
    const events = one.steps.flatMap((step) => step.events)
    const raws = events.flatMap(({ type, raw = '' }) => (type === 'RawToolCall' ? [raw] : []))
    const content = events.map(({ content: text = '' }) => text).join('')
    const text = raws.reduce(
      (whole, raw) => whole.replace(`${OPEN}${raw}</tool_call>`, () => `${OPEN}${asCall(raw)}</tool_call>`),
      joined(one),
    )
    const read = readAll(hermes, new Map(), [text])
    expect(read.calls.map(({ argumentsText }) => JSON.parse(argumentsText) as unknown)).toEqual(
      raws.map((raw) => ({ raw })),
    )
    expect(comparable(read.text)).toBe(comparable(content))
    expect(readAll(hermes, new Map(), text.split(''))).toEqual(read)
  })
})
