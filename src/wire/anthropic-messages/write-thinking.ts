import type { ContentPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import { nearestEffort } from '../../core/nearest-effort.ts'
import type { ChatRequest, Message, Reasoning } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import type { Losses } from '../shared/lose.ts'
import { loseReasoning } from '../shared/lose-reasoning.ts'
import type { ModelRules } from './model-rules.ts'

/** How the answer is to be thought out: members of the body, and what they mean for the rest of it. */
export type WrittenThinking = {
  readonly thinking: JsonObject | undefined
  readonly effort: string | undefined
  readonly isThinking: boolean
}

const MIN_BUDGET = 1_024
const LEVELS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
/** Tokens of thought where a model takes budgets and the client names a level. */
const BUDGETS = table<number>({
  minimal: MIN_BUDGET,
  low: 4_096,
  medium: 12_288,
  high: 24_576,
  xhigh: 28_672,
  max: 31_744,
})
// Of the answer's limit, which holds for thoughts and words together.
const MAX_SHARE = 0.8

/** `thinking` and `output_config.effort` for what the client asked of reasoning. `maxTokens` is the limit to be sent. */
export function writeThinking(
  request: ChatRequest,
  rules: ModelRules,
  maxTokens: number,
  losses: Losses,
): WrittenThinking {
  const { reasoning } = request
  if (reasoning === undefined) return NOT_SAID
  const { effort, budgetTokens } = reasoning
  if (effort === 'none' || (budgetTokens === 0 && effort === undefined)) return writeRest(rules, losses)
  if (rules.thinking === 'none') {
    loseReasoning(reasoning, 'this model does not think before it answers', losses)
    return NOT_SAID
  }
  if (rules.thinking === 'adaptive' && !(rules.takesBudget && isBudget(budgetTokens))) {
    return writeAdaptive(reasoning, rules, losses)
  }
  return writeBudget(request, reasoning, rules, maxTokens, losses)
}

const NOT_SAID: WrittenThinking = { thinking: undefined, effort: undefined, isThinking: false }

function isBudget(budgetTokens: number | undefined): budgetTokens is number {
  return budgetTokens !== undefined && budgetTokens > 0
}

function writeRest(rules: ModelRules, losses: Losses): WrittenThinking {
  if (rules.thinking === 'none') return NOT_SAID
  if (rules.canRestFromThinking) return { thinking: { type: 'disabled' }, effort: undefined, isThinking: false }
  losses.lose('reasoning.effort', 'this model always thinks; the lowest effort was sent')
  return { thinking: undefined, effort: rules.efforts[0], isThinking: true }
}

function writeAdaptive(reasoning: Reasoning, rules: ModelRules, losses: Losses): WrittenThinking {
  const { effort, budgetTokens } = reasoning
  let level = effort
  if (isBudget(budgetTokens)) {
    level ??= nearestEffort(budgetTokens)
    losses.lose('reasoning.budget_tokens', 'this model decides for itself; the nearest effort was sent')
  }
  return {
    thinking: { type: 'adaptive', ...displayOf(reasoning) },
    effort: level === undefined ? undefined : knownEffort(level, rules.efforts, losses),
    isThinking: true,
  }
}

function displayOf({ summary }: Reasoning): JsonObject {
  return summary === undefined ? {} : { display: 'summarized' }
}

/** The level itself, or the highest below it, or the lowest there is. */
export function knownEffort(level: string, efforts: readonly string[], losses: Losses): string | undefined {
  if (efforts.includes(level) || !LEVELS.includes(level)) return level
  const below = LEVELS.slice(0, LEVELS.indexOf(level)).findLast((lower) => efforts.includes(lower))
  const nearest = below ?? efforts[0]
  losses.lose(
    'reasoning.effort',
    `this model has no level "${level}"${nearest === undefined ? '' : `; "${nearest}" was sent`}`,
  )
  return nearest
}

function writeBudget(
  request: ChatRequest,
  reasoning: Reasoning,
  rules: ModelRules,
  maxTokens: number,
  losses: Losses,
): WrittenThinking {
  const effort =
    reasoning.effort === undefined || rules.efforts.length === 0
      ? undefined
      : knownEffort(reasoning.effort, rules.efforts, losses)
  if (maxTokens <= MIN_BUDGET) {
    losses.lose('reasoning', `thinking takes at least ${MIN_BUDGET} tokens and max_tokens is ${maxTokens}: not sent`)
    return { ...NOT_SAID, effort }
  }
  if (hasUnsignedLoop(request.messages, rules.takesPrefill)) {
    losses.lose('reasoning', "the turn under way began without this provider's thoughts, so it may not think now")
    return { ...NOT_SAID, effort }
  }
  const budget_tokens = budgetOf(reasoning, maxTokens, losses)
  return { thinking: { type: 'enabled', budget_tokens, ...displayOf(reasoning) }, effort, isThinking: true }
}

/** At least 1,024 and less than `max_tokens`. https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
function budgetOf({ effort, budgetTokens }: Reasoning, maxTokens: number, losses: Losses): number {
  if (!isBudget(budgetTokens)) {
    const wanted = BUDGETS[effort ?? 'medium'] ?? BUDGETS['medium'] ?? MIN_BUDGET
    return Math.max(MIN_BUDGET, Math.min(wanted, Math.floor(maxTokens * MAX_SHARE)))
  }
  const fitting = Math.max(MIN_BUDGET, Math.min(budgetTokens, maxTokens - 1))
  if (fitting !== budgetTokens) {
    losses.lose(
      'reasoning.budget_tokens',
      `it must be at least ${MIN_BUDGET} and below max_tokens; ${fitting} was sent`,
    )
  }
  return fitting
}

/**
 * True where a budget would be refused: the assistant's last turn, whose calls are being answered (with or without words
 * of the user beside the results) or which is to be gone on with, does not begin with a signed thought, or an earlier
 * one of the same loop does not. `takesPrefill`: a last turn of the assistant's stays the last.
 * https://github.com/n8n-io/n8n/issues/22550
 */
export function hasUnsignedLoop(messages: readonly Message[], takesPrefill: boolean): boolean {
  let end = messages.length
  const before = (isWanted: (message: Message) => boolean): readonly Message[] => {
    const start = messages.findLastIndex((message, index) => index < end && !isWanted(message)) + 1
    const found = messages.slice(start, end)
    end = start
    return found
  }
  for (let isLast = true; end > 0; isLast = false) {
    const answered = before(({ role }) => role !== 'assistant')
    const said = before(({ role }) => role === 'assistant').flatMap(({ content }) => content)
    // Words beside the results of an earlier exchange began what followed it.
    if (!isLast && answered.some(({ role }) => role !== 'tool')) return false
    const isPrefill = isLast && answered.length === 0 && takesPrefill
    if (!isPrefill && !said.some(({ type }) => type === 'tool-call')) return false
    if (!beginsWithThought(said)) return true
  }
  return false
}

/** As it will be sent: without blank text and without the thoughts of others. */
function beginsWithThought(said: readonly ContentPart[]): boolean {
  const first = said.find(
    (part) => isOwnThought(part) || !(part.type === 'reasoning' || (part.type === 'text' && part.text.trim() === '')),
  )
  return first !== undefined && isOwnThought(first)
}

function isOwnThought(part: ContentPart): boolean {
  return part.type === 'reasoning' && part.signature?.by === 'anthropic-messages'
}
