import { defineProvider, httpRequest, openaiPath } from '../core/provider.ts'
import { OPENAI_TRAITS, openaiFormat } from './openai-chat/openai-family.ts'
import { openaiBody } from './openai-chat/openai-models.ts'

/**
 * Azure OpenAI's v1 API: `base_url: https://RESOURCE.openai.azure.com/openai/v1`, the deployment as the model. What a
 * model refuses is known from its name, so deployments are best named after their model.
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
  formatFor: openaiFormat,
  traits: OPENAI_TRAITS,
  hasOrderlyCalls: true,
  authorize: (call) => httpRequest(call, openaiPath(call), call.secret === undefined ? {} : { 'api-key': call.secret }),
  adjustBody: openaiBody,
})
