import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { fitModel } from './fit-model.ts'

const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]

function fitted(change: JsonObject, model: string) {
  const body: JsonObject = { contents, ...change }
  const lost: string[] = []
  const sent = fitModel(body, { model, facts: {} }, (path) => void lost.push(path))
  return { isSame: sent === body, sent, lost }
}

const think = (thinkingConfig: JsonObject): JsonObject => ({ generationConfig: { temperature: 0, thinkingConfig } })

test('what a model takes stays as it is', () => {
  const taken: readonly (readonly [JsonObject, string])[] = [
    [{}, 'gemini-2.5-pro'],
    [think({ thinkingBudget: 0 }), 'gemini-2.5-flash'],
    [think({ thinkingBudget: -1, includeThoughts: false }), 'gemini-2.5-pro'],
    [think({ thinkingBudget: 9_000, includeThoughts: true }), 'gemini-3-pro-preview'],
    [think({ thinkingLevel: 'low' }), 'gemini-3-pro-preview'],
    [think({ thinkingLevel: 'HIGH' }), 'a-tuned-model'],
    [{ generation_config: { thinking_config: { thinking_budget: 2_000 } } }, 'gemini-2.5-pro'],
    [{ generationConfig: { responseMimeType: 'application/json' } }, 'gemini-2.5-pro'],
  ]
  for (const [change, model] of taken)
    expect(fitted(change, model), JSON.stringify(change)).toMatchObject({ isSame: true, lost: [] })
})

test('how much to think is said in the words of the model’s generation', () => {
  const config = (change: JsonObject, model: string) => {
    const { sent, lost } = fitted(change, model)
    return [sent['generationConfig'], lost]
  }
  const budget = (thinkingBudget: number) => ({ temperature: 0, thinkingConfig: { thinkingBudget } })
  expect(config(think({ thinkingLevel: 'LOW' }), 'gemini-2.5-pro')).toEqual([budget(1_024), []])
  expect(config(think({ thinkingBudget: 0 }), 'gemini-2.5-pro')).toEqual([
    budget(128),
    ['generationConfig.thinkingConfig.thinkingBudget'],
  ])
  expect(config(think({ thinkingBudget: 32_000 }), 'gemini-2.5-flash')).toEqual([
    budget(24_576),
    ['generationConfig.thinkingConfig.thinkingBudget'],
  ])
  expect(config(think({ thinkingLevel: 'MINIMAL' }), 'gemini-3-pro-preview')).toEqual([
    { temperature: 0, thinkingConfig: { thinkingLevel: 'LOW' } },
    ['generationConfig.thinkingConfig.thinkingLevel'],
  ])
  expect(config({ generation_config: { thinking_config: { thinking_level: 'LOW' } } }, 'gemma-3-27b-it')).toEqual([
    {},
    ['generation_config.thinking_config'],
  ])
})

test('a format beside functions, or for Gemma, is asked for in words', () => {
  const generationConfig = { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } }
  const tools = [{ functionDeclarations: [{ name: 'get' }] }]
  const said = { system_instruction: { parts: [{ text: 'Be kind.' }] }, generationConfig, tools }
  expect(fitted(said, 'gemini-3-flash').isSame).toBe(true)
  const { sent, lost } = fitted(said, 'gemini-2.5-flash')
  expect(sent).toEqual({
    contents,
    tools,
    generationConfig: {},
    systemInstruction: { parts: [{ text: 'Be kind.' }, { text: expect.stringContaining('JSON Schema') }] },
  })
  expect(lost).toEqual(['generationConfig.responseSchema'])
  const older = { generationConfig: { responseMimeType: 'application/json', _responseJsonSchema: {} }, tools }
  expect(fitted(older, 'gemini-2.5-flash').sent).toMatchObject({ generationConfig: {} })
  expect(fitted(older, 'gemini-2.5-flash').sent['generationConfig']).toEqual({})
  const gemma = fitted({ generationConfig }, 'gemma-3-27b-it').sent
  expect(gemma).not.toHaveProperty('systemInstruction')
  expect(gemma['contents']).toEqual([{ role: 'user', parts: [{ text: expect.any(String) }, { text: 'Hi' }] }])
})

test('Gemma takes no instruction: the user says it first', () => {
  const instructed = { system_instruction: { parts: [{ text: 'Be kind.' }] } }
  expect(fitted(instructed, 'gemini-2.5-flash').isSame).toBe(true)
  expect(fitted(instructed, 'gemma-3-27b-it')).toMatchObject({
    sent: { contents: [{ role: 'user', parts: [{ text: 'Be kind.' }, { text: 'Hi' }] }] },
    lost: [],
  })
  const asJson = { ...instructed, generationConfig: { responseMimeType: 'application/json' } }
  const { sent } = fitted(asJson, 'gemma-3-27b-it')
  expect(Object.keys(sent).toSorted()).toEqual(['contents', 'generationConfig'])
  expect(sent['contents']).toEqual([
    { role: 'user', parts: [{ text: 'Be kind.' }, { text: expect.stringContaining('JSON') }, { text: 'Hi' }] },
  ])
})

test('before Gemini 3, functions are not beside Google’s own tools', () => {
  const functionDeclarations = [{ name: 'get' }]
  const mixed = {
    tools: [{ googleSearch: {} }, { functionDeclarations, codeExecution: {} }],
    toolConfig: { includeServerSideToolInvocations: true },
  }
  for (const model of ['gemini-3-flash', 'a-tuned-model']) expect(fitted(mixed, model).isSame, model).toBe(true)
  expect(fitted({ tools: [{ googleSearch: {} }, { codeExecution: {} }] }, 'gemini-2.5-flash').isSame).toBe(true)
  expect(fitted(mixed, 'gemini-2.5-flash')).toEqual({
    isSame: false,
    sent: { contents, tools: [{ functionDeclarations }], toolConfig: {} },
    lost: ['tools[0].googleSearch', 'tools[1].codeExecution'],
  })
})

test('before Gemini 3, pictures follow the results that held them', () => {
  const picture = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
  const asked = { role: 'model', parts: [{ functionCall: { name: 'get', args: {} } }] }
  const answered = { functionResponse: { name: 'get', response: {} } }
  const held = { functionResponse: { ...answered.functionResponse, parts: [picture] } }
  const loop = { contents: [...contents, asked, { role: 'user', parts: [held] }] }
  expect(fitted(loop, 'gemini-3-flash').isSame).toBe(true)
  expect(fitted(loop, 'gemini-2.5-flash')).toEqual({
    isSame: false,
    sent: {
      contents: [
        ...contents,
        asked,
        { role: 'user', parts: [answered] },
        { role: 'user', parts: [{ text: 'Attachment of the result of get:' }, picture] },
      ],
    },
    lost: [],
  })
})
