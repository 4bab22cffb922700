import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Reasoning } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import type { Losses } from '../shared/lose.ts'
import { loseReasoning } from '../shared/lose-reasoning.ts'
import { compact, optionalBoolean, optionalNumber, optionalString } from '../shared/read-json.ts'
import { field } from './fields.ts'
import { modelFacts } from './model-facts.ts'

/** `generationConfig.thinkingConfig`. */
export function readThinking(value: JsonValue | undefined): Reasoning | undefined {
  if (!isJsonObject(value)) return undefined
  const path = 'generationConfig.thinkingConfig'
  const level = optionalString(field(value, 'thinkingLevel'), `${path}.thinkingLevel`)?.toLowerCase()
  const effort = level === 'thinking_level_unspecified' ? undefined : level
  const budgetTokens = optionalNumber(field(value, 'thinkingBudget'), `${path}.thinkingBudget`)
  const isShown = optionalBoolean(field(value, 'includeThoughts'), `${path}.includeThoughts`) === true
  if (effort === undefined && budgetTokens === undefined && !isShown) return undefined
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(isShown ? { summary: 'auto' } : {}),
  }
}

/**
 * How much to think, in the words of the model's generation: levels from Gemini 3 on, budgets before (one request must
 * not have both). https://ai.google.dev/gemini-api/docs/thinking and, for the table of budgets,
 * https://ai.google.dev/gemini-api/docs/openai#thinking
 */
export function writeThinking(reasoning: Reasoning | undefined, model: string, losses: Losses): JsonObject | undefined {
  if (reasoning === undefined) return undefined
  const { effort, budgetTokens, summary } = reasoning
  const { generation, isGemma, isPro } = modelFacts(model)
  if (isGemma || (generation !== undefined && generation < 2.5)) {
    loseReasoning(reasoning, 'the model does not think, and refuses to be told how much', losses)
    return undefined
  }
  if (effort === undefined && budgetTokens === 0 && isPro)
    return writeThinking({ ...reasoning, budgetTokens: undefined, effort: 'none' }, model, losses)
  const isShown = summary !== undefined && summary !== 'none'
  if (summary === 'concise' || summary === 'detailed')
    losses.lose('reasoning.summary', 'thoughts are shown or not; how fully is the model’s choice')
  const hasLevels = generation !== undefined && generation >= 3
  const takesLevel = hasLevels && effort !== undefined
  // A level says more than that the model may choose.
  const hasBudget = budgetTokens !== undefined && (budgetTokens >= 0 || effort === undefined)
  const config = compact({
    thinkingLevel: takesLevel ? levelOf(effort, model, losses) : undefined,
    thinkingBudget: takesLevel
      ? undefined
      : ((hasBudget ? fitting(budgetTokens, model, losses) : undefined) ?? budgetOf(effort, model, losses)),
    includeThoughts: isShown ? true : undefined,
  })
  if (hasBudget && effort !== undefined)
    losses.lose(
      takesLevel ? 'reasoning.budget_tokens' : 'reasoning.effort',
      `the model takes a level or a budget; the ${takesLevel ? 'level' : 'budget'} was sent`,
    )
  return Object.keys(config).length === 0 ? undefined : config
}

const LEVELS = table<string>({
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
})

/** Pro models know no level below `LOW`, and the first of them none between that and `HIGH`. */
function levelOf(effort: string, model: string, losses: Losses): string | undefined {
  const { isPro, generation } = modelFacts(model)
  if (effort === 'none') {
    losses.lose('reasoning.effort', 'the model cannot be kept from thinking; the least was asked for')
    return isPro ? 'LOW' : 'MINIMAL'
  }
  const level = levelHere(effort, isPro, generation)
  if (level === undefined) losses.lose('reasoning.effort', `there is no level "${effort}"`)
  else if (level.toLowerCase() !== effort)
    losses.lose('reasoning.effort', `the model has no level "${effort}"; ${level} was sent`)
  return level
}

function levelHere(effort: string, isPro: boolean, generation: number | undefined): string | undefined {
  if (isPro && effort === 'minimal') return 'LOW'
  if (isPro && effort === 'medium' && generation === 3) return 'HIGH'
  return LEVELS[effort]
}

const BUDGETS = table<number>({
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
})
const LEAST_OF_PRO = 128
const LEAST_OF_LITE = 512
const MOST_OF_FLASH = 24_576
const MOST_OF_PRO = 32_768

/** https://ai.google.dev/gemini-api/docs/thinking#set-budget; 0 is no thought at all, less than 0 as much as it likes. */
function fitting(budget: number | undefined, model: string, losses: Losses): number | undefined {
  const { isPro, isLite, generation } = modelFacts(model)
  if (budget === undefined || budget <= 0 || generation !== 2.5) return budget
  const [least, most] = isPro ? [LEAST_OF_PRO, MOST_OF_PRO] : [isLite ? LEAST_OF_LITE : 1, MOST_OF_FLASH]
  const nearest = Math.min(Math.max(budget, least), most)
  if (nearest !== budget)
    losses.lose('reasoning.budget_tokens', `the model takes ${least} to ${most} tokens; ${nearest} was sent`)
  return nearest
}

function budgetOf(effort: string | undefined, model: string, losses: Losses): number | undefined {
  if (effort === undefined) return undefined
  const { isPro } = modelFacts(model)
  if (isPro && effort === 'none') {
    losses.lose('reasoning.effort', 'the model cannot be kept from thinking; the least was asked for')
    return LEAST_OF_PRO
  }
  if (isPro && (effort === 'xhigh' || effort === 'max')) return MOST_OF_PRO
  const budget = BUDGETS[effort]
  if (budget === undefined) losses.lose('reasoning.effort', `there is no level "${effort}"`)
  return budget
}
