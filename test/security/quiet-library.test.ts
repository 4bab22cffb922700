import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chat, startProgram } from '../cli/program.ts'

test.each(['node', 'bun', 'deno'])(
  'with %s the native library keeps no id of this machine, and so reports to nobody',
  async (runtime) => {
    const home = mkdtempSync(join(tmpdir(), 'thalamus-home-'))
    const environment = { HOME: home, XDG_CACHE_HOME: '' }
    const gateway = await startProgram(['serve', '--port', '0'], { environment, runtime })
    // Once it has run a model, or one has been too slow for this machine, it has been loaded.
    const answer = await chat(gateway.url, { model: 'auto' })
    expect(answer.headers.get('x-route-router')).toMatch(/^(?:clusters|static)@/)
    await gateway.stop()
    expect(gateway.output()).toContain('"event":"router_device"')
    expect(existsSync(join(home, '.cache', 'Microsoft'))).toBe(false)
  },
)
