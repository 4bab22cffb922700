import { COMPLETION, type startCaptureUpstream } from './capture-upstream.ts'

type Answering = Parameters<typeof startCaptureUpstream>[0]

/** Answers chats, completions, embeddings and counts each in their own form. */
export const answerAnyPath: Answering = (response, { path }) => {
  response.setHeader('content-type', 'application/json')
  const vectors = [{ object: 'embedding', index: 0, embedding: [1] }]
  if (path.endsWith('/embeddings')) response.end(JSON.stringify({ object: 'list', data: vectors, model: 'm' }))
  else if (path.endsWith('/count_tokens')) response.end('{"input_tokens": 9}')
  else if (path.endsWith('/completions') && !path.includes('chat'))
    response.end('{"id":"c","object":"text_completion","choices":[{"index":0,"text":"ok","finish_reason":"stop"}]}')
  else response.end(JSON.stringify(COMPLETION))
}

export function postTo(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text })
}
