import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where landed pages wait: `SLUICE_STATE_DIR`, else the XDG state folder. */
export const stateFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  env['SLUICE_STATE_DIR'] ?? join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'sluice')

/** A folder name that is the same for the same words and tells nothing about them. */
export const folderName = (...words: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 24)
