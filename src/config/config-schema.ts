import { z } from 'zod'
import { policySchema } from './policy-schema.ts'
import { cache } from './schema/cache.ts'
import { dispatch } from './schema/dispatch.ts'
import { guards } from './schema/guards.ts'
import { learning } from './schema/learning.ts'
import { ledger } from './schema/ledger.ts'
import { model } from './schema/models.ts'
import { pool } from './schema/pools.ts'
import { provider } from './schema/providers.ts'
import { router } from './schema/router.ts'
import { server } from './schema/server.ts'
import { sessions } from './schema/sessions.ts'
import { store } from './schema/store.ts'
import { telemetry } from './schema/telemetry.ts'
import { timeouts } from './schema/timeouts.ts'

// The whole of thalamus.yaml, a section a file. Strict: an unknown key is a typo. External names are snake_case, units stand in names.

/** thalamus.yaml. */
export const configSchema = z.strictObject({
  server: server.prefault({}).describe('Where the gateway listens, and for whom.'),
  providers: z
    .record(
      z.string().regex(/^[\w.-]+$/, 'not a name\nUse letters, digits, ".", "_" and "-".'),
      provider.nullable().transform((value) => value ?? provider.parse({})),
    )
    .default({})
    .describe('Who serves models, by the name you use for it in PROVIDER/MODEL.'),
  models: z
    .array(model)
    .default([])
    .describe('The models to choose from. A provider of which none is listed brings those of the catalogue.'),
  pools: z.record(z.string().min(1), pool).default({}).describe('Named choices, used as auto/POOL.'),
  policies: z
    .record(z.string(), policySchema)
    .default({})
    .describe('Your own policies: by name (auto:NAME), or for the requests that they match.'),
  aliases: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe('Other names for auto or for a model: gpt-4o: auto:balanced.'),
  secrets_dir: z
    .string()
    .min(1)
    .optional()
    .describe('The folder of secret:NAME, a file a secret. By default THALAMUS_SECRETS_DIR, or /run/secrets.'),
  router: router.prefault({}).describe('The model that predicts how well each candidate would answer.'),
  learning: learning.prefault({}).describe('What is learned from outcomes of answers.'),
  policy: z
    .string()
    .default('balanced')
    .describe('What governs when the caller says nothing: best, balanced, cheap, …'),
  sessions: sessions
    .prefault({})
    .describe('When a conversation stays with the model that answered last: docs/sessions.md.'),
  dispatch: dispatch
    .prefault({})
    .describe('Failover: retries, rests of models that fail, queues and second requests: docs/failover.md.'),
  guards: guards
    .default([])
    .describe('What looks at every request before the model and at answers after it: docs/guardrails.md.'),
  cache: cache.prefault({}).describe('Which answers are kept and given again: docs/caching.md.'),
  timeouts: timeouts.prefault({}).describe('How long to wait for an upstream.'),
  store,
  ledger: ledger.optional().describe('Where the usage of every call is kept: docs/operations.md.'),
  telemetry: telemetry.prefault({}).describe('What is reported beyond the log and /metrics.'),
})

export type Config = z.infer<typeof configSchema>
export type ProviderConfig = Config['providers'][string]
