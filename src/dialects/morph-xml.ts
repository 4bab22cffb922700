import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { readToolTag, withoutTagStart } from './tool-tags.ts'
import { elementArguments } from './values/element-arguments.ts'
import { decodeEntities, elementsIn, without } from './values/elements.ts'
import { hasHostileName, hasHostileText } from './values/hostile-names.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

const HOSTILE = /<\s*(?:__proto__|constructor|prototype)\s*>/
const CDATA = '<![CDATA['
const CDATA_END = ']]>'

/** A prompted format: an element a tool, and one in it for each parameter (as of `morphXmlProtocol` of the AI SDK). */
export const morphXml: Dialect = { id: 'morph_xml', opens: ['<'], opensFor: ({ tools }) => [...tools.keys()], read }

function* read(cursor: Cursor, declared: Declared): Reading<Outcome> {
  if (!(yield* cursor.some())) return undefined
  if (cursor.isNext('<') === false) return cursor.isLineStart ? yield* readNamed(cursor, declared) : undefined
  const tag = yield* readToolTag(cursor, declared)
  if (tag === undefined || tag === 'cut') return tag
  const { name, isClosed } = tag
  const parameters = declared.tools.get(name) ?? {}
  const body = isClosed ? tag.body : withoutTagStart(tag.body, name)
  if (!isClosed && !isWhole(body)) return 'cut'
  return callOf(name, body, parameters, messageIn(body, parameters) ?? elementArguments(body, parameters))
}

function callOf(name: string, body: string, parameters: JsonObject, argumentsText: string | undefined): Outcome {
  if (argumentsText === undefined) return hasHostileText(body) ? [] : undefined
  return hasHostileName(argumentsText, parameters) || hasHostileElement(body) ? [] : [{ name, argumentsText }]
}

/** Some models leave out the opening tag: the name alone in its line, elements, and perhaps the closing tag. */
function* readNamed(cursor: Cursor, { tools }: Declared): Reading<Outcome> {
  const name = (yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)).replace(/:$/, '')
  const parameters = tools.get(name)
  if (parameters === undefined) return undefined
  const gap = yield* cursor.while((unit) => unit <= 32, MAX_NAME_LENGTH)
  if (!gap.includes('\n')) return undefined
  const start = cursor.position()
  while (yield* cursor.attempt(isParameter(cursor, parameters)));
  if (cursor.position() === start) return undefined
  const body = cursor.slice(start, cursor.position())
  yield* cursor.attempt(isToolEnd(cursor, name))
  return callOf(name, body, parameters, elementArguments(body, parameters))
}

function* isParameter(cursor: Cursor, parameters: JsonObject): Reading<boolean> {
  yield* cursor.spaces()
  if (!(yield* cursor.literal('<'))) return false
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  const { properties } = parameters
  const isKnown = isJsonObject(properties) && Object.hasOwn(properties, name)
  if (!(isKnown || HOSTILE.test(`<${name}>`)) || !(yield* cursor.literal('>'))) return false
  return (yield* cursor.until([`</${name}>`])).found >= 0
}

function* isToolEnd(cursor: Cursor, name: string): Reading<boolean> {
  yield* cursor.spaces()
  return yield* cursor.literal(`</${name}>`)
}

/** Every element of it has ended, and nothing else stands there: only the tool's own end is missing. */
function isWhole(body: string): boolean {
  const { elements, hasText } = elementsIn(body, () => false)
  return !hasText && elements.length > 0 && elements.every((element) => element.isClosed)
}

function hasHostileElement(body: string): boolean {
  return HOSTILE.test(body)
}

/** All that a tool needs is a message, and the body is one. */
function messageIn(body: string, { properties, required }: JsonObject): string | undefined {
  if (!isJsonObject(properties) || !Object.hasOwn(properties, 'message')) return undefined
  if (Array.isArray(required) && required.some((one) => one !== 'message')) return undefined
  const text = plainText(body)
  const { hasText } = elementsIn(body, () => false)
  return /<message[\s/>]/.test(body) || !hasText || text === '' ? undefined : JSON.stringify({ message: text })
}

/** The text of a body without its tags; what CDATA says stays as it is. */
function plainText(body: string): string {
  const [first = '', ...others] = body.split(CDATA)
  const parts = others.map((part) => {
    const end = part.indexOf(CDATA_END)
    return end < 0 ? part : part.slice(0, end) + untagged(part.slice(end + CDATA_END.length))
  })
  return (untagged(first) + parts.join('')).trim()
}

function untagged(text: string): string {
  const bare = without(without(text, '<?', '?>'), '<!--', '-->')
  return decodeEntities(bare.replace(/<\/?[A-Za-z][\w.:-]{0,255}(?:\s[^<>]*)?\/?>/g, ''))
}
