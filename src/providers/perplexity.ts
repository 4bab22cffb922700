import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, oneChoice, renamed, without } from './openai-chat/adjust.ts'
import {
  developerAsSystem,
  thoughtChunksAsReasoning,
  withoutCacheMarks,
  withoutOnMessages,
} from './openai-chat/messages.ts'
import { withoutEarlierReasoning } from './openai-chat/reasoning.ts'
import { alternatingRoles, systemFirst, toolsAsText } from './openai-chat/roles.ts'

/**
 * Sonar models search the web themselves and know no tools. "After the (optional) system message(s), user and assistant
 * roles should be alternating." Sources stand beside the choices (wire/openai-chat/read-message.ts).
 * https://docs.perplexity.ai/api-reference/chat-completions-post
 */
export default defineProvider({
  id: 'perplexity',
  format: 'openai-chat',
  baseUrl: 'https://api.perplexity.ai',
  keyVariable: 'PERPLEXITY_API_KEY',
  traits: { reasoning: 'omit', maxTokens: 'max_tokens' },
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    developerAsSystem,
    without(['tools', 'tool_choice', 'parallel_tool_calls', 'functions', 'function_call'], 'Perplexity knows no tools'),
    withoutEarlierReasoning,
    toolsAsText,
    withoutOnMessages(['name', 'refusal'], 'Perplexity does not know it'),
    withoutCacheMarks,
    systemFirst,
    alternatingRoles,
    oneChoice,
    renamed('max_completion_tokens', 'max_tokens'),
    without(['logprobs', 'top_logprobs', 'logit_bias', 'seed'], 'Perplexity does not know it'),
  ),
})
