import { routers } from '../../routers/index.ts'
import type { SnapshotSources } from '../../src/config/build-snapshot.ts'
import { buildSnapshot } from '../../src/config/build-snapshot.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { Snapshot } from '../../src/core/snapshot.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import { findFlag } from '../../src/directives/flags.ts'
import { fromBody } from '../../src/directives/from-body.ts'
import { overlay } from '../../src/directives/merge.ts'
import { openGuard } from '../../src/guards/index.ts'
import { providers } from '../../src/providers/index.ts'

const KEPT: Readonly<Record<string, string>> = {
  'env:OPENAI_API_KEY': 'sk-openai-1',
  'env:GROQ_API_KEY': 'gsk-1',
  'env:TEAM_A': 'team-a-1',
  'env:TEAM_B': 'team-b-1',
  'file:/run/token': 'token-1',
  'file:/run/two-lines': 'one\ntwo',
}

const sources: SnapshotSources = {
  providers,
  policies: builtInPolicies,
  routers: routers.keys(),
  readRouting: (routing) => fromBody(routing),
  openGuard,
  isFlag: (name) => findFlag(name, 'model') !== undefined,
  overlay,
  secrets: {
    read(reference) {
      const secret = KEPT[reference]
      if (secret === undefined) throw new Error(`${reference} is not set`)
      return secret
    },
  },
}

/** What becomes of a configuration’s text, with secrets of the tests’ own. */
export async function build(text: string, changed: Partial<SnapshotSources> = {}) {
  const read = readConfig(text)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return buildSnapshot(read.config, { ...sources, routers: [...routers.keys()], ...changed })
}

/** The snapshot of a text that is accepted. */
export async function snapshotOf(text: string): Promise<Snapshot> {
  const built = await build(text)
  if ('problems' in built) throw new Error(JSON.stringify(built.problems))
  return built.snapshot
}

/** The problems of a text that is not. */
export async function problemsOf(text: string): Promise<string[]> {
  const built = await build(text)
  if ('snapshot' in built) throw new Error('The configuration was accepted.')
  return built.problems.map(({ path, problem, remedy }) => `${path}: ${problem}. ${remedy}`)
}
