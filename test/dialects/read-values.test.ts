import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { readAll } from './read.ts'

// Values as models with unusual names and strings write them.

const tools = new Map<string, JsonObject>([['f', { type: 'object' }]])

test.each([
  ['lfm2', '<|tool_call_start|>[f(año=2024, 名前="a")]<|tool_call_end|>', { año: 2024, 名前: 'a' }],
  ['olmo3', '<function_calls>f(a=1, **{"b c": [True]}, d=None)</function_calls>', { a: 1, 'b c': [true], d: null }],
  ['pythonic', '[f(** {"__proto__": 1})]', JSON.parse('{"__proto__": 1}')],
  ['gemma4', '<|tool_call>call:f{año:1,"b \\"c\\"":"d\\u003c\\n,}"}<tool_call|>', { año: 1, 'b "c"': 'd<\n,}' }],
  ['gemma4', '<|tool_call>call:f{path:"C:\\Users"}<tool_call|>', { path: 'C:\\Users' }],
  [
    'deepseek_dsml_v32',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n<｜DSML｜parameter name="a" string="false">"x\\ny"</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    { a: 'x\ny' },
  ],
])('%s reads %s', (id, text, expected) => {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  const { calls, text: said } = readAll(dialect, tools, [text])
  expect(said).toBe('')
  expect(calls.map(({ argumentsText }) => JSON.parse(argumentsText) as unknown)).toEqual([expected])
})

test('a tool may be named by a digit first', () => {
  const dialect = DIALECTS.get('lfm2')
  if (dialect === undefined) throw new Error('no dialect lfm2')
  const { calls } = readAll(dialect, tools, ['<|tool_call_start|>[3d_render(a=1)]<|tool_call_end|>'])
  expect(calls.map(({ name }) => name)).toEqual(['3d_render'])
})
