import type { TestSimulator } from './use-simulator.ts'

/** One way to ask a format for an answer to "hello", as the gateway or a client would. */
export type Way = {
  readonly name: string
  /** Path and body of a call of that model; streamed or not. */
  request(model: string, isStreamed: boolean): { readonly path: string; readonly body: object }
}

const declared = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const chat = (prefix: string): Way => ({
  name: `openai-chat${prefix === '' ? '' : ` ${prefix}`}`,
  request: (model, stream) => ({
    path: `${prefix}/v1/chat/completions`,
    body: {
      model,
      ...(stream ? { stream } : {}),
      messages: [{ role: 'user', content: 'hello' }],
      // Perplexity calls no tools.
      ...(prefix === '/perplexity'
        ? {}
        : { tools: [{ type: 'function', function: { name: 'get_weather', parameters: declared } }] }),
    },
  }),
})

const gemini = (name: string, base: string, query: string): Way => ({
  name,
  request: (model, stream) => ({
    path: `${base}/models/${model}:${stream ? `streamGenerateContent${query}` : 'generateContent'}`,
    body: {
      contents: [{ role: 'user', parts: [{ text: 'hello' }] }],
      tools: [{ functionDeclarations: [{ name: 'get_weather', parameters: { ...declared, type: 'OBJECT' } }] }],
    },
  }),
})

/** Every format the simulator speaks, at its own path. */
export const WAYS: readonly Way[] = [
  chat(''),
  ...['mistral', 'deepseek', 'groq', 'moonshot', 'xai', 'perplexity'].map((name) => chat(`/${name}`)),
  {
    name: 'openai-responses',
    request: (model, stream) => ({
      path: '/v1/responses',
      body: { model, stream, input: 'hello', tools: [{ type: 'function', name: 'get_weather', parameters: declared }] },
    }),
  },
  {
    name: 'anthropic-messages',
    request: (model, stream) => ({
      path: '/v1/messages',
      body: {
        model,
        stream,
        max_tokens: 4_096,
        messages: [{ role: 'user', content: 'hello' }],
        tools: [{ name: 'get_weather', input_schema: declared }],
      },
    }),
  },
  gemini('gemini-generate sse', '/v1beta', '?alt=sse'),
  gemini('gemini-generate array', '/v1beta', ''),
  gemini('gemini-generate vertex', '/v1/projects/p/locations/eu/publishers/google', '?alt=sse'),
  {
    name: 'bedrock-converse',
    request: (model, stream) => ({
      path: `/model/${encodeURIComponent(model)}/converse${stream ? '-stream' : ''}`,
      body: {
        messages: [{ role: 'user', content: [{ text: 'hello' }] }],
        toolConfig: { tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: declared } } }] },
      },
    }),
  },
  {
    name: 'cohere-chat',
    request: (model, stream) => ({
      path: '/v2/chat',
      body: {
        model,
        stream,
        messages: [{ role: 'user', content: 'hello' }],
        tools: [{ type: 'function', function: { name: 'get_weather', parameters: declared } }],
      },
    }),
  },
  {
    name: 'ollama-chat',
    request: (model, stream) => ({
      path: '/api/chat',
      body: {
        model,
        stream,
        messages: [{ role: 'user', content: 'hello' }],
        tools: [{ type: 'function', function: { name: 'get_weather', parameters: declared } }],
      },
    }),
  },
  ...['', '/compatible'].map((prefix) => ({
    name: `openai-completions ${prefix}`,
    request: (model: string, stream: boolean) => ({
      path: `${prefix}/v1/completions`,
      // It has no tools, and answers 16 tokens where no limit is said.
      body: { model, stream, prompt: 'hello', max_tokens: 4_096 },
    }),
  })),
]

/** One way to ask for the vectors of "hello". */
export type EmbeddingsWay = {
  readonly name: string
  request(model: string): { readonly path: string; readonly body: object }
}

/** Every format of embeddings, at its own path. */
export const EMBEDDINGS_WAYS: readonly EmbeddingsWay[] = [
  ...['', '/compatible'].map((prefix) => ({
    name: `openai-embeddings ${prefix}`,
    request: (model: string) => ({ path: `${prefix}/v1/embeddings`, body: { model, input: 'hello' } }),
  })),
  {
    name: 'gemini-embeddings',
    request: (model) => ({
      path: `/v1beta/models/${model}:batchEmbedContents`,
      body: { requests: [{ model: `models/${model}`, content: { parts: [{ text: 'hello' }] } }] },
    }),
  },
  {
    name: 'cohere-embeddings',
    request: (model) => ({ path: '/v2/embed', body: { model, texts: ['hello'], input_type: 'search_query' } }),
  },
  { name: 'ollama-embeddings', request: (model) => ({ path: '/api/embed', body: { model, input: 'hello' } }) },
]

export type Raw = {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly bytes: Buffer
  readonly failure: string | undefined
}

/** Any body to any path, read to its end or to the failure of its connection. */
export async function post({ pool }: TestSimulator, path: string, body: object): Promise<Raw> {
  const response = await pool.request({ method: 'POST', path, body: JSON.stringify(body) })
  const chunks: Buffer[] = []
  let failure: string | undefined
  try {
    for await (const chunk of response.body) chunks.push(chunk as Buffer)
  } catch (cause) {
    failure = String(cause)
  }
  return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks), failure }
}
