import { afterAll, beforeEach } from 'vitest'

/** By the file without `.test.ts`: part of a test's name ▶ why it is not run. */
export type NotRun = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Skips the tests of a list, each with its reason. A name in `list`, which stands in the file `where`, that no test has fails. */
export function skipListed(list: NotRun, where: string): void {
  const seen = new Set<string>()
  let unseen: NotRun[string] = {}
  let hasSkippedByName = false

  beforeEach(({ task, skip }) => {
    const file = /([\w-]+)\.test\.ts$/.exec(task.file.name)?.[1] ?? ''
    unseen = list[file] ?? {}
    hasSkippedByName ||= task.file.tasks.some(({ mode }) => mode === 'skip')
    for (const [title, reason] of Object.entries(unseen)) {
      if (!task.name.includes(title)) continue
      seen.add(title)
      skip(reason)
    }
  })

  afterAll(() => {
    const left = Object.keys(unseen).filter((title) => !seen.has(title))
    // With `-t` not every test is looked at.
    if (left.length > 0 && !hasSkippedByName)
      throw new Error(`${where} names tests that are not there: ${left.join('; ')}`)
  })
}
