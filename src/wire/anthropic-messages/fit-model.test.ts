import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Facts } from '../../core/target.ts'
import { fitModel } from './fit-model.ts'

const USER = { role: 'user', content: 'Hi' }
const BODY = { model: 'auto', max_tokens: 4_000, messages: [USER] }
const TOOLS = [{ name: 'get', input_schema: { type: 'object' } }]

/** What of a body is not as it was sent, and what of it is lost. */
function fitted(change: JsonObject, model: string, facts: Facts = {}) {
  const body: JsonObject = { ...BODY, ...change }
  const lost: string[] = []
  const sent = fitModel(body, { model, facts }, (path) => void lost.push(path))
  const names = new Set([...Object.keys(body), ...Object.keys(sent)])
  const changed = [...names].filter((name) => sent[name] !== body[name]).map((name) => [name, sent[name]])
  return { isSame: sent === body, changed: Object.fromEntries(changed) as JsonObject, lost }
}

const SAME = { isSame: true, changed: {}, lost: [] }
const thinking = (said: JsonObject): JsonObject => ({ thinking: said })

test('what a model takes stays as it is', () => {
  const schema = { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } }
  const prefill = { messages: [USER, { role: 'assistant', content: 'One,' }] }
  const working = { role: 'assistant', content: [{ type: 'server_tool_use', id: 'a', name: 'web_search', input: {} }] }
  const taken: readonly (readonly [JsonObject, string])[] = [
    [{}, 'claude-opus-5'],
    [{ temperature: 0.3, top_k: 5, ...thinking({ type: 'disabled' }) }, 'claude-sonnet-4-5'],
    [{ temperature: 0.3, top_p: 0.9 }, 'claude-3-5-haiku-latest'],
    [thinking({ type: 'enabled', budget_tokens: 2_048 }), 'claude-sonnet-4-6'],
    [{ ...thinking({ type: 'adaptive', display: 'summarized' }), output_config: { effort: 'xhigh' } }, 'claude-opus-5'],
    [{ ...thinking({ type: 'adaptive' }), temperature: 1, top_p: 1 }, 'claude-opus-5'],
    [{ tools: TOOLS, tool_choice: { type: 'any' } }, 'claude-opus-5'],
    [schema, 'claude-sonnet-4-5'],
    [prefill, 'claude-sonnet-4-5'],
    [{ messages: [USER, { role: 'system', content: 'Be brief.' }] }, 'claude-opus-4-8'],
    [{ messages: [USER, working] }, 'claude-opus-5'],
  ]
  for (const [change, model] of taken) expect(fitted(change, model), JSON.stringify(change)).toEqual(SAME)
})

test('thinking is said in the words of the model’s generation', () => {
  expect(fitted(thinking({ type: 'adaptive' }), 'claude-sonnet-4-5')).toMatchObject({
    changed: { thinking: { type: 'enabled', budget_tokens: 3_200 } },
    lost: [],
  })
  expect(fitted(thinking({ type: 'enabled', budget_tokens: 2_048 }), 'claude-opus-5')).toEqual({
    isSame: false,
    changed: { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'low' } },
    lost: ['thinking.budget_tokens'],
  })
  expect(fitted(thinking({ type: 'adaptive' }), 'claude-3-5-haiku-latest')).toEqual({
    isSame: false,
    changed: { thinking: undefined },
    lost: ['thinking'],
  })
  const restless = { ...thinking({ type: 'disabled' }), tools: TOOLS, tool_choice: { type: 'any' } }
  expect(fitted(restless, 'claude-opus-5-5')).toEqual({
    isSame: false,
    changed: { thinking: undefined, output_config: { effort: 'low' }, tool_choice: { type: 'auto' } },
    lost: ['thinking', 'tool_choice'],
  })
})

