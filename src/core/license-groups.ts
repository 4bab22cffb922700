import { table } from './table.ts'

// Licences by the name of what they have in common, so that nobody has to list them. SPDX ids in lower case.

/** Of the Open Source Initiative's list, those that ask for no more than a notice. https://opensource.org/licenses */
const PERMISSIVE = [
  '0bsd',
  'apache-2.0',
  'artistic-2.0',
  'bsd-2-clause',
  'bsd-3-clause',
  'bsl-1.0',
  'isc',
  'mit',
  'mit-0',
  'unlicense',
  'zlib',
] as const

/** Of the same list, those that ask for the source of what is made of it. */
const COPYLEFT = [
  'agpl-3.0-only',
  'agpl-3.0-or-later',
  'epl-2.0',
  'eupl-1.2',
  'gpl-2.0-only',
  'gpl-2.0-or-later',
  'gpl-3.0-only',
  'gpl-3.0-or-later',
  'lgpl-2.1-only',
  'lgpl-3.0-only',
  'mpl-2.0',
] as const

/** A name that `license` takes ▶ the licences it stands for. */
export const LICENSE_GROUPS = table<readonly string[]>({
  permissive: PERMISSIVE,
  'open-source': [...PERMISSIVE, ...COPYLEFT],
})

const OPEN_SOURCE: ReadonlySet<string> = new Set(LICENSE_GROUPS['open-source'])

/** The licences that a list of licences and groups allows, in lower case. */
export function licensesOf(names: readonly string[]): string[] {
  return [
    ...new Set(
      names.flatMap((name) => {
        const lower = name.toLowerCase()
        const group = lower.replaceAll('_', '-')
        return Object.hasOwn(LICENSE_GROUPS, group) ? (LICENSE_GROUPS[group] ?? []) : [lower]
      }),
    ),
  ]
}

/** True of a licence of the Open Source Initiative's list: no field of use and nobody is shut out. */
export function isOpenSource(license: string): boolean {
  return OPEN_SOURCE.has(license.toLowerCase())
}
