import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { ChatRequest, WireFormatId } from '../../src/core/request.ts'
import { providers } from '../../src/providers/index.ts'
import { FORMATS } from '../../src/simulator/formats.ts'
import { wireFormats } from '../../src/wire/index.ts'
import { formatOf, MODEL, readFixtures, requestOf, writeFixture } from './fixtures.ts'

// Every request of test/fixtures/requests, written to every format: a change of what upstreams get is a visible change of
// a file in test/fixtures/written. Each must also be what that format's provider accepts, by the simulator's rules.

const WRITTEN = fileURLToPath(new URL('../fixtures/written', import.meta.url))

const ids = [...wireFormats.keys()]
const fixtures = readFixtures()

test('all formats that clients speak have fixtures, and all formats are written', () => {
  expect(ids.length).toBe(7)
  expect(new Set(fixtures.map(({ client }) => client)).size).toBe(4)
})

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', (name, fixture) => {
  test.each(ids)('as %s', async (id) => {
    const { body, losses } = writeFixture(fixture, id)
    const text = `${JSON.stringify({ losses, body }, undefined, 2)}\n`
    await expect(text).toMatchFileSnapshot(join(WRITTEN, name, `${id}.json`))
  })

  test.each(ids)('is accepted as %s', (id) => {
    const format = FORMATS.find((one) => one.id === id)
    if (format === undefined) throw new Error(`The simulator does not speak ${id}.`)
    const call = format.readCall(sentTo(id, requestOf(fixture)), pathOf(id))
    expect('status' in call ? call.message : 'accepted').toBe('accepted')
  })

  test('comes back unchanged from its own format', () => {
    const format = formatOf(fixture.client)
    const request = requestOf(fixture)
    const { body } = format.writeRequest(request, request.model, { cacheMarks: true, reasoning: 'reasoning_details' })
    const again = format.readRequest(body, { model: request.model, stream: request.stream })
    expect({ ...again, native: undefined }).toEqual({ ...request, native: undefined })
  })
})

/** As the strictest provider of the format gets it, on its way: without members that are undefined. */
function sentTo(id: WireFormatId, request: ChatRequest): JsonObject {
  const provider = providers.get(STRICTEST[id] ?? '') ?? [...providers.values()].find((one) => one.format === id)
  const { body } = formatOf(id).writeRequest(request, MODEL, provider?.traits)
  const target = { id: MODEL, provider: 'p', model: MODEL, format: id, baseUrl: '', catalogId: undefined, facts: {} }
  const adjusted = provider?.adjustBody?.(body, { target, format: id, lose: () => undefined }) ?? body
  const sent: unknown = JSON.parse(JSON.stringify(adjusted))
  if (!isJsonObject(sent)) throw new Error('No object was written.')
  return sent
}

const STRICTEST: Partial<Record<WireFormatId, string>> = { 'openai-chat': 'openai', 'openai-responses': 'openai' }

function pathOf(id: WireFormatId): string {
  switch (id) {
    case 'gemini-generate':
      return `/v1beta/models/${MODEL}:generateContent`
    case 'bedrock-converse':
      return `/model/${MODEL}/converse`
    default:
      return ''
  }
}
