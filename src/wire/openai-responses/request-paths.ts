import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { textOf } from '../shared/read-json.ts'
import type { WrittenPart } from '../shared/request-paths.ts'
import { requestPaths, writtenContent } from '../shared/request-paths.ts'

const MEMBERS = {
  '.role': '.role',
  '.detail': '.detail',
  '.filename': '.file.filename',
  '.arguments': '.arguments',
  '.input': '.arguments',
  '.strict': '.strict',
  '.format': '.custom.format',
} as const

const PARAMETERS = {
  instructions: 'messages[0].content[0]',
  max_output_tokens: 'max_tokens',
  include: 'logprobs',
  'text.format': 'response_format',
  'text.format.description': 'response_format.json_schema.description',
  'text.verbosity': 'verbosity',
} as const

/** A function from paths in a body that `writeRequest` wrote to those in the request. `origins`: the turn of each item. */
export function pathsOf(
  request: ChatRequest,
  items: readonly JsonObject[],
  origins: readonly number[],
): (path: string) => string {
  return requestPaths(request, {
    list: 'input',
    parts: items.map(partsOf),
    origins,
    tools: request.tools.flatMap(({ native }, index) =>
      (native?.format ?? 'openai-responses') === 'openai-responses' ? index : [],
    ),
    members: MEMBERS,
    parameters: PARAMETERS,
  })
}

function partsOf(item: JsonObject): WrittenPart[] {
  switch (textOf(item['type'])) {
    case 'message':
      return writtenContent(item['content'], '.content')
    case 'reasoning':
      return [{ path: '', type: 'reasoning' }]
    case 'function_call':
    case 'custom_tool_call':
      return [{ path: '', type: 'tool-call' }]
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [{ path: '', type: 'tool-result', content: writtenContent(item['output'], '.output') }]
    default:
      return [{ path: '', type: 'native' }]
  }
}
