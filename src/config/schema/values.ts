import { z } from 'zod'

// Values that several sections hold. A message of two lines is a problem and its remedy.

export const secretReference = z
  .string()
  .regex(
    /^(?:env:[A-Za-z_]\w*|secret:\w[\w.-]*|file:.+)$/,
    'a secret must be a reference, never the value itself\nWrite env:NAME, secret:NAME or file:/path, and keep the secret there.',
  )
  .describe('Where the secret is kept: env:NAME, file:/path, or secret:NAME in secrets_dir.')

export const pemReference = secretReference.describe('Where the PEM is kept: file:/path, secret:NAME or env:NAME.')

export const NO_URL = 'not an http:// or https:// address\nWrite it as http://127.0.0.1:8000.'

// Timers of Node and of browsers hold 31 bits: what is longer fires at once.
const MOST_MS = 2_147_483_647
export const milliseconds = z
  .int()
  .positive()
  .max(MOST_MS, `longer than a timer can wait\nUse at most ${MOST_MS} (24 days).`)
