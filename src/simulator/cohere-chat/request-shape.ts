import type { ObjectShape } from '../shape.ts'
import { any, either, flag, integer, list, map, number, object, open, string, tagged, text, word } from '../shape.ts'

// https://docs.cohere.com/reference/chat

const userPart = tagged('type', {
  text: object({ 'type!': text, 'text!': text }),
  image_url: object({ 'type!': text, 'image_url!': object({ 'url!': text, detail: word('auto', 'low', 'high') }) }),
})

const assistantPart = tagged('type', {
  text: object({ 'type!': text, 'text!': text }),
  thinking: object({ 'type!': text, 'thinking!': text }),
})

const toolPart = tagged('type', {
  text: object({ 'type!': text, 'text!': text }),
  document: object({ 'type!': text, 'document!': open({ 'data!': any }) }),
})

const call = object({
  'id!': string({ min: 1 }),
  'type!': word('function'),
  'function!': object({ 'name!': string({ min: 1 }), 'arguments!': text }),
})

const message = tagged('role', {
  user: object({ 'role!': text, 'content!': either(text, list(userPart)) }),
  assistant: object({
    'role!': text,
    content: either(text, list(assistantPart)),
    tool_calls: list(call),
    tool_plan: text,
    citations: list(map),
  }),
  system: object({ 'role!': text, 'content!': either(text, list(userPart)) }),
  tool: object({ 'role!': text, 'tool_call_id!': string({ min: 1 }), 'content!': either(text, list(toolPart)) }),
})

export const REQUEST_SHAPE: ObjectShape = object({
  'model!': text,
  'messages!': list(message, 1),
  stream: flag,
  tools: list(
    object({
      'type!': word('function'),
      'function!': object({ 'name!': string({ min: 1 }), description: text, parameters: map, strict: flag }),
    }),
  ),
  strict_tools: flag,
  documents: list(any),
  citation_options: map,
  response_format: tagged('type', {
    text: object({ 'type!': text }),
    json_object: object({ 'type!': text, json_schema: map, schema: map }),
  }),
  safety_mode: word('CONTEXTUAL', 'STRICT', 'OFF', 'NONE'),
  max_tokens: integer(1),
  stop_sequences: list(text, 0, 5),
  temperature: number(0),
  seed: integer(),
  frequency_penalty: number(0, 1),
  presence_penalty: number(0, 1),
  k: integer(0, 500),
  p: number(0.01, 0.99),
  logprobs: flag,
  tool_choice: word('REQUIRED', 'NONE'),
  thinking: object({ 'type!': word('enabled', 'disabled'), token_budget: integer(1) }),
  priority: integer(0, 999),
  raw_prompting: flag,
})
