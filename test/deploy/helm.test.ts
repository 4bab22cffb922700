import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import type { Manifest } from './manifests.ts'
import { containersOf, helm, podsOf, problemsOf, unrestricted } from './manifests.ts'
import { lacks, PYTHON } from './tools.ts'

const WARNING = 2

describe.skipIf(lacks(PYTHON))('the Helm chart', () => {
  test.each([
    ['values of its own', {}],
    ['sidecar.yaml', 'sidecar.yaml'],
    ['cluster.yaml', 'cluster.yaml'],
    ['gpu.yaml', 'gpu.yaml'],
  ])('with %s: lint, schemas and the restricted profile have nothing to say, nor has the gateway', (_, values) => {
    const { lint, refused } = helm(values)
    expect(refused).toBeUndefined()
    expect(lint.messages.filter(({ severity }) => severity >= WARNING)).toEqual([])
    const manifests = rendered(values)
    expect(problemsOf(manifests)).toEqual([])
    expect(unrestricted(manifests)).toEqual([])
    expect(readConfig(configOf(manifests))).not.toHaveProperty('problems')
  })

  test('with less than the defaults there is less, and it still holds together', () => {
    const off = { enabled: false }
    const manifests = rendered({
      podDisruptionBudget: off,
      networkPolicy: off,
      serviceAccount: { create: false },
      restartOnConfigChange: true,
    })
    expect(manifests.map(({ kind }) => kind).toSorted()).toEqual(['ConfigMap', 'Deployment', 'Service'])
    expect(problemsOf(manifests)).toEqual([])
    const { metadata } = one(manifests, 'Deployment').spec.template
    expect(metadata.annotations['checksum/config']).toMatch(/^[0-9a-f]{64}$/)
  })

  test('values that cannot be meant are refused', () => {
    const server = { host: '127.0.0.1' }
    expect(helm({ config: { server } }).refused).toContain('/config/server/host')
    expect(helm({ config: { providers: { openai: { key: 'env:OPENAI_API_KEY' } } } }).refused).toContain('openai/key')
    expect(helm({ replica: 3 }).refused).toContain("'replica' not allowed")
    expect(helm({ image: { digest: 'latest' } }).refused).toContain('/image/digest')
  })

  test('a pod is given the time that the gateway takes to stop', () => {
    const config = { server: { drain_delay_ms: 7_500, grace_ms: 60_000 } }
    const grace = (values: object) => podsOf(rendered(values))[0].terminationGracePeriodSeconds
    expect(grace({ config })).toBe(68 + 15)
    expect(grace({ config, app: { containers: [{ name: 'p', image: 'p' }], graceSeconds: 10 } })).toBe(68 + 15 + 10)
  })

  test('as a sidecar the gateway starts before the program, stays beside it, and leaves its network alone', () => {
    const manifests = rendered('sidecar.yaml')
    const [pod] = podsOf(manifests)
    expect(pod.initContainers).toMatchObject([{ name: 'thalamus', restartPolicy: 'Always' }])
    expect(pod.initContainers[0].startupProbe.httpGet.path).toBe('/readyz')
    expect(pod.containers).toMatchObject([{ name: 'program' }])
    expect(manifests.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([])
  })

  test('only the pool of the router asks for a GPU, and the gateways for the pool', () => {
    const manifests = rendered('gpu.yaml')
    const asking = containersOf(manifests).filter(({ resources }) => 'nvidia.com/gpu' in resources.limits)
    expect(asking).toMatchObject([{ name: 'triton' }])
    const service = manifests.find(({ kind, spec }) => kind === 'Service' && spec.ports[0].port === 8000)
    const read = readConfig(configOf(manifests))
    expect(read).toMatchObject({
      config: {
        router: { device: 'remote', deadline_ms: 30, remote: { url: `http://${service?.metadata.name}:8000` } },
      },
    })
  })

  test('secrets are files in the gateway, never its environment', () => {
    const [gateway] = containersOf(rendered({}))
    expect(gateway.env).toEqual([{ name: 'THALAMUS_SECRETS_DIR', value: '/secrets' }])
    expect(gateway.volumeMounts).toContainEqual({ name: 'thalamus-secrets', mountPath: '/secrets', readOnly: true })
  })

  test('labels that select are those that pods have', () => {
    for (const values of [{}, 'cluster.yaml', 'gpu.yaml']) {
      const manifests = rendered(values)
      const labels = manifests
        .filter(({ kind }) => kind === 'Deployment')
        .map(({ spec }) => Object.entries(spec.template.metadata.labels))
      for (const selector of manifests.flatMap(selectorsOf)) {
        const wanted = Object.entries(selector).map((pair) => pair.join('='))
        const hits = labels.filter((own) => wanted.every((pair) => own.some((one) => one.join('=') === pair)))
        expect(hits, wanted.join()).toHaveLength(1)
      }
    }
  })
})

function rendered(values: string | object): readonly Manifest[] {
  const { documents, refused } = helm(values)
  if (documents === undefined) throw new Error(refused)
  return documents
}

function one(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind)
  if (found === undefined) throw new Error(`There is no ${kind}.`)
  return found
}

const configOf = (manifests: readonly Manifest[]): string =>
  manifests.find(({ data }) => data?.['thalamus.yaml'] !== undefined)?.['data']['thalamus.yaml']

function selectorsOf({ kind, spec }: Manifest): readonly Record<string, string>[] {
  switch (kind) {
    case 'Service':
      return [spec.selector]
    case 'Deployment':
    case 'PodDisruptionBudget':
      return [spec.selector.matchLabels]
    case 'NetworkPolicy':
      return [spec.podSelector.matchLabels]
    default:
      return []
  }
}
