import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { jsonInstruction } from '../../wire/shared/json-instruction.ts'
import { isObjectRoot } from '../../wire/shared/object-root.ts'
import type { ChatStep } from './adjust.ts'
import { withMembers } from './adjust.ts'
import { messagesOf } from './messages.ts'

// "Invalid schema for response_format: schema must be a JSON Schema of 'type: "object"', got 'type: "array"'": lists, which
// Gemini's clients ask for, are asked for in words. https://github.com/jdrbc/podly_pure_podcasts/pull/89

const NO_OBJECT = 'answers are held to schemas of objects only; it was sent as an instruction'

/** The schema of a Chat Completions body, where its root is no object, as words of the system. */
export const objectSchemas: ChatStep = (body, { lose }) => {
  const format = body['response_format']
  const described = isJsonObject(format) ? format['json_schema'] : undefined
  const schema = isJsonObject(described) ? described['schema'] : undefined
  if (!isJsonObject(format) || !isJsonObject(described) || !isJsonObject(schema)) return body
  if (isObjectRoot(schema)) {
    if (!isUntyped(schema)) return body
    return withMembers(body, { response_format: { ...format, json_schema: { ...described, schema: typed(schema) } } })
  }
  lose('response_format', NO_OBJECT)
  const instruction = { role: 'system', content: wordsOf(schema) }
  return withMembers(body, { response_format: undefined, messages: [instruction, ...messagesOf(body)] })
}

/** The same of a Responses body, as a part of its instructions. */
export const objectTextFormat: ChatStep = (body, { lose }) => {
  const { text, instructions } = body
  const format = isJsonObject(text) ? text['format'] : undefined
  const schema = isJsonObject(format) ? format['schema'] : undefined
  if (!isJsonObject(text) || !isJsonObject(format) || !isJsonObject(schema)) return body
  if (isObjectRoot(schema)) {
    if (!isUntyped(schema)) return body
    return withMembers(body, { text: { ...text, format: { ...format, schema: typed(schema) } } })
  }
  lose('text.format', NO_OBJECT)
  const said = typeof instructions === 'string' ? `${instructions}\n\n${wordsOf(schema)}` : wordsOf(schema)
  const { format: _, ...rest } = text
  return withMembers(body, { text: Object.keys(rest).length === 0 ? undefined : rest, instructions: said })
}

/** "got 'type: "None"'": what is plainly an object has to say so. */
function isUntyped({ type, $ref }: JsonObject): boolean {
  return type === undefined && $ref === undefined
}

function typed(schema: JsonObject): JsonObject {
  return { ...schema, type: 'object' }
}

function wordsOf(schema: JsonObject): string {
  return jsonInstruction({ type: 'json-schema', schema })
}

/** What an answer shall look like as words of the system, where the provider takes no format beside something else. */
export function formatInWords(reason: string): ChatStep {
  return (body, { lose }) => {
    const format = body['response_format']
    if (!isJsonObject(format) || format['type'] === 'text') return body
    const described = isJsonObject(format['json_schema']) ? format['json_schema'] : {}
    const { schema } = described
    lose('response_format', reason)
    const content = isJsonObject(schema) ? wordsOf(schema) : jsonInstruction({ type: 'json-object' })
    const messages = [{ role: 'system', content }, ...messagesOf(body)]
    return withMembers(body, { response_format: undefined, messages })
  }
}
