/** The configuration that the public contract shows, word for word. */
export const contractExample = `server:
  host: 127.0.0.1            # a public address without keys is refused
  port: 8787
  max_body_bytes: 33554432
  keys:
    - name: team-a
      key: env:THALAMUS_KEY_TEAM_A      # secrets are references: env:NAME or file:/path; a literal is refused
      limits: { requests_per_minute: 600, tokens_per_minute: 200000, concurrent: 64 }
      budget: { usd: 50, per: month }
      routing: { require: { region: [eu] } }
      prompt_flags: off

providers:
  openai:    { key: env:OPENAI_API_KEY }
  anthropic: { key: env:ANTHROPIC_API_KEY }
  local:     { format: openai-chat, base_url: http://127.0.0.1:11434/v1, tool_calls: hermes }

models:
  - openai/gpt-5-mini
  - anthropic/claude-haiku-4-5
  - id: local/llama3.1:8b
    facts: { params_b: 8, license: llama3.1, released: 2024-07-23, region: [eu], context_tokens: 131072, price_in: 0, price_out: 0 }

pools:   { coding: { models: ["openai/*", "local/*"], preset: best } }
aliases: { gpt-4o: "auto:balanced" }

router:  { use: cluster, device: auto, deadline_ms: 30 }   # device: auto | cpu | cuda | tensorrt | webgpu | coreml | dml | remote
policy:  balanced
store:   { url: redis://127.0.0.1:6379 }                   # optional; without it state is in memory, per process
telemetry: { otlp_endpoint: http://127.0.0.1:4318, prompts: false }
`
