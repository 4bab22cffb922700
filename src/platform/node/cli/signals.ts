/**
 * Resolves at the first SIGINT or SIGTERM; the second one ends the process at once. SIGHUP, which would end it too, asks for
 * a reload; but on a terminal it means that the terminal is gone.
 */
export function untilStopped(reload?: () => void): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    const stop = (): void => {
      if (isStopping) process.exit(130)
      isStopping = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    process.on('SIGHUP', process.stdout.isTTY ? stop : () => reload?.())
  })
}
