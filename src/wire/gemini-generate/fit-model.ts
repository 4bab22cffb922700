import type { JsonObject, JsonValue } from '../../core/json.ts'
import { jsonInstruction } from '../shared/json-instruction.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { compact, objectOf, textOf } from '../shared/read-json.ts'
import { field, repeated, snakeCase } from './fields.ts'
import { isGemini3, modelFacts } from './model-facts.ts'
import { pathsIn } from './places.ts'
import { readRequest } from './read-request.ts'
import { readThinking, writeThinking } from './thinking.ts'
import { FORMAT_IN_WORDS } from './write-config.ts'

/**
 * A client's body of this format for a model that the gateway chose: how much to think in the words of its generation, and
 * a format asked for in words where the model takes none. The same object when all of it is taken.
 */
export function fitModel(body: JsonObject, model: string, lose: Losses['lose']): JsonObject {
  const losses = createLosses()
  const fitted = fitFormat(fitThinking(body, model, losses), model, losses)
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
  const plain = { responseMimeType: undefined, responseSchema: undefined, responseJsonSchema: undefined }
  return withInstruction(withConfig(body, plain), jsonInstruction(responseFormat), modelFacts(model).isGemma)
}

/** Gemma takes no instruction: the user says it first. */
function withInstruction(body: JsonObject, text: string, isFolded: boolean): JsonObject {
  if (isFolded)
    return { ...body, contents: [{ role: 'user', parts: [{ text }] }, ...(repeated(body['contents']) ?? [])] }
  const system = field(body, 'systemInstruction')
  const said = typeof system === 'string' ? [{ text: system }] : (repeated(objectOf(system)['parts']) ?? [])
  const { system_instruction: _, ...rest } = body
  return { ...rest, systemInstruction: { ...objectOf(system), parts: [...said, { text }] } }
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
