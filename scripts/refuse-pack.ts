// What npm would pack of the checkout is TypeScript, which Node does not run once it is installed.
process.stderr.write('The package is built by: npm run release\n')
process.exitCode = 1
