import type { Directives, ModelChoice } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import { fromFlag } from './from-flag.ts'
import { overlay } from './merge.ts'

const GRAMMAR = 'Write auto, auto:FLAG+FLAG, auto/POOL or auto/POOL:FLAG.'
const MAX_FLAGS = 50

/**
 * Reads `"auto" ["/" pool] [":" flag *("+" flag)]`, `flag = name ["=" value]`. Every other name is a target's own and
 * may hold `:` and `/` as it likes.
 */
export function fromModel(
  name: string,
  policies: ReadonlySet<string>,
): { readonly choice: ModelChoice; readonly directives: Directives } {
  if (!isAuto(name)) return { choice: { type: 'target', id: name }, directives: {} }
  const colon = name.indexOf(':')
  const head = colon < 0 ? name : name.slice(0, colon)
  const pool = head === 'auto' ? undefined : head.slice('auto/'.length)
  if (pool === '') throw malformed(name, 'names no pool after "/"')
  return {
    choice: { type: 'auto', pool },
    directives:
      colon < 0 ? {} : readFlags(name.slice(colon + 1), policies, undefined, (problem) => malformed(name, problem)),
  }
}

/** True for names that the gateway routes: `auto`, `auto/…`, `auto:…`. */
function isAuto(name: string): boolean {
  return name === 'auto' || name.startsWith('auto/') || name.startsWith('auto:')
}

/** Reads `flag *("+" flag)`, written as the value of the command line's `option`. Throws as a model name with them does. */
export function fromOption(option: string, text: string, policies: ReadonlySet<string>): Directives {
  return readFlags(text, policies, option, (problem) => {
    const written = `${option} "${text.slice(0, 100)}" ${problem}. Write FLAG or FLAG+FLAG.`
    return new GatewayError('invalid_request', written, { param: option })
  })
}

function readFlags(
  text: string,
  policies: ReadonlySet<string>,
  doorName: string | undefined,
  malformed: (problem: string) => GatewayError,
): Directives {
  const written = text.split('+', MAX_FLAGS + 1)
  if (written.length > MAX_FLAGS) throw malformed(`has more than ${MAX_FLAGS} flags`)
  let directives: Directives = {}
  for (const flag of written) {
    if (flag === '') throw malformed('has an empty flag')
    const equals = flag.indexOf('=')
    const said =
      equals < 0 ? { name: flag, value: undefined } : { name: flag.slice(0, equals), value: flag.slice(equals + 1) }
    directives = overlay(directives, fromFlag(said, { door: 'model', policies, doorName }))
  }
  return directives
}

function malformed(name: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', `The model name "${name.slice(0, 100)}" ${problem}. ${GRAMMAR}`, {
    param: 'model',
  })
}
