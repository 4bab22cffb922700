import type { Problem } from '../../config/problem.ts'
import { GatewayError } from '../../core/errors.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'

const ERROR = new GatewayError(
  'not_configured',
  'This gateway has no configuration that it can use. GET /readyz says what is wrong with it.',
)

/** Every answer of a program that cannot refuse to start: it lives, is not ready, and says what is wrong. */
export function answerUnconfigured(request: Request, problems: readonly Problem[]): Response {
  const { pathname } = new URL(request.url)
  if (pathname === '/healthz') return Response.json({ status: 'ok' })
  if (pathname === '/readyz') {
    const said = problems.map(({ path, problem, remedy }) => `${path}: ${problem}. ${remedy}`)
    return Response.json({ ready: false, checks: { configuration: said.join(' ') }, problems }, { status: 503 })
  }
  return Response.json(openaiChat.writeError(ERROR), { status: ERROR.status })
}
