import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { memberOf, objectsOf, textOf } from '../read-json.ts'
import { checkSeal } from '../signature.ts'
import { invalid, refusedByModel } from './rejection.ts'

/** Members of which a content block has exactly one. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
const CONTENT =
  'text image document video audio toolUse toolResult reasoningContent cachePoint guardContent citationsContent searchResult'.split(
    ' ',
  )

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html; underscores pass, as measured in https://github.com/vercel/ai/pull/20366 */
const DOCUMENT_NAME = /^(?!.*[ ]{2})[A-Za-z0-9 ()[\]_-]+$/

/** Models behind Converse that sign nothing. */
const UNSIGNED = /nova|minimax|deepseek|llama|mistral|gpt-oss|qwen/i

/** What Converse, or the model behind it, refuses in messages whose shape is right. */
export function checkMessages(messages: readonly JsonObject[], model: string): Rejection | undefined {
  return checkRoles(messages) ?? checkBlocks(messages, model) ?? checkTurns(messages) ?? checkEnding(messages.at(-1))
}

/** https://github.com/genkit-ai/aws-bedrock-js-plugin/issues/664; the sentences are Converse's own. */
function checkRoles(messages: readonly JsonObject[]): Rejection | undefined {
  if (messages[0]?.['role'] !== 'user') {
    return invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  }
  const isDoubled = messages.some((message, index) => index > 0 && message['role'] === messages[index - 1]?.['role'])
  return isDoubled
    ? invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      )
    : undefined
}

function checkBlocks(messages: readonly JsonObject[], model: string): Rejection | undefined {
  for (const [index, message] of messages.entries()) {
    const blocks = objectsOf(message['content'])
    if (blocks.length === 0) {
      return invalid(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      )
    }
    for (const [at, block] of blocks.entries()) {
      const path = `messages.${index}.content.${at}`
      const problem =
        checkUnion(block, CONTENT, path) ??
        checkText(block, path, 'ContentBlock') ??
        checkPlace(block, message['role'], path) ??
        checkTool(block, path) ??
        checkReasoning(block, path, model) ??
        checkMedia(block)
      if (problem !== undefined) return problem
    }
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
    const hasDocument = blocks.some((block) => block['document'] !== undefined)
    if (hasDocument && !blocks.some((block) => block['text'] !== undefined)) {
      return invalid(`A text block is required alongside the document at messages.${index}.content.`)
    }
  }
  return undefined
}

/** Exactly one member of a union. https://smithy.io/2.0/spec/aggregate-types.html#union */
export function checkUnion(block: JsonObject, members: readonly string[], path: string): Rejection | undefined {
  const count = members.filter((name) => block[name] !== undefined && block[name] !== null).length
  return count === 1
    ? undefined
    : invalid(`The value at ${path} is invalid: exactly one union member must be set, but ${count} are.`)
}

/** https://github.com/NousResearch/hermes-agent/issues/55092 */
function checkText(block: JsonObject, path: string, kind: string): Rejection | undefined {
  const { text } = block
  return typeof text === 'string' && text.trim() === ''
    ? invalid(`The text field in the ${kind} object at ${path} is blank. Add text to the text field, and try again.`)
    : undefined
}

function checkPlace(block: JsonObject, role: unknown, path: string): Rejection | undefined {
  const foreign = role === 'user' ? ['toolUse', 'reasoningContent'] : ['toolResult']
  const found = foreign.find((name) => block[name] !== undefined)
  return found === undefined
    ? undefined
    : invalid(`The ${found} block at ${path} is not allowed in a message of the ${String(role)} role.`)
}

function checkTool(block: JsonObject, path: string): Rejection | undefined {
  const { toolUse, toolResult } = block
  if (isJsonObject(toolUse) && !isJsonObject(toolUse['input'])) return notObject(`${path}.toolUse.input`)
  if (!isJsonObject(toolResult)) return undefined
  const parts = objectsOf(toolResult['content'])
  // https://github.com/aws-samples/sample-multi-agent-orchestration-chat-on-agentcore/issues/15
  if (parts.length === 0 && toolResult['status'] === 'error') {
    return invalid(`The content field at ${path}.toolResult cannot be empty when status value is error.`)
  }
  for (const [at, part] of parts.entries()) {
    const inner = `${path}.toolResult.content.${at}`
    const problem =
      checkUnion(part, ['text', 'json', 'image', 'document', 'video', 'searchResult'], inner) ?? checkMedia(part)
    if (problem !== undefined) return problem
    if (part['json'] !== undefined && !isJsonObject(part['json'])) return notObject(`${inner}.json`)
    if (typeof part['text'] === 'string' && part['text'].trim() === '') {
      return refusedByModel('messages: text content blocks must contain non-whitespace text')
    }
  }
  return undefined
}

