import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { claudeProblem } from '../claude-rules.ts'
import type { Rejection } from '../format.ts'
import { listOf, memberOf, objectsOf } from '../read-json.ts'
import { claudeSchemaProblem, novaProblem } from '../tool-schema.ts'
import { invalid, refusedByModel } from './rejection.ts'

/** What the model of this name refuses of what Converse knows. `schema`: the one that the answer is held to. */
export function checkModel(body: JsonObject, model: string, schema: JsonValue | undefined): Rejection | undefined {
  const config = body['inferenceConfig']
  // https://github.com/crewAIInc/crewAI/issues/3317, https://github.com/langgenius/dify-official-plugins/issues/1767
  if (/gpt-oss|qwen3/.test(model) && memberOf(config, 'stopSequences') !== undefined) {
    return invalid("This model doesn't support the stopSequences field. Remove stopSequences and try again.")
  }
  const blocks = objectsOf(body['messages']).flatMap(({ content }) => objectsOf(content))
  // https://github.com/strands-agents/harness-sdk/pull/3490: of all models, only Voxtral hears.
  if (/claude|nova|llama/.test(model) && blocks.some((block) => block['audio'] !== undefined)) {
    return invalid("This model doesn't support the audio content block. Remove it and try again.")
  }
  return checkTools(body, model) ?? checkClosed(body, schema) ?? checkClaude(body, model, schema)
}

/** Converse hands schemas on; the models look at them. */
function checkTools(body: JsonObject, model: string): Rejection | undefined {
  const specs = objectsOf(memberOf(body['toolConfig'], 'tools')).flatMap(({ toolSpec }) => toolSpec ?? [])
  for (const [index, spec] of specs.entries()) {
    const schema = memberOf(memberOf(spec, 'inputSchema'), 'json')
    if (!isJsonObject(schema)) continue
    const refused = model.includes('anthropic.claude') ? claudeSchemaProblem(schema) : undefined
    if (refused !== undefined) return refusedByModel(`tools.${index}.custom.input_schema${refused}`)
    const odd = model.includes('amazon.nova') ? novaProblem(schema) : undefined
    if (odd !== undefined) {
      return refusedByModel(
        `Malformed input request: #/toolConfig/tools/${index}/toolSpec/inputSchema/json: ${odd}, please reformat your input and try again.`,
      )
    }
  }
  return undefined
}

/** Of an answer and of strict tools. https://github.com/langgenius/dify-official-plugins/issues/3886, https://github.com/future-agi/future-agi/issues/412 */
function checkClosed(body: JsonObject, schema: JsonValue | undefined): Rejection | undefined {
  const specs = objectsOf(memberOf(body['toolConfig'], 'tools')).map(({ toolSpec }) => toolSpec)
  const strict = specs.filter((spec) => memberOf(spec, 'strict') === true)
  const held = [schema, ...strict.map((spec) => memberOf(memberOf(spec, 'inputSchema'), 'json'))]
  return held.some(isOpen)
    ? refusedByModel(
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
      )
    : undefined
}

function isOpen(schema: JsonValue | undefined): boolean {
  if (!isJsonObject(schema)) return false
  if (schema['type'] === 'object' && schema['additionalProperties'] !== false) return true
  const named = ['properties', '$defs', 'definitions'].flatMap((name) =>
    isJsonObject(schema[name]) ? Object.values(schema[name]) : [],
  )
  return [...named, schema['items'], ...listOf(schema['anyOf'])].some(isOpen)
}

function checkClaude(body: JsonObject, model: string, schema: JsonValue | undefined): Rejection | undefined {
  const config = body['inferenceConfig']
  const fields = body['additionalModelRequestFields']
  const choice = memberOf(body['toolConfig'], 'toolChoice')
  const said = {
    temperature: memberOf(config, 'temperature'),
    top_p: memberOf(config, 'topP'),
    top_k: memberOf(fields, 'top_k'),
  }
  const problem = claudeProblem({
    model,
    thinking: memberOf(memberOf(fields, 'thinking'), 'type'),
    tuned: Object.entries(said).flatMap(([name, value]) => (value === undefined || value === 1 ? [] : [name])),
    isForced: memberOf(choice, 'any') !== undefined || memberOf(choice, 'tool') !== undefined,
    endsWithAssistant: objectsOf(body['messages']).at(-1)?.['role'] === 'assistant',
    holdsToSchema: schema !== undefined,
  })
  return problem === undefined ? undefined : refusedByModel(problem)
}
