import type { JWTPayload } from 'jose'
import { GatewayError } from '../../core/errors.ts'
import type { Grant, JwtRule, JwtSettings, Principal } from '../../core/snapshot.ts'
import { challenge } from '../challenge.ts'

// No key of the configuration has such a name, so that no token can take that of one.
const PREFIX = 'jwt:'
const MAX_NAME = 200
const OPEN: Grant = { routing: {}, promptFlags: 'off' }

/** The caller whom valid claims name, and what the first rule that matches lets him do. Throws `invalid_api_key`. */
export function principalOfClaims(claims: JWTPayload, { nameClaim, rules }: JwtSettings): Principal {
  const name = claimOf(claims, nameClaim)
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME || !name.isWellFormed()) {
    throw refused(`The token names nobody in "${nameClaim}".`)
  }
  const rule = rules.find((candidate) => matches(claims, candidate))
  if (rule === undefined && rules.length > 0) throw refused('The token is valid, and its claims let nobody in here.')
  return { name: `${PREFIX}${name}`, label: rule?.label ?? 'jwt', ...(rule?.grant ?? OPEN) }
}

function matches(claims: JWTPayload, { match }: JwtRule): boolean {
  return [...match].every(([claim, values]) => {
    const said = claimOf(claims, claim)
    const list: readonly unknown[] = Array.isArray(said) ? said : [said]
    return list.some((one) => isScalar(one) && values.includes(String(one)))
  })
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** A claim of that very name (`https://example.com/groups`), else the place that its dots lead to. */
function claimOf(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let place: unknown = claims
  for (const step of name.split('.')) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, step)) return undefined
    place = Reflect.get(place, step)
  }
  return place
}

function refused(message: string): GatewayError {
  return new GatewayError('invalid_api_key', message, { headers: challenge(message) })
}