/** Claude's rule, in Claude's words. https://github.com/maximhq/bifrost/pull/6942, https://github.com/can1357/oh-my-pi/pull/10486 */
function checkReasoning(block: JsonObject, path: string, model: string): Rejection | undefined {
  const reasoning = block['reasoningContent']
  if (!isJsonObject(reasoning)) return undefined
  const { reasoningText: said, redactedContent: hidden } = reasoning
  if (said === undefined && hidden === undefined)
    return checkUnion(reasoning, ['reasoningText', 'redactedContent'], path)
  if (UNSIGNED.test(model)) return undefined
  if (hidden !== undefined) {
    return checkSeal('claude-redacted', textOf(hidden)) === undefined
      ? undefined
      : refusedByModel(`${path}: Invalid \`data\` in \`redacted_thinking\` block`)
  }
  const signature = memberOf(said, 'signature')
  if (signature === undefined || signature === null || signature === '') {
    return refusedByModel(`${path}.thinking.signature: Field required`)
  }
  const thought = textOf(memberOf(said, 'text'))
  const wrong = checkSeal('claude', textOf(signature), thought === '' ? undefined : thought)
  return wrong === undefined ? undefined : refusedByModel(`${path}: Invalid \`signature\` in \`thinking\` block`)
}

function checkMedia(block: JsonObject): Rejection | undefined {
  const { document } = block
  if (isJsonObject(document) && !DOCUMENT_NAME.test(textOf(document['name']))) {
    // https://github.com/simonw/llm-bedrock/issues/8
    return invalid(
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request.",
    )
  }
  for (const medium of [block['image'], document, block['video']]) {
    const bytes = memberOf(memberOf(medium, 'source'), 'bytes')
    if (typeof bytes === 'string' && (bytes.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(bytes))) {
      return invalid('The provided blob is not valid base64.')
    }
  }
  return undefined
}

/** Every call is answered in the next message, and nothing else is. https://github.com/strands-agents/harness-sdk/issues/1435, https://github.com/camel-ai/camel/issues/3954 */
function checkTurns(messages: readonly JsonObject[]): Rejection | undefined {
  for (const [index, message] of messages.entries()) {
    const results = idsOf(message, 'toolResult')
    const asked = idsOf(messages[index - 1], 'toolUse')
    if (results.length > asked.length) {
      return invalid(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      )
    }
    const open = asked.filter((id) => !results.includes(id))
    if (open.length > 0) {
      return invalid(
        `Expected toolResult blocks at messages.${index}.content for the following Ids: ${open.join(', ')}`,
      )
    }
    if (new Set(idsOf(message, 'toolUse')).size < idsOf(message, 'toolUse').length) {
      return refusedByModel('messages: `tool_use` ids must be unique')
    }
  }
  const last = idsOf(messages.at(-1), 'toolUse')
  return last.length === 0
    ? undefined
    : invalid(
        `Expected toolResult blocks at messages.${messages.length}.content for the following Ids: ${last.join(', ')}`,
      )
}

/** Claude's rule. https://github.com/tailcallhq/forgecode/issues/1872 */
function checkEnding(last: JsonObject | undefined): Rejection | undefined {
  const text = objectsOf(last?.['content']).at(-1)?.['text']
  return last?.['role'] === 'assistant' && typeof text === 'string' && text !== text.trimEnd()
    ? refusedByModel('messages: final assistant content cannot end with trailing whitespace')
    : undefined
}

function idsOf(message: JsonObject | undefined, member: string): string[] {
  return objectsOf(message?.['content']).flatMap((block) => {
    const id = memberOf(block[member], 'toolUseId')
    return typeof id === 'string' ? [id] : []
  })
}

/** The sentence is Converse's own. */
function notObject(path: string): Rejection {
  return invalid(`The format of the value at ${path} is invalid. Provide a json object for the field and try again.`)
}
