import type { JsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { objectsOf, textOf } from '../read-json.ts'
import { checkSeal } from '../signature.ts'
import { invalid, invalidField } from './rejection.ts'

/** Which generation of Gemini a model's name says, for rules that differ. */
export type Generation = 'old' | 'three' | 'unsaid'

/** One of these is what a part carries. https://ai.google.dev/api/caching#Part */
const DATA = [
  'text',
  'inlineData',
  'functionCall',
  'functionResponse',
  'fileData',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]

/** https://ai.google.dev/gemini-api/docs/thought-signatures#faqs */
const SENTINELS = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']

/** What Gemini refuses in `contents` whose shape is right. */
export function checkContents(
  contents: readonly JsonObject[],
  generation: Generation,
  isVertex: boolean,
): Rejection | undefined {
  if (contents.length === 0) return invalidField('contents', 'contents is not specified')
  for (const [index, content] of contents.entries()) {
    const problem = checkRole(content, isVertex) ?? checkParts(content, index, generation)
    if (problem !== undefined) return problem
  }
  return checkTurns(contents, generation) ?? (generation === 'three' ? checkSignatures(contents) : undefined)
}

/** https://ai.google.dev/api/caching#Content; Vertex wants it said. */
function checkRole({ role }: JsonObject, isVertex: boolean): Rejection | undefined {
  const isKnown = role === 'user' || role === 'model' || (!isVertex && (role === undefined || role === ''))
  return isKnown ? undefined : invalid('Please use a valid role: user, model.')
}

function checkParts(content: JsonObject, index: number, generation: Generation): Rejection | undefined {
  const parts = objectsOf(content['parts'])
  if (parts.length === 0) return invalidField(`contents[${index}].parts`, 'contents.parts must not be empty.')
  for (const [at, part] of parts.entries()) {
    const path = `contents[${index}].parts[${at}]`
    const [first, second] = DATA.filter((name) => part[name] !== undefined && part[name] !== null)
    if (first === undefined) {
      return invalidField(`${path}.data`, "required oneof field 'data' must have one initialized field")
    }
    if (second !== undefined) {
      return invalid(`Invalid value at '${path}' (oneof), oneof field 'data' is already set. Cannot set '${second}'`)
    }
    const problem = checkPart(part, path, generation)
    if (problem !== undefined) return problem
  }
  return undefined
}

function checkPart(part: JsonObject, path: string, generation: Generation): Rejection | undefined {
  const [called] = objectsOf([part['functionCall'] ?? null])
  const [answered] = objectsOf([part['functionResponse'] ?? null])
  if (called !== undefined && textOf(called['name']) === '') {
    return invalidField(`${path}.function_call.name`, 'Name cannot be empty.')
  }
  if (answered !== undefined) {
    if (textOf(answered['name']) === '') {
      return invalidField(`${path}.function_response.name`, 'Name cannot be empty.')
    }
    // https://ai.google.dev/gemini-api/docs/function-calling#multimodal: Gemini 3 and later.
    if (answered['parts'] !== undefined && generation === 'old') {
      return invalid('Multimodal function response is not supported by this model.')
    }
  }
  const [inline] = objectsOf([part['inlineData'] ?? null])
  if (inline !== undefined) {
    if (textOf(inline['mimeType']) === '') return invalidField(`${path}.inline_data.mime_type`, 'must not be empty.')
    if (!isBase64(textOf(inline['data']))) return notBase64(`${path}.inline_data.data`, textOf(inline['data']))
  }
  return checkSignature(part, path)
}

/** A signature is bytes that Gemini made. https://github.com/crmne/ruby_llm/issues/521, https://github.com/lbjlaq/Antigravity-Manager/issues/970 */
function checkSignature(part: JsonObject, path: string): Rejection | undefined {
  const { thoughtSignature: signature } = part
  if (typeof signature !== 'string' || signature === '' || SENTINELS.includes(signature)) return undefined
  if (!isBase64(signature)) return notBase64(`${path}.thought_signature`, signature)
  return checkSeal('gemini', signature) === undefined ? undefined : invalid('Corrupted thought signature.')
}

/** https://github.com/google-gemini/gemini-cli/issues/17208, https://github.com/cloudwego/eino-ext/issues/571 */
function checkTurns(contents: readonly JsonObject[], generation: Generation): Rejection | undefined {
  for (const [index, content] of contents.entries()) {
    const calls = count(content, 'functionCall')
    const answers = count(content, 'functionResponse')
    const before = contents[index - 1]
    if (answers > 0 && (before === undefined || count(before, 'functionCall') === 0)) {
      return invalid('Please ensure that function response turn comes immediately after a function call turn.')
    }
    if (calls === 0) continue
    if (before === undefined || before['role'] === 'model') {
      return invalid(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    }
    const next = contents[index + 1]
    if (next === undefined || count(next, 'functionResponse') !== calls) {
      return invalid(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    }
    // https://github.com/google-gemini/gemini-cli/issues/16135: an image beside its result, before Gemini 3.
    if (generation === 'old' && count(next, 'inlineData') + count(next, 'fileData') > 0) {
      return invalid(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    }
  }
  return undefined
}

/**
 * In the current turn, which begins with the user's latest own words, the first call of each step carries its
 * signature. https://ai.google.dev/gemini-api/docs/thought-signatures
 */
function checkSignatures(contents: readonly JsonObject[]): Rejection | undefined {
  const start = contents.findLastIndex(
    (content) => content['role'] !== 'model' && count(content, 'functionResponse') === 0,
  )
  for (const [index, content] of contents.entries()) {
    if (index < start || content['role'] !== 'model') continue
    const first = objectsOf(content['parts']).find((part) => part['functionCall'] !== undefined)
    if (first === undefined || textOf(first['thoughtSignature']) !== '') continue
    const [called] = objectsOf([first['functionCall'] ?? null])
    return invalid(
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${textOf(called?.['name'])}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    )
  }
  return undefined
}

function count(content: JsonObject, name: string): number {
  return objectsOf(content['parts']).filter((part) => part[name] !== undefined).length
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/_-]*={0,2}$/.test(text)
}

function notBase64(path: string, value: string): Rejection {
  return invalid(`Invalid value at '${path}' (TYPE_BYTES), Base64 decoding failed for "${value.slice(0, 200)}"`)
}
