import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { SettledCall } from '../../src/tool-calls/settle-call.ts'
import { createCallSettler } from '../../src/tool-calls/settle-call.ts'
import type { BfclCall } from './bfcl-calls.ts'
import { bfclCalls, hasBfcl } from './bfcl-calls.ts'
import { MUTATIONS } from './mutations.ts'

const calls = bfclCalls().map((call) => ({ ...call, settler: createCallSettler(call.tools) }))
const fitting = calls.filter((call) => fits(call.arguments, schemaOf(call)))

describe.skipIf(!hasBfcl)('calls that BFCL accepts', () => {
  // Names of variables for objects and enumerations in Java and JavaScript, and some dozen wrong answers.
  test('all but 52 of 3,302 fit their own schemas', () => {
    expect([calls.length, calls.length - fitting.length]).toEqual([3_302, 52])
  })

  test('are valid and stay byte for byte where they fit, and are no more where they do not', () => {
    for (const call of calls) {
      const text = JSON.stringify(call.arguments, undefined, 1)
      const settled = call.settler.settle({ name: call.name, argumentsText: text })
      if (!fitting.includes(call)) expect(settled.outcome, call.id).not.toBe('valid')
      else expect(settled, call.id).toMatchObject({ outcome: 'valid', argumentsText: text, changes: [], errors: [] })
    }
  })

  // Of all calls that a mutation changes, the percentage that comes back as it was. Short of 100: a string is also valid
  // where no type is declared, members of another case where none is required, and two tools have the wrapper as a member.
  const floors: Readonly<Record<string, number>> = {
    'numbers as strings': 98.9,
    'booleans as strings': 98.3,
    'in parameters': 99.9,
    'in input': 99.9,
    'members in upper case': 93,
  }

  for (const [what, mutate] of Object.entries(MUTATIONS)) {
    test(`come back as they were: ${what}`, () => {
      let changed = 0
      const lost: string[] = []
      for (const { settler, name, arguments: value, id } of fitting) {
        const mutated = mutate(name, value)
        if (mutated.name === name && mutated.argumentsText === JSON.stringify(value)) continue
        changed += 1
        const settled = settler.settle(mutated)
        if (!isSame(settled, name, value)) lost.push(id)
        // What is settled stays so.
        expect(settler.settle(settled), id).toMatchObject({
          argumentsText: settled.argumentsText,
          errors: settled.errors,
        })
      }
      const share = (100 * (changed - lost.length)) / changed
      expect(changed).toBeGreaterThan(300)
      expect(share, lost.slice(0, 5).join(' ')).toBeGreaterThanOrEqual(floors[what] ?? 100)
    })
  }
})

function isSame({ name, argumentsText, outcome }: SettledCall, wanted: string, value: JsonValue): boolean {
  return outcome !== 'broken' && name === wanted && isDeepStrictEqual(JSON.parse(argumentsText), value)
}

function schemaOf({ tools, name }: BfclCall): JsonValue | undefined {
  return tools.find((tool) => tool.name === name)?.parameters
}

/** By the few keywords of these schemas; a default is allowed by what declares it, choices at a list are those of its items. */
function fits(value: JsonValue | undefined, schema: JsonValue | undefined): boolean {
  if (!isJsonObject(schema)) return true
  const { type, enum: choices, default: standard, properties, required, items } = schema
  if (standard !== undefined && isDeepStrictEqual(value, standard)) return true
  if (Array.isArray(choices)) {
    const chosen = type === 'array' && Array.isArray(value) ? value : [value]
    if (!chosen.every((one) => choices.includes(one as JsonValue))) return false
  }
  if (type === 'array') return Array.isArray(value) && value.every((one: JsonValue) => fits(one, items))
  if (type === 'object') {
    if (!isJsonObject(value)) return false
    const isComplete = !Array.isArray(required) || required.every((name) => Object.hasOwn(value, String(name)))
    const declared = isJsonObject(properties) ? properties : {}
    return isComplete && Object.entries(value).every(([name, one]) => fits(one, declared[name]))
  }
  if (type === 'integer') return Number.isInteger(value)
  return type === undefined || typeof value === type
}
