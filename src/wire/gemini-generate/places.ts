import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Place, Places } from '../shared/client-paths.ts'
import { clientPaths } from '../shared/client-paths.ts'
import { objectOf } from '../shared/read-json.ts'
import { field, repeated } from './fields.ts'
import type { ReadPart } from './read-content.ts'
import { readContentParts } from './read-content.ts'
import { joined } from './read-contents.ts'
import { spelledPath } from './spelled-paths.ts'

const config = (...names: readonly string[]): readonly string[] => names.map((name) => `generationConfig.${name}`)
const SCHEMA = config('responseJsonSchema', '_responseJsonSchema', 'responseSchema', 'responseMimeType')

const PARAMETERS: Places['parameters'] = {
  max_tokens: config('maxOutputTokens'),
  temperature: config('temperature'),
  top_p: config('topP'),
  top_k: config('topK'),
  n: config('candidateCount'),
  stop: config('stopSequences'),
  presence_penalty: config('presencePenalty'),
  frequency_penalty: config('frequencyPenalty'),
  seed: config('seed'),
  logprobs: config('responseLogprobs'),
  top_logprobs: config('logprobs'),
  reasoning: config('thinkingConfig'),
  'reasoning.budget_tokens': config('thinkingConfig.thinkingBudget'),
  'reasoning.effort': config('thinkingConfig.thinkingLevel', 'thinkingConfig.thinkingBudget'),
  'reasoning.summary': config('thinkingConfig.includeThoughts'),
  response_format: SCHEMA,
  'response_format.json_schema.schema': SCHEMA,
  'response_format.json_schema.strict': SCHEMA,
  tool_choice: ['toolConfig.functionCallingConfig'],
  messages: ['contents'],
}

/** A function from paths of a ChatRequest to those in the body it was read from, as that spells them. */
export function pathsIn(body: JsonObject): (path: string) => string {
  const pathOf = clientPaths(body, placesOf(body))
  return (path) => spelledPath(body, pathOf(path))
}

/** Where the messages and tools of `readRequest` stand in the body they were read from. */
export function placesOf(body: JsonObject): Places {
  return {
    messages: [...systemPlaces(field(body, 'systemInstruction')), ...turnPlaces(repeated(body['contents']) ?? [])],
    tools: (repeated(body['tools']) ?? []).flatMap((tool, index) => toolPlaces(objectOf(tool), `tools[${index}]`)),
    parameters: PARAMETERS,
  }
}

function toolPlaces(tool: JsonObject, path: string): Place[] {
  const declared = repeated(field(tool, 'functionDeclarations')) ?? []
  const strict = 'toolConfig.functionCallingConfig.mode'
  const places = declared.map((one, at): Place => {
    const declaration = `${path}.functionDeclarations[${at}]`
    const isPlain = field(objectOf(one), 'parametersJsonSchema') !== undefined
    const schema = `${declaration}.${isPlain ? 'parametersJsonSchema' : 'parameters'}`
    return { path: declaration, members: { strict }, schema }
  })
  const { functionDeclarations: _, function_declarations: __, ...own } = tool
  return Object.keys(own).length === 0 ? places : [...places, { path }]
}

function systemPlaces(value: JsonValue | undefined): Place[] {
  const path = 'systemInstruction'
  const content = typeof value === 'string' && value !== '' ? [{ path }] : placedParts(objectOf(value), path)
  return content.length === 0 ? [] : [{ path, members: { role: path }, content }]
}

/** A part as it was read, and where it stands; those that say nothing are not there. */
type Placed = Place & { readonly read?: ReadPart }

function placedParts(content: JsonObject, path: string): Placed[] {
  return (repeated(content['parts']) ?? []).flatMap((part, index) => {
    const at = `${path}.parts[${index}]`
    return readContentParts({ parts: [part] }, path).map((read) => partPlace(read, objectOf(part), at))
  })
}

function partPlace(read: ReadPart, part: JsonObject, path: string): Placed {
  const members = { signature: `${path}.thoughtSignature`, 'file.filename': `${path}.inlineData.displayName` }
  if (read.type === 'tool-call') return { path, read, members: { ...members, arguments: `${path}.functionCall.args` } }
  if (read.type !== 'response') return { path, read, members }
  const said = `${path}.functionResponse`
  const media = repeated(objectOf(field(part, 'functionResponse'))['parts']) ?? []
  const places = media.flatMap((one, index) =>
    readContentParts({ parts: [one] }, said).flatMap((inner) =>
      inner.type === 'response' ? [] : [{ path: `${said}.parts[${index}]` }],
    ),
  )
  const hasText = read.result.content.length > places.length
  const content = hasText ? [{ path: `${said}.response` }, ...places] : places
  return { path, read, content, members: { is_error: `${said}.response.error` } }
}

/** In the order of `readMessages`: results before what else the user says, turns of the model in a row as one. */
function turnPlaces(contents: readonly JsonValue[]): Place[] {
  const turns: { readonly path: string; readonly isModel: boolean; readonly content: Placed[] }[] = []
  for (const [index, one] of contents.entries()) {
    const path = `contents[${index}]`
    if (!isJsonObject(one)) continue
    const parts = placedParts(one, path)
    const results = parts.filter(({ read }) => read?.type === 'response')
    const others = parts.filter(({ read }) => read?.type !== 'response')
    const last = turns.at(-1)
    if (one['role'] === 'model') {
      if (last?.isModel === true) addParts(last.content, others)
      else if (others.length > 0) turns.push({ path, isModel: true, content: others })
      continue
    }
    if (results.length > 0) turns.push({ path, isModel: false, content: results })
    if (others.length > 0) turns.push({ path, isModel: false, content: others })
  }
  return turns
}

/** A text or a thought that goes on in the next content is one block, which stands where it began and is signed where it ends. */
function addParts(content: Placed[], next: readonly Placed[]): void {
  const before = content.at(-1)
  const [first, ...rest] = next
  const read = joinedRead(before?.read, first?.read)
  if (before === undefined || read === undefined) content.push(...next)
  else content.splice(-1, 1, { ...first, path: before.path, read }, ...rest)
}

function joinedRead(before: ReadPart | undefined, next: ReadPart | undefined): ReadPart | undefined {
  if (before === undefined || next === undefined || before.type === 'response' || next.type === 'response')
    return undefined
  return joined(before, next)
}
