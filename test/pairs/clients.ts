/** One client's side of a conversation with tools, in its own format, kept as that client would keep it. */
export type Conversation = {
  /** Asks a question of the user. */
  question(text: string): void
  /** Answers every call of the last answer. Returns how many there were. */
  answerCalls(result: string): number
  /** Says something right beside the results, as clients do that add a reminder or what the user typed meanwhile. */
  addWords(text: string): void
  /** The request for the next answer of `model`. */
  request(model: string): { readonly path: string; readonly body: unknown }
  /** Keeps the answer in the history, as the format's own SDK would. */
  keep(answer: unknown): void
}

type Client = {
  readonly name: string
  /** `thinks`: every request asks for reasoning. */
  start(thinks: boolean): Conversation
}

const NAME = 'get_weather'
const DESCRIPTION = 'Weather of a city'
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

type Json = Record<string, unknown>

/** Two tools that differ in characters which only Gemini takes in names. */
export const GEMINI_NAMES = ['weather.get', 'weather:get']
/** A client with tools of these names. */
export const NAMES_CLIENT: Client = { name: 'gemini-generate', start: (thinks) => gemini(GEMINI_NAMES, thinks) }

/** A client with a tool that takes free text. */
export const CUSTOM_CLIENT: Client = {
  name: 'openai-responses',
  start: (thinks) => responses([{ type: 'custom', name: NAME, description: DESCRIPTION }], thinks),
}

export const CLIENTS: readonly Client[] = [
  { name: 'openai-chat', start: chat },
  {
    name: 'openai-responses',
    start: (thinks) =>
      responses(
        [{ type: 'function', name: NAME, description: DESCRIPTION, parameters: SCHEMA, strict: false }],
        thinks,
      ),
  },
  { name: 'anthropic-messages', start: anthropic },
  { name: 'gemini-generate', start: (thinks) => gemini([NAME], thinks) },
]

function chat(thinks: boolean): Conversation {
  const messages: Json[] = [{ role: 'system', content: 'Be brief.' }]
  const tools = [{ type: 'function', function: { name: NAME, description: DESCRIPTION, parameters: SCHEMA } }]
  let calls: { id: string }[] = []
  return {
    question: (text) => void messages.push({ role: 'user', content: text }),
    answerCalls(result) {
      for (const { id } of calls) messages.push({ role: 'tool', tool_call_id: id, content: result })
      return calls.length
    },
    addWords: (text) => void messages.push({ role: 'user', content: text }),
    request: (model) => ({
      path: '/v1/chat/completions',
      body: { model, messages, tools, ...(thinks ? { reasoning_effort: 'medium' } : {}) },
    }),
    keep(answer) {
      const { choices } = answer as { choices: { message: Json & { tool_calls?: { id: string }[] } }[] }
      const message = choices[0]?.message ?? {}
      messages.push(message)
      calls = message.tool_calls ?? []
    },
  }
}

function responses(tools: readonly Json[], thinks: boolean): Conversation {
  const input: Json[] = []
  let calls: { type: string; call_id: string }[] = []
  return {
    question: (text) => void input.push({ role: 'user', content: [{ type: 'input_text', text }] }),
    answerCalls(result) {
      for (const { type, call_id } of calls) input.push({ type: `${type}_output`, call_id, output: result })
      return calls.length
    },
    addWords: (text) => void input.push({ role: 'user', content: [{ type: 'input_text', text }] }),
    request: (model) => ({
      path: '/v1/responses',
      body: {
        model,
        instructions: 'Be brief.',
        input,
        tools,
        store: false,
        include: ['reasoning.encrypted_content'],
        ...(thinks ? { reasoning: { effort: 'medium', summary: 'auto' } } : {}),
      },
    }),
    keep(answer) {
      const { output } = answer as { output: (Json & { type: string; call_id: string })[] }
      input.push(...output)
      calls = output.filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
    },
  }
}

function anthropic(thinks: boolean): Conversation {
  const messages: Json[] = []
  const tools = [{ name: NAME, description: DESCRIPTION, input_schema: SCHEMA }]
  let calls: { id: string }[] = []
  let answers: Json[] = []
  return {
    question(text) {
      messages.push({ role: 'user', content: text })
    },
    answerCalls(result) {
      answers = calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: result }))
      if (calls.length > 0) messages.push({ role: 'user', content: answers })
      return calls.length
    },
    addWords: (text) => void answers.push({ type: 'text', text }),
    request: (model) => ({
      path: '/v1/messages',
      body: {
        model,
        max_tokens: 2_000,
        system: 'Be brief.',
        messages,
        tools,
        ...(thinks ? { thinking: { type: 'enabled', budget_tokens: 1_500 } } : {}),
      },
    }),
    keep(answer) {
      const { content } = answer as { content: (Json & { type: string; id: string })[] }
      messages.push({ role: 'assistant', content })
      calls = content.filter((block) => block.type === 'tool_use')
    },
  }
}

function gemini(names: readonly string[], thinks: boolean): Conversation {
  const contents: Json[] = []
  const declared = names.map((name) => ({ name, description: DESCRIPTION, parametersJsonSchema: SCHEMA }))
  const tools = [{ functionDeclarations: declared }]
  let calls: { id?: string; name: string }[] = []
  let answers: Json[] = []
  return {
    question: (text) => void contents.push({ role: 'user', parts: [{ text }] }),
    answerCalls(result) {
      answers = calls.map(({ id, name }) => ({
        functionResponse: { ...(id === undefined ? {} : { id }), name, response: { result } },
      }))
      if (calls.length > 0) contents.push({ role: 'user', parts: answers })
      return calls.length
    },
    addWords: (text) => void answers.push({ text }),
    request: (model) => ({
      path: `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
      body: {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents,
        tools,
        ...(thinks ? { generationConfig: { thinkingConfig: { thinkingBudget: 1_500, includeThoughts: true } } } : {}),
      },
    }),
    keep(answer) {
      type Part = Json & { functionCall?: { id?: string; name: string } }
      const { candidates } = answer as { candidates: { content: { parts: Part[] } }[] }
      const content = candidates[0]?.content ?? { parts: [] }
      contents.push(content)
      calls = content.parts.flatMap((part) => (part.functionCall === undefined ? [] : [part.functionCall]))
    },
  }
}
