import { table } from '../../core/table.ts'
import { gemmaValue } from './gemma-layouts.ts'
import { kimiId, mistralId } from './json-layouts.ts'

/** What a tool returned. `content` is text, or JSON as text. */
export type WrittenResult = { readonly name: string; readonly id?: string | undefined; readonly content: string }

/** A family's form, and what in a result's text would end it too early. `undefined`: it does not say whose result it is. */
type ResultLayout = { readonly close: string; write(result: WrittenResult): string | undefined }

function between(open: string, close: string): ResultLayout {
  return { close, write: ({ content }) => `${open}${content}${close}` }
}

/** Qwen 3 Coder, GLM. */
const tagged = between('<tool_response>\n', '\n</tool_response>')
const deepseek = between('<｜tool▁output▁begin｜>', '<｜tool▁output▁end｜>')
const dsml = between('<function_results>\n<result>', '</result>\n</function_results>')
const mistral = between('[TOOL_RESULTS]', '[/TOOL_RESULTS]')

const mistralCallId: ResultLayout = {
  close: '[/TOOL_RESULTS]',
  write: ({ id, name, content }) =>
    id === undefined ? undefined : `[TOOL_RESULTS]${mistralId({ id, name })}[TOOL_CONTENT]${content}[/TOOL_RESULTS]`,
}

const mistralJson: ResultLayout = {
  close: '[/TOOL_RESULTS]',
  write: ({ id, name, content }) =>
    id === undefined
      ? undefined
      : `[TOOL_RESULTS] {"content": ${JSON.stringify(content)}, "call_id": "${mistralId({ id, name })}"}[/TOOL_RESULTS]`,
}

/** Named by the call's id, which is Kimi's own: any other is written by its place among the calls, unknown here. */
const kimi: ResultLayout = {
  close: '## Return of ',
  write: (result) => (kimiId(result) === result.id ? `## Return of ${result.id}\n${result.content}` : undefined),
}

function gemma(open: string, close: string, mark: string): ResultLayout {
  return {
    close,
    write: ({ name, content }) =>
      `${open}response:${name}${gemmaValue(`{"value":${JSON.stringify(content)}}`, mark, close)}${close}`,
  }
}

const LAYOUTS = table<ResultLayout>({
  qwen3_coder_xml: tagged,
  nemotron3_xml: tagged,
  step3p5: tagged,
  kexaone2: tagged,
  glm45: tagged,
  glm47: tagged,
  poolside_v1: tagged,
  minimax_m2: between('<response>', '</response>'),
  deepseek_v3: deepseek,
  cogito: deepseek,
  deepseek_v31: deepseek,
  deepseek_dsml_v32: dsml,
  mistral_pre_v11: mistralJson,
  mistral_v11: mistral,
  mistral_v11_noargs: mistral,
  mistral: mistral,
  mistral_v11_callid: mistralCallId,
  kimi_k2: kimi,
  kimi_k2_nosection: kimi,
  kimi_k2_bare: kimi,
  gemma4: gemma('<|tool_response>', '<tool_response|>', '<|"|>'),
  functiongemma: gemma('<start_function_response>', '<end_function_response>', '<escape>'),
  gemma3_tool_code: between('```tool_output\n', '\n```'),
  lfm2: between('<|tool_response_start|>', '<|tool_response_end|>'),
})

const HERMES_CLOSE = '</tool_response>'

/**
 * A tool's result as text, for models that have no role for it: in the family's own form, else as Hermes has it. So is a
 * result whose text would end its own form, since in JSON it cannot, and one without the id its form needs. Never throws.
 */
export function writeResult(dialectId: string, result: WrittenResult): string {
  const layout = Object.hasOwn(LAYOUTS, dialectId) ? LAYOUTS[dialectId] : undefined
  const isHeld = layout !== undefined && result.content.includes(layout.close.trim())
  return (isHeld ? undefined : layout?.write(result)) ?? hermes(result)
}

function hermes({ name, content }: WrittenResult): string {
  const json = `{"name": ${JSON.stringify(name)}, "content": ${JSON.stringify(content)}}`
  return `<tool_response>\n${json.replaceAll(HERMES_CLOSE, '<\\/tool_response>')}\n${HERMES_CLOSE}`
}
