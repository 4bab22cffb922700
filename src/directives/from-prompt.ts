import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { builtInPolicies } from './built-in-policies.ts'
import { itemsOf } from './flag-line.ts'
import type { Flag } from './flags.ts'
import { findFlag, flagNames, flags } from './flags.ts'
import { fromFlag } from './from-flag.ts'
import { hardPart, overlay } from './merge.ts'
import { readDictionary } from './read-dictionary.ts'

/** What a key lets flags in a prompt do: choose among the models, or also add limits. */
export type PromptFlags = 'soft' | 'tighten'

/** What a flag line says, or why it is none. */
export type ReadLine = { readonly directives: Directives } | { readonly problem: string }

const MAX_ITEMS = 20
const NO_POLICIES: ReadonlySet<string> = new Set()

/** `cheap, eu, max_cost=1c` or `Smallest model`. A line of which one item is no flag says nothing: it is text. */
export function fromPrompt(list: string, allowed: PromptFlags): ReadLine {
  const items = itemsOf(list)
  if (items.length === 0 || items.length > MAX_ITEMS) return { problem: 'names no flags' }
  let directives: Directives = {}
  for (const [index, item] of items.entries()) {
    // The prompt's own words would stay in decisions and logs: the item is told by its place.
    const which = items.length === 1 ? 'what it says' : `item ${index + 1} of it`
    const read = readItem(item)
    if ('problem' in read) return { problem: `${which} ${read.problem}` }
    if (allowed === 'soft' && setsLimits(read.directives)) {
      return { problem: `${which} sets a limit, and this key allows only presets in prompts` }
    }
    directives = overlay(directives, read.directives)
  }
  return { directives }
}

function readItem(item: string): ReadLine {
  const phrase = phraseIndex().get(item.toLowerCase().replaceAll(/\s+/g, ' '))
  try {
    const [written, ...more] = readDictionary(phrase?.name ?? item.replace(/\s*=\s*/, '='))
    const name = written?.name ?? ''
    if (written === undefined || more.length > 0 || findFlag(name, 'prompt') === undefined) {
      return { problem: `is no flag of prompts${hint(name)}` }
    }
    return { directives: fromFlag(written, { door: 'prompt', policies: NO_POLICIES }) }
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { problem: 'cannot be read as a flag' }
  }
}

/** True for limits of its own and for those of the preset that it names. */
function setsLimits(directives: Directives): boolean {
  const preset = directives.preset === undefined ? undefined : builtInPolicies.get(directives.preset)
  return [directives, preset?.directives ?? {}].some((said) => Object.keys(hardPart(said)).length > 0)
}

function hint(name: string): string {
  const near = nearest(name, flagNames('prompt'), 1)[0]
  return near === undefined ? '' : ` (did you mean "${near}"?)`
}

let built: ReadonlyMap<string, Flag> | undefined

function phraseIndex(): ReadonlyMap<string, Flag> {
  built ??= new Map(flags.flatMap((flag) => (flag.phrases ?? []).map((phrase) => [phrase, flag] as const)))
  return built
}
