import type { JsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { memberOf, objectsOf, textOf } from '../read-json.ts'
import { checkSeal } from '../signature.ts'
import { invalid } from './rejection.ts'

/** What Anthropic refuses in messages whose shape is right. Messages are in the words of its answers where known. */
export function checkMessages(messages: readonly JsonObject[]): Rejection | undefined {
  // https://docs.claude.com/en/api/messages#body-messages
  if (messages[0]?.['role'] !== 'user') return invalid('messages: first message must use the "user" role')
  for (const [index, message] of messages.entries()) {
    const problem =
      checkContent(message, index, index === messages.length - 1) ??
      checkPlaces(message, index) ??
      checkThinking(message, index) ??
      checkResults(message, messages[index - 1], index)
    if (problem !== undefined) return problem
  }
  return checkCalls(messages) ?? checkEnding(messages.at(-1))
}

function checkContent(message: JsonObject, index: number, isLast: boolean): Rejection | undefined {
  const { content, role } = message
  const isEmpty = content === '' || (Array.isArray(content) && content.length === 0)
  // https://github.com/anthropics/claude-code/issues/6774
  if (isEmpty && !(isLast && role === 'assistant')) {
    return invalid(
      `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
    )
  }
  const inside = objectsOf(content).flatMap((block) => [block, ...objectsOf(block['content'])])
  const texts = inside.filter(({ type }) => type === 'text').map(({ text }) => textOf(text))
  // https://github.com/aliasrobotics/cai/issues/182, https://github.com/home-assistant/core/pull/175733
  if (texts.includes('')) return invalid('messages: text content blocks must be non-empty')
  if (
    [...texts, textOf(content === '' || typeof content !== 'string' ? 'x' : content)].some((text) => text.trim() === '')
  ) {
    return invalid('messages: text content blocks must contain non-whitespace text')
  }
  return undefined
}

/** Calls and thoughts are the assistant's, results are the user's. https://docs.claude.com/en/api/messages#body-messages */
function checkPlaces(message: JsonObject, index: number): Rejection | undefined {
  const isUser = message['role'] === 'user'
  const foreign = isUser ? ['tool_use', 'thinking', 'redacted_thinking', 'server_tool_use'] : ['tool_result']
  for (const [at, { type }] of objectsOf(message['content']).entries()) {
    if (typeof type !== 'string' || !foreign.includes(type)) continue
    const whose = isUser ? 'assistant' : 'user'
    return invalid(`messages.${index}.content.${at}: \`${type}\` blocks can only be in \`${whose}\` messages`)
  }
  return undefined
}

/**
 * Signed thoughts come back as they were. A thought whose text was left out (`display: omitted`) has its signature
 * alone. https://docs.claude.com/en/docs/build-with-claude/extended-thinking#thinking-encryption
 */
function checkThinking(message: JsonObject, index: number): Rejection | undefined {
  const blocks = objectsOf(message['content'])
  for (const [at, block] of blocks.entries()) {
    const path = `messages.${index}.content.${at}`
    if (block['type'] === 'thinking') {
      const thought = textOf(block['thinking'])
      const wrong = checkSeal('claude', textOf(block['signature']), thought === '' ? undefined : thought)
      if (wrong !== undefined) return invalid(`${path}: Invalid \`signature\` in \`thinking\` block`)
    }
    if (block['type'] === 'redacted_thinking' && checkSeal('claude-redacted', textOf(block['data'])) !== undefined) {
      return invalid(`${path}: Invalid \`data\` in \`redacted_thinking\` block`)
    }
  }
  // https://github.com/tailcallhq/forgecode/issues/2107
  const last = blocks.at(-1)?.['type']
  if (last === 'thinking' || last === 'redacted_thinking') {
    return invalid(`messages.${index}: The final block in an assistant message cannot be \`thinking\`.`)
  }
  return undefined
}

/** Results answer the calls of the message before, and come first. https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use#handling-results-from-client-tools */
function checkResults(message: JsonObject, before: JsonObject | undefined, index: number): Rejection | undefined {
  const asked = new Set(callIds(before))
  let hasOther = false
  for (const [at, block] of objectsOf(message['content']).entries()) {
    if (block['type'] !== 'tool_result') {
      hasOther = true
      continue
    }
    const id = textOf(block['tool_use_id'])
    if (!asked.delete(id)) {
      return callIds(before).includes(id)
        ? invalid(
            `messages.${index}.content.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
          )
        : invalid(
            `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
          )
    }
    // The order is documented on the page above; the answer to a wrong one is the answer to a missing result.
    if (hasOther) return unanswered(index - 1, [id])
  }
  return undefined
}

/** Every call is answered in the very next message. https://github.com/anthropics/claude-code/issues/8210 */
function checkCalls(messages: readonly JsonObject[]): Rejection | undefined {
  const seen = new Set<string>()
  for (const [index, message] of messages.entries()) {
    const ids = callIds(message)
    const answered = new Set(
      objectsOf(memberOf(messages[index + 1], 'content')).map((block) => textOf(block['tool_use_id'])),
    )
    const open = ids.filter((id) => !answered.has(id))
    if (open.length > 0) return unanswered(index, open)
    for (const id of ids) {
      if (seen.has(id)) return invalid('messages: `tool_use` ids must be unique')
      seen.add(id)
    }
  }
  return undefined
}

/** https://github.com/tailcallhq/forgecode/issues/1872 */
function checkEnding(last: JsonObject | undefined): Rejection | undefined {
  if (last?.['role'] !== 'assistant') return undefined
  const { content } = last
  const text = typeof content === 'string' ? content : objectsOf(content).at(-1)?.['text']
  return typeof text === 'string' && text !== text.trimEnd()
    ? invalid('messages: final assistant content cannot end with trailing whitespace')
    : undefined
}

function callIds(message: JsonObject | undefined): string[] {
  return objectsOf(message?.['content'])
    .filter(({ type }) => type === 'tool_use')
    .map(({ id }) => textOf(id))
}

function unanswered(index: number, ids: readonly string[]): Rejection {
  return invalid(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  )
}
