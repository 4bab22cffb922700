import { expect, test } from 'vitest'
import { describeErrors } from './describe-errors.ts'
import { createCallSettler } from './settle-call.ts'

const parameters = { type: 'object', properties: { id: { type: 'integer' } } }
const settler = createCallSettler([{ name: 'get_user', description: undefined, parameters }])

test('a broken call is described by its arguments, digit by digit, and its errors', () => {
  const settled = settler.settle({ name: 'get_user', argumentsText: '{"id": "x", "n": 12345678901234567890}' })
  const [line, advice] = describeErrors(settled).split('\n')
  expect(line).toBe(
    '{"tool":"get_user","arguments":{"id": "x", "n": 12345678901234567890},"errors":[{"path":"/id","keyword":"type","message":"Must be integer, is string."}]}',
  )
  expect(advice).toContain('call the tool again')
})

test('text that is no JSON is a string in it, and long text is cut', () => {
  const cut = describeErrors(settler.settle({ name: 'get_user', argumentsText: '{"id": "x' }))
  expect(JSON.parse(cut.split('\n')[0] ?? '')).toMatchObject({ arguments: '{"id": "x', errors: [{ keyword: 'json' }] })
  const long = describeErrors(settler.settle({ name: 'get_user', argumentsText: `{"id":"${'x'.repeat(9_000)}"}` }))
  expect(long.length).toBeLessThan(4_500)
})

test('a tool that is not declared is named with those that are near', () => {
  const described = describeErrors(settler.settle({ name: 'get_users', argumentsText: '{}' }))
  expect(described).toContain('Near it: get_user.')
  expect(described).toContain('one of the declared tools')
})
