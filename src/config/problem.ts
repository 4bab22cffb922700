import { nearest } from '../core/nearest.ts'

/** One thing that is wrong with the configuration: where, what, and what to do. */
export type Problem = { readonly path: string; readonly problem: string; readonly remedy: string }

/** Notes a problem; reading goes on, so that one run shows them all. */
export type Say = (path: string, problem: string, remedy: string) => void

/** The remedy for a name that is none of `candidates`: the nearest one, else `otherwise`, else all of them. */
export function suggestion(name: string, candidates: Iterable<string>, otherwise = ''): string {
  const all = [...candidates]
  const [near] = nearest(name, all, 1)
  if (near !== undefined) return `Did you mean "${near}"?`
  if (otherwise !== '') return otherwise
  return all.length === 0 ? 'There is none to choose from.' : `Use one of: ${all.join(', ')}.`
}
