#!/usr/bin/env node
import { main } from './cli/main.ts'
import { reportError, traceOf } from './cli/report-error.ts'
import { terminalFor } from './cli/terminal.ts'

const words = process.argv.slice(2)
const terminal = terminalFor(words, process.env, process)
const isDebug = process.env['SLUICE_DEBUG'] !== undefined

// What nobody has caught is a bug; a trace is of no use to those who did not write it.
process.on('uncaughtException', (error) => {
  const { message, exitCode } = reportError(error)
  if (isDebug) terminal.tell(traceOf(error))
  terminal.tell(message)
  process.exit(exitCode)
})
// Node and drivers warn those who write programs, past every listener of ours.
process.removeAllListeners('warning')
process.on('warning', ({ name, message }) => {
  if (isDebug || name === 'SluiceWarning') terminal.tell(`${name}: ${message}`)
})
process.exitCode = await main(words, terminal)
