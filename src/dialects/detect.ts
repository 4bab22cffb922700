// Which dialect a model writes, where nobody said: by its chat template, or by its name (design/tool-calling.md §3.2).

/** What models are asked to write that know no tools: the dialect most of them have seen. */
export const EMULATED = 'hermes'

type Rule = { readonly pattern: RegExp; readonly dialect: string | undefined }

/** The most specific first: families share words. `undefined`: the name says that none is known. */
const NAMES: readonly Rule[] = [
  { pattern: /deepseek[-_]?r1[-_]distill/, dialect: undefined },
  { pattern: /deepseek[-_]?(?:chat[-_])?v?3\.2/, dialect: 'deepseek_dsml_v32' },
  { pattern: /deepseek[-_]?v?4/, dialect: 'deepseek_dsml_v4' },
  { pattern: /deepseek[-_]?(?:chat[-_])?v?3\.1/, dialect: 'deepseek_v31' },
  { pattern: /deepseek[-_:]?(?:v3|r1)/, dialect: 'deepseek_v3' },
  { pattern: /cogito/, dialect: 'cogito' },
  { pattern: /qwen[-_]?3[-_]?coder|qwen[-_]?3\.[5-9]|qwen[-_]?[4-9]/, dialect: 'qwen3_coder_xml' },
  { pattern: /nemotron[-_]?3|nemotron[-_](?:nano|super|ultra)[-_]3/, dialect: 'nemotron3_xml' },
  { pattern: /nemotron[-_]nano[-_](?:9b|12b)[-_]v2|nemotron[-_]?(?:h|v2)/, dialect: 'nemotron_v2' },
  { pattern: /step[-_]?3\.5|step3p5/, dialect: 'step3p5' },
  { pattern: /step[-_]?3/, dialect: 'step3' },
  { pattern: /kimi[-_]?k2|kimi[-_]linear/, dialect: 'kimi_k2' },
  { pattern: /glm[-_]?(?:4\.[7-9]|[5-9])/, dialect: 'glm47' },
  { pattern: /glm[-_]?4\.?[56]/, dialect: 'glm45' },
  { pattern: /minimax[-_]?m3/, dialect: 'minimax_m3' },
  { pattern: /minimax[-_]?m2/, dialect: 'minimax_m2' },
  { pattern: /minimax[-_]?m1/, dialect: 'minimax_m1' },
  { pattern: /gpt[-_]oss/, dialect: 'harmony' },
  { pattern: /functiongemma|function[-_]gemma/, dialect: 'functiongemma' },
  { pattern: /gemma[-_]?4/, dialect: 'gemma4' },
  { pattern: /gemma[-_]?3/, dialect: 'gemma3_tool_code' },
  { pattern: /llama[-_]?4/, dialect: 'llama4_pythonic' },
  { pattern: /toolace/, dialect: 'pythonic' },
  { pattern: /(?:hermes|nous)/, dialect: 'hermes' },
  { pattern: /functionary[-_a-z]*v?3\.1/, dialect: 'functionary_v31' },
  { pattern: /functionary/, dialect: 'functionary_v32' },
  { pattern: /firefunction/, dialect: 'firefunction_v2' },
  { pattern: /xlam/, dialect: 'xlam' },
  { pattern: /llama[-_]?3/, dialect: 'llama3_json' },
  { pattern: /m(?:is|ix|inis|agis)tral|devstral/, dialect: 'mistral' },
  { pattern: /granite[-_:]?4/, dialect: 'granite4' },
  { pattern: /granite[-_]20b/, dialect: 'granite20b_fc' },
  { pattern: /granite[-_:]?3/, dialect: 'granite3' },
  { pattern: /intern(?:lm2|lm3|[-_]s1)/, dialect: 'internlm2' },
  { pattern: /jamba/, dialect: 'jamba' },
  { pattern: /hunyuan[-_]?(?:a13b)/, dialect: 'hunyuan_a13b' },
  { pattern: /hunyuan|hy3/, dialect: 'hunyuan_v3' },
  { pattern: /command[-_]r7b|command[-_]a/, dialect: 'command_r7b' },
  { pattern: /command[-_]r/, dialect: 'command_r_plus' },
  { pattern: /phi[-_]?4[-_]mini/, dialect: 'phi4_mini' },
  { pattern: /seed[-_]oss/, dialect: 'seed_oss' },
  { pattern: /longcat/, dialect: 'longcat' },
  { pattern: /ernie/, dialect: 'ernie45' },
  { pattern: /apertus/, dialect: 'apertus' },
  { pattern: /gigachat/, dialect: 'gigachat3' },
  { pattern: /minicpm[-_]?5/, dialect: 'minicpm5_xml' },
  { pattern: /laguna|poolside/, dialect: 'poolside_v1' },
  { pattern: /olmo[-_]?3/, dialect: 'olmo3' },
  { pattern: /lfm[-_]?2/, dialect: 'lfm2' },
  { pattern: /k[-_]?exaone[-_]?2(?![\da-z])/, dialect: 'kexaone2' },
  { pattern: /k[-_]?exaone|exaone[-_]?4/, dialect: 'hermes' },
  { pattern: /qwen|qwq|smollm3|reka|mimo|bitnet/, dialect: 'hermes' },
]

