/** Names of span attributes. `gen_ai.*` follow OpenTelemetry's GenAI conventions (status: development, v1.38). */
export const ATTRIBUTES = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  errorType: 'error.type',
  status: 'http.response.status_code',
  routeId: 'thalamus.route.id',
  policy: 'thalamus.route.policy',
  router: 'thalamus.route.router',
  reason: 'thalamus.route.reason',
  overheadMs: 'thalamus.overhead_ms',
  /** `input`, `output`: the counts that the upstream did not say. */
  usageEstimated: 'thalamus.usage.estimated',
  costUsd: 'thalamus.cost_usd',
  costBasis: 'thalamus.cost_basis',
  attemptOutcome: 'thalamus.attempt.outcome',
} as const
