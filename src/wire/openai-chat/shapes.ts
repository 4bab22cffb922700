import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { table } from '../../core/table.ts'
import { textOf } from '../shared/read-json.ts'
import type { Shape } from '../shared/unread-members.ts'
import { shape } from '../shared/unread-members.ts'

// What `readRequest` reads of a body, place by place.

const MARK = shape('type ttl')
const PARTS = table<Shape>({
  text: shape('type text', { cache_control: MARK }),
  refusal: shape('type refusal'),
  image_url: shape('type', { image_url: shape('url detail'), cache_control: MARK }),
  input_audio: shape('type', { input_audio: shape('data format') }),
  file: shape('type', { file: shape('file_data file_id filename'), cache_control: MARK }),
  thinking: shape('type thinking closed'),
})

function partShape({ type }: JsonObject): Shape | undefined {
  return PARTS[textOf(type) ?? '']
}

const EXTRA = shape('', { google: shape('thought_signature') })
const CALLED = shape('name arguments')
const DETAIL = shape('type text summary data signature format index id')

const MEMBERS = { content: partShape, cache_control: MARK }
const ASSISTANT = shape('role name refusal reasoning reasoning_content', {
  ...MEMBERS,
  tool_calls: shape('id type index', { function: CALLED, custom: shape('name input'), extra_content: EXTRA }),
  function_call: CALLED,
  extra_content: EXTRA,
  reasoning_details: DETAIL,
})
const RESULT = shape('role name tool_call_id', MEMBERS)
const TURN = shape('role name', MEMBERS)

function messageShape({ role }: JsonObject): Shape {
  if (role === 'assistant') return ASSISTANT
  return role === 'tool' || role === 'function' ? RESULT : TURN
}

const FUNCTION = shape('name description parameters strict')
const DECLARED = shape('type', { function: FUNCTION, cache_control: MARK })
const CUSTOM = shape('type', { custom: shape('name description format'), cache_control: MARK })
/** Without an object of its own, as `functions` of old are, and as some clients send tools. */
const FLAT = shape('type name description parameters strict', { cache_control: MARK })

function toolShape({ type, function: declared, custom }: JsonObject): Shape | undefined {
  if (typeof type === 'string' && type !== 'function' && type !== 'custom') return undefined
  if (isJsonObject(declared)) return DECLARED
  return isJsonObject(custom) ? CUSTOM : FLAT
}

const NAMED = shape('name')
const CHOSEN = shape('type name', { function: NAMED, custom: NAMED })

const FORMATS = table<Shape>({
  text: shape('type'),
  json_object: shape('type'),
  json_schema: shape('type', { json_schema: shape('name description schema strict') }),
})

export const BODY = shape(
  [
    'model parallel_tool_calls max_completion_tokens max_tokens temperature top_p top_k n stop presence_penalty',
    'frequency_penalty seed logprobs top_logprobs reasoning_effort stream user safety_identifier metadata routing',
  ].join(' '),
  {
    messages: messageShape,
    tools: toolShape,
    functions: FLAT,
    tool_choice: shape('type name', {
      function: NAMED,
      custom: NAMED,
      allowed_tools: shape('mode', { tools: CHOSEN }),
    }),
    function_call: NAMED,
    reasoning: shape('effort max_tokens enabled'),
    thinking: shape('type budget_tokens'),
    response_format: (format) => FORMATS[textOf(format['type']) ?? ''],
    stream_options: shape('include_usage'),
  },
)
