import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../core/request.ts'
import { CALL_ID as ANTHROPIC } from '../anthropic-messages/call-ids.ts'
import { idShapeOf } from '../bedrock-converse/call-ids.ts'
import { CALL_ID as RESPONSES } from '../openai-responses/call-ids.ts'
import type { IdShape } from './call-ids.ts'
import { createCallIds } from './call-ids.ts'

const SHAPES: readonly (readonly [string, IdShape])[] = [
  ['Anthropic', ANTHROPIC],
  ['OpenAI', RESPONSES],
  ['Claude at Bedrock', idShapeOf('anthropic.claude-sonnet-4-5-20250929-v1:0')],
  ['Mistral at Bedrock', idShapeOf('mistral.mistral-large-2407-v1:0')],
]

function calling(id: string): Message {
  return { role: 'assistant', name: undefined, content: [{ type: 'tool-call', id, name: 'f', argumentsText: '{}' }] }
}

const history = fc.array(
  fc.oneof(fc.string({ maxLength: 80 }), fc.constantFrom('', 'call_0', 'functions.f:0', 'abcdefghi')),
  { minLength: 1, maxLength: 12 },
)

describe.each(SHAPES)('%s', (_, shape) => {
  test('every call has a valid id of its own, its own one where it may, and a longer history begins alike', () => {
    fc.assert(
      fc.property(history, (said) => {
        const write = (ids: readonly string[]): string[] => ids.map(createCallIds(said.map(calling), shape).call)
        const written = write(said)
        for (const id of written) expect(id).toMatch(shape.valid)
        expect(new Set(written).size).toBe(said.length)
        for (const [index, id] of said.entries()) {
          if (shape.valid.test(id) && said.indexOf(id) === index) expect(written[index]).toBe(id)
        }
        expect(write(said.slice(0, -1))).toEqual(written.slice(0, -1))
      }),
    )
  })
})

test('a result answers the last turn that used its id, and those of one turn in their order', () => {
  const ids = createCallIds([], RESPONSES)
  ids.beginTurn()
  const unanswered = ids.call('call_0')
  ids.beginTurn()
  const [first, second] = [ids.call('call_0'), ids.call('call_0')]
  expect([ids.result('call_0'), ids.result('call_0'), ids.result('other')]).toEqual([first, second, undefined])
  expect(ids.result('call_0')).toBe(unanswered)
})
