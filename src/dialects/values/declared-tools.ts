import { looseName, withoutPrefix } from '../../core/loose-name.ts'
import type { Declared } from '../dialect.ts'

const forms = new WeakMap<Declared['tools'], ReadonlySet<string>>()

/** True for the name of a declared tool, in one of the spellings that are mended later. */
export function namesDeclared(name: string, { tools }: Declared): boolean {
  if (tools.has(name)) return true
  let known = forms.get(tools)
  if (known === undefined) {
    known = new Set([...tools.keys()].map(looseName))
    forms.set(tools, known)
  }
  return known.has(looseName(name)) || known.has(looseName(withoutPrefix(name)))
}

/** True for a declared tool that has no parameters: a call of it is whole with its name. */
export function takesNothing(name: string, { tools }: Declared): boolean {
  const parameters = tools.get(name)
  return parameters !== undefined && Object.keys(parameters['properties'] ?? {}).length === 0
}
