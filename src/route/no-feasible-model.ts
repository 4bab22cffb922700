import { GatewayError } from '../core/errors.ts'
import type { Failure } from './filter.ts'
import type { Rejected, Relaxation } from './relax.ts'
import { smallestRelaxation } from './relax.ts'

/** The 422 that says which limits each model fails and the smallest single relaxation that would admit one. */
export function noFeasibleModel(rejected: readonly Rejected[]): GatewayError {
  const relaxation = smallestRelaxation(rejected)
  return new GatewayError('no_feasible_model', messageOf(rejected, relaxation), {
    data: {
      models: rejected.map(({ target, failures }) => ({
        model: target.id,
        failures: failures.map(({ limit, actual }) => ({
          limit: limit.name,
          required: limit.required,
          actual: actual ?? null,
        })),
      })),
      relaxation: relaxation ?? null,
    },
  })
}

/** How the remedy begins where one limit given up would admit nobody. */
export const NO_SINGLE_LIMIT = 'No single limit is to blame:'

function messageOf(rejected: readonly Rejected[], relaxation: Relaxation | undefined): string {
  if (rejected.length === 0) return 'There is no model to choose from. Add models to the configuration or the pool.'
  const count = rejected.length === 1 ? 'The one model fails' : `None of the ${rejected.length} models passes:`
  const binding = bindingLimits(rejected)
  const listed = binding.map(({ text, failing }) => (rejected.length === 1 ? text : `${failing} fail ${text}`))
  return `${count} ${listed.join(', ')}. ${remedy(relaxation, rejected)}`
}

/** The limits that exclude most models, at most three. */
function bindingLimits(rejected: readonly Rejected[]): { readonly text: string; readonly failing: number }[] {
  const counts = new Map<string, { readonly text: string; failing: number }>()
  for (const { failures } of rejected) {
    for (const failure of failures) {
      const text = limitText(failure)
      const entry = counts.get(text) ?? { text, failing: 0 }
      entry.failing += 1
      counts.set(text, entry)
    }
  }
  return [...counts.values()].sort((left, right) => right.failing - left.failing).slice(0, 3)
}

function limitText({ limit }: Failure): string {
  const { required } = limit
  switch (limit.kind) {
    case 'need':
      return required === true
        ? `${limit.name} (this request needs it)`
        : `${limit.name} (this request needs ${String(required)})`
    case 'max':
      return `${limit.name} (at most ${String(required)})`
    case 'require':
    case 'models':
      return required === true
        ? limit.name
        : `${limit.name} (${typeof required === 'object' ? required.join(', ') || 'nothing is left' : String(required)})`
    default: {
      const unhandled: never = limit.kind
      return unhandled
    }
  }
}

function remedy(relaxation: Relaxation | undefined, rejected: readonly Rejected[]): string {
  if (relaxation === undefined) {
    const needed = soleNeed(rejected)
    return needed === undefined
      ? `${NO_SINGLE_LIMIT} "models" lists what each one fails.`
      : `Only ${needed} is to blame, which the request itself needs: ask for less, or add a model whose facts say that it passes.`
  }
  const { limit, from, to, admits } = relaxation
  if (to === null || to === false) return `Giving up ${limit} would admit ${admits}.`
  const written = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value))
  return `Changing ${limit} from ${written(from) || 'nothing'} to ${written(to)} would admit ${admits}.`
}

/** The need of the request that every model fails, and some model nothing else. */
function soleNeed(rejected: readonly Rejected[]): string | undefined {
  const limit = rejected.find(({ failures }) => failures.length === 1)?.failures[0]?.limit
  if (limit === undefined) return undefined
  return rejected.every(({ failures }) => failures.some((one) => one.limit.name === limit.name))
    ? limit.name
    : undefined
}
