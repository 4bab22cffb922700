import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import { nearest } from '../core/nearest.ts'
import type { Flag } from './flags.ts'
import { findFlag, flagNames, isMemberFlag } from './flags.ts'
import type { Place } from './read-value.ts'
import { readWrittenValue } from './read-value.ts'
import { setMember } from './set-member.ts'

/** One flag as written in a model name, in the header or in a prompt. `value` is `undefined` for a bare name. */
export type WrittenFlag = { readonly name: string; readonly value: JsonValue | undefined }

/** Where flags come from, and the names of policies, which are flags too. */
export type FlagSource = {
  readonly door: 'model' | 'header' | 'prompt'
  readonly policies: ReadonlySet<string>
  /** What the door is called where the caller did not write it there: `--flags`. */
  readonly doorName?: string | undefined
}

/** What one written flag says. Throws `unknown_flag` with the nearest name, or `invalid_request` for its value. */
export function fromFlag(written: WrittenFlag, source: FlagSource): Directives {
  const place = placeOf(written.name, source)
  const flag = findFlag(written.name, source.door)
  if (flag === undefined) return fromPolicyName(written, source, place)
  if (isMemberFlag(flag)) {
    if (written.value !== undefined) return setMember(flag.member, readWrittenValue(flag, written.value, place))
    if (flag.type === 'boolean') return setMember(flag.member, true)
    throw new GatewayError('invalid_request', `${place.what} needs a value: ${example(flag.name)}`, {
      param: place.param,
    })
  }
  return fromShortForm(flag.sets, written, place)
}

/** The error for a name that is no flag: nearest name first, and where all of them are listed. */
export function unknownFlag(what: string, param: string, name: string, known: Iterable<string>): GatewayError {
  // "ch" is contained in "chaep" and yet not what was meant.
  const alike = [...known].filter((candidate) => Math.abs(candidate.length - name.length) <= name.length / 2)
  const near = nearest(name, alike, 1)[0]
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  const text = `${what} is not a routing flag.${hint} All flags are listed in policies/README.md.`
  return new GatewayError('unknown_flag', text, { param })
}

function fromShortForm(sets: Directives, { name, value }: WrittenFlag, place: Place): Directives {
  if (value === undefined || value === true || value === 'true') return sets
  throw new GatewayError('invalid_request', `${place.what} takes no value: write just "${name}".`, {
    param: place.param,
  })
}

function fromPolicyName(written: WrittenFlag, source: FlagSource, place: Place): Directives {
  if (source.policies.has(written.name)) return fromShortForm({ preset: written.name }, written, place)
  throw unknownFlag(place.what, place.param, written.name, [...flagNames(source.door), ...source.policies])
}

function placeOf(name: string, { door, doorName = 'the model name' }: FlagSource): Place {
  const shown = name.slice(0, 60)
  if (door === 'model') return { what: `"${shown}" in ${doorName}`, param: 'model' }
  return door === 'header'
    ? { what: `"${shown}" in x-route`, param: 'x-route' }
    : { what: `"${shown}" in the prompt`, param: 'prompt' }
}

function example(name: Flag['name']): string {
  return `"${name}=…".`
}
