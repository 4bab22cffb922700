import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds that all threads of a process, living or gone, have spent on a core. */
export function cpuMs(pid: number): number {
  const running = readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    const [nanoseconds = '0'] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')
    return sum + Number(nanoseconds)
  }, 0)
  return running / 1_000_000
}

/** Processes of that name that this one has started. */
export function childrenNamed(name: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const [, found, parent] = /^\d+ \((.*)\) \w (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8')) ?? []
        return found === name && Number(parent) === process.pid ? [Number(entry)] : []
      } catch {
        // It has ended meanwhile.
        return []
      }
    })
}
