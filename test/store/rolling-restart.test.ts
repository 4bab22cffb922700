import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { roll } from '../../bench/cluster/roll.ts'
import { lacksRedis } from './start-redis.ts'

// Three gateways on one Redis behind nginx, each restarted once under load.

describe.skipIf(lacksRedis() || lacksNginx())('a rolling restart', () => {
  test('loses no request, and the budget has what the answers say', async () => {
    const { ended, calls, toldUsd, spentUsd } = await roll({ rate: 30, rounds: 1 })
    expect(calls).toBeGreaterThan(100)
    expect([...ended.keys()].toSorted()).toEqual(['answered', 'streamed to its end'])
    expect(spentUsd).toBeCloseTo(toldUsd, 9)
  }, 120_000)
})

function lacksNginx(): boolean {
  if (process.env['CI'] === 'true' || spawnSync('nginx', ['-v']).status === 0) return false
  process.stderr.write('skipped: nginx is not there; bash .ci/prepare-store brings it\n')
  return true
}
