import type { DialectCase } from './cases.ts'

const GLM = '<tool_call>'
const DSML = '<｜DSML｜tool_calls>\n'

/** Cases that are single deltas out of the middle of a stream, by id: what came before them there. */
export const BEFORE_FRAGMENTS: ReadonlyMap<string, string> = new Map([
  ['vllm:132', GLM],
  ['vllm:133', `${GLM}get_current_date`],
  ['vllm:134', GLM],
  ['vllm:135', `${GLM}get_weather\n`],
  ['vllm:138', `${GLM}get_weather\n<arg_key>city</arg_key><arg_value>Beijing`],
  ['vllm:144', GLM],
  ['vllm:145', `${GLM}get_current_weather\n`],
  ['vllm:469', DSML],
  ['vllm:475', DSML],
  ['vllm:480', DSML],
])

/** What the source had said of a call before the delta of such a case. */
export const SAID_BEFORE: ReadonlyMap<string, DialectCase['expected_tool_calls']> = new Map([
  ['vllm:138', [{ name: 'get_weather', arguments: '{"city": "Beijing' }]],
])
