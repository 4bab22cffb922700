import { GatewayError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { objectsOf, textOf } from '../shared/read-json.ts'
import { field } from './fields.ts'

/** Arguments that come member by member, put together again. */
export type PartialArguments = {
  /** `partialArgs` of one event. Throws `upstream_malformed` for a path that leads nowhere. */
  take(partialArgs: JsonValue | undefined): void
  /** What there is so far, as JSON. */
  text(): string
}

type Branch = { readonly members: Map<string, Tree> } | { readonly elements: Tree[] }
type Tree = Branch | JsonValue

const MAX_DEPTH = 128
const MAX_ELEMENTS = 100_000

/**
 * Each entry sets one scalar by its JSONPath (`$.recipe.steps[0]`, `$['odd key']`); a string that `willContinue` is
 * added to by the next entry of the same path. Only Vertex AI streams so, where it is asked to.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 */
export function createPartialArguments(): PartialArguments {
  const root: Branch = { members: new Map() }
  const open = new Set<string>()

  return {
    take(partialArgs) {
      for (const entry of objectsOf(partialArgs)) {
        const path = textOf(field(entry, 'jsonPath')) ?? '$'
        const steps = stepsOf(path)
        const text = field(entry, 'stringValue')
        const value = text ?? field(entry, 'numberValue') ?? field(entry, 'boolValue') ?? null
        setAt(root, steps, value, open.has(path))
        if (field(entry, 'willContinue') === true) open.add(path)
        else open.delete(path)
      }
    },
    text: () => textOfTree(root),
  }
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y

function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = []
  STEP.lastIndex = 1
  while (STEP.lastIndex < path.length) {
    const [, name, index, single, double] = STEP.exec(path) ?? []
    const quoted = single ?? double
    if (name !== undefined) steps.push(name)
    else if (index !== undefined) steps.push(Number(index))
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, '$1'))
    else throw lost(path)
  }
  if (steps.length === 0 || steps.length > MAX_DEPTH) throw lost(path)
  return steps
}

function setAt(root: Branch, steps: readonly (string | number)[], value: JsonValue, isContinued: boolean): void {
  let branch = root
  for (const [depth, step] of steps.entries()) {
    const next = steps[depth + 1]
    const here = childOf(branch, step)
    if (next === undefined) {
      const isMore = isContinued && typeof here === 'string' && typeof value === 'string'
      setChild(branch, step, isMore ? here + value : value)
      return
    }
    const isBranchHere = here !== undefined && isBranch(here)
    const child: Branch = isBranchHere ? here : typeof next === 'number' ? { elements: [] } : { members: new Map() }
    if (!isBranchHere) setChild(branch, step, child)
    branch = child
  }
}

function childOf(branch: Branch, step: string | number): Tree | undefined {
  if ('members' in branch) return branch.members.get(String(step))
  return typeof step === 'number' ? branch.elements[step] : undefined
}

function setChild(branch: Branch, step: string | number, child: Tree): void {
  if ('members' in branch) {
    branch.members.set(String(step), child)
    return
  }
  if (typeof step !== 'number' || step > MAX_ELEMENTS) throw lost(`[${step}]`)
  while (branch.elements.length < step) branch.elements.push(null)
  branch.elements[step] = child
}

function isBranch(tree: Tree): tree is Branch {
  if (typeof tree !== 'object' || tree === null) return false
  return ('members' in tree && tree.members instanceof Map) || ('elements' in tree && Array.isArray(tree.elements))
}

/** Written here, since `__proto__` may be a member's name. */
function textOfTree(tree: Tree): string {
  if (!isBranch(tree)) return JSON.stringify(tree)
  if ('elements' in tree) return `[${tree.elements.map(textOfTree).join(',')}]`
  const members = [...tree.members].map(([name, child]) => `${JSON.stringify(name)}:${textOfTree(child)}`)
  return `{${members.join(',')}}`
}

function lost(path: string): GatewayError {
  return new GatewayError('upstream_malformed', 'The model sent a part of an argument that belongs nowhere.', {
    detail: { path: path.slice(0, 200) },
  })
}

/** Arguments as an upstream gives them whole. */
export function argumentsTextOf(args: JsonValue | undefined): string {
  return args === undefined || args === null ? '' : JSON.stringify(args)
}