test('thoughts are shown or not, as asked', () => {
  const omitted = { display: 'omitted' }
  expect(fitted(thinking({ type: 'adaptive', ...omitted }), 'claude-sonnet-4-5')).toMatchObject({
    changed: { thinking: { type: 'enabled', budget_tokens: 3_200, ...omitted } },
    lost: [],
  })
  expect(fitted(thinking({ type: 'enabled', budget_tokens: 2_048, ...omitted }), 'claude-opus-5')).toMatchObject({
    changed: { thinking: { type: 'adaptive', ...omitted } },
    lost: ['thinking.budget_tokens'],
  })
  expect(fitted(thinking({ type: 'adaptive', ...omitted }), 'claude-3-5-haiku-latest').lost).toEqual(['thinking'])
})

test('no longer answer is asked for than the model gives', () => {
  const most = { max_output_tokens: 3_000 }
  expect(fitted({}, 'claude-sonnet-4-5', { max_output_tokens: 4_000 })).toEqual(SAME)
  expect(fitted({}, 'claude-sonnet-4-5', most)).toEqual({
    isSame: false,
    changed: { max_tokens: 3_000 },
    lost: ['max_tokens'],
  })
  const budget = thinking({ type: 'enabled', budget_tokens: 3_500 })
  expect(fitted(budget, 'claude-sonnet-4-5', most)).toMatchObject({
    changed: { max_tokens: 3_000, thinking: { type: 'enabled', budget_tokens: 2_999 } },
    lost: ['max_tokens', 'thinking.budget_tokens'],
  })
  expect(fitted(budget, 'claude-3-haiku-20240307', most).lost).toEqual(['max_tokens', 'thinking'])
})

test('a level is the nearest there is, and goes where there is none', () => {
  const effort = (said: string) => ({ output_config: { effort: said } })
  expect(fitted(effort('xhigh'), 'claude-sonnet-4-6')).toMatchObject({
    changed: effort('high'),
    lost: ['output_config.effort'],
  })
  expect(fitted(effort('high'), 'claude-sonnet-4-5')).toMatchObject({
    changed: { output_config: undefined },
    lost: ['output_config.effort'],
  })
})

test('sampling that a model refuses is left out', () => {
  expect(fitted({ temperature: 0.3, top_k: 5 }, 'claude-opus-5')).toEqual({
    isSame: false,
    changed: { temperature: undefined, top_k: undefined },
    lost: ['temperature', 'top_k'],
  })
  expect(fitted({ temperature: 0.3, top_p: 0.9 }, 'claude-sonnet-4-5')).toMatchObject({
    changed: { top_p: undefined },
    lost: ['top_p'],
  })
})

test('a turn that cannot be gone on with is asked to be, and instructions amid the turns are the user’s words', () => {
  const begun = [USER, { role: 'assistant', content: 'One,' }]
  expect(fitted({ messages: begun }, 'claude-opus-5')).toEqual({
    isSame: false,
    changed: { messages: [...begun, { role: 'user', content: expect.any(String) }] },
    lost: ['messages'],
  })
  const instructed = [USER, { role: 'system', content: 'Be brief.' }]
  expect(fitted({ messages: instructed }, 'claude-sonnet-4-5')).toEqual({
    isSame: false,
    changed: {
      messages: [
        USER,
        {
          role: 'user',
          content: ['<system>', 'Be brief.', '</system>'].map((text) => ({ type: 'text', text })),
        },
      ],
    },
    lost: ['messages[1].role'],
  })
})

test('a model that cannot be held to schemas is asked for them', () => {
  const format = { type: 'json_schema', schema: { type: 'object', properties: {} } }
  const tools = [{ ...TOOLS[0], strict: true }]
  const said = { system: 'Be kind.', output_config: { format }, tools }
  const { changed, lost } = fitted(said, 'claude-sonnet-4-0')
  expect(changed).toEqual({ system: expect.stringMatching(/^Be kind\.\n\nAnswer with one JSON/), tools: TOOLS })
  expect(changed).toHaveProperty('output_config', undefined)
  expect(lost).toEqual(['output_config.format', 'tools[0].strict'])
  const begun = { messages: [USER, { role: 'assistant', content: '{' }], output_config: { format } }
  expect(fitted(begun, 'claude-sonnet-4-5').lost).toEqual(['messages'])
})
