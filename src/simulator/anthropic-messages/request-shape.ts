import type { ObjectShape, Shape } from '../shape.ts'
import {
  any,
  either,
  flag,
  integer,
  list,
  map,
  nullable,
  number,
  object,
  open,
  string,
  tagged,
  text,
  word,
} from '../shape.ts'

// Pydantic models that forbid extra members: an unknown one is "Extra inputs are not permitted" at every depth.
// https://docs.claude.com/en/api/messages

const cacheControl = nullable(object({ 'type!': word('ephemeral'), ttl: word('5m', '1h') }))
const cached = { cache_control: cacheControl }

const textBlock = object({ 'type!': text, 'text!': text, ...cached, citations: nullable(list(map)) })

const MEDIA_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

const imageSource = tagged('type', {
  base64: object({ 'type!': text, 'data!': string({ min: 1 }), 'media_type!': word(...MEDIA_TYPES) }),
  url: object({ 'type!': text, 'url!': text }),
  file: object({ 'type!': text, 'file_id!': text }),
})

const documentSource = tagged('type', {
  base64: object({ 'type!': text, 'data!': string({ min: 1 }), 'media_type!': word('application/pdf') }),
  text: object({ 'type!': text, 'data!': text, 'media_type!': word('text/plain') }),
  content: object({ 'type!': text, 'content!': either(text, list(map)) }),
  url: object({ 'type!': text, 'url!': text }),
  file: object({ 'type!': text, 'file_id!': text }),
})

const imageBlock = object({ 'type!': text, 'source!': imageSource, ...cached, transformations: any })

const documentBlock = object({
  'type!': text,
  'source!': documentSource,
  ...cached,
  citations: nullable(object({ enabled: flag })),
  context: nullable(text),
  title: nullable(text),
})

const resultContent = tagged('type', {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: open({}),
  tool_reference: open({}),
  browser_state: open({}),
})

/** Ids of calls: https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use */
const id = string({ pattern: '^[a-zA-Z0-9_-]+$' })

/** Tool names: the same page, "Specifying client tools". */
const toolName = string({ pattern: '^[a-zA-Z0-9_-]{1,128}$' })

const block = tagged('type', {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: open({}),
  thinking: object({ 'type!': text, 'thinking!': text, 'signature!': text }),
  redacted_thinking: object({ 'type!': text, 'data!': text }),
  tool_use: object({
    'type!': text,
    'id!': id,
    'name!': string({ min: 1, max: 200 }),
    'input!': map,
    ...cached,
    caller: any,
    toolset_name: any,
  }),
  tool_result: object({
    'type!': text,
    'tool_use_id!': id,
    content: either(text, list(resultContent)),
    is_error: nullable(flag),
    ...cached,
    toolset_name: any,
  }),
  server_tool_use: open({ 'id!': text, 'name!': text, 'input!': map }),
  web_search_tool_result: open({ 'tool_use_id!': text }),
  web_fetch_tool_result: open({ 'tool_use_id!': text }),
  code_execution_tool_result: open({ 'tool_use_id!': text }),
  bash_code_execution_tool_result: open({ 'tool_use_id!': text }),
  text_editor_code_execution_tool_result: open({ 'tool_use_id!': text }),
  tool_search_tool_result: open({ 'tool_use_id!': text }),
  container_upload: open({}),
  mcp_tool_use: open({}),
  mcp_tool_result: open({}),
  compaction: open({}),
})

const message = object({ 'role!': word('user', 'assistant'), 'content!': either(text, list(block)) })

const customTool = object({
  type: nullable(word('custom')),
  'name!': toolName,
  description: text,
  'input_schema!': open({ 'type!': word('object'), properties: nullable(map), required: nullable(list(text)) }),
  ...cached,
  strict: flag,
  defer_loading: flag,
  eager_input_streaming: nullable(flag),
  input_examples: list(map),
  allowed_callers: list(text),
})

const SERVER_TOOLS =
  'bash_20250124 code_execution_20250522 code_execution_20250825 code_execution_20260120 code_execution_20260521 memory_20250818 text_editor_20250124 text_editor_20250429 text_editor_20250728 web_search_20250305 web_search_20260209 web_search_20260318 web_fetch_20250910 web_fetch_20260209 web_fetch_20260309 web_fetch_20260318 tool_search_tool_bm25_20251119 tool_search_tool_regex_20251119 computer_20250124 computer_20251124'

const tool = tagged(
  'type',
  {
    custom: customTool,
    ...Object.fromEntries(SERVER_TOOLS.split(' ').map((name) => [name, open({ 'name!': text })])),
  },
  'custom',
)

const parallel = { disable_parallel_tool_use: flag }

/** Members that a count takes too. https://docs.claude.com/en/api/messages-count-tokens */
const counted: Readonly<Record<string, Shape>> = {
  'model!': string({ min: 1, max: 256 }),
  'messages!': list(message, 1, 100_000),
  system: either(text, list(tagged('type', { text: textBlock }))),
  thinking: tagged('type', {
    enabled: object({
      'type!': text,
      'budget_tokens!': integer(1024),
      display: nullable(word('summarized', 'omitted')),
    }),
    adaptive: object({ 'type!': text, display: nullable(word('summarized', 'omitted')) }),
    disabled: object({ 'type!': text }),
  }),
  tool_choice: tagged('type', {
    auto: object({ 'type!': text, ...parallel }),
    any: object({ 'type!': text, ...parallel }),
    tool: object({ 'type!': text, 'name!': text, ...parallel }),
    none: object({ 'type!': text }),
  }),
  tools: list(tool),
  ...cached,
  output_config: object({
    effort: nullable(word('low', 'medium', 'high', 'xhigh', 'max')),
    format: nullable(object({ 'type!': word('json_schema'), 'schema!': map })),
    task_budget: any,
  }),
  output_format: nullable(object({ 'type!': word('json_schema'), 'schema!': map })),
  context_management: any,
  mcp_servers: any,
  speed: nullable(word('standard', 'fast')),
}

export const COUNT_SHAPE: ObjectShape = object(counted)

export const REQUEST_SHAPE: ObjectShape = object({
  ...counted,
  'max_tokens!': integer(1),
  metadata: object({ user_id: nullable(string({ max: 256 })) }),
  service_tier: word('auto', 'standard_only'),
  stop_sequences: list(text),
  stream: flag,
  temperature: number(0, 1),
  top_k: integer(0),
  top_p: number(0, 1),
  container: any,
  diagnostics: any,
  inference_geo: nullable(text),
  user_profile_id: text,
  workspace_id: text,
})
