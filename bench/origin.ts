import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem } from 'node:os'

/** Where figures come from: date, commit, machine, Node and the command that made them. */
export function origin(script: string) {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  return {
    at: new Date().toISOString(),
    commit: git('rev-parse', 'HEAD'),
    has_local_changes: git('status', '--porcelain', '--', 'src', 'routers', 'bench/*.ts', 'bench/*/*.ts') !== '',
    machine: {
      cpu: cpus()[0]?.model,
      cores: availableParallelism(),
      memory_gb: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
    },
    node: process.version,
    command: ['node', script, ...process.argv.slice(2).map(quoted)].join(' '),
  }
}

function quoted(argument: string): string {
  return /\s/.test(argument) ? JSON.stringify(argument) : argument
}
