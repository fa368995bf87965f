import { SluiceError } from '../model/errors.ts'
import type { SandboxCommandOptions } from './sandbox.ts'

/** The flags of `sluice sandbox` as they were written. */
export type SandboxFlags = Readonly<{
  port: string
  seed: string
  profiles: string
  events: string
  accounts: string
  latency: string
  limits: string
  faults: string
  linkOrigin: string
  gzip?: true
  serveRetired?: true
}>

/** @throws SluiceError `usage` for a number that is none. */
export function parseSandboxFlags(flags: SandboxFlags): SandboxCommandOptions {
  return {
    port: whole('--port', flags.port, { max: 65_535 }),
    seed: whole('--seed', flags.seed),
    profiles: whole('--profiles', flags.profiles),
    events: whole('--events', flags.events),
    accounts: whole('--accounts', flags.accounts, { min: 1 }),
    latencyMs: whole('--latency', flags.latency),
    // Commander has checked these three against their choices.
    limits: flags.limits as 'real' | 'off',
    faults: flags.faults as 'none' | 'mild' | 'harsh',
    linkOrigin: flags.linkOrigin as 'klaviyo' | 'self',
    gzip: flags.gzip ?? false,
    serveRetired: flags.serveRetired ?? false,
  }
}

function whole(flag: string, text: string, { min = 0, max = 1_000_000_000 } = {}): number {
  const value = Number(text.replaceAll('_', ''))
  if (/\d/.test(text) && Number.isInteger(value) && value >= min && value <= max) return value
  throw new SluiceError('invalid-option', `${flag} "${text}" is not a whole number from ${min} to ${max}.`)
}
