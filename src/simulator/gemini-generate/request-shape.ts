import type { ObjectShape, Shape } from '../shape.ts'
import { any, either, flag, integer, list, map, number, object, open, record, string, text, word } from '../shape.ts'

// Protocol buffers as JSON: an unknown name is refused at every depth, and `null` is the same as nothing.
// https://ai.google.dev/api/generate-content, https://ai.google.dev/api/caching#Content

const upperOrLower = (...values: readonly string[]): Shape =>
  word(...values, ...values.map((value) => value.toLowerCase()))

/** `Schema`: a subset of OpenAPI. https://ai.google.dev/api/caching#Schema */
const schema: ObjectShape = object({
  type: upperOrLower('STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL', 'TYPE_UNSPECIFIED'),
  format: text,
  title: text,
  description: text,
  nullable: flag,
  enum: list(text),
  maxItems: either(text, integer()),
  minItems: either(text, integer()),
  properties: record({ type: 'later', of: () => schema }),
  required: list(text),
  minProperties: either(text, integer()),
  maxProperties: either(text, integer()),
  minLength: either(text, integer()),
  maxLength: either(text, integer()),
  pattern: text,
  example: any,
  anyOf: list({ type: 'later', of: () => schema }),
  propertyOrdering: list(text),
  default: any,
  items: { type: 'later', of: () => schema },
  minimum: number(),
  maximum: number(),
})

const blob = object({ mimeType: text, data: text, displayName: text })
const fileData = object({ mimeType: text, fileUri: text, displayName: text })

const part = object({
  thought: flag,
  thoughtSignature: text,
  text,
  inlineData: blob,
  fileData,
  functionCall: object({ id: text, name: text, args: map, partialArgs: any, willContinue: flag }),
  functionResponse: object({
    id: text,
    name: text,
    response: map,
    parts: list(object({ inlineData: blob, fileData })),
    willContinue: flag,
    scheduling: text,
  }),
  executableCode: object({ language: text, code: text, id: text }),
  codeExecutionResult: object({ outcome: text, output: text, id: text }),
  toolCall: any,
  toolResponse: any,
  videoMetadata: open({}),
  mediaResolution: any,
  partMetadata: map,
})

const content = object({ role: text, parts: list(part) })

const declaration = object({
  name: text,
  description: text,
  behavior: text,
  parameters: schema,
  parametersJsonSchema: any,
  response: schema,
  responseJsonSchema: any,
})

const tool = object({
  functionDeclarations: list(declaration),
  googleSearch: any,
  googleSearchRetrieval: any,
  codeExecution: any,
  urlContext: any,
  googleMaps: any,
  fileSearch: any,
  computerUse: any,
  enterpriseWebSearch: any,
  retrieval: any,
  mcpServers: any,
})

const toolConfig = object({
  functionCallingConfig: object({
    mode: upperOrLower('MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'),
    allowedFunctionNames: list(text),
    streamFunctionCallArguments: flag,
  }),
  retrievalConfig: any,
  includeServerSideToolInvocations: flag,
})

const generationConfig = object({
  stopSequences: list(text, 0, 5),
  responseMimeType: word('text/plain', 'application/json', 'text/x.enum'),
  responseModalities: list(text),
  candidateCount: integer(1, 8),
  maxOutputTokens: integer(1),
  temperature: number(0, 2),
  topP: number(0, 1),
  topK: number(0),
  seed: integer(),
  presencePenalty: number(-2, 2),
  frequencyPenalty: number(-2, 2),
  responseLogprobs: flag,
  logprobs: integer(0, 20),
  responseSchema: schema,
  responseJsonSchema: any,
  _responseJsonSchema: any,
  enableEnhancedCivicAnswers: flag,
  speechConfig: any,
  audioTimestamp: flag,
  routingConfig: any,
  thinkingConfig: object({
    includeThoughts: flag,
    thinkingBudget: integer(-1),
    thinkingLevel: upperOrLower('THINKING_LEVEL_UNSPECIFIED', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH'),
  }),
  imageConfig: any,
  mediaResolution: text,
})

export const REQUEST_SHAPE: ObjectShape = object({
  model: text,
  contents: list(content),
  systemInstruction: content,
  tools: list(tool),
  toolConfig,
  safetySettings: list(object({ category: text, threshold: text, method: text })),
  generationConfig,
  cachedContent: text,
  labels: record(text),
  serviceTier: text,
  store: flag,
})

/** https://ai.google.dev/api/tokens#method:-models.counttokens */
export const COUNT_SHAPE: ObjectShape = object({
  ...REQUEST_SHAPE.members,
  generateContentRequest: REQUEST_SHAPE,
})

/** Names of functions, as the refusal spells them out. https://ai.google.dev/api/caching#FunctionDeclaration */
export const NAME: Shape = string({ pattern: '^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$' })
