import type { Fault } from './judge.ts'

/** One thing that is wrong with a call. */
export type CallError = {
  /** JSON pointer into the arguments; empty for all of them. */
  readonly path: string
  /** Of JSON Schema, or `name` (no such tool), `json` (no whole JSON), `depth`. */
  readonly keyword: string
  /** A sentence for the model. */
  readonly message: string
}

const MAX_ERRORS = 16
const MAX_MESSAGE = 300
const MAX_ALTERNATIVES = 5
const UNIONS = ['anyOf', 'oneOf']
/** Say only that something inside of them is wrong. */
const AROUND = ['properties', 'patternProperties', 'items', 'prefixItems', '$ref', 'allOf', 'if', 'dependentSchemas']
const CLOSED = ['additionalProperties', 'unevaluatedProperties', 'unevaluatedItems']

/** The validator's faults as what a model can act on: one error for each value that is wrong. */
export function callErrors(faults: readonly Fault[]): CallError[] {
  return distinct(read(faults)).slice(0, MAX_ERRORS)
}

function read(faults: readonly Fault[]): CallError[] {
  const errors: CallError[] = []
  for (let index = 0; index < faults.length && errors.length < MAX_ERRORS; index += 1) {
    const fault = faults[index]
    if (fault === undefined || AROUND.includes(fault.keyword)) continue
    if (UNIONS.includes(fault.keyword)) {
      const inside = faults.slice(index + 1).findIndex((one) => !isInside(one, fault))
      const end = inside < 0 ? faults.length : index + 1 + inside
      errors.push(...readUnion(fault, faults.slice(index + 1, end)))
      index = end - 1
    } else if (CLOSED.includes(fault.keyword)) {
      const next = faults[index + 1]
      // Else what is inside of it does not fit, and is said after it.
      if (next?.keyword !== 'false') continue
      errors.push({ path: next.at, keyword: fault.keyword, message: 'This is not allowed here.' })
      index += 1
    } else {
      errors.push({ path: fault.at, keyword: fault.keyword, message: sentence(fault) })
    }
  }
  return errors
}

function isInside(fault: Fault, union: Fault): boolean {
  return fault.within.startsWith(`${union.within}/`) || (fault.keyword === 'false' && fault.at.startsWith(union.at))
}

/** Of the alternatives the one that nearly fits: the one with faults inside the value alone. Else what all of them want. */
function readUnion(union: Fault, inside: readonly Fault[]): CallError[] {
  const branches = new Map<string, Fault[]>()
  let branch = ''
  for (const fault of inside) {
    if (fault.keyword !== 'false') branch = fault.within.slice(union.within.length + 1).split('/')[0] ?? ''
    const group = branches.get(branch)
    if (group === undefined) branches.set(branch, [fault])
    else group.push(fault)
  }
  const readings = [...branches.values()].map((group) => distinct(read(group)))
  const near = readings.filter((errors) =>
    errors.every(({ path, keyword }) => path !== union.at || keyword === 'required'),
  )
  const [nearest] = near.toSorted((a, b) => a.length - b.length)
  if (nearest !== undefined && nearest.length > 0) return nearest
  const wanted = [...new Set(readings.flat().map(({ message }) => message))].slice(0, MAX_ALTERNATIVES)
  const message = wanted.length === 0 ? sentence(union) : `One of these must hold: ${wanted.join(' ')}`
  return [{ path: union.at, keyword: union.keyword, message: shortened(message) }]
}

function sentence({ keyword, message }: Fault): string {
  const [, kind, expected] = /^Instance type "(\w+)" is invalid\. Expected (.*)\.$/.exec(message) ?? []
  if (keyword === 'type' && expected !== undefined) return `Must be ${expected.replaceAll('"', '')}, is ${kind}.`
  return shortened(message.replace(/^Instance does not match/, 'Must match').replace(/^Instance/, 'The value'))
}

function shortened(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message
}

function distinct(errors: readonly CallError[]): CallError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()]
}
