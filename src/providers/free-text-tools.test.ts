import { expect, test } from 'vitest'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { providers } from './index.ts'
import { adjusted, HELLO } from './openai-chat/test-adjusted.ts'

const CUSTOM = { type: 'custom', custom: { name: 'apply_patch' } }

const chatProviders = [...providers.values()].filter(
  ({ id, format }) => format === 'openai-chat' && id !== 'perplexity',
)

test.each(chatProviders.map((provider) => [provider.id, provider] as const))(
  'a translated request keeps its free-text tool at %s, whether or not the provider knows such tools',
  (_, provider) => {
    const request = openaiChat.readRequest({ model: 'auto', messages: [HELLO], tools: [CUSTOM] })
    const { body, customTools } = openaiChat.writeRequest(request, 'm', provider.traits)
    const { body: sent, lost } = adjusted(provider, body)
    expect([sent['tools'], lost]).toEqual([[expect.anything()], []])
    const { body: native } = adjusted(provider, { messages: [HELLO], tools: [CUSTOM] })
    const takesCustom = JSON.stringify(native['tools']).includes('custom')
    expect(customTools).toEqual(takesCustom ? undefined : new Set(['apply_patch']))
  },
)
