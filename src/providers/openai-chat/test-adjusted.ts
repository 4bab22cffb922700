import type { JsonObject } from '../../core/json.ts'
import type { Provider } from '../../core/provider.ts'
import type { WireFormatId } from '../../core/request.ts'
import type { Facts } from '../../core/target.ts'

type Asked = { readonly model?: string; readonly facts?: Facts; readonly format?: WireFormatId }

export const HELLO = { role: 'user', content: 'Hello' } as const

export const TOOL = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } } as const
export const OTHER_TOOL = { type: 'function', function: { name: 'find', parameters: { type: 'object' } } } as const

export function named(name: string): JsonObject {
  return { type: 'function', function: { name } }
}

/** A turn with one call and its result. */
export function callAndResult(id: string, members: JsonObject = {}): JsonObject[] {
  const call = { id, type: 'function', function: { name: 'look', arguments: '{}' } }
  return [
    { role: 'assistant', content: null, tool_calls: [call], ...members },
    { role: 'tool', tool_call_id: id, content: 'seen' },
  ]
}

/** The body as the provider wants it, and the paths of what it lost. Checks that the input is left as it was. */
export function adjusted(
  provider: Provider,
  body: JsonObject,
  { model = 'm', facts = {}, format = 'openai-chat' }: Asked = {},
): { readonly body: JsonObject; readonly lost: readonly string[] } {
  const lost: string[] = []
  const before = JSON.stringify(body)
  const target = { id: `p/${model}`, provider: 'p', model, format, baseUrl: '', catalogId: undefined, facts } as const
  const result = provider.adjustBody?.(body, { target, format, lose: (path) => void lost.push(path) }) ?? body
  if (JSON.stringify(body) !== before) throw new Error('The body that was given has been changed.')
  return { body: result, lost }
}
