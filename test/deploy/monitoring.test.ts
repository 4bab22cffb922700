import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Running } from '../cli/program.ts'
import { chat, startProgram } from '../cli/program.ts'
import { eventually } from '../flow/start-gateway.ts'
import { freePort } from '../free-port.ts'
import { lacks, ROOT, run } from './tools.ts'

const RULES = 'deploy/prometheus/thalamus.rules.yaml'
const CASES = 'deploy/prometheus/thalamus.rules.test.yaml'
const HISTOGRAM_ENDING = /_(?:bucket|sum|count)$/
/** Scrapes, and a program that others' work slows down. */
const PROMETHEUS_MS = 60_000

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
type Rule = { readonly alert?: string; readonly annotations?: Readonly<Record<string, string>> }
const alerts: readonly Rule[] = parse(read(RULES))
  .groups.flatMap(({ rules }: { readonly rules: readonly Rule[] }) => rules)
  .filter(({ alert }: Rule) => alert !== undefined)

describe.skipIf(lacks('promtool'))('promtool', () => {
  test('takes the rules', () => {
    expect(run('promtool', 'check', 'rules', RULES)).toMatchObject({ status: 0 })
  })

  test('sees every alert fire where it should, and stay silent where it should', () => {
    const { status, output } = run('promtool', 'test', 'rules', CASES)
    expect(output).toContain('SUCCESS')
    expect(status).toBe(0)
  })

  test('takes the configurations of Prometheus', () => {
    const folder = mkdtempSync(join(tmpdir(), 'thalamus-promtool-'))
    copyFileSync(join(ROOT, RULES), join(folder, 'thalamus.rules.yaml'))
    for (const path of ['deploy/prometheus/prometheus.yaml', 'deploy/compose/prometheus.yaml']) {
      const text = read(path)
        .replace('/run/secrets/metrics-key', 'thalamus.key')
        .replace('/etc/prometheus/thalamus.rules.yaml', 'thalamus.rules.yaml')
      writeFileSync(join(folder, 'thalamus.key'), 'key')
      writeFileSync(join(folder, 'prometheus.yaml'), text)
      const { status, output } = run('promtool', 'check', 'config', join(folder, 'prometheus.yaml'))
      expect(output).toContain('rules found')
      expect(status).toBe(0)
    }
  })
})

test('every alert has a case in which it fires, and a place in the docs', () => {
  type Case = { readonly alert_rule_test: readonly { alertname: string; exp_alerts?: readonly unknown[] }[] }
  const cases = (parse(read(CASES)).tests as readonly Case[]).flatMap((one) => one.alert_rule_test)
  const firing = cases.filter(({ exp_alerts: expected }) => expected !== undefined).map(({ alertname }) => alertname)
  const names = alerts.map(({ alert }) => alert)
  expect(names.filter((name) => !firing.includes(name ?? ''))).toEqual([])
  const headings = [...read('docs/monitoring.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
  expect(headings.toSorted()).toEqual(names.toSorted())
  for (const { alert, annotations } of alerts) {
    expect(annotations?.['runbook']).toBe(`docs/monitoring.md#${alert?.toLowerCase()}`)
  }
})

describe('a gateway under load', () => {
  let simulator: RunningSimulator
  let gateway: Running

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0 })
    gateway = await startProgram(['serve', '--port', '0'], {
      config: `
server: { keys: [{ name: test, key: env:KEY }] }
providers: { up: { base_url: "${simulator.url}/v1" } }
models: [up/ok, up/500]
`,
      environment: { KEY },
    })
  }, PROMETHEUS_MS)

  afterAll(async () => {
    await gateway.stop()
    await simulator.close()
  })

  test('has every metric of the alerts and of the dashboard', async () => {
    const { Authorization } = AUTHORIZED
    const text = await (await fetch(`${gateway.url}/metrics`, { headers: { Authorization } })).text()
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
    for (const path of [RULES, 'deploy/grafana/thalamus.json', 'deploy/kubernetes/prometheus-adapter.yaml']) {
      const used = [...read(path).matchAll(/thalamus_[a-z_]+(?=[{[)])/g)].map(([name]) => name)
      expect(used.length).toBeGreaterThan(0)
      const unknown = used.filter((name) => !known.has(name) && !known.has(name.replace(HISTOGRAM_ENDING, '')))
      expect(unknown, path).toEqual([])
    }
  })

  test.skipIf(lacks('prometheus'))(
    'is scraped by a real Prometheus, whose rules see what happens to it',
    async () => {
      const prometheus = await startPrometheus(new URL(gateway.url).host)
      try {
        // Until it is done, as many calls as there is time for: they fail, and one in two is routed around it.
        const ask = async (model: string): Promise<void> => {
          const answer = await chat(gateway.url, { model }, AUTHORIZED)
          await answer.arrayBuffer()
        }
        await eventually(
          'an alert that is about to fire',
          async () => {
            await Promise.all([ask('up/500'), ask('up/500'), ask('auto')])
            const states = await prometheus.states()
            return states['ThalamusRequestsFail'] === 'pending' && states['ThalamusModelRests'] === 'pending'
          },
          PROMETHEUS_MS,
        )
        const rules = await prometheus.rules()
        expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
        expect(await prometheus.states()).toMatchObject({ ThalamusDown: 'inactive', ThalamusStoreDown: 'inactive' })
        const [share] = await prometheus.query('thalamus:failed_share:rate5m')
        expect(Number(share?.value[1])).toBeGreaterThan(0.05)
      } finally {
        await prometheus.stop()
      }
    },
    2 * PROMETHEUS_MS,
  )
})

const KEY = 'key-of-the-monitoring-test'
const AUTHORIZED = { Authorization: `Bearer ${KEY}` }

type RuleState = { readonly name: string; readonly health: string; readonly state?: string }

/** Debian's, with the configuration that is shipped: another target, and every second. */
async function startPrometheus(target: string) {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-prometheus-'))
  copyFileSync(join(ROOT, RULES), join(folder, 'thalamus.rules.yaml'))
  writeFileSync(join(folder, 'thalamus.key'), KEY)
  const config = read('deploy/prometheus/prometheus.yaml').replaceAll('15s', '1s').replaceAll('127.0.0.1:8787', target)
  writeFileSync(join(folder, 'prometheus.yaml'), config)
  const port = await freePort()
  const args = [
    `--config.file=${folder}/prometheus.yaml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const child = spawn('prometheus', args, { stdio: 'ignore' })
  const exited = once(child, 'exit')

  async function ask(path: string) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)
    const { data } = (await answer.json()) as { readonly data: Record<string, unknown> }
    return data
  }
  const rules = async (): Promise<readonly RuleState[]> =>
    ((await ask('rules'))['groups'] as readonly { readonly rules: readonly RuleState[] }[]).flatMap((one) => one.rules)

  await eventually(
    'Prometheus',
    () =>
      fetch(`http://127.0.0.1:${port}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    PROMETHEUS_MS,
  )
  return {
    rules,
    states: async () =>
      Object.fromEntries((await rules()).map(({ name, state }) => [name, state])) as Record<string, string | undefined>,
    query: async (expression: string) =>
      (await ask(`query?query=${encodeURIComponent(expression)}`))['result'] as readonly {
        readonly value: readonly [number, string]
      }[],
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
