import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject, jsonKind } from '../../core/json.ts'
import type { ChatRequest, ContentPart, Message, Role, Sampling, Tool, ToolCall } from '../../core/request.ts'

const ROLES: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

/**
 * A Chat Completions body as a ChatRequest. Checks what the gateway itself relies on, with OpenAI's error shape;
 * everything else stays in `native` for the upstream to judge.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
export function readRequest(body: JsonObject): ChatRequest {
  const model = body['model']
  if (typeof model !== 'string' || model === '') {
    throw wrong('model', 'a string such as "auto" or "openai/gpt-5-mini"', model)
  }
  return {
    model,
    messages: readMessages(body['messages']),
    tools: readTools(body),
    toolChoice: readToolChoice(body['tool_choice'] ?? body['function_call']),
    sampling: readSampling(body),
    responseFormat: readResponseFormat(body['response_format']),
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
    native: { format: 'openai-chat', body },
  }
}

function readMessages(value: JsonValue | undefined): Message[] {
  if (!Array.isArray(value)) throw wrong('messages', 'a list of messages', value)
  if (value.length === 0) {
    throw new GatewayError('invalid_request', 'messages is empty. Send at least one message.', { param: 'messages' })
  }
  return value.map((message: JsonValue, index) => readMessage(message, index))
}

function readMessage(value: JsonValue, index: number): Message {
  const path = `messages[${index}]`
  if (!isJsonObject(value)) throw wrong(path, 'an object with role and content', value)
  const roleName = value['role']
  if (typeof roleName !== 'string' || !Object.hasOwn(ROLES, roleName)) {
    throw wrong(`${path}.role`, `one of ${Object.keys(ROLES).join(', ')}`, roleName)
  }
  const toolCallId = value['tool_call_id']
  const name = value['name']
  return {
    role: ROLES[roleName] ?? 'user',
    content: readContent(value['content'], `${path}.content`),
    toolCalls: readToolCalls(value['tool_calls'], `${path}.tool_calls`),
    toolCallId: typeof toolCallId === 'string' ? toolCallId : undefined,
    name: typeof name === 'string' ? name : undefined,
  }
}

function readContent(value: JsonValue | undefined, path: string): ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(path, 'a string or a list of content parts', value)
  return value.map((part: JsonValue, index) => readPart(part, `${path}[${index}]`))
}

function readPart(value: JsonValue, path: string): ContentPart {
  if (!isJsonObject(value)) throw wrong(path, 'an object with a type', value)
  const type = value['type']
  if (typeof type !== 'string') throw wrong(`${path}.type`, 'a string', type)
  switch (type) {
    case 'text': {
      const text = value['text']
      if (typeof text !== 'string') throw wrong(`${path}.text`, 'a string', text)
      return { type: 'text', text }
    }
    case 'image_url': {
      const image = value['image_url']
      const url = isJsonObject(image) ? image['url'] : image
      if (typeof url !== 'string') throw wrong(`${path}.image_url.url`, 'a string', url)
      return { type: 'image', url }
    }
    case 'input_audio': {
      const audio = value['input_audio']
      const data = isJsonObject(audio) ? audio['data'] : undefined
      const format = isJsonObject(audio) ? audio['format'] : undefined
      if (typeof data !== 'string') throw wrong(`${path}.input_audio.data`, 'a base64 string', data)
      return { type: 'audio', data, format: typeof format === 'string' ? format : 'wav' }
    }
    case 'file':
      return { type: 'file', value }
    default:
      return { type: 'other', kind: type, value }
  }
}

function readToolCalls(value: JsonValue | undefined, path: string): ToolCall[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(path, 'a list of tool calls', value)
  return value.map((call: JsonValue, index) => {
    if (!isJsonObject(call)) throw wrong(`${path}[${index}]`, 'an object', call)
    const called = call['function'] ?? call['custom']
    const name = isJsonObject(called) ? called['name'] : undefined
    const given = isJsonObject(called) ? (called['arguments'] ?? called['input']) : undefined
    return {
      id: typeof call['id'] === 'string' ? call['id'] : '',
      name: typeof name === 'string' ? name : '',
      argumentsText: typeof given === 'string' ? given : '',
    }
  })
}

function readTools(body: JsonObject): Tool[] {
  const value = body['tools'] ?? body['functions']
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong('tools', 'a list of tools', value)
  return value.map((tool: JsonValue, index) => {
    if (!isJsonObject(tool)) throw wrong(`tools[${index}]`, 'an object', tool)
    const described = tool['function'] ?? tool['custom'] ?? tool
    const name = isJsonObject(described) ? described['name'] : undefined
    if (tool['type'] === 'function' && typeof name !== 'string') {
      throw wrong(`tools[${index}].function.name`, 'a string', name)
    }
    const description = isJsonObject(described) ? described['description'] : undefined
    const parameters = isJsonObject(described) ? described['parameters'] : undefined
    return {
      name: typeof name === 'string' ? name : '',
      description: typeof description === 'string' ? description : undefined,
      parameters: isJsonObject(parameters) ? parameters : undefined,
    }
  })
}

function readToolChoice(value: JsonValue | undefined): ChatRequest['toolChoice'] {
  if (value === 'auto' || value === 'none' || value === 'required') return value
  if (!isJsonObject(value)) return undefined
  const named = value['function'] ?? value['custom'] ?? value
  const name = isJsonObject(named) ? named['name'] : undefined
  return typeof name === 'string' ? { name } : undefined
}

function readSampling(body: JsonObject): Sampling {
  const effort = body['reasoning_effort']
  return {
    maxOutputTokens:
      optionalNumber(body['max_completion_tokens'], 'max_completion_tokens') ??
      optionalNumber(body['max_tokens'], 'max_tokens'),
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    choices: optionalNumber(body['n'], 'n'),
    reasoningEffort: typeof effort === 'string' ? effort : undefined,
  }
}

function readResponseFormat(value: JsonValue | undefined): ChatRequest['responseFormat'] {
  if (!isJsonObject(value)) return undefined
  if (value['type'] === 'json_object') return 'json-object'
  if (value['type'] === 'json_schema') return 'json-schema'
  return 'text'
}

function optionalNumber(value: JsonValue | undefined, path: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw wrong(path, 'a number', value)
  return value
}

function optionalBoolean(value: JsonValue | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw wrong(path, 'true or false', value)
  return value
}

function wrong(path: string, expected: string, actual: JsonValue | undefined): GatewayError {
  const found = actual === undefined ? 'it is missing' : `got ${describe(actual)}`
  return new GatewayError('invalid_request', `${path} must be ${expected}; ${found}.`, { param: path })
}

function describe(value: JsonValue): string {
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : `${jsonKind(value)}`
}
