import type { Secrets } from '../core/ports.ts'
import type { Say } from './problem.ts'

/** The secret behind a reference; `undefined` after saying why there is none. */
export function readSecret(reference: string, path: string, secrets: Secrets, say: Say): string | undefined {
  const read = readReference(reference, path, secrets, say)
  if (read === undefined) return undefined
  const secret = onOneLine(read)
  // Secrets are sent as headers: a line break inside would fail every call, or split the header.
  if (/[^\t\x20-\x7e]/.test(secret)) {
    say(path, `${reference} holds characters that no header can carry`, 'Keep the secret alone on one line of ASCII.')
    return undefined
  }
  return secret
}

/** A certificate or a key in PEM; `undefined` after saying why there is none. */
export function readPem(reference: string, path: string, secrets: Secrets, say: Say): string | undefined {
  const pem = readReference(reference, path, secrets, say)
  if (pem === undefined || /-----BEGIN [A-Z0-9 ]+-----/.test(pem)) return pem
  say(path, `${reference} holds no PEM`, 'Give a file that begins with -----BEGIN …-----.')
  return undefined
}

function readReference(reference: string, path: string, secrets: Secrets, say: Say): string | undefined {
  try {
    return secrets.read(reference)
  } catch (cause) {
    const remedy = reference.startsWith('env:')
      ? `Set ${reference.slice(4)} in the environment.`
      : 'Check that the file exists and that this user may read it.'
    say(path, cause instanceof Error ? cause.message : `${reference} cannot be read`, remedy)
    return undefined
  }
}

/** A key that is a JSON object, such as Google's service accounts, is never sent as it stands: its lines are joined. */
function onOneLine(secret: string): string {
  if (!secret.startsWith('{')) return secret
  try {
    return JSON.stringify(JSON.parse(secret))
  } catch {
    // A key that happens to begin so.
    return secret
  }
}
