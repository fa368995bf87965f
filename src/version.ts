import { readFileSync } from 'node:fs'

/** Of the package, read from the file that npm reads it from. */
export const version = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version
