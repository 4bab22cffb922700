import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { geminiGenerate } from './index.ts'
import { spelledPath } from './spelled-paths.ts'

const SNAKE: JsonObject = {
  contents: [{ role: 'user', parts: [{ inline_data: { mime_type: 'image/png', data: '', display_name: 'a' } }] }],
  generation_config: { top_k: 4, response_schema: { type: 'OBJECT' }, thinking_config: { thinking_budget: 9 } },
  safety_settings: [{ category: 'c', threshold: 't' }],
  tools: [{ function_declarations: [{ name: 'f', response: { type: 'OBJECT' } }] }],
  tool_config: { function_calling_config: { mode: 'ANY' } },
}

test('paths are in the names that the client wrote, member by member', () => {
  const pathOf = geminiGenerate.clientPaths?.(SNAKE) ?? String
  expect(
    [
      'top_k',
      'response_format',
      'reasoning.budget_tokens',
      'tool_choice',
      'tools[0].strict',
      'messages[0].content[0].file.filename',
    ].map(pathOf),
  ).toEqual([
    'generation_config.top_k',
    'generation_config.response_schema',
    'generation_config.thinking_config.thinking_budget',
    'tool_config.function_calling_config',
    'tool_config.function_calling_config.mode',
    'contents[0].parts[0].inline_data.display_name',
  ])
  expect(geminiGenerate.unread(SNAKE).map(({ path }) => path)).toEqual([
    'contents[0].parts[0].inline_data.display_name',
    'safety_settings',
    'tools[0].function_declarations[0].response',
  ])
})

test('both spellings may stand in one body, and a single object where a list is meant', () => {
  const body = { generationConfig: { top_k: 4 }, tools: { functionDeclarations: [{ name: 'f' }] } }
  expect(spelledPath(body, 'generationConfig.topK')).toBe('generationConfig.top_k')
  expect(spelledPath(body, 'tools[0].functionDeclarations[0]')).toBe('tools.functionDeclarations[0]')
  expect(spelledPath(body, 'generationConfig.seed')).toBe('generationConfig.seed')
})
