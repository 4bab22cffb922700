import type { ObjectShape, Shape } from '../shape.ts'
import {
  any,
  either,
  flag,
  integer,
  list,
  map,
  number,
  object,
  open,
  record,
  string,
  tagged,
  text,
  word,
} from '../shape.ts'

// Unknown members are refused at every depth; `null` leaves an optional one out.
// https://platform.openai.com/docs/api-reference/responses/create

const NAME = string({ pattern: '^[a-zA-Z0-9_-]+$', max: 64 })
const status = word('in_progress', 'completed', 'incomplete')
const callId = string({ min: 1, max: 64 })

const inputPart = tagged('type', {
  input_text: object({ 'type!': text, 'text!': text, prompt_cache_breakpoint: any }),
  input_image: object({
    'type!': text,
    image_url: text,
    file_id: text,
    detail: word('low', 'high', 'auto', 'original'),
    prompt_cache_breakpoint: any,
  }),
  input_file: object({
    'type!': text,
    file_data: text,
    file_id: text,
    file_url: text,
    filename: text,
    detail: text,
    prompt_cache_breakpoint: any,
  }),
  input_audio: open({}),
})

const outputPart = tagged('type', {
  output_text: object({ 'type!': text, 'text!': text, annotations: list(map), logprobs: list(map) }),
  refusal: object({ 'type!': text, 'refusal!': text }),
})

const spoken = (role: string, part: Shape): ObjectShape =>
  object({
    type: word('message'),
    'role!': word(role),
    'content!': either(text, list(part)),
    id: text,
    status,
    phase: text,
  })

/** A message: what may stand in it depends on whose it is. */
const message: ObjectShape = open({
  'role!': word('user', 'assistant', 'system', 'developer'),
})

export const MESSAGES: Readonly<Record<string, ObjectShape>> = {
  user: spoken('user', inputPart),
  system: spoken('system', inputPart),
  developer: spoken('developer', inputPart),
  assistant: spoken('assistant', outputPart),
}

const output = either(text, list(inputPart))

const item = tagged(
  'type',
  {
    message,
    function_call: object({
      'type!': text,
      'call_id!': callId,
      'name!': NAME,
      'arguments!': text,
      id: text,
      status,
      namespace: text,
      caller: any,
      async: flag,
    }),
    function_call_output: object({
      'type!': text,
      'call_id!': callId,
      'output!': output,
      id: text,
      status,
      name: text,
      namespace: text,
      caller: any,
    }),
    custom_tool_call: object({
      'type!': text,
      'call_id!': callId,
      'name!': text,
      'input!': text,
      id: text,
      namespace: text,
      caller: any,
    }),
    custom_tool_call_output: object({ 'type!': text, 'call_id!': callId, 'output!': output, id: text, caller: any }),
    reasoning: object({
      'type!': text,
      id: text,
      'summary!': list(tagged('type', { summary_text: object({ 'type!': text, 'text!': text }) })),
      content: list(tagged('type', { reasoning_text: object({ 'type!': text, 'text!': text }) })),
      encrypted_content: text,
      status,
    }),
    item_reference: object({ type: text, 'id!': text }),
    ...Object.fromEntries(
      'file_search_call computer_call computer_call_output web_search_call image_generation_call code_interpreter_call local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call apply_patch_call_output mcp_list_tools mcp_approval_request mcp_approval_response mcp_call compaction tool_search_call tool_search_output'
        .split(' ')
        .map((name) => [name, open({})]),
    ),
  },
  'message',
)

const tool = tagged('type', {
  function: object({
    'type!': text,
    'name!': NAME,
    parameters: map,
    strict: flag,
    description: text,
    defer_loading: flag,
  }),
  custom: object({ 'type!': text, 'name!': NAME, description: text, format: any, defer_loading: flag }),
  ...Object.fromEntries(
    'file_search web_search web_search_2025_08_26 web_search_preview web_search_preview_2025_03_11 computer_use_preview computer mcp code_interpreter image_generation local_shell shell apply_patch tool_search namespace'
      .split(' ')
      .map((name) => [name, open({})]),
  ),
})

const choice = tagged('type', {
  function: object({ 'type!': text, 'name!': text }),
  custom: object({ 'type!': text, 'name!': text }),
  mcp: open({}),
  allowed_tools: object({ 'type!': text, 'mode!': word('auto', 'required'), 'tools!': list(map, 1) }),
  ...Object.fromEntries(
    'file_search web_search_preview computer_use_preview code_interpreter image_generation shell apply_patch'
      .split(' ')
      .map((name) => [name, open({})]),
  ),
})

const format = tagged('type', {
  text: object({ 'type!': text }),
  json_object: object({ 'type!': text }),
  json_schema: object({ 'type!': text, 'name!': NAME, 'schema!': map, strict: flag, description: text }),
})

export const REQUEST_SHAPE: ObjectShape = object({
  'model!': text,
  input: either(text, list(item, 1)),
  background: flag,
  context_management: any,
  conversation: any,
  include: list(
    word(
      'file_search_call.results',
      'web_search_call.results',
      'web_search_call.action.sources',
      'message.input_image.image_url',
      'computer_call_output.output.image_url',
      'code_interpreter_call.outputs',
      'reasoning.encrypted_content',
      'message.output_text.logprobs',
    ),
  ),
  instructions: text,
  max_output_tokens: integer(16),
  max_tool_calls: integer(1),
  metadata: record(string({ max: 512 })),
  parallel_tool_calls: flag,
  previous_response_id: text,
  prompt: map,
  prompt_cache_key: text,
  prompt_cache_options: any,
  prompt_cache_retention: text,
  reasoning: object({
    effort: word('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    summary: word('auto', 'concise', 'detailed'),
    generate_summary: word('auto', 'concise', 'detailed'),
  }),
  safety_identifier: string({ max: 64 }),
  service_tier: word('auto', 'default', 'flex', 'scale', 'priority'),
  store: flag,
  stream: flag,
  stream_options: object({ include_obfuscation: flag }),
  temperature: number(0, 2),
  text: object({ format, verbosity: word('low', 'medium', 'high') }),
  tool_choice: either(word('none', 'auto', 'required'), choice),
  tools: list(tool),
  top_logprobs: integer(0, 20),
  top_p: number(0, 1),
  truncation: word('auto', 'disabled'),
  user: text,
  moderation: any,
})
