import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { FittedTarget } from '../../core/wire-format.ts'
import { jsonInstruction } from '../shared/json-instruction.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { compact, objectOf, textOf } from '../shared/read-json.ts'
import { field, repeated, snakeCase } from './fields.ts'
import { mediaAfter } from './media-after.ts'
import { isGemini3, modelFacts } from './model-facts.ts'
import { pathsIn } from './places.ts'
import { readRequest } from './read-request.ts'
import { readThinking, writeThinking } from './thinking.ts'
import { FORMAT_IN_WORDS } from './write-config.ts'

/**
 * A client's body of this format for a model that the gateway chose: how much to think in the words of its generation, a
 * format asked for in words where the model takes none, tools and contents as the generation takes them. The same object
 * when all of it is taken.
 */
export function fitModel(body: JsonObject, { model }: FittedTarget, lose: Losses['lose']): JsonObject {
  const losses = createLosses()
  const formatted = fitFormat(fitThinking(body, model, losses), model, losses)
  const fitted = fitContents(fitTools(fitInstruction(formatted, model), model, lose), model)
  const pathOf = pathsIn(body)
  for (const { path, reason } of losses.list) lose(pathOf(path), reason)
  return fitted
}

function fitThinking(body: JsonObject, model: string, losses: Losses): JsonObject {
  const said = objectOf(field(configOf(body), 'thinkingConfig'))
  const { generation, isGemma } = modelFacts(model)
  // Of a model whose name says nothing, the client may know more.
  if (Object.keys(said).length === 0 || (generation === undefined && !isGemma)) return body
  const written = writeThinking(readThinking(said), model, losses)
  return isSame(said, objectOf(written)) ? body : withConfig(body, { thinkingConfig: written })
}

function isSame(said: JsonObject, written: JsonObject): boolean {
  return (
    textOf(field(said, 'thinkingLevel'))?.toUpperCase() === written['thinkingLevel'] &&
    (field(said, 'thinkingBudget') ?? undefined) === written['thinkingBudget'] &&
    (field(said, 'includeThoughts') === true) === (written['includeThoughts'] === true)
  )
}

function fitFormat(body: JsonObject, model: string, losses: Losses): JsonObject {
  const { responseFormat, tools } = readRequest(body, { model })
  if (responseFormat === undefined || responseFormat.type === 'text') return body
  if (!modelFacts(model).isGemma && (tools.length === 0 || isGemini3(model))) return body
  losses.lose('response_format', FORMAT_IN_WORDS)
  const plain = {
    responseMimeType: undefined,
    responseSchema: undefined,
    responseJsonSchema: undefined,
    _responseJsonSchema: undefined,
  }
  return withInstruction(withConfig(body, plain), jsonInstruction(responseFormat))
}

function withInstruction(body: JsonObject, text: string): JsonObject {
  const { system_instruction: _, ...rest } = body
  const system = objectOf(field(body, 'systemInstruction'))
  return { ...rest, systemInstruction: { ...system, parts: [...instructionOf(body), { text }] } }
}

function instructionOf(body: JsonObject): readonly JsonValue[] {
  const system = field(body, 'systemInstruction')
  return typeof system === 'string' ? [{ text: system }] : (repeated(objectOf(system)['parts']) ?? [])
}

/**
 * Gemma takes no instruction ("Developer instruction is not enabled for models/gemma-3-27b-it"): the user says it first.
 * https://github.com/0xPlaygrounds/rig/issues/788
 */
function fitInstruction(body: JsonObject, model: string): JsonObject {
  if (!modelFacts(model).isGemma || field(body, 'systemInstruction') === undefined) return body
  const { systemInstruction: _, system_instruction: __, ...rest } = body
  const said = instructionOf(body)
  return said.length === 0 ? rest : { ...rest, contents: opened(repeated(body['contents']) ?? [], said) }
}

function opened(contents: readonly JsonValue[], parts: readonly JsonValue[]): JsonValue[] {
  const [first, ...rest] = contents
  const { role, parts: said } = objectOf(first)
  return first !== undefined && role !== 'model'
    ? [{ ...objectOf(first), role: 'user', parts: [...parts, ...(repeated(said) ?? [])] }, ...rest]
    : [{ role: 'user', parts: [...parts] }, ...contents]
}

const NOT_BESIDE_FUNCTIONS = 'before Gemini 3 no tool of Google’s is taken beside functions'

/**
 * "Tool use with function calling is unsupported" before Gemini 3: the client's functions stay.
 * https://github.com/googleapis/go-genai/issues/323
 */
function fitTools(body: JsonObject, model: string, lose: Losses['lose']): JsonObject {
  const tools = repeated(body['tools']) ?? []
  const isFunctions = (name: string): boolean => name === 'functionDeclarations' || name === 'function_declarations'
  const names = tools.flatMap((tool) => Object.keys(objectOf(tool)))
  if (!isEarlier(model) || names.every(isFunctions) || !names.some(isFunctions)) return body
  const kept = tools.flatMap((tool, index) => {
    const entries = Object.entries(objectOf(tool))
    for (const [name] of entries) if (!isFunctions(name)) lose(`tools[${index}].${name}`, NOT_BESIDE_FUNCTIONS)
    const functions = entries.filter(([name]) => isFunctions(name))
    return functions.length === 0 ? [] : [Object.fromEntries(functions)]
  })
  return withoutMixing({ ...body, tools: kept })
}

/** What allows functions beside Google's own tools is known to Gemini 3 alone. */
function withoutMixing(body: JsonObject): JsonObject {
  const config = objectOf(field(body, 'toolConfig'))
  if (field(config, 'includeServerSideToolInvocations') === undefined) return body
  const { includeServerSideToolInvocations: _, include_server_side_tool_invocations: __, ...rest } = config
  const { tool_config: ___, ...others } = body
  return { ...others, toolConfig: rest }
}

/** Media in the results of functions follow them, before Gemini 3. */
function fitContents(body: JsonObject, model: string): JsonObject {
  const contents = repeated(body['contents']) ?? []
  if (!isEarlier(model)) return body
  const fitted = contents.flatMap((content) => mediaAfter(objectOf(content)))
  return fitted.every((content, index) => content === contents[index]) ? body : { ...body, contents: fitted }
}

/** Of a model whose name says nothing, the client may know more. */
function isEarlier(model: string): boolean {
  const { generation, isGemma } = modelFacts(model)
  return isGemma || (generation !== undefined && generation < 3)
}

function configOf(body: JsonObject): JsonObject {
  return objectOf(field(body, 'generationConfig'))
}

/** Members by their names in JSON, in place of those in either notation; undefined takes one out. */
function withConfig(body: JsonObject, members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const others = Object.keys(members).map((name) => [snakeCase(name), undefined])
  const config = compact({ ...configOf(body), ...Object.fromEntries(others), ...members })
  const { generation_config: _, ...rest } = body
  return { ...rest, generationConfig: config }
}
