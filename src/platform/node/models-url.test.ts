import { expect, test } from 'vitest'
import { modelsUrl } from './models-url.ts'

test.each([
  ['http://127.0.0.1:11434', 'http://127.0.0.1:11434/v1/models'],
  ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1/models'],
  ['https://api.cohere.com', 'https://api.cohere.com/v1/models'],
  ['https://api.groq.com/openai/v1', 'https://api.groq.com/openai/v1/models'],
])('%s lists its models at %s', (baseUrl, url) => expect(modelsUrl(baseUrl)).toBe(url))
