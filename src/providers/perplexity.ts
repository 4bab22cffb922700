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
import { agentBody } from './openai-responses/agent-body.ts'

/**
 * The Agent API, which is OpenAI's Responses. It searches the web only where a tool of the request says so; sources stand
 * in an item of their own (`search_results`). Models are named with their makers: `perplexity/sonar`, `openai/gpt-5.1`.
 * https://docs.perplexity.ai/docs/agent-api/openai-compatibility
 *
 * Chat completions, which it was before, ended on 2026-09-27. `format: openai-chat` still speaks them, to a proxy that
 * serves them: Sonar models search by themselves and know no tools there. "After the (optional) system message(s), user
 * and assistant roles should be alternating." https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview
 */
export default defineProvider({
  id: 'perplexity',
  format: 'openai-responses',
  speaksIfTold: ['openai-chat'],
  baseUrl: 'https://api.perplexity.ai/v1',
  keyVariable: 'PERPLEXITY_API_KEY',
  traits: { reasoning: 'omit', maxTokens: 'max_tokens' },
  authorize: bearerPost,
  adjustBody: (body, adjusting) =>
    adjusting.format === 'openai-responses' ? agentBody(body, adjusting) : sonarBody(body, adjusting),
})

const sonarBody = chatSteps(
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
)
