import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import type { Fitting, Place } from './fitting.ts'
import { change, withMembers } from './fitting.ts'

/** As often as a definition may stand in itself, written out. */
const MAX_TURNS = 1
/** Definitions that use each other twice double with each: what is written out ends somewhere. */
const MAX_INLINED = 2_000

const REMOTE = 'it leads out of the schema and was not followed; anything is taken there'
const NOWHERE = 'it leads nowhere; anything is taken there'
const CUT = 'it repeats itself; it was cut there and said in words'
const BESIDE = 'beside a reference nothing is taken; it was left out'

/** A node as its reference says, and the references that are written out in it. The same node where it may stay. */
export function followed(
  node: JsonObject,
  place: Place,
  fitting: Fitting,
): { readonly node: JsonObject; readonly within: readonly string[] } {
  let { within } = place
  let open = node
  // A chain of references is followed at once: each leads to the next.
  for (;;) {
    const { $ref: ref, ...siblings } = open
    if (ref === undefined) return { node: open, within }
    const isAlone = Object.keys(siblings).every((name) => name.startsWith('$') || name === 'definitions')
    const target = typeof ref === 'string' ? targetOf(fitting.root, ref) : undefined
    if (target === undefined) {
      change(fitting, place, typeof ref === 'string' && !ref.startsWith('#') ? REMOTE : NOWHERE)
      return { node: siblings, within }
    }
    const { references } = fitting.subset
    if (references === undefined || (references === 'alone' && isAlone)) return { node: open, within }
    if (typeof ref !== 'string') return { node: siblings, within }
    const turns = within.filter((one) => one === ref).length
    if (references === 'alone' && turns > 0) {
      change(fitting, place, BESIDE)
      return { node: { $ref: ref }, within }
    }
    if (turns > MAX_TURNS || fitting.inlined > MAX_INLINED) {
      change(fitting, place, CUT)
      return { node: cutNode(siblings, ref, target), within }
    }
    change(fitting, place, 'the reference was written out', true)
    within = [...within, ref]
    open = { ...(isJsonObject(target) ? target : {}), ...siblings }
  }
}

/** Definitions that nothing leads to any more. */
export function withoutDefinitions(node: JsonObject, { subset }: Fitting): JsonObject {
  if (subset.references !== 'inlined') return node
  const { $defs, definitions } = node
  const isHere = isJsonObject($defs) || isJsonObject(definitions)
  return isHere ? withMembers(node, { $defs: undefined, definitions: undefined }) : node
}

function cutNode(siblings: JsonObject, ref: string, target: JsonValue): JsonObject {
  const { type } = isJsonObject(target) ? target : {}
  const name = ref.slice(ref.lastIndexOf('/') + 1)
  const said = name === '#' ? 'Of the same shape as the whole.' : `Of the same shape as ${name} above.`
  const { description } = siblings
  return {
    type: typeof type === 'string' ? type : 'object',
    description: typeof description === 'string' ? `${description}\n\n${said}` : said,
  }
}

/** What a JSON pointer, or the name of an anchor, leads to in the schema itself; undefined for what is elsewhere. */
export function targetOf(root: JsonObject, ref: string): JsonValue | undefined {
  if (ref === '#') return root
  if (!ref.startsWith('#')) return undefined
  if (!ref.startsWith('#/')) return anchored(root, ref.slice(1))
  let found: JsonValue | undefined = root
  for (const step of ref.slice(2).split('/')) {
    const name = unescaped(step)
    if (isList(found)) found = /^\d+$/.test(name) ? found[Number(name)] : undefined
    else found = isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return isJsonObject(found) || typeof found === 'boolean' ? found : undefined
}

function unescaped(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(plain)
  } catch {
    return plain
  }
}

function anchored({ $defs, definitions }: JsonObject, name: string): JsonValue | undefined {
  const all = [$defs, definitions].flatMap((group) => (isJsonObject(group) ? Object.values(group) : []))
  return all.find((one) => isJsonObject(one) && (one['$anchor'] === name || one['$id'] === `#${name}`))
}
