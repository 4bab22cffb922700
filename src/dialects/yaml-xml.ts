import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { hermes } from './hermes.ts'
import { readToolTag, withoutTagStart } from './tool-tags.ts'
import { declaredArguments } from './values/declared-names.ts'
import { hasHostileName, hasHostileText } from './values/hostile-names.ts'
import { yamlArguments } from './values/yaml-arguments.ts'

const FOREIGN = '<tool_call>'

/**
 * A prompted format: an element a tool, its arguments as YAML (as of `yamlXmlProtocol` of the AI SDK). Models that know
 * hermes better write that instead.
 */
export const yamlXml: Dialect = { id: 'yaml_xml', opens: ['<'], read }

function* read(cursor: Cursor, declared: Declared): Reading<Outcome> {
  if (yield* cursor.attempt(isForeign(cursor))) {
    cursor.rewind(cursor.position() - FOREIGN.length)
    return onlyDeclared(yield* hermes.read(cursor, declared), declared)
  }
  const tag = yield* readToolTag(cursor, declared)
  if (tag === undefined || tag === 'cut') return tag
  const { name, isClosed } = tag
  const body = isClosed ? tag.body : withoutTagStart(tag.body, name)
  // The last line may be half of one.
  if (!isClosed && !/[^:\s][ \t]*\r?\n\s*$/.test(body)) return 'cut'
  const parameters = declared.tools.get(name) ?? {}
  const argumentsText = yamlArguments(body, parameters)
  if (argumentsText === undefined) return isClosed ? (hasHostileText(body) ? [] : undefined) : 'cut'
  return hasHostileName(argumentsText, parameters) ? [] : [{ name, argumentsText }]
}

/** What holds for arguments in YAML holds for those in JSON. */
function onlyDeclared(outcome: Outcome, { tools }: Declared): Outcome {
  if (!Array.isArray(outcome)) return outcome
  return outcome.map((call: TextCall) => ({
    ...call,
    argumentsText: declaredArguments(call.argumentsText, tools.get(call.name) ?? {}),
  }))
}

function* isForeign(cursor: Cursor): Reading<boolean> {
  return yield* cursor.literal(FOREIGN)
}
