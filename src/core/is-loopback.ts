/** True for the names and addresses of this machine itself; `host` has no port, IPv6 may stand in brackets. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '[::1]') return true
  // A name may begin with "127." and point anywhere: only a whole address counts.
  return /^127(?:\.\d{1,3}){3}$/.test(name)
}
