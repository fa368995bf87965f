#!/usr/bin/env node
import { main } from './cli/main.ts'
import { reportError } from './cli/report-error.ts'

// What nobody has caught is a bug; a trace is of no use to those who did not write it.
process.on('uncaughtException', (error) => {
  const { message, exitCode } = reportError(error)
  process.stderr.write(`${process.env['SLUICE_DEBUG'] === undefined ? message : error.stack}\n`)
  process.exit(exitCode)
})
process.exitCode = await main(process.argv.slice(2))
