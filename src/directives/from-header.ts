import type { Directives } from '../core/directives.ts'
import { fromFlag } from './from-flag.ts'
import { overlay } from './merge.ts'
import { readDictionary } from './read-dictionary.ts'

/** What `x-route` says: an RFC 8941 dictionary of flags, `cheap, weight.cost=2, require.region=("eu" "ch")`. */
export function fromHeader(header: string, policies: ReadonlySet<string>): Directives {
  let directives: Directives = {}
  for (const flag of readDictionary(header)) {
    directives = overlay(directives, fromFlag(flag, { door: 'header', policies }))
  }
  return directives
}
