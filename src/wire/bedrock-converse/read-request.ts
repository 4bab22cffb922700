import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ChatRequest, Message, Role } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import type { Loss, PathFacts } from '../../core/wire-format.ts'
import { isList, objectOf, objectsOf, optionalList, requiredObject, wrong } from '../shared/read-json.ts'
import { readReasoning, readResponseFormat, readSampling, readToolChoice, readTools } from './read-config.ts'
import { readBlocks } from './read-content.ts'

/**
 * A Converse body as a ChatRequest. The path says the model and whether the answer streams; `modelId`, a member of the
 * SDKs' own requests, is read too.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function readRequest(body: JsonObject, said: PathFacts = {}): ChatRequest {
  const model = said.model ?? body['modelId']
  if (typeof model !== 'string' || model === '') throw wrong('modelId', 'a string; it stands in the path', model)
  const inference = section(body, 'inferenceConfig')
  const tools = section(body, 'toolConfig')
  const extra = section(body, 'additionalModelRequestFields')
  const output = section(body, 'outputConfig')
  const metadata = body['requestMetadata']
  return {
    model,
    messages: [...readSystem(body['system']), ...readMessages(body['messages'])],
    tools: readTools(tools),
    toolChoice: readToolChoice(tools['toolChoice']),
    parallelToolCalls: undefined,
    sampling: readSampling(inference, extra),
    reasoning: readReasoning(extra, output),
    responseFormat: readResponseFormat(output),
    stream: said.stream ?? false,
    includeUsage: true,
    user: undefined,
    metadata: metadata === undefined || metadata === null ? undefined : requiredObject(metadata, 'requestMetadata'),
    native: { format: 'bedrock-converse', body },
  }
}

function section(body: JsonObject, name: string): JsonObject {
  const value = body[name]
  return value === undefined || value === null ? {} : requiredObject(value, name)
}

function readSystem(value: JsonValue | undefined): Message[] {
  const content = readBlocks(value, 'system')
  return content.length === 0 ? [] : [{ role: 'system', content, name: undefined }]
}

const ROLES = table<Role>({ user: 'user', assistant: 'assistant', system: 'system' })

function readMessages(value: JsonValue | undefined): Message[] {
  const messages = optionalList(value, 'messages', 'a list of messages')
  if (messages.length === 0) {
    throw new GatewayError('invalid_request', 'messages is empty. Send at least one message.', { param: 'messages' })
  }
  return messages.flatMap((message, index) => readMessage(message, `messages[${index}]`))
}

/** Results are turns of their own for us, and come before the words of the user's turn they stand in. */
function readMessage(value: JsonValue, path: string): Message[] {
  const message = requiredObject(value, path, 'an object with role and content')
  const said = message['role']
  const role = typeof said === 'string' && Object.hasOwn(ROLES, said) ? ROLES[said] : undefined
  if (role === undefined) throw wrong(`${path}.role`, `one of ${Object.keys(ROLES).join(', ')}`, said)
  const content = readBlocks(message['content'], `${path}.content`)
  const results = content.filter((part) => part.type === 'tool-result')
  const rest = content.filter((part) => part.type !== 'tool-result')
  const turns: Message[] = []
  if (results.length > 0) turns.push({ role: 'tool', content: results, name: undefined })
  if (rest.length > 0 || results.length === 0) turns.push({ role, content: rest, name: undefined })
  return turns
}

const READ = new Set(
  'modelId messages system inferenceConfig toolConfig additionalModelRequestFields requestMetadata outputConfig routing'.split(
    ' ',
  ),
)
const READ_EXTRA = new Set(
  'thinking output_config reasoning_config reasoningConfig reasoning_effort top_k inferenceConfig'.split(' '),
)

/** Guardrails, tiers and whatever else only Bedrock has: lost wherever another format is spoken. */
export function unread(body: JsonObject): Loss[] {
  const reason = 'only Bedrock has it'
  const members = (object: JsonObject, read: ReadonlySet<string>, prefix: string): Loss[] =>
    Object.entries(object)
      .filter(([name, value]) => !read.has(name) && value !== undefined && value !== null && value !== false)
      .map(([name]) => ({ path: prefix + name, reason }))
  return [
    ...members(body, READ, ''),
    ...members(objectOf(body['additionalModelRequestFields']), READ_EXTRA, 'additionalModelRequestFields.'),
    ...objectsOf(body['messages']).flatMap((message, index) =>
      unreadBlocks(message['content'], `messages[${index}].content`),
    ),
    ...unreadBlocks(body['system'], 'system'),
  ]
}

/** Blocks whose words are read and whose setting is not. */
function unreadBlocks(value: JsonValue | undefined, path: string): Loss[] {
  if (!isList(value)) return []
  return value.flatMap((block, index): Loss[] => {
    const { guardContent, citationsContent, document } = objectOf(block)
    const at = `${path}[${index}]`
    const losses: Loss[] = []
    if (guardContent !== undefined) losses.push({ path: `${at}.guardContent`, reason: 'guardrails are Bedrock’s own' })
    if (citationsContent !== undefined)
      losses.push({ path: `${at}.citationsContent`, reason: 'its citations have no place' })
    for (const name of ['context', 'citations']) {
      const said = objectOf(document)[name]
      if (said !== undefined && said !== null)
        losses.push({ path: `${at}.document.${name}`, reason: 'only Bedrock has it' })
    }
    return losses
  })
}
