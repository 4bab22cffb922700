import { defineProvider, httpRequest, openaiPath } from '../core/provider.ts'

/**
 * Azure OpenAI's v1 API: `base_url: https://RESOURCE.openai.azure.com/openai/v1`, the deployment as the model.
 * https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export default defineProvider({
  id: 'azure-openai',
  format: 'openai-chat',
  // Its chat models refuse the legacy path.
  completions: /instruct|davinci|babbage/,
  baseUrl: undefined,
  exampleBaseUrl: 'https://RESOURCE.openai.azure.com/openai/v1',
  keyVariable: 'AZURE_OPENAI_API_KEY',
  alsoSpeaks: ['openai-responses'],
  authorize: (call) => httpRequest(call, openaiPath(call), call.secret === undefined ? {} : { 'api-key': call.secret }),
})
