import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { objectsOf } from '../shared/read-json.ts'
import type { WrittenPart } from '../shared/request-paths.ts'
import { requestPaths, writtenContent } from '../shared/request-paths.ts'

const MEMBERS = {
  '.name': '.name',
  '.role': '.role',
  '.cache_control': '.cache_control',
  '.image_url.detail': '.detail',
  '.file.filename': '.file.filename',
  '.function.arguments': '.arguments',
  '.function.strict': '.strict',
  '.custom.format': '.custom.format',
} as const

const PARAMETERS = {
  max_completion_tokens: 'max_tokens',
  reasoning_effort: 'reasoning.effort',
  'reasoning.max_tokens': 'reasoning.budget_tokens',
} as const

const THOUGHTS = ['reasoning_details', 'reasoning_content', 'reasoning'] as const

/** A function from paths in a body that `writeRequest` wrote to those in the request. `origins`: the turn of each message. */
export function pathsOf(
  request: ChatRequest,
  messages: readonly JsonObject[],
  origins: readonly number[],
): (path: string) => string {
  return requestPaths(request, {
    list: 'messages',
    parts: messages.map(partsOf),
    origins,
    tools: request.tools.flatMap(({ native }, index) =>
      (native?.format ?? 'openai-chat') === 'openai-chat' ? index : [],
    ),
    members: MEMBERS,
    parameters: PARAMETERS,
  })
}

function partsOf(message: JsonObject): WrittenPart[] {
  const content = writtenContent(message['content'], '.content')
  if (message['role'] === 'tool') return [{ path: '', type: 'tool-result', content }]
  const thoughts = THOUGHTS.filter((name) => message[name] !== undefined)
  return [
    ...thoughts.slice(0, 1).map((name): WrittenPart => ({ path: `.${name}`, type: 'reasoning' })),
    ...content,
    ...(message['refusal'] === undefined ? [] : [{ path: '.refusal', type: 'refusal' } as const]),
    ...objectsOf(message['tool_calls']).map((_, index): WrittenPart => {
      return { path: `.tool_calls[${index}]`, type: 'tool-call' }
    }),
  ]
}
