import type { Log } from '../../core/ports.ts'

/** One JSON line an event, as on Node; the runtime collects what its console is told. */
export function createConsoleLog(now: () => number): Log {
  return (level, event, fields) => {
    const line = JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields })
    if (level === 'error') console.error(line)
    else if (level === 'warn') console.warn(line)
    else console.log(line)
  }
}
