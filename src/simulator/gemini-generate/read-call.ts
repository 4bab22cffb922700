import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { estimateTokens } from '../estimate-tokens.ts'
import type { Rejection, SimulatedCall, SimulatedTool } from '../format.ts'
import { listOf, memberOf, numberOf, objectsOf, stringsOf, textOf } from '../read-json.ts'
import type { ObjectShape } from '../shape.ts'
import { findProblem } from '../shape.ts'
import { camelNames } from './camel-names.ts'
import type { Generation } from './check-contents.ts'
import { checkContents } from './check-contents.ts'
import { checkSchema, checkTools } from './check-tools.ts'
import { invalid, invalidField, invalidShape } from './rejection.ts'

// Gemini API, and Vertex AI with and without a project.
const PATH =
  /^\/(?:v1beta\/models|v1\/models|(?:v1|v1beta1)\/(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/google\/models)\/(.+):(generateContent|streamGenerateContent|countTokens)$/

/** Model and method of a path, or `undefined` for one of another format. */
export function readPath(
  path: string,
): { readonly model: string; readonly method: string; readonly isVertex: boolean } | undefined {
  const [, model, method] = PATH.exec(path) ?? []
  if (model === undefined || method === undefined) return undefined
  return { model: decode(model), method, isVertex: path.includes('/publishers/') }
}

/** A body of that shape as a call, or Google's refusal. */
export function readCall(given: JsonObject, path: string, shape: ObjectShape): SimulatedCall | Rejection {
  const { model, method, isVertex } = readPath(path) ?? { model: '', method: '', isVertex: false }
  const named = camelNames(given, shape)
  const finding = findProblem(named, shape, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding)
  const inner = named['generateContentRequest']
  const body = isJsonObject(inner) ? inner : named
  const contents = objectsOf(body['contents'])
  const generation = generationOf(model)
  const problem =
    checkContents(contents, generation, isVertex) ??
    checkInstruction(body['systemInstruction']) ??
    checkTools(body, generation) ??
    checkConfig(body, generation) ??
    checkGemma(body, model)
  if (problem !== undefined) return problem
  const config = body['generationConfig']
  const parts = contents.flatMap((content) => objectsOf(content['parts']))
  const last = objectsOf(contents.at(-1)?.['parts'])
  return {
    model,
    isStreamed: method === 'streamGenerateContent',
    includesUsage: true,
    maxTokens: numberOf(memberOf(config, 'maxOutputTokens')),
    stop: stringsOf(memberOf(config, 'stopSequences')),
    choices: numberOf(memberOf(config, 'candidateCount')) ?? 1,
    ...readTools(body),
    allowsParallelCalls: true,
    shape: readShape(config),
    earlierCalls: parts.filter((part) => part['functionCall'] !== undefined).length,
    endsWithToolResult: last.some((part) => part['functionResponse'] !== undefined),
    promptTokens: estimateTokens(body['contents'], body['systemInstruction'], body['tools']),
  }
}

function generationOf(model: string): Generation {
  if (/gemini-3/.test(model)) return 'three'
  return /gemini-[12]/.test(model) ? 'old' : 'unsaid'
}

/** https://github.com/0xPlaygrounds/rig/issues/788, https://github.com/BerriAI/litellm/issues/10313 */
function checkGemma(body: JsonObject, model: string): Rejection | undefined {
  if (!/^gemma-[1-3]/.test(model)) return undefined
  const config = body['generationConfig']
  const found = [
    ['Developer instruction', body['systemInstruction']],
    ['Function calling', body['tools']],
    ['JSON mode', memberOf(config, 'responseMimeType') === 'application/json' ? true : undefined],
  ].find(([, said]) => said !== undefined && said !== null)
  return found === undefined ? undefined : invalid(`${String(found[0])} is not enabled for models/${model}`)
}

/** https://ai.google.dev/api/generate-content: text only. */
function checkInstruction(instruction: JsonValue | undefined): Rejection | undefined {
  const parts = objectsOf(memberOf(instruction, 'parts'))
  if (instruction === undefined || instruction === null) return undefined
  if (parts.length === 0) return invalidField('system_instruction.parts', 'contents.parts must not be empty.')
  return parts.every((part) => typeof part['text'] === 'string')
    ? undefined
    : invalidField('system_instruction.parts', 'only text parts are supported.')
}

/** https://ai.google.dev/api/generate-content#generationconfig */
function checkConfig(body: JsonObject, generation: Generation): Rejection | undefined {
  const config = body['generationConfig']
  const schema = memberOf(config, 'responseSchema')
  const free = memberOf(config, 'responseJsonSchema') ?? memberOf(config, '_responseJsonSchema')
  const type = memberOf(config, 'responseMimeType')
  if (schema !== undefined && free !== undefined) {
    return invalidField('generation_config', 'only one of response_schema and response_json_schema may be set.')
  }
  if ((schema !== undefined || free !== undefined) && type !== 'application/json' && type !== 'text/x.enum') {
    return invalidField(
      'generation_config.response_schema',
      'response_mime_type must be application/json or text/x.enum when a schema is set.',
    )
  }
  // https://ai.google.dev/gemini-api/docs/structured-output: with tools, Gemini 3 and later only.
  if (generation === 'old' && type === 'application/json' && objectsOf(body['tools']).length > 0) {
    return invalid("Function calling with a response mime type: 'application/json' is unsupported")
  }
  // https://ai.google.dev/gemini-api/docs/thinking
  const thinking = memberOf(config, 'thinkingConfig')
  if (memberOf(thinking, 'thinkingBudget') !== undefined && memberOf(thinking, 'thinkingLevel') !== undefined) {
    return invalid('You can only set only one of thinking budget and thinking level.')
  }
  return isJsonObject(schema) ? checkSchema(schema, 'generation_config.response_schema') : undefined
}

function readTools(body: JsonObject): Pick<SimulatedCall, 'tools' | 'toolChoice'> {
  const tools: readonly SimulatedTool[] = objectsOf(body['tools'])
    .flatMap((tool) => objectsOf(tool['functionDeclarations']))
    .map((declared) => ({
      name: textOf(declared['name']),
      schema: declared['parametersJsonSchema'] ?? plainSchema(declared['parameters']),
    }))
  const config = memberOf(body['toolConfig'], 'functionCallingConfig')
  const mode = textOf(memberOf(config, 'mode')).toUpperCase()
  const allowed = listOf(memberOf(config, 'allowedFunctionNames')).map(textOf)
  const usable = allowed.length === 0 ? tools : tools.filter(({ name }) => allowed.includes(name))
  return { tools: usable, toolChoice: mode === 'ANY' ? 'required' : mode === 'NONE' ? 'none' : 'auto' }
}

function readShape(config: JsonValue | undefined): SimulatedCall['shape'] {
  const schema = memberOf(config, 'responseJsonSchema') ?? plainSchema(memberOf(config, 'responseSchema'))
  if (schema !== undefined) return { type: 'schema', schema }
  return { type: memberOf(config, 'responseMimeType') === 'application/json' ? 'json' : 'text' }
}

/** Google's names of types as JSON Schema's. */
function plainSchema(schema: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(schema)) return schema.map((item) => plainSchema(item) ?? null)
  if (!isJsonObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([name, member]) => [
      name,
      name === 'type' && typeof member === 'string' ? member.toLowerCase() : plainSchema(member),
    ]),
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A broken escape stays as it came.
    return text
  }
}
