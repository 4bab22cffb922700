import type { JsonValue } from '../../src/core/json.ts'

// The same for keys that are JSON: computed from the text of the prompt.

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** Sums of a CSV's points by team. */
function pointsByTeam(prompt: string): JsonValue {
  const sums: Record<string, number> = {}
  for (const [, team = '', points] of prompt.matchAll(/^(\w+),\d+,(\d+)$/gm)) {
    sums[team] = (sums[team] ?? 0) + Number(points)
  }
  return sums
}

/** RFC 6902, as much of it as the prompt uses. */
function patched(prompt: string): JsonValue {
  const root: Json = JSON.parse(/^Document: (.*)$/m.exec(prompt)?.[1] ?? '')
  const patch: Record<string, Json>[] = JSON.parse(/^Patch: (.*)$/m.exec(prompt)?.[1] ?? '')
  const open = (path: string): { holder: Json; key: string } => {
    const keys = path.split('/').slice(1)
    const key = keys.pop() ?? ''
    return { holder: keys.reduce<Json>((value, one) => (value as Record<string, Json>)[one] ?? null, root), key }
  }
  const read = (path: string): Json => {
    const { holder, key } = open(path)
    return (holder as Record<string, Json>)[key] ?? null
  }
  const remove = (path: string): void => {
    const { holder, key } = open(path)
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete (holder as Record<string, Json>)[key]
  }
  const add = (path: string, value: Json): void => {
    const { holder, key } = open(path)
    if (Array.isArray(holder)) holder.splice(key === '-' ? holder.length : Number(key), 0, value)
    else (holder as Record<string, Json>)[key] = value
  }
  for (const { op, path, from, value } of patch) {
    const [to, source] = [String(path), String(from)]
    const moved = op === 'move' || op === 'copy' ? read(source) : (value ?? null)
    if (op === 'move') remove(source)
    if (op === 'remove' || op === 'replace') remove(to)
    if (op !== 'remove') add(to, structuredClone(moved))
  }
  return root as JsonValue
}

const BINDS: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '^': 3 }

/** Precedence climbing: `^` binds to the right, the others to the left. */
function parsed(prompt: string): JsonValue {
  const tokens = /expression (.*) as JSON/.exec(prompt)?.[1]?.match(/[\d]+|\w|[-+*^()]/g) ?? []
  const atom = (): JsonValue => {
    const token = tokens.shift() ?? ''
    if (token !== '(') return /^\d/.test(token) ? Number(token) : token
    const inner = climb(1)
    tokens.shift()
    return inner
  }
  const climb = (least: number): JsonValue => {
    let left = atom()
    while ((BINDS[tokens[0] ?? ''] ?? 0) >= least) {
      const operator = tokens.shift() ?? ''
      left = [operator, left, climb((BINDS[operator] ?? 0) + (operator === '^' ? 0 : 1))]
    }
    return left
  }
  return climb(1)
}

/** Meetings that overlap or touch, as one. */
function merged(prompt: string): JsonValue {
  const meetings = [...prompt.matchAll(/(\d\d:\d\d)–(\d\d:\d\d)/g)].map(
    ([, from = '', to = '']) => [from, to] as [string, string],
  )
  const result: [string, string][] = []
  for (const [from, to] of meetings.toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const last = result.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to > last[1] ? to : last[1]
    else result.push([from, to])
  }
  return result
}

export const JSON_SOLUTIONS: Readonly<Record<string, (prompt: string) => JsonValue>> = {
  'json-05': pointsByTeam,
  'json-06': patched,
  'json-07': parsed,
  'json-08': merged,
}
