import type { JsonObject } from '../../src/core/json.ts'

// A body of each format that clients speak, with every member that its reader knows.

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PDF = 'JVBERi0xLjQK'
export const SCHEMA = {
  type: 'object',
  properties: { q: { type: 'string' } },
  required: ['q'],
  additionalProperties: false,
}
const MARK = { cache_control: { type: 'ephemeral', ttl: '1h' } }
const PICTURE = 'https://x.test/a.png'

export const CHAT: JsonObject = {
  model: 'auto',
  max_completion_tokens: 9_001,
  temperature: 0.31,
  top_p: 0.32,
  top_k: 33,
  stop: ['s1', 's2'],
  presence_penalty: 0.34,
  frequency_penalty: 0.35,
  seed: 36,
  logprobs: true,
  top_logprobs: 3,
  logit_bias: { 5: 3 },
  reasoning_effort: 'low',
  verbosity: 'low',
  service_tier: 'flex',
  metadata: { label: 'm' },
  user: 'u',
  safety_identifier: 'u2',
  prompt_cache_key: 'k',
  stream_options: { include_obfuscation: true },
  parallel_tool_calls: false,
  response_format: { type: 'json_schema', json_schema: { name: 'r', description: 'rd', schema: SCHEMA, strict: true } },
  tools: [
    { type: 'function', function: { name: 'f', description: 'fd', parameters: SCHEMA, strict: true }, ...MARK },
    {
      type: 'custom',
      custom: {
        name: 'c',
        description: 'cd',
        format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } },
      },
    },
  ],
  tool_choice: {
    type: 'allowed_tools',
    allowed_tools: {
      mode: 'required',
      tools: [
        { type: 'function', function: { name: 'f' } },
        { type: 'custom', custom: { name: 'c' } },
      ],
    },
  },
  messages: [
    { role: 'system', name: 'sn', content: [{ type: 'text', text: 'be brief', ...MARK }] },
    {
      role: 'user',
      name: 'un',
      content: [
        { type: 'text', text: 'look' },
        { type: 'image_url', image_url: { url: PICTURE, detail: 'high' }, ...MARK },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } },
        { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'mp3' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` }, ...MARK },
        { type: 'file', file: { file_id: 'file-1' } },
      ],
    },
    {
      role: 'assistant',
      name: 'an',
      content: [{ type: 'text', text: 'well' }],
      refusal: 'no',
      reasoning_details: [
        { type: 'reasoning.text', text: 'hm', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 },
      ],
      annotations: [{ type: 'url_citation', url_citation: { url: 'https://x.test' } }],
      extra_content: { google: { thought_signature: 'c2ln' } },
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: { name: 'f', arguments: '{"q":"x"}' },
          extra_content: { google: { thought_signature: 'c2ln' } },
        },
        { id: 'call_2', type: 'custom', custom: { name: 'c', input: 'x' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'seen' }], ...MARK },
    {
      role: 'tool',
      tool_call_id: 'call_2',
      content: [{ type: 'image_url', image_url: { url: PICTURE, detail: 'low' } }],
    },
    { role: 'user', content: 'go on' },
  ],
}

export const MESSAGES: JsonObject = {
  model: 'auto',
  max_tokens: 9_001,
  temperature: 0.31,
  top_p: 0.32,
  top_k: 33,
  stop_sequences: ['s1', 's2'],
  thinking: { type: 'enabled', budget_tokens: 2_048, display: 'omitted' },
  metadata: { user_id: 'u' },
  output_config: { effort: 'high', format: { type: 'json_schema', schema: SCHEMA }, task_budget: { total: 30_000 } },
  service_tier: 'standard_only',
  context_management: { edits: [] },
  system: [{ type: 'text', text: 'be brief', ...MARK }],
  tools: [
    {
      type: 'custom',
      name: 'f',
      description: 'fd',
      input_schema: SCHEMA,
      strict: true,
      defer_loading: true,
      input_examples: [{ q: 'x' }],
      ...MARK,
    },
  ],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'look', ...MARK },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG }, ...MARK },
        { type: 'image', source: { type: 'url', url: PICTURE } },
        {
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: PDF },
          title: 't',
          context: 'c',
          citations: { enabled: true },
        },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
        { type: 'document', source: { type: 'file', file_id: 'file_1' } },
        { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'x' }] },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'c2ln' },
        { type: 'text', text: 'well', citations: [{ type: 'web_search_result_location', encrypted_index: 'e' }] },
        {
          type: 'tool_use',
          id: 'toolu_1',
          name: 'f',
          input: { q: 'x' },
          caller: { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' },
        },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          is_error: true,
          content: [
            { type: 'text', text: 'seen' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
          ],
          ...MARK,
        },
        { type: 'text', text: 'go on' },
      ],
    },
  ],
}

export const RESPONSES: JsonObject = {
  model: 'auto',
  instructions: 'be brief',
  max_output_tokens: 9_001,
  max_tool_calls: 3,
  temperature: 0.31,
  top_p: 0.32,
  top_logprobs: 3,
  include: ['message.output_text.logprobs', 'file_search_call.results'],
  reasoning: { effort: 'low', summary: 'detailed' },
  text: {
    verbosity: 'low',
    format: { type: 'json_schema', name: 'r', description: 'rd', schema: SCHEMA, strict: true },
  },
  user: 'u',
  safety_identifier: 'u2',
  prompt_cache_key: 'k',
  service_tier: 'flex',
  metadata: { label: 'm' },
  stream_options: { include_obfuscation: true },
  truncation: 'auto',
  store: true,
  parallel_tool_calls: false,
  tools: [
    { type: 'function', name: 'f', description: 'fd', parameters: SCHEMA, strict: true, defer_loading: true },
    {
      type: 'custom',
      name: 'c',
      description: 'cd',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
    },
    { type: 'web_search', search_context_size: 'low' },
  ],
  tool_choice: {
    type: 'allowed_tools',
    mode: 'required',
    tools: [{ type: 'function', name: 'f' }, { type: 'custom', name: 'c' }, { type: 'web_search' }],
  },
  input: [
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'look' },
        { type: 'input_image', image_url: PICTURE, detail: 'high' },
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}`, detail: 'high' },
        { type: 'input_file', file_id: 'file-1' },
      ],
    },
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'hm' }],
      encrypted_content: 'gAAA',
    },
    {
      type: 'message',
      role: 'assistant',
      phase: 'commentary',
      content: [
        { type: 'output_text', text: 'well', annotations: [{ type: 'url_citation', url: 'https://x.test' }] },
        { type: 'refusal', refusal: 'no' },
      ],
    },
    { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"q":"x"}', namespace: 'n' },
    { type: 'custom_tool_call', call_id: 'call_2', name: 'c', input: 'x' },
    {
      type: 'function_call_output',
      call_id: 'call_1',
      output: [
        { type: 'input_text', text: 'seen' },
        { type: 'input_image', image_url: PICTURE, detail: 'low' },
      ],
    },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: 'done' },
    { type: 'local_shell_call', call_id: 'call_3', action: { type: 'exec', command: ['ls'] } },
    { type: 'local_shell_call_output', id: 'call_3', output: 'files' },
    { type: 'message', role: 'user', content: 'go on' },
  ],
}

