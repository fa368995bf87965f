import { existsSync, readFileSync } from 'node:fs'

/** Klaviyo's OpenAPI file, which is not part of this repository. */
export const specFile = process.env['SLUICE_SPEC'] ?? '../shared/klaviyo-openapi/stable.json'

/** Why tests that need it cannot run; null when they can. */
export const specMissing: string | null = existsSync(specFile)
  ? null
  : `Klaviyo's OpenAPI file is not at "${specFile}"; set SLUICE_SPEC to where it is.`

if (specMissing !== null) process.stderr.write(`Skipped: ${specMissing}\n`)

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

export const readSpecFile = (): { [name: string]: Json } =>
  JSON.parse(readFileSync(specFile, 'utf8')) as { [name: string]: Json }
