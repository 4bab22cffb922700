import { shapeOf } from './classify/shape.ts'
import { estimateTokens } from './classify/token-estimate.ts'
import type { ChatBody } from './core/request.ts'
import type { StreamPart, Usage } from './core/stream-part.ts'
import { NO_USAGE } from './core/stream-part.ts'
import type { Target } from './core/target.ts'
import type { Observed } from './dispatch/observed.ts'
import type { EstimatedKind, Spent } from './telemetry/record.ts'
import { costBasisOf, priceUsage } from './usage/price.ts'

const NONE: readonly EstimatedKind[] = []

type Counted = Pick<Spent, 'usage' | 'estimated'>

/**
 * What an answer took: as the upstream said, and estimated where it did not. `isCut`: its end was not seen, so that its
 * output is at best what was said on the way. `undefined` when nothing came at all.
 * Decision: docs/decisions/2026-11-27-usage-of-cut-answers.md.
 */
export function countUsage(
  observed: Observed,
  target: Target,
  isCut: boolean,
  promptTokens: () => number,
): Spent | undefined {
  if (observed.ending().usage === undefined && isCut && observed.events === 0) return undefined
  return spentOn(target, usageOf(observed, isCut, promptTokens))
}

/** The same without what it costs, of an answer of which something came. */
export function usageOf(observed: Observed, isCut: boolean, promptTokens: () => number): Counted {
  const { usage: said, finishReason } = observed.ending()
  const { inputTokens, outputTokens } = said ?? NO_USAGE
  const isUnfinished = isCut && finishReason === undefined
  if (said !== undefined && inputTokens !== undefined && outputTokens !== undefined && !isUnfinished) {
    return { usage: said, estimated: NONE }
  }
  // What was said on the way is not yet the bill.
  const { costUsd, ...counted } = said ?? NO_USAGE
  const usage: Usage = {
    ...counted,
    ...(costUsd === undefined || isUnfinished ? {} : { costUsd }),
    inputTokens: inputTokens ?? promptTokens(),
    outputTokens: isUnfinished ? outputSoFar(observed, outputTokens ?? 0) : (outputTokens ?? estimateOutput(observed)),
  }
  const estimated: EstimatedKind[] = inputTokens === undefined ? ['input'] : []
  if (outputTokens === undefined || isUnfinished) estimated.push('output')
  return { usage, estimated }
}

/** An event has a token or more, so a count below that of the events is a placeholder: Anthropic's start says 1. */
function outputSoFar(observed: Observed, said: number): number {
  return said >= observed.events ? said : Math.max(said, estimateOutput(observed))
}

// A single word is estimated too roughly to tell one token from one and a half: most upstreams send one an event.
const TOKEN_AN_EVENT = 2

/** As many tokens an event as the last few had. */
function estimateOutput({ events, sample }: Observed): number {
  const sampled = sample().map(tokensOf)
  const tokens = sampled.reduce((sum, one) => sum + one, 0)
  if (sampled.length >= events) return Math.ceil(tokens)
  const mean = tokens / sampled.filter((one) => one > 0).length
  return mean >= TOKEN_AN_EVENT ? Math.round(mean * events) : events
}

function tokensOf(parts: readonly StreamPart[]): number {
  return parts.reduce((sum, part) => sum + estimateTokens(textOf(part)), 0)
}

function textOf(part: StreamPart): string {
  switch (part.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
      return part.text
    case 'tool-call-start':
      return part.name
    case 'tool-call-delta':
      return part.argumentsText
    default:
      return ''
  }
}

/** An estimate, in which pictures and sounds are not their base64. Reads the body again where it was let go. */
export function promptTokensOf(body: ChatBody): number {
  return shapeOf(body.read().chat).promptTokens
}

/**
 * What a provider said that an answer took which reached nobody, because it was empty, broke off before its first part or
 * was of the wrong kind. Nothing is estimated for it: most attempts that fail are not charged.
 */
export function countFailed(observed: Observed | undefined, target: Target): Spent | undefined {
  if (observed === undefined) return undefined
  const { usage: said, finishReason } = observed.ending()
  if (said?.inputTokens === undefined) return undefined
  const usage = { ...said, outputTokens: said.outputTokens ?? 0 }
  const isUnfinished = observed.events > 0 && finishReason === undefined
  const estimated: readonly EstimatedKind[] = isUnfinished || said.outputTokens === undefined ? ['output'] : NONE
  return spentOn(target, { usage, estimated })
}

/**
 * What a target took that was asked beside a faster one: it had the whole prompt, and said something of its answer or
 * nothing yet.
 */
export function countCancelled(observed: Observed | undefined, target: Target, promptTokens: () => number): Spent {
  if (observed !== undefined) return spentOn(target, usageOf(observed, true, promptTokens))
  const usage = { ...NO_USAGE, inputTokens: promptTokens(), outputTokens: 0 }
  return spentOn(target, { usage, estimated: ['input', 'output'] })
}

function spentOn({ facts }: Target, counted: Counted): Spent {
  const costUsd = priceUsage(facts, counted.usage)
  return { ...counted, costUsd, costBasis: costUsd === undefined ? undefined : costBasisOf(facts, counted.usage) }
}
