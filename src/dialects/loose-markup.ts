import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Outcome, TextCall } from './dialect.ts'
import type { Member } from './markup.ts'
import { everyOfEach } from './repeated-members.ts'
import { hasHostileName } from './values/hostile-names.ts'
import { callIn } from './values/json-calls.ts'
import { parameterJson, parameterSchema } from './values/typed.ts'

// Blocks of the coder families that follow another grammar, or none: the tags of a call under other names and spellings,
// parameters whose name stands in the element or is the tag, a call as JSON. Seen of models that were prompted for them.

const CLOSE = '</tool_call>'
const BEGINNING = /^(?:<[a-z_]|function=|[\w.-]+\s*<[a-z_])/i
const MAX_BEGINNING = 256

// Every name begins and ends with a letter, and so is found in one way only: what the white space around it belongs to is
// not tried out, which would take the square of its length.
/** Of a call: `<call=x>`, `<function name="x">`, `<name>x</name>`, `function=x>`, or the name alone before a tag. */
const CALL = new RegExp(
  [
    String.raw`<(?<kind>function|call|tool|invoke)(?:\s*=\s*|\s+name\s*=\s*)(?:["']\s*)?(?<name>[^"'<>\s](?:[^"'<>\n]*[^"'<>\s/])?)\s*(?:["']\s*)?(?<closed>\/?)>`,
    String.raw`<(?<tag>function|call|tool|name)>\s*(?<text>[^<>\s](?:[^<>\n]*[^<>\s])?)\s*<\/\k<tag>>`,
    String.raw`^function=(?<bare>[^<>\n]+?)>`,
    String.raw`^(?<word>[\w.-]+)(?=\s*<)`,
  ].join('|'),
  'g',
)
const PARAMETER =
  /<param(?:eter)?(?:(?:\s*=\s*|\s+name\s*=\s*)(?:["']\s*)?([^"'<>\s](?:[^"'<>]*[^"'<>\s])?)\s*(?:["']\s*)?|)>/g
const NAME = /^([A-Za-z_][\w.-]*)<\/param(?:eter)?>/
const PARAMETER_END = /<\/param(?:eter)?>/

/** The rest of a block, behind its opening mark. */
export function* readLooseBlock(cursor: Cursor, declared: Declared): Reading<Outcome> {
  yield* cursor.spaces()
  const start = cursor.position()
  if (!(yield* mayBeCall(cursor))) return undefined
  const { found, at } = yield* cursor.until([CLOSE])
  const calls = callsIn(cursor.slice(start, at).trim(), declared, found < 0)
  return calls.length === 0 ? undefined : calls.filter((call) => call !== 'refused')
}

function* mayBeCall(cursor: Cursor): Reading<boolean> {
  const start = cursor.position()
  const text = yield* cursor.while((unit) => unit !== TAG_END && unit !== BRACE, MAX_BEGINNING)
  const hasBrace = text === '' && cursor.peek() === BRACE
  cursor.rewind(start)
  return hasBrace || BEGINNING.test(text)
}

const TAG_END = 62
const BRACE = 123

type Opener = { readonly name: string; readonly kind: string; readonly isClosed: boolean }

function callsIn(block: string, declared: Declared, isCut: boolean): (TextCall | 'refused')[] {
  if (block.startsWith('{')) return (callIn(block) ?? []).map((call) => unlessHostile(call, declared))
  const found = [...block.matchAll(CALL)]
  return found.flatMap((match, index): readonly (TextCall | 'refused')[] => {
    const body = block.slice(match.index + match[0].length, found[index + 1]?.index)
    const opener = openerOf(match)
    const end = opener.isClosed ? 0 : opener.kind === 'name' ? -1 : body.lastIndexOf(`</${opener.kind}>`)
    // The last call of a text that ended must have come to its own end.
    if (end < 0 && isCut && index === found.length - 1) return []
    const members = membersIn(end < 0 ? body : body.slice(0, end), declared, opener.name)
    const argumentsText = everyOfEach(members, declared, opener.name)
    return [unlessHostile({ name: opener.name, argumentsText }, declared)]
  })
}

function unlessHostile(call: TextCall, { tools }: Declared): TextCall | 'refused' {
  return hasHostileName(call.argumentsText, tools.get(call.name)) ? 'refused' : call
}

function openerOf({ groups = {} }: RegExpMatchArray): Opener {
  const { kind, name, closed, tag, text, bare, word } = groups
  if (word !== undefined) return { name: word, kind: word, isClosed: false }
  return { name: (name ?? text ?? bare ?? '').trim(), kind: kind ?? tag ?? 'function', isClosed: closed === '/' }
}

function membersIn(body: string, declared: Declared, tool: string): Member[] {
  const marks = [...body.matchAll(PARAMETER)].flatMap((match) => {
    const from = match.index + match[0].length
    const inner = match[1] === undefined ? NAME.exec(body.slice(from, from + 256)) : undefined
    const name = (match[1] ?? inner?.[1])?.trim()
    return name === undefined
      ? []
      : [{ name, at: match.index, from: from + (inner?.[0].length ?? 0), isInner: inner !== undefined }]
  })
  if (marks.length === 0) return elementsIn(body, declared, tool)
  return marks.map(({ name, from, isInner }, index) => {
    const text = body.slice(from, marks[index + 1]?.at)
    const isKnown = parameterSchema(declared.tools.get(tool), name) !== undefined
    const raw = isInner ? (isKnown ? withoutEnd(text) : text) : untilEnd(text)
    return memberOf(name, isInner ? raw.trim() : raw, declared, tool)
  })
}

/** Without the mark at its end. */
function withoutEnd(text: string): string {
  const at = text.lastIndexOf('</param')
  return at >= 0 && /^<\/param(?:eter)?>\s*$/.test(text.slice(at)) ? text.slice(0, at) : text
}

function untilEnd(text: string): string {
  const end = PARAMETER_END.exec(text)
  return end === null ? text : text.slice(0, end.index)
}

/** Elements under the names of the tool's parameters. */
function elementsIn(body: string, declared: Declared, tool: string): Member[] {
  const { properties } = declared.tools.get(tool) ?? {}
  return Object.keys(properties ?? {}).flatMap((name) => {
    const from = body.indexOf(`<${name}>`)
    const end = from < 0 ? -1 : body.indexOf(`</${name}>`, from)
    return end < 0 ? [] : [memberOf(name, body.slice(from + name.length + 2, end), declared, tool)]
  })
}

function memberOf(name: string, text: string, declared: Declared, tool: string): Member {
  const raw = text.replace(/^\r?\n/, '').replace(/\r?\n$/, '')
  return { name, json: parameterJson(raw, declared, tool, name), raw }
}
