import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Loss } from '../../core/wire-format.ts'
import { isList, objectOf } from '../shared/read-json.ts'
import { camelCase, field, repeated } from './fields.ts'
import { readContentParts } from './read-content.ts'

const ONLY_GEMINI = 'only Gemini has it'

const READ = new Set('model contents systemInstruction tools toolConfig generationConfig routing'.split(' '))
const READ_CONFIG = new Set(
  [
    'maxOutputTokens temperature topP topK candidateCount stopSequences presencePenalty frequencyPenalty seed',
    'responseLogprobs logprobs thinkingConfig responseMimeType responseJsonSchema responseSchema',
  ].flatMap((line) => line.split(' ')),
)

/** Every other member of the body, its `generationConfig` and its `toolConfig`: what Gemini alone has. */
export function unread(body: JsonObject): Loss[] {
  const config = field(body, 'generationConfig')
  const toolConfig = field(body, 'toolConfig')
  return [
    ...named(body, READ, ''),
    ...(isJsonObject(config)
      ? named(config, READ_CONFIG, 'generationConfig.').filter((loss) => !isText(loss, config))
      : []),
    ...(isJsonObject(toolConfig) ? named(toolConfig, new Set(['functionCallingConfig']), 'toolConfig.') : []),
    ...enumLoss(config),
    ...(repeated(body['tools']) ?? []).flatMap((tool, index) => unreadDeclarations(objectOf(tool), `tools[${index}]`)),
    ...(repeated(body['contents']) ?? []).flatMap((content, index) =>
      (repeated(objectOf(content)['parts']) ?? []).flatMap((part, at) =>
        unreadPart(objectOf(part), `contents[${index}].parts[${at}]`),
      ),
    ),
  ]
}

const DECLARATION = ['response', 'responseJsonSchema', 'behavior']

function unreadDeclarations(tool: JsonObject, path: string): Loss[] {
  const declared = repeated(field(tool, 'functionDeclarations')) ?? []
  return declared.flatMap((one, index) => said(objectOf(one), DECLARATION, `${path}.functionDeclarations[${index}]`))
}

/** A part that only Gemini has goes nowhere as a whole, which its writer says: what stands on it is not said again. */
function unreadPart(part: JsonObject, path: string): Loss[] {
  const [read] = readContentParts({ parts: [part] }, path)
  if (read === undefined || read.type === 'native') return []
  const response = field(part, 'functionResponse')
  return [
    ...said(part, ['mediaResolution', 'videoMetadata', 'partMetadata'], path),
    ...(isJsonObject(response) ? said(response, ['willContinue', 'scheduling'], `${path}.functionResponse`) : []),
  ]
}

function said(object: JsonObject, names: readonly string[], path: string): Loss[] {
  return names
    .filter((name) => asks(field(object, name)))
    .map((name) => ({ path: `${path}.${name}`, reason: ONLY_GEMINI }))
}

function named(object: JsonObject, read: ReadonlySet<string>, prefix: string): Loss[] {
  return Object.entries(object)
    .filter(([, value]) => asks(value))
    .map(([name]) => camelCase(name))
    .filter((name) => !read.has(name))
    .map((name) => ({ path: `${prefix}${name}`, reason: ONLY_GEMINI }))
}

function asks(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false
}

/** Text is what every model answers with: asking for it asks for nothing. */
function isText(loss: Loss, config: JsonObject): boolean {
  const modalities = field(config, 'responseModalities')
  if (!loss.path.endsWith('.responseModalities') || !isList(modalities)) return false
  return modalities.every((modality) => modality === 'TEXT')
}

function enumLoss(config: JsonValue | undefined): Loss[] {
  const mimeType = isJsonObject(config) ? field(config, 'responseMimeType') : undefined
  if (typeof mimeType !== 'string' || mimeType === 'text/plain' || mimeType === 'application/json') return []
  return [{ path: 'generationConfig.responseMimeType', reason: `only Gemini answers in ${mimeType.slice(0, 40)}` }]
}
