import { expect, test } from 'vitest'
import { DIALECTS } from '../../src/dialects/index.ts'
import { createTextReader } from '../../src/dialects/read-text.ts'
import { createSniffer, SNIFF } from '../../src/dialects/sniff.ts'
import { HOSTILE_TOOLS, hostile } from './hostile-texts.ts'

// What is looked at again is bounded by the length of the text, whatever it says: counted, since clocks depend on machines.

const UNITS_AGAIN = 8
/** What an answer may cost before and beyond that: the first allowance, and one try that goes to the end. */
const AT_ONCE = 131_072
/** Tries of one text that may go to its end before anything is said of it. */
const CANDIDATES = 8

const LENGTH = 16_384
const PARTS = ['{"name": ', '[{"a": [\n', '{"\n', '```[{', '{"a": "x" "y" ', '[f(x=[', '<']

test.each([...DIALECTS.keys(), SNIFF])('%s looks at no text again and again', (id) => {
  const dialect = DIALECTS.get(id) ?? createSniffer(DIALECTS)
  const [open = ''] = dialect.opens
  for (const part of PARTS) {
    const work = [LENGTH, 2 * LENGTH].map((length) => {
      const text = hostile({ head: '', part: open + part, tail: '' }, length)
      const reader = createTextReader(dialect, { tools: HOSTILE_TOOLS })
      reader.push(text)
      reader.end()
      expect(reader.work()).toBeLessThanOrEqual((UNITS_AGAIN + CANDIDATES) * text.length + AT_ONCE)
      return reader.work()
    })
    expect(work[1] ?? 0).toBeLessThanOrEqual(2.5 * (work[0] ?? 0) + AT_ONCE)
  }
})

test('calls behind a text that was looked at too often are found', () => {
  const dialect = DIALECTS.get('llama3_json')
  if (dialect === undefined) throw new Error('no dialect')
  const call = '{"name": "send", "parameters": {"message": "x"}}'
  const text = `${'{"a": '.repeat(20_000)}${'}'.repeat(200)}${'So. '.repeat(50_000)}\n${call}`
  const reader = createTextReader(dialect, { tools: HOSTILE_TOOLS })
  const events = [...reader.push(text), ...reader.end()]
  expect(events.filter(({ type }) => type === 'call')).toHaveLength(1)
})

// What takes the square of such a length is not done before the test has to be.
const LONG = 400_000
test.each([
  ['qwen3_coder_xml', `<tool_call>\n<call=send><parameter=message${' '.repeat(LONG)}</call></tool_call>`],
  ['qwen3_coder_xml', `<tool_call>\n<call=send><parameter>message</parameter>${' '.repeat(LONG)}x</call></tool_call>`],
  ['qwen3_coder_xml', `<tool_call>\n<call=send>${'<call=a '.repeat(LONG / 8)}</call></tool_call>`],
  ['morph_xml', `<get_weather><tags><i><${'a'.repeat(LONG)}</i><i>x</i></tags></get_weather>`],
  ['yaml_xml', `<send>\n<message>${' '.repeat(60_000)}<\n</send>`],
  ['hermes', `<tool_call>\`\`\`${'a'.repeat(LONG)}</tool_call>`],
  ['hermes', `<tool_call>\`\`\`${' '.repeat(LONG)}x</tool_call>`],
  ['hermes', `<tool_call>{"name": "send" ${'/'.repeat(32_000)}}</tool_call>\n`.repeat(10)],
])('%s reads %.60s in one go', (id, text) => {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error('no dialect')
  const reader = createTextReader(dialect, { tools: HOSTILE_TOOLS })
  expect([...reader.push(text), ...reader.end()].length).toBeGreaterThan(0)
})
