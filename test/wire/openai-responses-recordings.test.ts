import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { DATA } from '../data-folder.ts'
import { CUTS } from './cases.ts'
import { decode } from './decode.ts'

const RECORDINGS = join(DATA, 'recordings')
const FOLDERS = ['openai/responses', 'xai/responses', 'open-responses/responses', 'azure']
const hasRecordings = existsSync(RECORDINGS)

// Azure's folder has one recording of Chat Completions.
const files = hasRecordings
  ? FOLDERS.flatMap((folder) => readdirSync(join(RECORDINGS, folder)).map((name) => `${folder}/${name}`)).filter(
      (file) => !file.includes('deepseek'),
    )
  : []
const bodies = files.filter((file) => file.endsWith('.json'))
const streams = files.filter((file) => file.endsWith('.chunks.txt'))
const text = (file: string): string => readFileSync(join(RECORDINGS, file), 'utf8')

/** One event a line, as OpenAI frames them. */
function framed(file: string): Uint8Array {
  const lines = text(file)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return new TextEncoder().encode(
    lines.map((line) => `event: ${/"type":"([a-z_.]+)"/.exec(line)?.[1] ?? 'message'}\ndata: ${line}\n\n`).join(''),
  )
}

/** Its terminal event has no end in the source itself. */
const MALFORMED = 'openai/responses/parallel-tool-call-wrapper.1.chunks.txt'

describe.skipIf(!hasRecordings)('recordings of responses', () => {
  test('there are recordings of both kinds', () => {
    expect(bodies.length).toBeGreaterThan(20)
    expect(streams.length).toBeGreaterThan(20)
  })

  test.each(bodies)('%s is read', (file) => {
    const read = decode(openaiResponses, new TextEncoder().encode(text(file)), false)
    const body = JSON.parse(text(file)) as { error: unknown; usage?: { output_tokens: number } }
    expect(read.error === undefined).toBe((body.error ?? null) === null)
    if (read.error === undefined) expect(read.usage?.outputTokens).toBe(body.usage?.output_tokens)
  })

  test.each(streams.filter((file) => file !== MALFORMED))('%s is read, the same at every cut', (file) => {
    const whole = decode(openaiResponses, framed(file), true)
    for (const cut of CUTS) expect(decode(openaiResponses, framed(file), true, cut)).toEqual(whole)
    const hasFailed = text(file).includes('"type":"response.failed"')
    expect(whole.error === undefined).toBe(!hasFailed)
    if (!hasFailed) expect(['stop', 'tool-calls']).toContain(whole.finish)
  })

  test('the event that is not JSON makes its stream malformed', () => {
    expect(decode(openaiResponses, framed(MALFORMED), true).error).toBe('upstream_malformed')
  })

  test('a call of several functions at once is unwrapped', () => {
    const lines = text(MALFORMED)
      .split('\n')
      .filter((line) => !/response\.(created|completed)/.test(line.slice(0, 40)))
    const end = '{"type":"response.completed","response":{"status":"completed","output":[]}}'
    const bytes = new TextEncoder().encode(
      [...lines.filter((line) => line.trim() !== ''), end].map((line) => `data: ${line}\n\n`).join(''),
    )
    expect(decode(openaiResponses, bytes, true).calls).toEqual([
      { id: 'call_parallel_0', name: 'weather', argumentsText: '{"location":"San Francisco"}' },
      { id: 'call_parallel_1', name: 'cityAttractions', argumentsText: '{"city":"Rome"}' },
    ])
  })
})
