import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { table } from '../../core/table.ts'
import { textOf } from '../shared/read-json.ts'
import type { Shape } from '../shared/unread-members.ts'
import { shape } from '../shared/unread-members.ts'

// What `readRequest` reads of a body, place by place. Ids, states and what SDKs have parsed say nothing of what is asked.

const TEXT = shape('type text logprobs parsed')
const PARTS = table<Shape>({
  input_text: TEXT,
  output_text: TEXT,
  text: TEXT,
  refusal: shape('type refusal'),
  input_image: shape('type file_id detail', { image_url: shape('url') }),
  input_file: shape('type file_data file_id file_url filename'),
  input_audio: shape('type', { input_audio: shape('data format') }),
})

function partShape({ type }: JsonObject): Shape | undefined {
  return PARTS[textOf(type) ?? '']
}

const KEPT = 'id type status created_by'
const THOUGHT = shape('type text')
const ITEMS = table<Shape>({
  message: shape(`${KEPT} role`, { content: partShape }),
  reasoning: shape(`${KEPT} encrypted_content`, { summary: THOUGHT, content: THOUGHT }),
  function_call: shape(`${KEPT} call_id name arguments parsed_arguments`),
  custom_tool_call: shape(`${KEPT} call_id name input`),
  function_call_output: shape(`${KEPT} call_id name`, { output: partShape }),
  custom_tool_call_output: shape(`${KEPT} call_id name`, { output: partShape }),
})

/** Any other item is of a tool of the provider's own: said as that of a function, or lost as a whole. */
function itemShape({ type }: JsonObject): Shape | undefined {
  return ITEMS[textOf(type) ?? 'message']
}

const FUNCTION = shape('type name description parameters strict')
const NESTED = shape('type', { function: shape('name description parameters strict') })
const CUSTOM = shape('type name description format')

function toolShape({ type, function: nested }: JsonObject): Shape | undefined {
  if (type === 'custom') return CUSTOM
  if (type !== 'function') return undefined
  return isJsonObject(nested) ? NESTED : FUNCTION
}

const CHOSEN = shape('type name', { function: shape('name') })
const ALLOWED = shape('type mode', { tools: shape('type name') })

function choiceShape({ type }: JsonObject): Shape | undefined {
  if (type === 'allowed_tools') return ALLOWED
  return type === 'function' || type === 'custom' ? CHOSEN : undefined
}

const PLAIN = shape('type')
const SCHEMA = shape('type name description schema strict')

export const BODY = shape(
  [
    'model instructions parallel_tool_calls max_output_tokens temperature top_p top_logprobs presence_penalty',
    'frequency_penalty stream user safety_identifier metadata include routing',
  ].join(' '),
  {
    input: itemShape,
    tools: toolShape,
    tool_choice: choiceShape,
    reasoning: shape('effort summary generate_summary'),
    text: shape('', { format: ({ type }) => (type === 'json_schema' ? SCHEMA : PLAIN) }),
    stream_options: shape('include_usage'),
  },
)
