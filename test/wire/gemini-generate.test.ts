import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { DATA } from '../data-folder.ts'
import { CUTS, casesOf, describeCases, hasCases } from './cases.ts'
import { decode } from './decode.ts'
import { DIFFERENCES } from './differences.ts'

describeCases(geminiGenerate, casesOf('gemini-generateContent'), DIFFERENCES['gemini-generate'])

const FOLDER = join(DATA, 'recordings/google')
const files = hasCases ? readdirSync(FOLDER).filter((name) => /\.(?:json|chunks\.txt)$/.test(name)) : []

describe.skipIf(!hasCases)('recordings of Google', () => {
  test('there are recordings', () => expect(files.length).toBeGreaterThan(5))
  test.each(files)('%s decodes to a whole answer, the same at every cut', (name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8')
    const isStream = name.endsWith('.txt')
    const lines = text.trimEnd().split('\n')
    const bytes = new TextEncoder().encode(isStream ? lines.map((line) => `data: ${line}\n\n`).join('') : text)
    const whole = decode(geminiGenerate, bytes, isStream)
    expect(whole.error).toBeUndefined()
    expect(whole.usage?.inputTokens).toBeGreaterThan(0)
    expect(whole.text.length + whole.calls.length).toBeGreaterThan(0)
    if (isStream) for (const cut of CUTS) expect(decode(geminiGenerate, bytes, true, cut)).toEqual(whole)
  })
})
