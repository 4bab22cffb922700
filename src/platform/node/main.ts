#!/usr/bin/env node
import * as modules from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { keepLibraryQuiet } from './inference/keep-quiet.ts'

// Compiled code is kept between runs: a third of the time to the first answer. In the user's own folder, because
// anyone may write to the system's temporary one. Where it cannot be written, or the
// runtime keeps none (Deno), it is done without.
modules.enableCompileCache?.(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'thalamus'))

keepLibraryQuiet()

// Imported only now, so that it is in the cache too.
const { run } = await import('./cli/program.ts')
process.exitCode = await run(process.argv.slice(2))
