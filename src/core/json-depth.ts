import { GatewayError } from './errors.ts'

/** How deep a client's JSON and a model's may be nested. Whatever walks JSON here, and JSON.stringify, calls itself a level. */
export const MAX_JSON_DEPTH = 200

const SHOWN_STEPS = 5
const MAX_STEP = 40

type Step = string | number

/**
 * Refuses a value that is nested deeper than anything that works through it could bear. Throws `invalid_request` with
 * where the nesting begins. `text` is what it was parsed from: a short one cannot be deep.
 */
export function requireShallow(value: unknown, text: string): void {
  if (text.length <= 2 * MAX_JSON_DEPTH) return
  const path = pathTooDeep(value, MAX_JSON_DEPTH)
  if (path === undefined) return
  const param = written(path.slice(0, SHOWN_STEPS))
  throw new GatewayError(
    'invalid_request',
    `${param === '' ? 'The JSON' : param} is nested more than ${MAX_JSON_DEPTH} levels deep. Make it flatter: use $ref in a schema that repeats itself, or send nested data as text.`,
    param === '' ? {} : { param },
  )
}

/** The way to something below `left` levels. Calls itself `left` times at most. */
function pathTooDeep(value: unknown, left: number): Step[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (left === 0) return []
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const found = pathTooDeep(value[index], left - 1)
      if (found !== undefined) return [index, ...found]
    }
    return undefined
  }
  for (const [name, member] of Object.entries(value)) {
    const found = pathTooDeep(member, left - 1)
    if (found !== undefined) return [name, ...found]
  }
  return undefined
}

function written(steps: readonly Step[]): string {
  return steps
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step.slice(0, MAX_STEP)}`,
    )
    .join('')
}
