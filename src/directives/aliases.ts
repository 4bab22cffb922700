import aliasData from '../../policies/aliases.generated.json' with { type: 'json' }
import type { Directives } from '../core/directives.ts'

/** A member of another gateway's body: an entry of policies/aliases.yaml, which says what each field means. */
export type Alias = {
  readonly from: string
  readonly member: string
  readonly kind: 'hard' | 'soft' | 'order' | 'none'
  readonly description: string
} & (
  | { readonly reads: 'limit'; readonly sets: readonly string[]; readonly factor?: number; readonly also?: Directives }
  | {
      readonly reads: 'slider'
      readonly sets: readonly string[]
      readonly steps: readonly number[]
      readonly also?: Directives
    }
  | { readonly reads: 'words'; readonly words: Readonly<Record<string, string | Directives>> }
  | { readonly reads: 'switch'; readonly sets: Directives }
  | { readonly reads: PlainReading }
)

export type PlainReading =
  | 'only'
  | 'ignore'
  | 'first'
  | 'allowed'
  | 'models'
  | 'fallbacks'
  | 'alone'
  | 'ttft'
  | 'throughput'
  | 'nothing'
  | 'refused'

type AliasFile = {
  readonly aliases: readonly Alias[]
  readonly passes: readonly string[]
  readonly providers: Readonly<Record<string, string>>
}

// scripts/gen-policies.ts has checked each entry against this type.
const file = aliasData as unknown as AliasFile

export const aliases = file.aliases

/** OpenRouter's own members, which a call to a model of its keeps. */
export const openRouterMembers: ReadonlySet<string> = new Set(file.passes)

/** The type of a provider by another gateway's name for it. */
export function providerType(name: string): string {
  return Object.hasOwn(file.providers, name) ? (file.providers[name] ?? name) : name
}

/** The members of a body that are read here: `provider`, `models`, `max_cost`, … */
export const foreignMembers: readonly string[] = [
  ...new Set(aliases.map(({ member }) => member.split('.', 1)[0] ?? member)),
]
