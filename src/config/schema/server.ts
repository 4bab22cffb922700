import { z } from 'zod'
import { guards } from './guards.ts'
import { milliseconds, NO_URL, pemReference, secretReference } from './values.ts'

const jsonValue: z.ZodType<unknown> = z.json()
const routing = z.record(z.string(), jsonValue).describe('The same members as a request body’s `routing`.')

const key = z.strictObject({
  name: z.string().min(1).describe('Names the caller in logs and metrics.'),
  key: secretReference,
  limits: z
    .strictObject({
      requests_per_minute: z.int().positive().optional().describe('Requests begun in any minute.'),
      tokens_per_minute: z.int().positive().optional().describe('Tokens of prompts and answers in any minute.'),
      concurrent: z.int().positive().optional().describe('Requests under way at once.'),
    })
    .optional()
    .describe('How much this caller may use: docs/limits.md.'),
  budget: z
    .strictObject({
      usd: z.number().positive().max(1_000_000).describe('Dollars in each period.'),
      per: z.enum(['day', 'month']).describe('The period, by the calendar of UTC.'),
    })
    .optional()
    .describe('How much this caller may spend: docs/limits.md#budgets.'),
  routing: routing.optional(),
  prompt_flags: z
    .enum(['off', 'soft', 'tighten'])
    .default('off')
    .describe('What a flag written in a prompt may do: nothing, choose a preset without limits, or also add limits.'),
  guards: guards.default([]).describe('Guards of this key’s calls, beside those of all.'),
  cache: z
    .enum(['off', 'exact', 'semantic'])
    .default('exact')
    .describe('Which kept answers its calls may get, of those that `cache` enables: docs/caching.md.'),
  sensitive: z.boolean().default(false).describe('Calls of this key are never explored with (learning.explore).'),
})

const tls = z.strictObject({
  cert: pemReference,
  key: secretReference,
  client_ca: pemReference
    .optional()
    .describe('Only clients with a certificate of these authorities get through (mTLS).'),
})

const jwtRule = key.omit({ name: true, key: true }).extend({
  match: z
    .record(z.string().min(1), z.union([z.string(), z.array(z.string()).min(1)]))
    .describe('Claims and their values, one of them where several are listed: groups: [search, ads]. {} takes all.'),
  key: z
    .string()
    .min(1)
    .optional()
    .describe('A name of server.keys, whose limits, budget and routing hold for each caller.'),
})

const jwt = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/, error: NO_URL })
    .describe('As it stands in its tokens: https://login.example.com.'),
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe('What tokens for this gateway are issued for; one of several.'),
  jwks_url: z
    .url({ protocol: /^https?$/, error: NO_URL })
    .optional()
    .describe('The issuer’s public keys. Where left out, its /.well-known/openid-configuration says where they are.'),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1)
    .default(['RS256', 'ES256', 'EdDSA'])
    .describe('Signatures that are taken. Never none, never a shared secret.'),
  name_claim: z
    .string()
    .min(1)
    .default('sub')
    .describe('The claim that names the caller in logs, limits and the ledger.'),
  clock_skew_s: z.int().min(0).max(300).default(30).describe('How far the issuer’s clock may be off, in seconds.'),
  rules: z
    .array(jwtRule)
    .default([])
    .describe('What callers may do, by their claims: the first match. None: as a key without limits.'),
})

export const server = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('A public address without keys is refused.'),
  port: z.int().min(0).max(65_535).default(8787).describe('0 takes a free one.'),
  max_body_bytes: z.int().positive().default(33_554_432).describe('Larger requests are refused.'),
  max_attempts: z.int().positive().max(10).default(3).describe('Models tried for one request.'),
  tls: tls.optional().describe('Serve https, TLS 1.2 or later. Read again when a file changes.'),
  grace_ms: milliseconds
    .default(30_000)
    .describe('How long answers under way may go on after a signal to stop; then they end with an error.'),
  drain_delay_ms: z
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe('How long connections are still taken after a signal to stop, while /readyz says 503.'),
  jwt: jwt.optional().describe('Tokens (JWT) of an OpenID provider, taken beside keys: docs/keys.md.'),
  keys: z.array(key).default([]).describe('Who may call. Without keys only this machine may.'),
})
