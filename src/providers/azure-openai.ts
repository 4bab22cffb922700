import { defineProvider, splitUrl } from '../core/provider.ts'

/**
 * Azure OpenAI's v1 API: `base_url: https://RESOURCE.openai.azure.com/openai/v1`, the deployment as the model.
 * https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export default defineProvider({
  id: 'azure-openai',
  format: 'openai-chat',
  baseUrl: undefined,
  keyVariable: 'AZURE_OPENAI_API_KEY',
  authorize: (call) => {
    const { origin, prefix } = splitUrl(call.target.baseUrl)
    const headers: Record<string, string> = { 'content-type': 'application/json', ...call.headers }
    if (call.secret !== undefined) headers['api-key'] = call.secret
    return { method: 'POST', origin, path: `${prefix}/chat/completions`, headers, body: call.body }
  },
})
