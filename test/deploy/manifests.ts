import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { CACHE, ROOT, validate } from './tools.ts'

export type Manifest = {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  // biome-ignore lint/suspicious/noExplicitAny: the schemas of Kubernetes say what is in it
  readonly [member: string]: any
}

export type Rendered = {
  readonly lint: { readonly messages: readonly { readonly severity: number; readonly error: string }[] }
  readonly documents?: readonly Manifest[]
  readonly refused?: string
}

/** Oldest version with native sidecars switched on, and the newest that the schemas have. */
export const KUBERNETES = ['1.29', '1.37'] as const

const OPERATOR = join(
  CACHE,
  'operator/node_modules/@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/index.js',
)

/** The chart with an example's values, or with those given, as Helm v4 lints and renders it. */
export function helm(values: string | object = {}): Rendered {
  const chart = join(ROOT, 'deploy/helm/thalamus')
  const given = typeof values === 'string' ? parse(readFileSync(join(chart, 'examples', values), 'utf8')) : values
  return validate('helm.py', [chart], given) as Rendered
}

export function manifestsOf(path: string): readonly Manifest[] {
  const text = readFileSync(join(ROOT, 'deploy/kubernetes', path), 'utf8')
  return parseAllDocuments(text).map((document): Manifest => document.toJS())
}

/** What the schemas of Kubernetes and of the Prometheus operator refuse, in sentences. */
export function problemsOf(manifests: readonly Manifest[]): readonly string[] {
  const isOperators = ({ apiVersion }: Manifest): boolean => apiVersion === 'monitoring.coreos.com/v1'
  const own = manifests.filter((manifest) => !isOperators(manifest))
  const problems = KUBERNETES.flatMap((version) => validate('kubernetes.py', [version], own) as string[])
  const operator = createRequire(import.meta.url)(OPERATOR)
  for (const manifest of manifests.filter(isOperators)) {
    try {
      new operator[manifest.kind](manifest).validate()
    } catch (cause) {
      problems.push(`${manifest.kind}/${manifest.metadata.name}: ${String(cause)}`)
    }
  }
  return problems
}

type Container = Manifest['spec']

/** Containers of all pods, the init containers too. */
export function containersOf(manifests: readonly Manifest[]): readonly Container[] {
  return podsOf(manifests).flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers])
}

export function podsOf(manifests: readonly Manifest[]): readonly Manifest['spec'][] {
  return manifests.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template.spec)
}

/** What the restricted profile of Kubernetes' pod security standards would refuse. */
export function unrestricted(manifests: readonly Manifest[]): readonly string[] {
  return podsOf(manifests).flatMap((pod) =>
    [...(pod.initContainers ?? []), ...pod.containers].flatMap(({ name, securityContext: own = {} }) => {
      const context = { ...pod.securityContext, ...own }
      return [
        context.runAsNonRoot === true ? [] : [`${name} may be root`],
        context.allowPrivilegeEscalation === false ? [] : [`${name} may gain rights`],
        context.capabilities?.drop?.includes('ALL') ? [] : [`${name} keeps capabilities`],
        context.seccompProfile?.type === 'RuntimeDefault' ? [] : [`${name} has no seccomp profile`],
      ].flat()
    }),
  )
}
