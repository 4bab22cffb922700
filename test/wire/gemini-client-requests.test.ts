import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest } from '../../src/core/request.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { adjustSignatures, UNCHECKED } from '../../src/wire/gemini-generate/signatures.ts'

const read = (body: JsonObject): ChatRequest => geminiGenerate.readRequest(body, { model: 'auto', stream: false })

test('both ways of writing names are read', () => {
  const camel = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
      { role: 'model', parts: [{ functionCall: { name: 'look', args: { a_b: 1 } }, thoughtSignature: 'c2ln' }] },
      { role: 'function', parts: [{ functionResponse: { name: 'look', response: { output: 'ok' } } }] },
    ],
    tools: [{ functionDeclarations: [{ name: 'look', parameters: { type: 'OBJECT' } }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    generationConfig: { maxOutputTokens: 5, stopSequences: ['x'], thinkingConfig: { thinkingBudget: 0 } },
  }
  const snake = JSON.parse(
    JSON.stringify(camel).replace(
      /"([a-z]+[A-Z]\w*)":/g,
      (_, name: string) => `"${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
    ),
  )
  expect(JSON.stringify(snake)).toContain('"function_calling_config"')
  const { native: _, ...expected } = read(camel)
  const { native: __, ...found } = read(snake)
  expect(found).toEqual(expected)
  expect(geminiGenerate.unread(snake)).toEqual([])
  expect(expected.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
  expect(expected.tools[0]?.parameters).toEqual({ type: 'object' })
  expect(expected.sampling.maxOutputTokens).toBe(5)
})

test('calls without ids get one, and results without ids find theirs by name and order', () => {
  const { messages } = read({
    contents: [
      { parts: [{ text: 'go' }] },
      {
        role: 'model',
        parts: [{ functionCall: { name: 'a' } }, { functionCall: { name: 'b' } }, { functionCall: { name: 'a' } }],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'b', response: { output: 'B' } } },
          { functionResponse: { name: 'a', response: { output: 'first' } } },
          { functionResponse: { name: 'a', response: { error: 'second' } } },
          { text: 'and now?' },
        ],
      },
    ],
  })
  const ids = messages[1]?.content.map((part) => (part.type === 'tool-call' ? part.id : ''))
  expect(new Set(ids).size).toBe(3)
  const results = messages[2]?.content.map((part) => (part.type === 'tool-result' ? part : undefined))
  expect(results?.map((one) => one?.callId)).toEqual([ids?.[1], ids?.[0], ids?.[2]])
  expect(results?.map((one) => one?.isError)).toEqual([undefined, undefined, true])
  expect(messages[3]).toMatchObject({ role: 'user', content: [{ text: 'and now?' }] })
})

test('a result answers a call of the turn before it, not an older one that nobody answered', () => {
  const calls = { role: 'model', parts: [{ functionCall: { name: 'a' } }] }
  const answer = { parts: [{ functionResponse: { name: 'a', response: {} } }] }
  const { messages } = read({ contents: [hello2, calls, hello2, calls, answer] })
  const [, , , last, answered] = messages
  expect(answered?.content[0]).toMatchObject({ callId: last?.content.map((part) => 'id' in part && part.id)[0] })
  const several = read({ contents: [hello2, calls, calls, { parts: [...answer.parts, ...answer.parts] }] }).messages
  const ids = several[1]?.content.map((part) => (part.type === 'tool-call' ? part.id : ''))
  expect(several[2]?.content.map((part) => (part.type === 'tool-result' ? part.callId : ''))).toEqual(ids)
})

test('a turn that an SDK kept as one content an event is one turn', () => {
  const events = ['Hel', 'lo', ' there'].map((text) => ({ role: 'model', parts: [{ text }] }))
  const { messages } = read({
    contents: [{ parts: [{ text: 'x' }] }, ...events, { role: 'model', parts: [{ text: '' }] }],
  })
  expect(messages[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Hello there' }], name: undefined })
  expect(messages).toHaveLength(2)
})

test('Google’s own notation of schemas is read as JSON Schema', () => {
  const parameters = {
    type: 'OBJECT',
    properties: {
      a: { type: 'STRING', nullable: true, enum: ['x'], format: 'enum' },
      b: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '1' },
      type: { anyOf: [{ type: 'NUMBER' }], nullable: true },
    },
    required: ['a'],
    propertyOrdering: ['a', 'b'],
  }
  const [tool] = read({ contents: [hello2], tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools
  expect(tool?.parameters).toEqual({
    type: 'object',
    properties: {
      a: { type: ['string', 'null'], enum: ['x', null] },
      b: { type: 'array', items: { type: 'integer' }, minItems: 1 },
      type: { anyOf: [{ anyOf: [{ type: 'number' }] }, { type: 'null' }] },
    },
    required: ['a'],
  })
})

test('properties stand in the order that Google is told to write them in', () => {
  const parameters = {
    type: 'OBJECT',
    properties: { a: { type: 'STRING' }, b: { type: 'STRING' }, c: { type: 'STRING' } },
    property_ordering: ['c', 'zzz', 'a'],
  }
  const [tool] = read({ contents: [hello2], tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools
  expect(Object.keys((tool?.parameters?.['properties'] ?? {}) as JsonObject)).toEqual(['c', 'a', 'b'])
})

test.each(['responseJsonSchema', '_responseJsonSchema'])('%s is a schema of the answer', (name) => {
  const schema = { type: 'object', properties: {} }
  const generationConfig = { responseMimeType: 'application/json', [name]: schema }
  const body = { contents: [hello2], generationConfig }
  expect(read(body).responseFormat).toEqual({ type: 'json-schema', schema })
  expect(geminiGenerate.unread(body)).toEqual([])
})

const hello2 = { role: 'user', parts: [{ text: 'Hello' }] }

test.each([
  [{}, 'contents'],
  [{ contents: [] }, 'contents'],
  [{ contents: [{ role: 'assistant', parts: [] }] }, 'contents[0].role'],
  [{ contents: [{ parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text'],
  [{ contents: [{ parts: [{ inlineData: { data: 'AA' } }] }] }, 'contents[0].parts[0].inlineData.mimeType'],
  [{ contents: [{ role: 'model', parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
  [{ contents: [hello2], tools: 5 }, 'tools'],
  [{ contents: [hello2], tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
  [
    { contents: [hello2], toolConfig: { functionCallingConfig: { mode: 'SOME' } } },
    'toolConfig.functionCallingConfig.mode',
  ],
  [{ contents: [hello2], generationConfig: { maxOutputTokens: 'x' } }, 'generationConfig.maxOutputTokens'],
  [{ contents: [hello2], generationConfig: { stopSequences: 'x' } }, 'generationConfig.stopSequences'],
])('%o is refused with the path %s', (body, param) => {
  expect(() => read(body as JsonObject)).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
})

test('what only Gemini has is listed, nulls and the obvious are not', () => {
  const paths = geminiGenerate
    .unread({
      contents: [hello2],
      safetySettings: [{}],
      cached_content: 'x',
      labels: null,
      routing: {},
      toolConfig: { retrievalConfig: {} },
      generationConfig: { speechConfig: {}, responseModalities: ['TEXT'], responseMimeType: 'text/x.enum', topK: 1 },
    })
    .map(({ path }) => path)
  expect(paths).toEqual([
    'safetySettings',
    'cached_content',
    'toolConfig.retrievalConfig',
    'generationConfig.speechConfig',
    'generationConfig.responseMimeType',
  ])
})

test('what stands on parts and declarations is listed too', () => {
  const paths = geminiGenerate
    .unread({
      contents: [
        hello2,
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'image/png', data: 'aa' }, mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } },
            { video_metadata: { fps: 1 }, inlineData: { mimeType: 'image/png', data: 'aa' } },
            { functionResponse: { name: 'f', response: {}, scheduling: 'SILENT' } },
            // Lost as a whole, which is said by who writes it.
            { executableCode: { code: '1' }, partMetadata: { a: 1 } },
          ],
        },
      ],
      tools: [{ function_declarations: [{ name: 'f', response: { type: 'OBJECT' }, behavior: 'NON_BLOCKING' }] }],
    })
    .map(({ path }) => path)
  expect(paths).toEqual([
    'contents[1].parts[0].mediaResolution',
    'contents[1].parts[1].video_metadata',
    'contents[1].parts[2].functionResponse.scheduling',
    'tools[0].function_declarations[0].response',
    'tools[0].function_declarations[0].behavior',
  ])
})

test.each(['responseSchema', 'responseJsonSchema'])('%s asks for JSON by itself', (name) => {
  const format = { type: 'json-schema', schema: { type: 'object' } }
  expect(read({ contents: [hello2], generationConfig: { [name]: { type: 'object' } } }).responseFormat).toEqual(format)
  expect(read({ contents: [hello2], generationConfig: {} }).responseFormat).toBeUndefined()
})

test('a native tool of Gemini is carried as it stands', () => {
  const { tools } = read({
    contents: [hello2],
    tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'f' }], codeExecution: {} }],
  })
  expect(tools.map((tool) => tool.native?.value ?? tool.name)).toEqual([
    { googleSearch: {} },
    'f',
    { codeExecution: {} },
  ])
})

test('state of another provider’s reasoning goes to a client of Gemini and comes back, and never to Gemini', () => {
  // In base64 it has both characters that the two alphabets write differently.
  const signature = { by: 'anthropic-messages', value: '>>>>>>??????' } as const
  const parts = [
    { type: 'reasoning-delta', text: 'hm' },
    { type: 'reasoning-end', signature },
    { type: 'reasoning-end', signature, redacted: true, id: 'rs_1' },
    { type: 'text-delta', text: 'Hi' },
    { type: 'response-end', finishReason: 'stop', raw: undefined },
  ] as const
  const context = { id: 'x', model: 'm', createdSeconds: 0, includeUsage: true }
  const answer = geminiGenerate.writeResponse(parts, context)
  const [candidate] = answer['candidates'] as unknown as { content: JsonObject }[]
  const body = { contents: [hello2, candidate?.content ?? {}, hello2] }
  expect(read(body).messages[1]?.content).toEqual([
    { type: 'reasoning', text: 'hm', signature },
    { type: 'reasoning', text: '', signature, redacted: true, id: 'rs_1' },
    { type: 'text', text: 'Hi' },
  ])
  // Python's SDK sends bytes in the other alphabet.
  expect(JSON.stringify(body)).toMatch(/\+.*\//)
  const other = JSON.parse(JSON.stringify(body).replaceAll('+', '-').replaceAll('/', '_'))
  expect(read(other).messages).toEqual(read(body).messages)
  expect(adjustSignatures(body, true)).toEqual({
    contents: [hello2, { role: 'model', parts: [{ text: 'hm', thought: true }, { text: 'Hi' }] }, hello2],
  })
})

test('a client’s own body gets the mark on unsigned calls of its current turn, and is not touched otherwise', () => {
  const part = { functionCall: { name: 'f', args: {} } }
  const turn = { role: 'model', parts: [part, part] }
  const results = { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] }
  const body = { contents: [hello2, turn, results, hello2, turn, results] }
  expect(adjustSignatures(body, true)).toEqual({
    contents: [
      hello2,
      turn,
      results,
      hello2,
      { role: 'model', parts: [{ ...part, thoughtSignature: UNCHECKED }, part] },
      results,
    ],
  })
  expect(adjustSignatures(body, false)).toBe(body)
  // Words beside the results go on with the turn.
  const worded = { role: 'user', parts: [...results.parts, { text: 'Quick' }] }
  expect(adjustSignatures({ contents: [hello2, turn, worded] }, true)).toEqual({
    contents: [hello2, { role: 'model', parts: [{ ...part, thoughtSignature: UNCHECKED }, part] }, worded],
  })
  const signed = {
    contents: [hello2, { role: 'model', parts: [{ ...part, thoughtSignature: 'c2ln' }, part] }, results],
  }
  expect(adjustSignatures(signed, true)).toBe(signed)
})
