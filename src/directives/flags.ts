import flagData from '../../policies/flags.generated.json' with { type: 'json' }
import type { Directives, Door } from '../core/directives.ts'

export type FlagType =
  | 'weight'
  | 'number'
  | 'integer'
  | 'share'
  | 'money'
  | 'milliseconds'
  | 'billions'
  | 'days'
  | 'tokens'
  | 'texts'
  | 'choice'
  | 'boolean'
  | 'text'
  | 'names'

/** One thing callers may ask of routing: an entry of policies/flags.yaml, which says what each field means. */
export type Flag = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly kind: 'preset' | 'hard' | 'soft' | 'option'
  readonly doors: readonly Door[]
  readonly description: string
  readonly unit?: string
  readonly reference?: number
  readonly relaxable?: boolean
  readonly phrases?: readonly string[]
} & (FlagWithValue | ShortForm)

type FlagWithValue = {
  readonly member: string
  readonly type: FlagType
  readonly least?: number
  readonly most?: number
  readonly choices?: readonly string[]
}

type ShortForm = { readonly sets: Directives }

/** A flag that takes a value and sets one member of the routing object. */
export type MemberFlag = Flag & FlagWithValue

/** Every flag. `scripts/gen-policies.ts` has checked each entry against this type. */
export const flags = flagData as unknown as readonly Flag[]

/** True for a flag that takes a value; the others are short forms. */
export function isMemberFlag(flag: Flag): flag is MemberFlag {
  return 'member' in flag
}

/** The flag of a name as written in a model name or in the header: `max-cost`, `max.cost_usd`, `weight.cost`. */
export function findFlag(written: string, door: Door): Flag | undefined {
  const flag = flagIndex().get(spelling(written))
  return flag?.doors.includes(door) === true ? flag : undefined
}

/** The flag that sets a member of the body's routing object: `max.cost_usd`. */
export function memberFlag(member: string): MemberFlag | undefined {
  const flag = flagIndex().get(member)
  return flag !== undefined && isMemberFlag(flag) && flag.member === member && flag.doors.includes('body')
    ? flag
    : undefined
}

/** Names a door accepts, for messages about names that it does not. */
export function flagNames(door: Door): string[] {
  const names: string[] = []
  for (const flag of flags) {
    if (!flag.doors.includes(door)) continue
    names.push(flag.name, ...(flag.aliases ?? []))
    if (door === 'header' && isMemberFlag(flag) && flag.member.includes('.')) names.push(flag.member)
  }
  return names
}

/** Limits that `relax` may name, by the last part of their member. */
export function relaxableNames(): string[] {
  return flags.flatMap((flag) => (flag.relaxable === true && isMemberFlag(flag) ? [lastPart(flag.member)] : []))
}

/** `cost_usd` of `max.cost_usd`. */
export function lastPart(member: string): string {
  return member.slice(member.indexOf('.') + 1)
}

let built: ReadonlyMap<string, Flag> | undefined

function flagIndex(): ReadonlyMap<string, Flag> {
  if (built !== undefined) return built
  const index = new Map<string, Flag>()
  for (const flag of flags) {
    index.set(flag.name, flag)
    for (const alias of flag.aliases ?? []) index.set(alias, flag)
    if (isMemberFlag(flag)) index.set(flag.member, flag)
  }
  built = index
  return index
}

function spelling(written: string): string {
  return written
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^weight\./, 'weights.')
}
