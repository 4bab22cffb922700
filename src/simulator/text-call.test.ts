import { expect, test } from 'vitest'
import { TEXT_CALL_DIALECTS, writeTextCall } from './text-call.ts'

// The forms of design/tool-calling.md §3.1, for a call of get_weather with the city Paris.
const WRITTEN: Readonly<Record<string, string>> = {
  hermes: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>',
  qwen3_coder_xml:
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>',
  llama3_json: '{"name": "get_weather", "parameters": {"city": "Paris"}}',
  pythonic: '[get_weather(city="Paris")]',
  mistral_v11: '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}',
  glm45: '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>',
  tool_call_fence: '```tool_call\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n```',
}

test.each(Object.entries(WRITTEN))('a call is written in %s', (dialect, text) => {
  expect(writeTextCall(dialect, 'get_weather', { city: 'Paris' })).toBe(text)
})

test('every dialect on offer names the tool and carries the argument', () => {
  for (const dialect of TEXT_CALL_DIALECTS) {
    const text = writeTextCall(dialect, 'get_weather', { city: 'Paris', days: 3, alerts: true, unit: null })
    expect(text, dialect).toContain('get_weather')
    expect(text, dialect).toContain('Paris')
    expect(text, dialect).toContain('days')
  }
})

test('python dialects write python literals', () => {
  const args = { open: true, closed: false, none: null, tags: ['a', 1], filter: { deep: true } }
  expect(writeTextCall('pythonic', 'find', args)).toBe(
    '[find(open=True, closed=False, none=None, tags=["a", 1], filter={"deep": True})]',
  )
})
