import type { Dialect } from './dialect.ts'
import { markup } from './markup.ts'

/** Qwen3-Coder and 3.5, Nemotron 3, Step 3.5: the opening `<tool_call>` is sometimes missing. */
const coder = (id: string): Dialect =>
  markup({
    id,
    groups: [['<tool_call>', '</tool_call>']],
    isGroupOptional: true,
    call: ['<function='],
    callEnd: ['</function>'],
    parameter: ['<parameter='],
    parameterEnd: ['</parameter>'],
    hasOwnLines: true,
    hasCdata: true,
  })

export const CODER_DIALECTS: readonly Dialect[] = [coder('qwen3_coder_xml'), coder('nemotron3_xml'), coder('step3p5')]
