import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Known, Shape } from '../shared/unread-members.ts'
import { shape } from '../shared/unread-members.ts'
import { camelCase, field } from './fields.ts'
import { readContentParts } from './read-content.ts'

// What `readRequest` reads of a body, place by place, by the names in camel case.

const SIGNED = 'thoughtSignature'
const TEXT = shape(`text thought ${SIGNED}`)
const CALL = shape(SIGNED, { functionCall: shape('id name args') })
const RESPONSE = shape('', { functionResponse: shape('id name response', { parts: partShape }) })
const NAMED_BLOB = shape('', { inlineData: shape('mimeType data displayName') })
const BLOB = shape('', { inlineData: shape('mimeType data') })
const FILE = shape('', { fileData: shape('mimeType fileUri') })

/** A part that only Gemini has goes nowhere as a whole, which its writer says: what stands on it is not said again. */
function partShape(part: JsonObject): Shape | undefined {
  const [read] = readContentParts({ parts: [part] }, '')
  if (read === undefined || read.type === 'native') return undefined
  if (read.type === 'response') return RESPONSE
  if (read.type === 'tool-call') return CALL
  if (isJsonObject(field(part, 'fileData'))) return FILE
  if (isJsonObject(field(part, 'inlineData'))) return read.type === 'file' ? NAMED_BLOB : BLOB
  return TEXT
}

const CONTENT = shape('role', { parts: partShape })
const DECLARATION = shape('name description parameters parametersJsonSchema')

/** Beside its functions, an entry of `tools` holds Google's own tools, which are lost as a whole. */
function toolShape(tool: JsonObject): Shape {
  const own = Object.keys(tool).map((name) => [camelCase(name), true] as const)
  return new Map<string, Known>([...own, ['functionDeclarations', DECLARATION]])
}

export const BODY = shape('model routing', {
  contents: CONTENT,
  systemInstruction: CONTENT,
  tools: toolShape,
  toolConfig: shape('', { functionCallingConfig: shape('mode allowedFunctionNames') }),
  generationConfig: shape(
    [
      'maxOutputTokens temperature topP topK candidateCount stopSequences presencePenalty frequencyPenalty seed',
      'responseLogprobs logprobs responseMimeType responseJsonSchema _responseJsonSchema responseSchema',
    ].join(' '),
    { thinkingConfig: shape('thinkingBudget thinkingLevel includeThoughts') },
  ),
})
