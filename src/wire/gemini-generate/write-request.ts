import type { ChatRequest, Message } from '../../core/request.ts'
import type { WrittenRequest } from '../../core/wire-format.ts'
import { fitToolSchemas } from '../schema/fit-tool-schemas.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { customAsFunctions, INPUT } from '../shared/custom-as-function.ts'
import { fitToolNames } from '../shared/fit-tool-names.ts'
import { createLosses } from '../shared/lose.ts'
import { compact } from '../shared/read-json.ts'
import { withoutCallIds } from './call-ids.ts'
import { isGemini3, modelFacts, schemasOf } from './model-facts.ts'
import { writeConfig } from './write-config.ts'
import { writeContents } from './write-contents.ts'
import { systemTexts } from './write-system.ts'
import { writeTools } from './write-tools.ts'

/** https://ai.google.dev/api/caching#FunctionDeclaration */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/

/**
 * A request of any client as a `GenerateContentRequest`. The model stands in the path.
 * https://ai.google.dev/api/generate-content
 */
export function writeRequest(asked: ChatRequest, model: string): WrittenRequest {
  const losses = createLosses()
  const { request: withFunctions, customTools } = customAsFunctions(asked, INPUT, losses)
  const { request: named, toolNames } = fitToolNames(withFunctions, NAME)
  const schemas = schemasOf(model)
  const { request, readArguments } = fitToolSchemas(named, SCHEMA_SUBSETS[schemas], losses)
  if (request.parallelToolCalls === false)
    losses.lose('parallel_tool_calls', 'Gemini cannot be kept from calling several tools at once')
  if (request.user !== undefined) losses.lose('user', 'there is no field for the end user')
  if (Object.keys(request.metadata ?? {}).length > 0) losses.lose('metadata', 'there is no field for labels')
  const { config, instruction } = writeConfig(request, model, losses)
  const opening = openingOf(request.messages)
  const system = [...systemTexts(opening, losses), ...(instruction === undefined ? [] : [instruction])]
  const rest = request.messages.slice(opening.length)
  // Gemma takes no instruction, and no Gemini an instruction alone.
  const isFolded = modelFacts(model).isGemma || rest.length === 0
  const contents = writeContents(rest, { model, losses, offset: opening.length, preface: isFolded ? system : [] })
  // Gemini 3 wants the ids of its calls back; earlier models match by order, and some refuse the field.
  const body = compact({
    systemInstruction: isFolded || system.length === 0 ? undefined : { parts: system.map((text) => ({ text })) },
    contents: isGemini3(model) ? contents : contents.map(withoutCallIds),
    ...writeTools(request.tools, request.toolChoice, schemas, losses),
    generationConfig: Object.keys(config).length === 0 ? undefined : config,
  })
  return { body, losses: losses.list, toolNames, customTools, readArguments }
}

/** The instructions before the conversation. */
function openingOf(messages: readonly Message[]): readonly Message[] {
  const end = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  return end < 0 ? messages : messages.slice(0, end)
}
