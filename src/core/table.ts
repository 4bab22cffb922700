/** Values by name, for names that come from outside: it has no member that objects are born with, such as `constructor`. */
export function table<Value>(members: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null), members)
}
