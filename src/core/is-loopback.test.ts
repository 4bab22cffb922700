import { expect, test } from 'vitest'
import { isLoopback } from './is-loopback.ts'

test.each(['localhost', 'LOCALHOST', 'api.localhost', '127.0.0.1', '127.8.9.1', '::1', '[::1]'])(
  '%s is this machine',
  (host) => {
    expect(isLoopback(host)).toBe(true)
  },
)

test.each(['0.0.0.0', '::', '127.example.com', '127.0.0.1.example.com', '10.0.0.1', '', 'localhost.example.com'])(
  '"%s" is not this machine',
  (host) => {
    expect(isLoopback(host)).toBe(false)
  },
)
