import type { ProviderCall } from '../core/provider.ts'
import { defineProvider, httpRequest } from '../core/provider.ts'
import { ownHistory } from '../wire/anthropic-messages/own-history.ts'

const VERSION = '2023-06-01'

/** https://platform.claude.com/docs/en/api/overview */
export default defineProvider({
  id: 'anthropic',
  format: 'anthropic-messages',
  baseUrl: 'https://api.anthropic.com/v1',
  keyVariable: 'ANTHROPIC_API_KEY',
  authorize(call) {
    const { secret, headers, clientHeader } = call
    const betas = [headers['anthropic-beta'], clientHeader?.('anthropic-beta')].filter((beta) => beta !== undefined)
    return httpRequest(call, pathOf(call), {
      'anthropic-version': headers['anthropic-version'] ?? VERSION,
      ...(betas.length === 0 ? {} : { 'anthropic-beta': betas.join(',') }),
      ...(secret === undefined ? {} : { 'x-api-key': secret }),
    })
  },
  adjustBody: (body, { target, format, lose }) =>
    format === 'anthropic-messages' ? ownHistory(body, target.model, lose) : body,
})

/** Anthropic's own tools take a base URL without the version: `ANTHROPIC_BASE_URL=https://api.anthropic.com`. */
function pathOf(call: ProviderCall): string {
  const version = /\/v\d+\w*$/.test(call.target.baseUrl) ? '' : '/v1'
  const { operation } = call
  if (operation.type === 'passthrough') return version + operation.path
  return operation.type === 'count-tokens' ? `${version}/messages/count_tokens` : `${version}/messages`
}
