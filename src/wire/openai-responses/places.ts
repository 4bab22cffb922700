import type { JsonObject } from '../../core/json.ts'
import type { Place, Places } from '../shared/client-paths.ts'
import { contentPlaces } from '../shared/client-paths.ts'
import { isList, objectOf, objectsOf, textOf } from '../shared/read-json.ts'
import { spareReferences } from './item-references.ts'
import { readOwnOutput } from './own-calls.ts'
import { readReasoningItem } from './reasoning.ts'

const PARAMETERS: Places['parameters'] = {
  max_tokens: ['max_output_tokens'],
  user: ['user', 'safety_identifier'],
  logprobs: ['include'],
  top_logprobs: ['top_logprobs', 'include'],
  messages: ['input'],
  verbosity: ['text.verbosity'],
  'reasoning.summary': ['reasoning.summary', 'reasoning.generate_summary'],
  response_format: ['text.format'],
  'response_format.json_schema.schema': ['text.format.schema'],
  'response_format.json_schema.strict': ['text.format.strict'],
  'response_format.json_schema.description': ['text.format.description'],
}

type Turn = { readonly path: string; readonly isAssistant: boolean; readonly content: (Place & { isText?: boolean })[] }

/** Where the messages and tools of `readRequest` stand in the body they were read from. */
export function placesOf(body: JsonObject): Places {
  const { instructions, input } = body
  const hasInstructions = typeof instructions === 'string' && instructions !== ''
  const first: Place[] = hasInstructions
    ? [{ path: 'instructions', members: { role: 'instructions' }, content: [{ path: 'instructions' }] }]
    : []
  if (typeof input === 'string') first.push({ path: 'input', content: [{ path: 'input' }] })
  return {
    messages: [...first, ...(isList(input) ? turnPlaces(input.map(objectOf)) : [])],
    tools: objectsOf(body['tools']).map((tool, index) => {
      const path = `tools[${index}]`
      const isNested = tool['function'] !== undefined
      const schema = isNested ? `${path}.function.parameters` : `${path}.parameters`
      return { path, members: { 'custom.format': `${path}.format` }, schema }
    }),
    parameters: PARAMETERS,
  }
}

/** In the order of `readInput`: what the model said in a row is one turn, every output of a call is one. */
function turnPlaces(items: readonly JsonObject[]): Turn[] {
  const turns: Turn[] = []
  const assistant = (path: string): Turn['content'] => {
    if (turns.at(-1)?.isAssistant !== true) turns.push({ path, isAssistant: true, content: [] })
    return turns.at(-1)?.content ?? []
  }
  const spare = spareReferences(items)
  for (const [index, item] of items.entries()) {
    if (spare.has(index)) continue
    const path = `input[${index}]`
    const type = textOf(item['type']) ?? 'message'
    if (type === 'message') {
      const content = contentPlaces(item['content'], `${path}.content`, partPlace)
      if (item['role'] === 'assistant') assistant(path).push(...content)
      else turns.push({ path, isAssistant: false, content })
    } else if (type === 'reasoning') {
      assistant(path).push(...reasoningPlaces(item, path, assistant(path).at(-1)?.isText === true))
    } else if (/^(?:function|custom_tool)_call$/.test(type)) {
      const members = type === 'custom_tool_call' ? { arguments: `${path}.input` } : {}
      assistant(path).push({ path, members })
    } else if (/^(?:function|custom_tool)_call_output$/.test(type)) {
      const content = contentPlaces(item['output'], `${path}.output`, partPlace)
      turns.push({ path, isAssistant: false, content: [{ path, content }] })
    } else if (readOwnOutput(item, type) !== undefined) {
      turns.push({ path, isAssistant: false, content: [{ path, content: [{ path: `${path}.output` }] }] })
    } else {
      assistant(path).push({ path })
    }
  }
  return turns
}

/** A signature that is only carried by an item belongs to the text before it, or to a text that is not there. */
function reasoningPlaces(item: JsonObject, path: string, followsText: boolean): Turn['content'] {
  const { part, carried } = readReasoningItem(item)
  const place = { path, members: { signature: `${path}.encrypted_content` } }
  if (carried !== undefined && carried.of !== 'call' && !followsText) return [{ ...place, isText: true }]
  return part === undefined ? [] : [place]
}

function partPlace(part: JsonObject, path: string): Place & { isText?: boolean } {
  const members = { 'file.filename': `${path}.filename` }
  return { path, members, isText: /text$/.test(textOf(part['type']) ?? '') }
}