/** The dialect of a model, by its name; `undefined` where the name does not tell. */
export function dialectOfModel(model: string): string | undefined {
  const name = model.toLowerCase()
  return NAMES.find(({ pattern }) => pattern.test(name))?.dialect
}

type Marks = { readonly all: readonly string[]; readonly shape?: RegExp; readonly dialect: string }

/** What chat templates contain, the most specific first. */
const TEMPLATES: readonly Marks[] = [
  { all: ['[TOOL_CALLS]'], dialect: 'mistral' },
  { all: ['<|channel|>'], dialect: 'harmony' },
  { all: ['>>>all'], dialect: 'functionary_v32' },
  { all: ['<|tool_calls_section_begin|>'], dialect: 'kimi_k2' },
  { all: ['<|START_ACTION|>'], dialect: 'command_r7b' },
  { all: ['<|tool_call_start|>'], dialect: 'lfm2' },
  { all: ['<|tool_list_start|>'], dialect: 'lfm2' },
  { all: ['<|role_sep|>', '<|message_sep|>'], dialect: 'gigachat3' },
  { all: ['<|function_call|>'], dialect: 'gigachat3' },
  { all: [']<]minimax[>['], dialect: 'minimax_m3' },
  { all: ['DSML', 'function_calls'], dialect: 'deepseek_dsml_v32' },
  { all: ['DSML', 'tool_calls'], dialect: 'deepseek_dsml_v4' },
  { all: ['<|tool_call>call:'], dialect: 'gemma4' },
  { all: ['<start_function_call>'], dialect: 'functiongemma' },
  { all: ['<seed:tool_call>'], dialect: 'seed_oss' },
  { all: ['<steptml:'], dialect: 'step3' },
  { all: ['<minimax:tool_call>'], dialect: 'minimax_m2' },
  { all: ['<｜tool▁calls▁begin｜>', '```json'], dialect: 'deepseek_v3' },
  { all: ['<｜tool▁calls▁begin｜>'], dialect: 'deepseek_v31' },
  { all: ['<tool_sep>', '<arg_key>'], dialect: 'hunyuan_v3' },
  { all: ['<arg_key>', '<tool_call>{{', '}}\\n<arg_key>'], dialect: 'glm45' },
  { all: ['<arg_key>'], dialect: 'glm47' },
  { all: ['<function name='], dialect: 'minicpm5_xml' },
  { all: ['<function=', '<parameter='], dialect: 'qwen3_coder_xml' },
  { all: ['<function='], dialect: 'functionary_v31' },
  { all: ['<|tools_prefix|>'], dialect: 'apertus' },
  { all: ['<longcat_tool_call>'], dialect: 'longcat' },
  { all: ['<TOOLCALL>'], dialect: 'nemotron_v2' },
  { all: ['<function_calls>'], dialect: 'olmo3' },
  { all: ['<|action_start|>'], dialect: 'internlm2' },
  { all: ['functools['], dialect: 'phi4_mini' },
  { all: ['<|python_start|>'], dialect: 'llama4_pythonic' },
  { all: ['<|tool_call|>'], dialect: 'granite3' },
  // One object a line, where Jamba has a list; the line break may be written as two letters.
  { all: ['<tool_calls>'], shape: /<tool_calls>(?:\\n|\s)*\{\s*\\?"name/, dialect: 'minimax_m1' },
  { all: ['<tool_calls>'], dialect: 'jamba' },
  { all: ['<tool_call>'], dialect: 'hermes' },
  { all: ['Action:', '```json'], dialect: 'command_r_plus' },
  { all: ['<|python_tag|>'], dialect: 'llama3_json' },
  { all: ['"parameters": ', '"name": '], dialect: 'llama3_json' },
]

/** Whose templates are so alike that the model's name tells them apart. */
const ALIKE: ReadonlySet<string> = new Set(['jamba', 'minimax_m1'])

/** The dialect that a chat template makes its `model` write; `undefined` where it knows no tools. */
export function dialectOfTemplate(template: string, model = ''): string | undefined {
  const found = TEMPLATES.find(
    ({ all, shape }) => all.every((mark) => template.includes(mark)) && shape?.test(template) !== false,
  )?.dialect
  if (found === undefined || !ALIKE.has(found)) return found
  const named = dialectOfModel(model)
  return named !== undefined && ALIKE.has(named) ? named : found
}
