import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/config/read-config.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { containersOf, helm, manifestsOf, podsOf, problemsOf, unrestricted } from './manifests.ts'
import { lacks, PYTHON, ROOT } from './tools.ts'

describe.skipIf(lacks(PYTHON))('manifests of Kubernetes', () => {
  describe.each(['deployment.yaml', 'sidecar.yaml'])('%s', (path) => {
    const manifests = manifestsOf(path)

    test('is what Kubernetes knows, and stays within the restricted profile', () => {
      expect(problemsOf(manifests)).toEqual([])
      expect(unrestricted(manifests)).toEqual([])
    })

    test('has a configuration that the gateway takes, and the time that it needs to stop', () => {
      const text = manifests.find(({ kind }) => kind === 'ConfigMap')?.['data']['thalamus.yaml']
      const read = readConfig(text)
      if ('problems' in read) throw new Error(JSON.stringify(read.problems))
      const { drain_delay_ms: drainMs, grace_ms: graceMs, port } = read.config.server
      const [pod] = podsOf(manifests)
      const least = (drainMs + graceMs) / 1_000 + 15
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(least)
      const gateway = containersOf(manifests).find(({ name }) => name === 'thalamus')
      expect(gateway.ports[0].containerPort).toBe(port)
      expect(Object.keys(gateway.resources.limits)).toEqual(['cpu', 'memory'])
    })
  })

  test('a mistake is seen: a member that is not known, a kind of another version', () => {
    const [map, deployment] = manifestsOf('deployment.yaml')
    if (map === undefined || deployment === undefined) throw new Error('deployment.yaml is short.')
    const misspelt = { ...deployment, spec: { ...deployment['spec'], replica: 2 } }
    expect(problemsOf([map, misspelt]).join()).toContain('replica')
    expect(problemsOf([{ ...map, apiVersion: 'apps/v1beta1', kind: 'Deployment' }])).not.toEqual([])
    const monitor = { ...map, apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor' }
    expect(problemsOf([monitor])).not.toEqual([])
  })

  test('what scales is a metric of the gateway, under the name that the adapter gives it', () => {
    const adapter = parse(readFileSync(join(ROOT, 'deploy/kubernetes/prometheus-adapter.yaml'), 'utf8'))
    const [rule] = adapter.rules.custom
    const [metric] = /^thalamus_\w+/.exec(rule.seriesQuery) ?? []
    expect(createMetrics().render()).toContain(`# TYPE ${metric} counter`)
    const scaler = helm('cluster.yaml').documents?.find(({ kind }) => kind === 'HorizontalPodAutoscaler')
    expect(scaler?.['spec'].metrics[0].pods.metric.name).toBe(rule.name.as)
  })
})
