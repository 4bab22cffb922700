/**
 * Answers of Ollama servers, as published: the API documentation (https://github.com/ollama/ollama/blob/main/docs/api.md,
 * MIT), https://ollama.com/blog/streaming-tool, and, for what those do not show (thoughts, ids and indexes of calls), in
 * the shapes of https://github.com/ollama/ollama/blob/main/api/types.go as server/routes.go sends them.
 */
export const WHOLE = {
  text: '{"model":"llama3.2","created_at":"2023-12-12T14:13:43.416799Z","message":{"role":"assistant","content":"Hello! How are you today?"},"done":true,"total_duration":5191566416,"load_duration":2154458,"prompt_eval_count":26,"prompt_eval_duration":383809000,"eval_count":298,"eval_duration":4799921000}',
  call: '{"model":"llama3.2","created_at":"2024-07-22T20:33:28.123648Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"get_current_weather","arguments":{"format":"celsius","location":"Paris, FR"}}}]},"done_reason":"stop","done":true,"total_duration":885095291,"load_duration":3753500,"prompt_eval_count":122,"prompt_eval_duration":328493000,"eval_count":33,"eval_duration":552222000}',
  loaded:
    '{"model":"llama3.2","created_at":"2024-09-12T21:17:29.110811Z","message":{"role":"assistant","content":""},"done_reason":"load","done":true}',
} as const

const line = (at: number, message: string): string =>
  `{"model":"qwen3","created_at":"2025-05-27T22:54:${at}.641643Z","message":{"role":"assistant",${message}},"done":false}\n`
const end = (
  reason: string,
  counts = '"prompt_eval_count":150,"prompt_eval_duration":1,"eval_count":42,"eval_duration":1',
): string =>
  `{"model":"qwen3","created_at":"2025-05-27T22:54:59.100509Z","message":{"role":"assistant","content":""},"done_reason":"${reason}","done":true,"total_duration":9,"load_duration":2,${counts}}\n`

export const STREAMS = {
  text: line(57, '"content":"Grüße, "') + line(57, '"content":"世界 👋"') + end('stop'),
  thought:
    line(57, '"content":"","thinking":"Let me "') +
    line(57, '"content":"","thinking":"see."') +
    line(58, '"content":"42"') +
    end('stop'),
  call:
    line(57, '"content":"","thinking":"They want the weather."') +
    line(
      58,
      '"content":"","tool_calls":[{"function":{"name":"get_current_weather","arguments":{"format":"celsius","location":"Toronto"}}}]',
    ) +
    end('stop'),
  calls:
    line(
      57,
      '"content":"","tool_calls":[{"id":"call_trmym6vj","function":{"index":0,"name":"read","arguments":{"path":"a","at":12345678901234567890,"share":0.5}}},{"id":"call_24957ol8","function":{"index":1,"name":"read","arguments":{}}}]',
    ) +
    line(
      58,
      '"content":"","tool_calls":[{"id":"call_9x","function":{"index":0,"name":"list","arguments":{"deep":null}}}]',
    ) +
    end('stop'),
  cut: line(57, '"content":"Once upon"') + end('length'),
  // A kept prompt is not counted by older servers.
  uncounted: line(57, '"content":"Hi"') + end('stop', '"eval_count":1'),
  // Very old servers: no reason, no message in the last line.
  old: `${line(57, '"content":"Hi"')}{"model":"qwen3","created_at":"2023-08-04T19:22:45.499127Z","done":true,"total_duration":4883583458,"prompt_eval_count":26,"eval_count":282}\n`,
  failed: `${line(57, '"content":"I"')}{"error":"an error was encountered while running the model"}\n`,
} as const
