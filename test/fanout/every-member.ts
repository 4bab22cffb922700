import type { JsonObject } from '../../src/core/json.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import { CHAT, GENERATE, MESSAGES, RESPONSES, SCHEMA } from './full-bodies.ts'

// Bodies with every member that the readers know, so that what becomes of each can be asked of every provider.

export const BODIES: readonly (readonly [WireFormatId, string, JsonObject])[] = [
  ['openai-chat', 'everything', CHAT],
  [
    'openai-chat',
    'other words for thinking, and old ones for tools',
    {
      model: 'auto',
      messages: [
        { role: 'developer', content: 'be brief' },
        { role: 'user', content: 'look' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"q":"x"}' } },
        { role: 'function', name: 'f', content: 'seen' },
      ],
      functions: [{ name: 'f', description: 'fd', parameters: SCHEMA }],
      function_call: { name: 'f' },
      max_tokens: 9_001,
      reasoning: { max_tokens: 2_048, exclude: true },
    },
  ],
  [
    'openai-chat',
    'a budget',
    {
      model: 'auto',
      messages: [{ role: 'user', content: 'look' }],
      thinking: { type: 'enabled', budget_tokens: 2_048 },
    },
  ],
  ['anthropic-messages', 'everything', MESSAGES],
  [
    'anthropic-messages',
    'thinking as the model likes',
    {
      model: 'auto',
      max_tokens: 9_001,
      messages: [{ role: 'user', content: 'look' }],
      thinking: { type: 'adaptive', display: 'summarized' },
    },
  ],
  ['openai-responses', 'everything', RESPONSES],
  ['gemini-generate', 'everything', GENERATE],
  [
    'gemini-generate',
    'a budget, and a schema in Google’s own words',
    {
      contents: [{ role: 'user', parts: [{ text: 'look' }] }],
      generation_config: {
        thinking_config: { thinking_budget: 2_048 },
        response_mime_type: 'application/json',
        response_schema: { type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { type: 'STRING' } } },
      },
    },
  ],
]

/** What is the client's own JSON, or for one reader to take or leave as a whole. */
export const CLOSED: ReadonlySet<string> = new Set(
  [
    'metadata labels logit_bias parameters input_schema schema _responseJsonSchema response_schema input args response',
    'input_examples caller citations annotations context_management task_budget safetySettings format action',
    'googleSearch executableCode partMetadata mediaResolution videoMetadata retrievalConfig url_citation',
  ].flatMap((line) => line.split(' ')),
)

/**
 * Names, kinds and references that hold a body together: they change with their place, and ask for nothing. A schema is
 * called something or other where it has to be called anything, is held to where a format can, and is of JSON.
 */
export const STRUCTURE: ReadonlySet<string> = new Set(
  [
    'type role id call_id tool_call_id tool_use_id index model media_type mimeType syntax store status',
    'responseMimeType response_mime_type response_format.json_schema.name response_format.json_schema.strict',
    'text.format.name text.format.strict',
  ].flatMap((line) => line.split(' ')),
)

export const TARGETS = [
  'alibaba/qwen3.7-max',
  'anthropic/claude-sonnet-4-5',
  'anthropic/claude-opus-5',
  'anthropic/claude-3-haiku-20240307',
  'aws-bedrock/global.anthropic.claude-sonnet-4-6',
  'aws-bedrock/amazon.nova-pro-v1:0',
  'aws-bedrock/openai.gpt-oss-120b-1:0',
  'aws-bedrock/meta.llama3-3-70b-instruct-v1:0',
  'azure-openai/gpt-5.4',
  'cerebras/gpt-oss-120b',
  'cohere/command-a-03-2025',
  'cohere/command-a-reasoning-08-2025',
  'deepseek/deepseek-v4-pro',
  'fireworks/accounts/fireworks/models/gpt-oss-120b',
  'google/gemini-2.5-pro',
  'google/gemini-3-flash-preview',
  'google-vertex/gemini-2.5-flash',
  'groq/openai/gpt-oss-120b',
  'groq/llama-3.3-70b-versatile',
  'llama-cpp/x',
  'lm-studio/x',
  'mistral/mistral-medium-2508',
  'moonshotai/kimi-k2.6',
  'ollama/qwen3',
  'openai/gpt-5.1',
  'openai/o3',
  'openai/gpt-4.1',
  'openai-compatible/x',
  'openrouter/openai/gpt-5-mini',
  'perplexity/perplexity/sonar',
  'sglang/x',
  'tgi/x',
  'together/openai/gpt-oss-120b',
  'vllm/x',
  'xai/grok-4',
] as const
