import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { FittedTarget } from '../../core/wire-format.ts'
import { fitOwnTools } from '../schema/fit-own-tools.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { clientPaths } from '../shared/client-paths.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { compact, isList, objectOf, objectsOf, textOf } from '../shared/read-json.ts'
import { fitTurns } from './fit-turns.ts'
import type { ModelRules } from './model-rules.ts'
import { rulesBeside, rulesOf } from './model-rules.ts'
import { placesOf } from './places.ts'
import { readRequest } from './read-request.ts'
import { writeFormat } from './write-request.ts'
import { tunedFor } from './write-sampling.ts'
import { knownEffort, writeThinking } from './write-thinking.ts'
import { NOT_FORCED, NOT_STRICT } from './write-tools.ts'

/**
 * A client's body of this format for a model that the gateway chose: what this model would refuse of it is said as the
 * model takes it, or left out. Whatever it takes stays as it is; the same object when that is everything.
 */
export function fitModel(body: JsonObject, { model, facts }: FittedTarget, lose: Losses['lose']): JsonObject {
  const rules = rulesOf(model)
  const losses = createLosses()
  const limited = fitLimit(body, facts.max_output_tokens, rules, losses)
  const { body: thought, isThinking } = fitThinking(limited, rules, losses)
  const schemed = fitOwnTools(thought, ['input_schema'], SCHEMA_SUBSETS.anthropic, lose)
  const formatted = fitStrict(fitFormat(schemed, rules, losses), rules, losses)
  const fitted = fitToolChoice(fitSampling(formatted, rules, isThinking, losses), rules, isThinking, losses)
  const isHeld = formatOf(fitted) !== undefined
  const turned = fitTurns(fitted, rulesBeside(rules, isHeld), lose)
  const pathOf = clientPaths(body, placesOf(body))
  for (const { path, reason } of losses.list) lose(pathOf(path), reason)
  return turned
}

/**
 * "max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5-20250929".
 * A budget of thought stays below the limit. https://github.com/OpenHands/OpenHands/issues/11090
 */
function fitLimit(body: JsonObject, most: number | undefined, rules: ModelRules, losses: Losses): JsonObject {
  const { max_tokens: said, thinking } = body
  if (most === undefined || typeof said !== 'number' || said <= most) return body
  losses.lose('max_tokens', `the model writes at most ${most}; ${most} was sent`)
  const limited = { ...body, max_tokens: most }
  const { type, budget_tokens: budget } = objectOf(thinking)
  if (type !== 'enabled' || !rules.takesBudget || typeof budget !== 'number' || budget < most) return limited
  losses.lose('reasoning.budget_tokens', `it must be below max_tokens; ${most - 1} was sent`)
  return { ...limited, thinking: { ...objectOf(thinking), budget_tokens: most - 1 } }
}

function fitThinking(
  body: JsonObject,
  rules: ModelRules,
  losses: Losses,
): { readonly body: JsonObject; readonly isThinking: boolean } {
  const { type } = objectOf(body['thinking'])
  const isThinking = type === 'enabled' || type === 'adaptive'
  if (takesThinking(type, rules)) return { body: fitEffort(body, rules, losses), isThinking }
  const request = readRequest(body)
  const written = writeThinking(request, rules, request.sampling.maxOutputTokens ?? rules.defaultMaxTokens, losses)
  const { effort } = written
  const thinking = withDisplay(written.thinking, objectOf(body['thinking'])['display'])
  return {
    body: withOutput(withMember(body, 'thinking', thinking), 'effort', effort),
    isThinking: written.isThinking,
  }
}

/** Whether thoughts are shown is said in the same words to all; what is shown when nothing is said differs. */
function withDisplay(thinking: JsonObject | undefined, display: JsonValue | undefined): JsonObject | undefined {
  const isThinking = thinking?.['type'] === 'enabled' || thinking?.['type'] === 'adaptive'
  return isThinking && typeof display === 'string' ? { ...thinking, display } : thinking
}

function takesThinking(type: JsonValue | undefined, rules: ModelRules): boolean {
  switch (type) {
    case 'enabled':
      return rules.takesBudget
    case 'adaptive':
      return rules.thinking === 'adaptive'
    case 'disabled':
      return rules.canRestFromThinking
    default:
      return true
  }
}

function fitEffort(body: JsonObject, rules: ModelRules, losses: Losses): JsonObject {
  const effort = textOf(objectOf(body['output_config'])['effort'])
  if (effort === undefined || rules.efforts.includes(effort)) return body
  return withOutput(body, 'effort', knownEffort(effort, rules.efforts, losses))
}

function formatOf(body: JsonObject): JsonValue | undefined {
  return objectOf(body['output_config'])['format'] ?? body['output_format'] ?? undefined
}

/** What a model cannot be held to, it is asked for. */
function fitFormat(body: JsonObject, rules: ModelRules, losses: Losses): JsonObject {
  if (rules.takesSchemas || formatOf(body) === undefined) return body
  const { instruction } = writeFormat(readRequest(body).responseFormat, rules, losses)
  const { output_format: _, ...rest } = withOutput(body, 'format', undefined)
  return instruction === undefined ? rest : { ...rest, system: withText(rest['system'], instruction) }
}

function withText(system: JsonValue | undefined, text: string): JsonValue {
  if (isList(system)) return [...system, { type: 'text', text }]
  return typeof system === 'string' && system !== '' ? `${system}\n\n${text}` : text
}

function fitStrict(body: JsonObject, rules: ModelRules, losses: Losses): JsonObject {
  if (rules.takesSchemas || !objectsOf(body['tools']).some(({ strict }) => strict === true)) return body
  const tools = objectsOf(body['tools']).map((tool, index) => {
    if (tool['strict'] !== true) return tool
    losses.lose(`tools[${index}].strict`, NOT_STRICT)
    return withMember(tool, 'strict', undefined)
  })
  return { ...body, tools }
}

function fitSampling(body: JsonObject, rules: ModelRules, isThinking: boolean, losses: Losses): JsonObject {
  const { sampling } = readRequest(body)
  const { temperature, topP, topK } = tunedFor(sampling, rules, isThinking, losses)
  // The default itself is taken where nothing else is.
  const isFixed = isThinking || !rules.takesSampling
  const members = [
    ['temperature', temperature ?? (isFixed && sampling.temperature === 1 ? 1 : undefined)],
    ['top_p', topP ?? (isFixed && sampling.topP === 1 ? 1 : undefined)],
    ['top_k', topK],
  ] as const
  return members.reduce((one, [name, value]) => withMember(one, name, value), body)
}

function fitToolChoice(body: JsonObject, rules: ModelRules, isThinking: boolean, losses: Losses): JsonObject {
  const { type, name: _, ...rest } = objectOf(body['tool_choice'])
  const isForced = type === 'any' || type === 'tool'
  if (!isForced || (rules.takesForcedTools && !isThinking)) return body
  losses.lose('tool_choice', NOT_FORCED)
  return { ...body, tool_choice: { type: 'auto', ...rest } }
}

/** The same object where the member says this already. */
function withMember(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  if ((object[name] ?? undefined) === value) return object
  return compact({ ...object, [name]: value })
}

function withOutput(body: JsonObject, name: 'effort' | 'format', value: JsonValue | undefined): JsonObject {
  const output = objectOf(body['output_config'])
  const changed = withMember(output, name, value)
  if (changed === output) return body
  return withMember(body, 'output_config', Object.keys(changed).length === 0 ? undefined : changed)
}
