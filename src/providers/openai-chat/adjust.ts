import { isIdleParameter } from '../../core/idle-parameter.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Adjusting } from '../../core/provider.ts'

// What several providers change about Chat Completions bodies. Every step returns the same object when it changes
// nothing, so that a client's own bytes go on as they came.

/** One change of a body. */
export type ChatStep = (body: JsonObject, adjusting: Adjusting) => JsonObject

/** These steps in this order, on Chat Completions bodies only. */
export function chatSteps(...steps: readonly ChatStep[]): ChatStep {
  return (body, adjusting) =>
    adjusting.format === 'openai-chat' ? steps.reduce((adjusted, step) => step(adjusted, adjusting), body) : body
}

/** These steps in this order, on Responses bodies only. */
export function responseSteps(...steps: readonly ChatStep[]): ChatStep {
  return (body, adjusting) =>
    adjusting.format === 'openai-responses' ? steps.reduce((adjusted, step) => step(adjusted, adjusting), body) : body
}

/** What a provider changes in either of OpenAI's two APIs. */
export function eitherApi(chat: ChatStep, responses: ChatStep): ChatStep {
  return (body, adjusting) => responses(chat(body, adjusting), adjusting)
}

/** These steps for models of these names only. */
export function forModels(names: RegExp, ...steps: readonly ChatStep[]): ChatStep {
  return (body, adjusting) =>
    names.test(adjusting.target.model) ? steps.reduce((adjusted, step) => step(adjusted, adjusting), body) : body
}

/** True for a member that asks for something: null is as good as absent. */
export function isSaid(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null
}

/** The body with members set, or taken out where undefined. */
export function withMembers(body: JsonObject, members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const entries = Object.entries({ ...body, ...members }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}

/** Leaves out members that the provider refuses, and says so of those that asked for something. */
export function without(names: readonly string[], reason: string): ChatStep {
  return (body, { lose }) => {
    const found = names.filter((name) => body[name] !== undefined)
    if (found.length === 0) return body
    for (const name of found) if (!isIdleParameter(name, body[name])) lose(name, reason)
    return withMembers(body, Object.fromEntries(found.map((name) => [name, undefined])))
  }
}

/** Another name for the same thing, which is no loss. The provider's own name wins where both are there. */
export function renamed(name: string, own: string): ChatStep {
  return (body) =>
    body[name] === undefined ? body : withMembers(body, { [name]: undefined, [own]: body[own] ?? body[name] })
}

/** For providers that refuse every member they do not know. */
export function onlyMembers(known: ReadonlySet<string>, reason: string): ChatStep {
  return (body, adjusting) => {
    const unknown = Object.keys(body).filter((name) => !known.has(name))
    return unknown.length === 0 ? body : without(unknown, reason)(body, adjusting)
  }
}

/** No more stop sequences than the provider takes. */
export function fewStops(most: number): ChatStep {
  return (body, { lose }) => {
    const { stop } = body
    if (!Array.isArray(stop) || stop.length <= most) return body
    lose('stop', `at most ${most} stop sequences are taken; the first ${most} were sent`)
    return withMembers(body, { stop: stop.slice(0, most) })
  }
}

/** `n` answers where the provider gives one. */
export function oneChoice(body: JsonObject, { lose }: Adjusting): JsonObject {
  const { n } = body
  if (!isSaid(n) || n === 1) return body
  lose('n', 'the provider gives one answer a call')
  return withMembers(body, { n: undefined })
}
