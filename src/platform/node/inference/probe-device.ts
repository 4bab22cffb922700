import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ProbeAnswer, type ProbeQuestion, readAnswer, writeQuestion } from './probe-exchange.ts'

export type ProbeOptions = {
  /** Longer, and the device counts as failed. */
  readonly maxMs: number
  /** The process's script, for tests. */
  readonly script?: URL
}

const PROGRAM = new URL('./probe-program.ts', import.meta.url)
// What the drivers print is not our log; its last words are kept for the reason.
const KEPT_CHARACTERS = 4_000

/** Tries a device on golden inputs in a process of its own. A crash or a hang there is an answer, too. Never rejects. */
export function probeDevice(question: ProbeQuestion, { maxMs, script = PROGRAM }: ProbeOptions): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(script)], { stdio: ['pipe', 'pipe', 'pipe'] })
    let output = ''
    let complaints = ''
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, maxMs)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-KEPT_CHARACTERS)
    })
    // A process that died at once cannot be written to; its end is told below.
    child.stdin.on('error', () => undefined).end(writeQuestion(question))
    const end = (answer: ProbeAnswer) => {
      clearTimeout(timer)
      resolve(answer)
    }
    child.on('error', (cause) => end({ type: 'failed', reason: `no process could be started: ${cause.message}` }))
    child.on('close', (status, signal) => {
      if (isLate) return end({ type: 'failed', reason: `it did not finish within ${maxMs / 1_000} s` })
      const answer = readAnswer(output)
      if (answer !== undefined && status === 0) return end(answer)
      const how = signal === null ? `with status ${status}` : `by ${signal}`
      end({ type: 'failed', reason: `its process ended ${how}${lastLine(complaints)}` })
    })
  })
}

function lastLine(text: string): string {
  const line = text.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return line === '' ? '' : `: ${line}`
}
