import { CODER_DIALECTS } from './coder-dialects.ts'
import type { Dialect } from './dialect.ts'
import { GLM_CALL, GLM_PARAMETERS } from './glm-tags.ts'
import { markup } from './markup.ts'
import { minicpm5 } from './minicpm.ts'
import { minimaxM3 } from './minimax-m3.ts'

// Families that mark each parameter up: design/tool-calling.md §3.1.

export const seedOss = markup({
  id: 'seed_oss',
  mayBeExample: true,
  groups: [['<seed:tool_call>', '</seed:tool_call>']],
  call: ['<function='],
  callEnd: ['</function>'],
  parameter: ['<parameter='],
  parameterEnd: ['</parameter>'],
})

export const minimaxM2 = markup({
  id: 'minimax_m2',
  mayBeExample: true,
  groups: [['<minimax:tool_call>', '</minimax:tool_call>']],
  call: ['<invoke name='],
  callEnd: ['</invoke>'],
  parameter: ['<parameter name='],
  parameterEnd: ['</parameter>'],
})

/** GLM 4.5 and later, Laguna: the name stands alone. 4.7 leaves out the line breaks. */
const glm = (id: string): Dialect => markup({ id, ...GLM_CALL })

export const hunyuanV3 = markup({
  id: 'hunyuan_v3',
  mayBeExample: true,
  groups: [['<tool_calls>', '</tool_calls>']],
  call: ['<tool_call>'],
  callSeparator: '<tool_sep>',
  callEnd: ['</tool_call>'],
  ...GLM_PARAMETERS,
})

export const step3 = markup({
  id: 'step3',
  groups: [['<｜tool_calls_begin｜>', '<｜tool_calls_end｜>']],
  call: ['<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name='],
  callEnd: ['</steptml:invoke>'],
  callTail: '<｜tool_call_end｜>',
  parameter: ['<steptml:parameter name='],
  parameterEnd: ['</steptml:parameter>'],
})

/** DeepSeek V3.2 and V4: every parameter says whether it is a string. */
const dsml = (id: string, groups: readonly string[]): Dialect =>
  markup({
    id,
    drops: [...groups.map((group) => `</｜DSML｜${group}>`), '<｜end▁of▁sentence｜>'],
    groups: groups.map((group) => [`<｜DSML｜${group}>`, `</｜DSML｜${group}>`]),
    call: ['<｜DSML｜invoke name='],
    callEnd: ['</｜DSML｜invoke>'],
    parameter: ['<｜DSML｜parameter name='],
    parameterEnd: ['</｜DSML｜parameter>'],
    isTyped: true,
  })

export const MARKUP_DIALECTS: readonly Dialect[] = [
  ...CODER_DIALECTS,
  seedOss,
  minimaxM2,
  minimaxM3,
  minicpm5,
  glm('glm45'),
  glm('glm47'),
  glm('poolside_v1'),
  hunyuanV3,
  step3,
  // Served by either template; to V4 the other block means nothing.
  dsml('deepseek_dsml_v32', ['function_calls', 'tool_calls']),
  dsml('deepseek_dsml_v4', ['tool_calls']),
]