export const GENERATE: JsonObject = {
  safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
  cachedContent: 'cachedContents/1',
  labels: { label: 'm' },
  systemInstruction: { role: 'system', parts: [{ text: 'be brief' }] },
  generationConfig: {
    temperature: 0.31,
    topP: 0.32,
    topK: 33,
    candidateCount: 2,
    maxOutputTokens: 9_001,
    stopSequences: ['s1', 's2'],
    presencePenalty: 0.34,
    frequencyPenalty: 0.35,
    seed: 36,
    responseLogprobs: true,
    logprobs: 3,
    responseMimeType: 'application/json',
    _responseJsonSchema: SCHEMA,
    mediaResolution: 'MEDIA_RESOLUTION_LOW',
    thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true },
  },
  tools: [
    {
      functionDeclarations: [
        {
          name: 'f',
          description: 'fd',
          parameters: { type: 'OBJECT' },
          response: { type: 'OBJECT' },
          behavior: 'BLOCKING',
        },
        { name: 'g' },
      ],
      googleSearch: {},
    },
  ],
  toolConfig: {
    functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'], streamFunctionCallArguments: true },
    retrievalConfig: { languageCode: 'en' },
  },
  contents: [
    {
      role: 'user',
      parts: [
        { text: 'look', partMetadata: { a: 'x' } },
        { inlineData: { mimeType: 'image/png', data: PNG, displayName: 'i' }, mediaResolution: { level: 'LOW' } },
        { inlineData: { mimeType: 'application/pdf', data: PDF, displayName: 'd' } },
        { inlineData: { mimeType: 'audio/mp3', data: 'UklGRg==' } },
        { fileData: { mimeType: 'image/png', fileUri: PICTURE } },
        { fileData: { mimeType: 'application/pdf', fileUri: 'gs://b/a.pdf' } },
        { inlineData: { mimeType: 'video/mp4', data: 'AAAA' }, videoMetadata: { fps: 1 } },
      ],
    },
    {
      role: 'model',
      parts: [
        { text: 'hm', thought: true },
        { text: 'well', thoughtSignature: 'c2ln' },
        { functionCall: { id: 'call_1', name: 'f', args: { q: 'x' } }, thoughtSignature: 'c2ln' },
        { executableCode: { language: 'PYTHON', code: '1' } },
      ],
    },
    {
      role: 'user',
      parts: [
        {
          functionResponse: {
            id: 'call_1',
            name: 'f',
            response: { error: 'seen' },
            scheduling: 'SILENT',
            parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }],
          },
        },
        { text: 'go on' },
      ],
    },
  ],
}
