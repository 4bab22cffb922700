import { readFileSync } from 'node:fs'
import { Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../src/core/errors.ts'
import type { JsonValue } from '../src/core/json.ts'
import { flags, isMemberFlag } from '../src/directives/flags.ts'
import { fromBody } from '../src/directives/from-body.ts'

const schema = JSON.parse(readFileSync(new URL('../policies/routing.schema.json', import.meta.url), 'utf8'))
const validator = new Validator(schema, '2020-12')

const members = flags.flatMap((flag) => (isMemberFlag(flag) ? [flag.member] : []))
const member = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...members) }, fc.constantFrom('x', 'max.x', 'prompt'))
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, false, '', 'HIGH', 'low', 'eu', 'zero', 'Opt_in', 'kept', 'cost_usd'),
  fc.constantFrom<JsonValue>(-1, 0, 0.5, 1, 2, 3, 100, 1_001, 'x'.repeat(201)),
  fc.constantFrom<JsonValue>([], ['eu'], ['cost_usd', 'latency_ms'], [''], [1], {}),
)

test('the schema takes what the gateway takes, and refuses what it refuses', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(member, value), { minLength: 1, maxLength: 3 }), (said) => {
      const routing: Record<string, JsonValue> = {}
      for (const [path, at] of said) {
        const [group = '', name] = path.split('.')
        const inner = routing[group]
        if (name === undefined) routing[group] = at
        else routing[group] = { ...(typeof inner === 'object' && inner !== null ? inner : {}), [name]: at }
      }
      // A name that is none says nothing with null, and editors should mark it all the same.
      fc.pre(!said.some(([path, at]) => at === null && !members.includes(path)))
      expect(validator.validate(routing).valid, JSON.stringify(routing)).toBe(isTaken(routing))
    }),
    { numRuns: 2_000 },
  )
})

function isTaken(routing: JsonValue): boolean {
  try {
    fromBody(routing)
    return true
  } catch (thrown) {
    if (thrown instanceof GatewayError) return false
    throw thrown
  }
}
