import type { Problem } from '../../../config/problem.ts'

/** Why an address cannot be listened on; throws what is no such failure. */
export function listenProblem(cause: unknown, host: string, port: number): Problem {
  const path = `${host}:${port}`
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return {
        path,
        problem: 'something else listens there',
        remedy: 'Stop it, or take another port: --port 0 takes a free one.',
      }
    case 'EACCES':
      return { path, problem: 'this user may not listen there', remedy: 'Take a port above 1023.' }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        path,
        problem: 'this machine has no such address',
        remedy: 'Listen on 127.0.0.1, or on an address of this machine.',
      }
    default:
      throw cause
  }
}
