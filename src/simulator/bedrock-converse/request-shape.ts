import type { ObjectShape, Shape } from '../shape.ts'
import { any, flag, integer, list, map, number, open, record, string, text, word } from '../shape.ts'

// Members that AWS does not know are not looked at; what it knows is checked.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

const NAME = string({ pattern: '^[a-zA-Z0-9_-]+$', min: 1, max: 64 })

const source = open({ bytes: text, s3Location: open({ 'uri!': text }), text, content: list(open({ text })) })

const image = open({ 'format!': word('png', 'jpeg', 'gif', 'webp'), 'source!': source })

const document = open({
  format: word('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
  'name!': string({ min: 1, max: 200 }),
  'source!': source,
  context: text,
})

const video = open({ 'format!': text, 'source!': source })

const content: Shape = open({
  text,
  image,
  document,
  video,
  toolUse: open({ 'toolUseId!': NAME, 'name!': NAME, 'input!': any }),
  toolResult: open({
    'toolUseId!': NAME,
    'content!': list(open({ text, json: any, image, document, video })),
    status: word('success', 'error'),
  }),
  reasoningContent: open({ reasoningText: open({ 'text!': text, signature: text }), redactedContent: text }),
  cachePoint: open({ 'type!': word('default'), ttl: word('5m', '1h') }),
  guardContent: map,
  citationsContent: map,
  searchResult: map,
})

const tool = open({
  toolSpec: open({
    'name!': NAME,
    description: string({ min: 1 }),
    'inputSchema!': open({ json: map }),
    strict: flag,
  }),
  cachePoint: open({ 'type!': word('default') }),
  systemTool: map,
})

export const REQUEST_SHAPE: ObjectShape = open({
  messages: list(open({ 'role!': word('user', 'assistant'), 'content!': list(content) })),
  system: list(open({ text: string({ min: 1 }), cachePoint: map, guardContent: map })),
  inferenceConfig: open({
    maxTokens: integer(1),
    temperature: number(0, 1),
    topP: number(0, 1),
    stopSequences: list(string({ min: 1 }), 0, 2_500),
  }),
  toolConfig: open({
    'tools!': list(tool, 1),
    toolChoice: open({ auto: map, any: map, tool: open({ 'name!': NAME }) }),
  }),
  guardrailConfig: map,
  additionalModelRequestFields: any,
  additionalModelResponseFieldPaths: list(text, 0, 10),
  promptVariables: map,
  requestMetadata: record(text),
  performanceConfig: map,
  serviceTier: map,
  outputConfig: map,
})
